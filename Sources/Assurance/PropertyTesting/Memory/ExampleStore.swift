import Synchronization

/// Where examples are kept between runs.
///
/// ```swift
/// let memory = store.load("Lists/reversal twice")
/// for example in memory.examples { replay(example.token.indices) }       // failures first, simplest first
/// if let warning = store.save(example) { report.warnings.append(warning) }
/// ```
///
/// Nothing is thrown: a memory that cannot be read or written is a line of the report and changes no verdict. Safe to use from several
/// threads.
public protocol ExampleStore: Sendable {
    /// What is remembered of a property, in the order in which it should be run again; always the same order for the same content.
    func load(_ property: String) -> ExampleMemory
    /// Keeps an example; when this returns nil it is kept for good. Saving what is there already does nothing; saving it with another role
    /// moves it.
    func save(_ example: Example) -> ExampleWarning?
    /// Forgets an example, whatever its role; one that is not there is forgotten already.
    func remove(_ example: Example) -> ExampleWarning?
}

/// What is remembered of one property.
public struct ExampleMemory: Hashable, Sendable {
    public var examples: [Example] = []
    public var warnings: [ExampleWarning] = []

    public init() {}
}

/// How many examples of each role one property keeps.
public struct ExampleLimits: Hashable, Sendable {
    public var failures = 64
    public var displaced = 64
    public var corpus = 256

    public init() {}

    func limit(_ role: Example.Role) -> Int {
        switch role {
        case .failure: max(0, failures)
        case .displaced: max(0, displaced)
        case .corpus: max(0, corpus)
        }
    }

    func name(_ role: Example.Role) -> String {
        switch role {
        case .failure: "ExampleLimits.failures"
        case .displaced: "ExampleLimits.displaced"
        case .corpus: "ExampleLimits.corpus"
        }
    }

    func reached(_ role: Example.Role, _ property: String) -> ExampleWarning {
        ExampleWarning(
            .limit,
            "the memory of '\(property)' has \(limit(role)) examples of the kind '\(role.rawValue)' "
                + "(the limit \(name(role))): one was not kept"
        )
    }
}

/// A memory that lasts as long as the process: for tests, and for runs that must leave nothing behind.
public final class TransientExamples: ExampleStore {
    private let limits: ExampleLimits
    private let kept = Mutex<[String: [Example]]>([:])

    public init(limits: ExampleLimits = ExampleLimits()) { self.limits = limits }

    public func load(_ property: String) -> ExampleMemory {
        var memory = ExampleMemory()
        memory.examples = kept.withLock { $0[property] ?? [] }.sorted(by: Example.runsBefore)
        return memory
    }

    public func save(_ example: Example) -> ExampleWarning? {
        kept.withLock { kept in
            var others = (kept[example.property] ?? []).filter { !$0.isSameCase(as: example) }
            guard others.count(where: { $0.role == example.role }) < limits.limit(example.role) else {
                return limits.reached(example.role, example.property)
            }
            others.append(example)
            kept[example.property] = others
            return nil
        }
    }

    public func remove(_ example: Example) -> ExampleWarning? {
        kept.withLock { kept in
            kept[example.property]?.removeAll { $0.isSameCase(as: example) }
            return nil
        }
    }
}

extension Example {
    /// Whether it is the same in all but its role.
    func isSameCase(as other: Example) -> Bool {
        property == other.property && token == other.token && origin == other.origin
    }
}
