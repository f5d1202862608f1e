import PropertyTesting

/// A piece of code that takes an input nobody chose, and the name under which a campaign keeps what it learns of it.
///
/// ```swift
/// @main struct Suite: FuzzSuite {
///     static let targets = [
///         FuzzTarget("json") { bytes in _ = try? JSONDocument(bytes) },
///         FuzzTarget("orders", drawing: { draws in Order(quantity: draws.int(in: 0...1_000_000)) }) { order in
///             try expect(order.encoded().decoded() == order, "an order survives its encoding")
///         },
///         FuzzTarget("limits", drawing: .array(of: .int(in: 1...500))) { limits in _ = try? Limiter(limits) },
///         FuzzTarget("cache", machine: makeCacheMachine),
///         FuzzTarget("counter", drawing: { $0.int(in: 1...4) }) { count in
///             let counter = Counter()
///             await withTaskGroup(of: Void.self) { group in for _ in 0..<count { group.addTask { await counter.increment() } } }
///             try expect(await counter.value == count, "no increment is lost")
///         },
///     ]
/// }
/// ```
///
/// **A finding** is whatever ends the process (a trap, a signal, an overflown stack, memory or time without bound) and an error that the body lets out:
/// what a target expects its code to throw, it catches. A case whose draws were refused (``PropertyTesting/Draws/assume(_:)``, a filter that gave up)
/// is none.
///
/// **Typed targets.** The input is the sequence of choices that a generator draws. It is changed as such (parts of one kind exchanged, numbers moved
/// within their bounds, compared values put where their choices are), kept as it was really drawn, reported as a Swift value, and made smaller by
/// the shrinker of properties.
///
/// **State machines.** Each state that a machine's fingerprint tells from others counts as something new, like an edge of the code. A machine without
/// a fingerprint is guided by the code alone.
///
/// **Bodies that suspend** run to their end before the next input; ``FuzzScheduling`` says how.
///
/// **Names** are made of letters, digits, `.`, `-` and `_`, at most 64 of them, and do not begin with a `.` or `-`: they name folders. A suite with
/// another name, or with one name twice, refuses to start.
public struct FuzzTarget: Sendable {
    public let name: String
    /// Bytes an input may have.
    public let maximumLength: Int
    let body: Body

    enum Body: Sendable {
        case bytes(@Sendable (UnsafeBufferPointer<UInt8>) throws -> Void)
        case drawn(@Sendable () -> any DrawnBody)
    }

    /// The longest input of a target where nothing else is said.
    public static let defaultMaximumLength = 4096
    /// The longest input that any target may ask for.
    public static let largestMaximumLength = 1 << 20

    init(_ name: String, _ maximumLength: Int, _ body: Body) {
        self.name = name
        self.maximumLength = min(max(1, maximumLength), Self.largestMaximumLength)
        self.body = body
    }

    // MARK: Bytes

    /// A target on bytes.
    ///
    /// - Parameters:
    ///   - maximumLength: the longest input the engine makes, 1 to 1 MiB.
    ///   - body: the code under test. It may be run millions of times in one process: what it keeps between calls makes findings flaky.
    public init(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, _ body: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
        self.init(name, maximumLength, .bytes { try body(Array($0)) })
    }

    /// A target on bytes whose body suspends.
    public init(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, scheduling: FuzzScheduling = .deterministic,
        _ body: @escaping @Sendable ([UInt8]) async throws -> Void
    ) {
        self.init(
            name, maximumLength,
            .bytes { bytes in
                let input = Array(bytes)
                try SuspendingBody.run(scheduling) { try await body(input) }
            })
    }

    /// A target on bytes that are borrowed for the length of the call: saves copying them.
    ///
    /// ```swift
    /// FuzzTarget.borrowing("frames") { bytes in _ = Frame.parse(UnsafeRawBufferPointer(bytes)) }
    /// ```
    public static func borrowing(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength,
        _ body: @escaping @Sendable (UnsafeBufferPointer<UInt8>) throws -> Void
    ) -> FuzzTarget {
        FuzzTarget(name, maximumLength, .bytes(body))
    }

    // MARK: Drawn values

    /// A target on values that a generator draws.
    ///
    /// ```swift
    /// FuzzTarget("orders", drawing: { draws in
    ///     Order(symbol: draws.text(1...5), quantity: draws.int(in: 1...10_000))
    /// }) { order in try expect(order.isValid, "every drawn order is valid") }
    /// ```
    ///
    /// - Parameters:
    ///   - maximumLength: the longest sequence of choices, in bytes; a choice takes one byte where its index is below 128.
    ///   - generate: makes a value from draws, and from nothing else.
    public init<Value>(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, drawing generate: @escaping @Sendable (Draws) -> Value,
        _ body: @escaping @Sendable (Value) throws -> Void
    ) {
        self.init(name, maximumLength, .drawn { TypedBody(generate: generate) { value, _ in try body(value) } })
    }

    /// A target on drawn values whose body suspends. In a deterministic schedule the order of its tasks is a part of the input.
    public init<Value>(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, scheduling: FuzzScheduling = .deterministic,
        drawing generate: @escaping @Sendable (Draws) -> Value, _ body: @escaping @Sendable (Value) async throws -> Void
    ) {
        self.init(
            name, maximumLength,
            .drawn {
                TypedBody(schedules: true, generate: generate) { value, draws in
                    // Sending: the value is made for this run and used by it alone.
                    nonisolated(unsafe) let value = value
                    try SuspendingBody.run(scheduling, draws) { try await body(value) }
                }
            })
    }

    /// A target on the values of a generator that is a value itself.
    ///
    /// ```swift
    /// FuzzTarget("fees", drawing: zip(.int(in: 0...9), .text())) { count, text in … }
    /// ```
    public init<Value>(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, drawing generator: Gen<Value>,
        _ body: @escaping @Sendable (Value) throws -> Void
    ) {
        self.init(name, maximumLength: maximumLength, drawing: { $0.draw(generator) }, body)
    }

    /// The same for a body that suspends.
    public init<Value>(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, scheduling: FuzzScheduling = .deterministic,
        drawing generator: Gen<Value>, _ body: @escaping @Sendable (Value) async throws -> Void
    ) {
        self.init(name, maximumLength: maximumLength, scheduling: scheduling, drawing: { $0.draw(generator) }, body)
    }

    // MARK: Draws and acts in one

    /// A target that draws while it acts, as the body of a property does.
    ///
    /// ```swift
    /// FuzzTarget("queue", exploring: { draws in
    ///     let queue = Queue(capacity: draws.int(in: 1...8))
    ///     guard draws.assume(queue.isUsable) else { return }
    ///     try expect(queue.push(draws.int()), "an empty queue has room")
    /// })
    /// ```
    ///
    /// Such a finding is reported as the lines of what was drawn and noted. Prefer ``init(_:maximumLength:drawing:_:)`` where the value can be drawn
    /// before it is used.
    public init(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, exploring body: @escaping @Sendable (Draws) throws -> Void
    ) {
        self.init(name, maximumLength, .drawn { TypedBody(exploring: body) })
    }

    /// A model-based test: rules in any order, and what must hold after each.
    ///
    /// - Parameter machine: makes the machine, once for each runner.
    public init<State>(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength, machine: @escaping @Sendable () -> StateMachine<State>
    ) {
        self.init(
            name, maximumLength,
            .drawn {
                let machine = machine()
                return TypedBody(exploring: { draws in try draws.run(machine) })
            })
    }

    /// Operations that overlap, under schedules that are a part of the input: every response must be explained by some order of the operations.
    ///
    /// - Parameter machine: makes the machine, once for each runner.
    public init<System, Model>(
        _ name: String, maximumLength: Int = FuzzTarget.defaultMaximumLength,
        parallel machine: @escaping @Sendable () -> ParallelMachine<System, Model>
    ) where Model: SendableMetatype {
        self.init(
            name, maximumLength,
            .drawn {
                let machine = machine()
                return TypedBody(exploring: { draws in try draws.run(machine) })
            })
    }

    // MARK: Names

    /// What is wrong with the names of a suite's targets, and how to mend it; `nil` where nothing is.
    static func problem(of targets: [FuzzTarget]) -> String? {
        if targets.isEmpty { return "the suite has no targets; name at least one FuzzTarget in `targets`" }
        var seen: Set<String> = []
        for target in targets {
            guard isValid(target.name) else {
                return """
                    the target name \(SwiftLiteral.text(of: target.name)) cannot name a folder; use letters, digits, '.', '-' and '_', \
                    at most 64 of them, not beginning with '.' or '-'
                    """
            }
            guard seen.insert(target.name).inserted else {
                return "there are two targets \(target.name); give one of them another name, since they would share one corpus"
            }
        }
        return nil
    }

    static func isValid(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), let first = name.utf8.first, first != 0x2E, first != 0x2D else { return false }
        return name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E, 0x2D, 0x5F: true
            default: false
            }
        }
    }
}
