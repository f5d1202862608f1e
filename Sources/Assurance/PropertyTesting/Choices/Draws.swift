import Determinism

/// Where a property draws its values from: one test case.
///
/// ```swift
/// try checkProperty { draws in
///     draws.array(0...10) { $0.int(in: -5...5) }
/// } holds: { xs in
///     Array(xs.reversed().reversed()) == xs
/// }
/// ```
///
/// Draws never fail and need no `try`. A case that asks for more choices than there are (a replay that was cut, a budget that is used up)
/// gets the simplest value for every further draw and is *overrun*: it counts as no evidence of anything. Loops that ask "one more?"
/// therefore end by themselves.
///
/// Not for concurrent use: a case belongs to the task that runs it.
public final class Draws {
    /// Choices that one case may make before it is overrun.
    public static let defaultBudget = 8192
    /// Spans within one another; deeper ones are not recorded.
    public static let maximumDepth = 200

    public internal(set) var sequence = ChoiceSequence()
    /// Whether more was asked for than there is.
    public internal(set) var isOverrun = false
    /// Whether a replayed index did not fit where it was drawn.
    public internal(set) var isMisaligned = false
    /// Whether an assumption was not met.
    public internal(set) var isRejected = false
    public internal(set) var labels: [String] = []
    /// The bound of the first choice that was asked for and was not there.
    private(set) var missingBound: UInt64 = 0

    private var random: SeededGenerator
    private var prefix: [UInt64] = []
    private var prefixCount = 0
    private var tail = Tail.random
    private var budget = Draws.defaultBudget
    private var open: [Int] = []

    /// What comes after the prefix.
    enum Tail {
        /// Fresh random choices.
        case random
        /// Nothing: the case is overrun.
        case none
    }

    init() { random = SeededGenerator(seed: 0) }

    /// Begins a case anew; what was recorded before is forgotten.
    func begin(seed: UInt64, prefix: [UInt64] = [], tail: Tail = .random, budget: Int = Draws.defaultBudget) {
        sequence.removeAll()
        isOverrun = false
        isMisaligned = false
        isRejected = false
        labels.removeAll(keepingCapacity: true)
        random = SeededGenerator(seed: seed)
        self.prefix = prefix
        prefixCount = prefix.count
        missingBound = 0
        self.tail = tail
        self.budget = budget
        open.removeAll(keepingCapacity: true)
    }

    // MARK: Choices

    /// One choice: an index from 0 to `bound`, replayed where there is a prefix, else picked by `pick`.
    @inline(__always)
    func choose(bound: UInt64, _ pick: (inout SeededGenerator) -> UInt64) -> UInt64 {
        let position = sequence.indices.count
        var index: UInt64
        if position < prefixCount {
            index = prefix[position]
            if index > bound {
                // The value that stood here belongs to another shape; the simplest one is the neutral stand-in.
                isMisaligned = true
                index = 0
            }
        } else if tail == .random, position < budget {
            index = pick(&random)
        } else {
            if !isOverrun { missingBound = bound }
            isOverrun = true
            return 0
        }
        sequence.indices.append(index)
        sequence.bounds.append(bound)
        return index
    }

    /// A choice with one outcome that is recorded all the same, so that the same part has the same shape wherever it stands.
    func recordFixedChoice() { _ = choose(bound: 0) { _ in 0 } }

    /// A choice with only one possible outcome is no choice and is not recorded.
    func uniform(bound: UInt64) -> UInt64 {
        if bound == 0 { return 0 }
        return choose(bound: bound) { random in
            if bound == .max { return random.next() }
            return random.next().multipliedFullWidth(by: bound + 1).high
        }
    }

    // MARK: Spans

    /// Groups the choices of `body`: what it draws is shrunk, removed and replaced as one.
    @inline(__always)
    public func span<Value>(_ label: UInt32, _ body: () throws -> Value) rethrows -> Value {
        guard open.count < Self.maximumDepth else { return try body() }
        let number = sequence.spans.count
        sequence.spans.append(
            ChoiceSequence.Span(label: label, start: Int32(sequence.indices.count), end: -1, depth: Int32(open.count), isDiscarded: false))
        open.append(number)
        defer {
            open.removeLast()
            sequence.spans[number].end = Int32(sequence.indices.count)
        }
        return try body()
    }

    /// Marks the span that was closed last with this label as not contributing.
    func discardLastSpan(_ label: UInt32) {
        guard let number = sequence.spans.lastIndex(where: { $0.label == label && $0.end >= 0 }) else { return }
        sequence.spans[number].isDiscarded = true
    }

    // MARK: Statements about the case

    /// Says that the case is outside what the property speaks about. Returns `condition`, so that the body can leave:
    /// `guard draws.assume(x != y) else { return }`.
    @discardableResult
    public func assume(_ condition: Bool) -> Bool {
        if !condition { isRejected = true }
        return condition
    }

    /// Puts the case into a class that the report counts.
    public func label(_ text: String) { if labels.count < 100 { labels.append(text) } }
}
