/// A test of a system whose operations may overlap: whatever the schedule, the responses must be those that *some* order of the operations, one
/// after the other, would have given (linearizability; M. P. Herlihy and J. M. Wing, TOPLAS 1990).
///
/// ```swift
/// var machine = ParallelMachine(model: { 0 }, system: { _ in Counter() })
/// machine.operation("counter.increment") { counter in await counter.increment() } model: { value in
///     value += 1
///     return value
/// }
/// try checkParallel(seed: 7, machine)
/// ```
///
/// A run draws a sequential beginning, then operations for two or three threads, each with the points of the schedule at which it pauses. All of it
/// runs on one thread under a ``DeterministicExecutor``. The pauses of an operation stand beside it in the choice sequence: deleting an
/// operation takes its part of the schedule along and leaves the rest as it was, so that races shrink to the few operations and pauses that
/// they need.
///
/// An operation that throws fails the run; one that may refuse returns a `Result` or an optional. With one lane this is a model-based test
/// without concurrency.
public struct ParallelMachine<System, Model: Hashable> {
    /// Threads after the sequential beginning.
    public var maximumLanes = 3
    /// Operations of the sequential beginning.
    public var maximumBeginning = 6
    /// Operations of all threads together.
    public var maximumOperations = 10
    /// States of the model that the search for an order looks at; then the answer is "undecided", which fails.
    public var searchLimit = 100_000

    /// An operation with its arguments.
    struct Call {
        /// As a line of Swift; empty unless journaling.
        var text: String
        var perform: (System) async throws -> Any
        /// Steps the model; whether it allows this response.
        var allows: (inout Model, Any) -> Bool
        /// What the model would answer, as text; nil where it does not say.
        var expected: (Model) -> String?
    }

    struct Operation {
        var name: String
        var weight: Int
        var prepare: (MachineStep) -> Call
    }

    let model: () -> Model
    let system: (DeterministicExecutor) -> System
    private(set) var operations: [Operation] = []
    private(set) var endings: [Operation] = []

    /// - Parameters:
    ///   - model: the state of the specification, at the start.
    ///   - system: makes the system anew for every run; the executor is for its actors.
    public init(model: @escaping () -> Model, system: @escaping (DeterministicExecutor) -> System) {
        self.model = model
        self.system = system
    }

    /// An operation with arguments; the model answers what the system must answer.
    public mutating func operation<Arguments, Response: Equatable>(
        _ name: String, weight: Int = 1, drawing arguments: @escaping (MachineStep) -> Arguments,
        performs perform: @escaping (System, Arguments) async throws -> Response, model: @escaping (inout Model, Arguments) -> Response
    ) {
        operations.append(
            Operation(name: name, weight: max(1, weight)) { step in
                let drawn = arguments(step)
                return Self.call(step, name, { try await perform($0, drawn) }, { model(&$0, drawn) })
            })
    }

    /// An operation without arguments.
    public mutating func operation<Response: Equatable>(
        _ name: String, weight: Int = 1, _ perform: @escaping (System) async throws -> Response,
        model: @escaping (inout Model) -> Response
    ) {
        operations.append(Operation(name: name, weight: max(1, weight)) { Self.call($0, name, perform, model) })
    }

    /// An operation that the specification leaves some freedom: `allows` steps the model and says whether it permits the response.
    public mutating func operation<Arguments, Response>(
        _ name: String, weight: Int = 1, drawing arguments: @escaping (MachineStep) -> Arguments,
        performs perform: @escaping (System, Arguments) async throws -> Response,
        allows: @escaping (inout Model, Arguments, Response) -> Bool
    ) {
        operations.append(
            Operation(name: name, weight: max(1, weight)) { step in
                let drawn = arguments(step)
                return Call(
                    text: step.draws.isJournaling ? step.line(name) : "", perform: { try await perform($0, drawn) },
                    allows: { model, response in (response as? Response).map { allows(&model, drawn, $0) } ?? false },
                    expected: { _ in nil })
            })
    }

    /// Runs once when all threads have ended: what the operations do not tell themselves, say the sum of all balances.
    public mutating func afterwards<Response: Equatable>(
        _ name: String, _ perform: @escaping (System) async throws -> Response, model: @escaping (Model) -> Response
    ) {
        endings.append(Operation(name: name, weight: 1) { Self.call($0, name, perform, { model($0) }) })
    }

    private static func call<Response: Equatable>(
        _ step: MachineStep, _ name: String, _ perform: @escaping (System) async throws -> Response,
        _ answer: @escaping (inout Model) -> Response
    ) -> Call {
        Call(
            text: step.draws.isJournaling ? step.line(name) : "", perform: perform,
            allows: { model, response in
                let expected = answer(&model)
                return (response as? Response) == expected
            },
            expected: { model in
                var copy = model
                return String(reflecting: answer(&copy))
            })
    }
}

/// Runs a parallel machine under many schedules and throws, with the threads side by side, when no order explains what one of them gave.
///
/// - Parameters:
///   - cases: runs that must pass.
///   - replay: a token that an earlier failure printed; only that run is tried.
/// - Throws: ``PropertyFailure``, ``PropertyGaveUp``.
@discardableResult
public func checkParallel<System, Model>(
    seed: UInt64 = 0, cases: Int = 1000, replay: ReplayToken? = nil, _ machine: ParallelMachine<System, Model>
) throws -> PropertyReport {
    try checkJournaled(seed: seed, cases: cases, replay: replay) { draws throws(StateMachineFailure) in try draws.run(machine) }
}
