/// Hand-written faults in the code under test, one of which is switched on while a property runs.
///
/// A *mutant* is a place where the code can be wrong in a way that somebody thought of. Code that may know of tests asks at that place:
///
/// ```swift
/// let limit = Mutants.isActive("queue.off_by_one") ? capacity + 1 : capacity
///
/// try Mutants.activating("queue.off_by_one") { try runTheProperty() }
/// ```
///
/// Code that may not takes the fault as a parameter of its own, and the closure given to ``StrengthStudy`` passes it on.
///
/// What is active belongs to the task (and to its children), not to the process: properties that run side by side do not see each other's
/// mutants, and nothing is left switched on. Asking costs one read of a task-local value, some nanoseconds; not for innermost loops.
public enum Mutants {
    /// The mutant that is switched on here; nil is the correct code.
    @TaskLocal public static var active: String?

    /// Whether the code should be wrong at the place with this name.
    public static func isActive(_ name: String) -> Bool {
        guard let active else { return false }
        return active == name
    }

    /// Runs `body` with one mutant switched on, or, for nil, with none.
    public static func activating<Value>(_ name: String?, _ body: () throws -> Value) rethrows -> Value {
        try $active.withValue(name, operation: body)
    }
}
