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
/// gets the simplest value for further draws and is *overrun*: it counts as no evidence of anything. Loops that ask "one more?" therefore end
/// by themselves; those that wait for another value end because after a thousand such draws the values are random.
///
/// Not for concurrent use: a case belongs to the task that runs it.
///
/// Choices are recorded in flat buffers that are allocated once, with room for the whole budget, and used again for every case; drawing
/// allocates nothing. The pages of the buffers are touched only as far as cases reach. What every case resets is not checked for overlapping
/// accesses at run time (``DrawState`` says why): no access of it calls anything that reaches it again.
public final class Draws {
    /// Choices that one case may make before it is overrun.
    public static let defaultBudget = 8192
    /// Spans within one another; deeper ones are not recorded.
    public static let maximumDepth = 200
    /// Draws past the last choice that get the simplest index.
    static let patience = 1000
    /// Labels, targets and observed features that one case keeps of each.
    public static let maximumNotes = 256

    // MARK: What was drawn

    @usableFromInline let indices: UnsafeMutablePointer<UInt64>
    @usableFromInline let shapes: UnsafeMutablePointer<ChoiceShape>
    @usableFromInline let spans: UnsafeMutablePointer<ChoiceSequence.Span>
    @usableFromInline let capacity: Int
    @usableFromInline let spanCapacity: Int
    /// The numbers of the spans that are open, innermost last.
    @usableFromInline let open: UnsafeMutablePointer<Int32>
    /// All that changes with every draw.
    @usableFromInline let state: UnsafeMutablePointer<DrawState>
    @usableFromInline let prefix: UnsafeMutablePointer<UInt64>
    /// How many choices were made. Behind a pointer, so that it can stand in memory that survives the process (a flight recorder).
    @usableFromInline let recorded: UnsafeMutablePointer<Int>
    private let ownsRecord: Bool
    private let ownsStructure: Bool

    @exclusivity(unchecked) public internal(set) var labels: [String] = []
    /// Coverage requirements that this case spoke of, in the order in which it did.
    @exclusivity(unchecked) public internal(set) var coverage: [CoverageObservation] = []
    /// Scores that a targeted search raises, by label.
    @exclusivity(unchecked) public internal(set) var targets: [String: Double] = [:]
    /// Hashes of what this case reached: states of a model, edges of the code.
    @exclusivity(unchecked) public internal(set) var features: [UInt64] = []
    /// Reads what the code under test reached, where a run is guided by that.
    @exclusivity(unchecked) var counters: CoverageFeatures?

    // MARK: What to tell people

    /// Why this case is run; set by whoever begins it, and kept until it is set again.
    @exclusivity(unchecked) public internal(set) var phase = CasePhase.random
    /// How many draws the present one is a part of; only the outermost is journaled.
    @exclusivity(unchecked) var quiet = 0
    /// What happened, line by line: drawn values and ``note(_:)``s. Empty unless journaling.
    @exclusivity(unchecked) public internal(set) var journal: [String] = []
    /// The choices that each line of the journal was made of; nil for notes.
    @exclusivity(unchecked) var journalRanges: [Range<Int>?] = []

    // MARK: What to make of a failure

    /// Failing cases from which shrinking starts; the simplest result counts. More than one pays where the order of events matters, as in races,
    /// and costs as many times the bodies. Set by what is drawn, and kept from then on.
    var shrinkStarts = 1
    /// Where each step of a parallel plan could have paused once more (``DeterministicExecutor/furtherGaps``), in the case that ran last.
    var furtherGaps: [ClosedRange<Int>?] = []

    // MARK: What to draw

    /// What the run has drawn before; nil where repeating is the point.
    @exclusivity(unchecked) var trie: ChoiceTrie?

    /// What comes after the prefix.
    @usableFromInline enum Tail {
        /// Fresh random choices.
        case random
        /// The simplest choices.
        case simplest
        /// Nothing: the case is overrun.
        case none
    }

    /// What takes the place of a replayed index that is larger than allowed.
    @usableFromInline enum Misfit {
        /// The neutral stand-in of a replay.
        case simplest
        /// A fresh choice, for mutated sequences.
        case random
    }

    /// - Parameters:
    ///   - record: memory for the count and the indices that outlives this object (8 bytes, then 8 for each choice), or nil.
    ///   - structure: memory for the shapes and then the spans (``structureSize(budget:)`` bytes) that outlives this object, or nil.
    init(budget: Int = Draws.defaultBudget, record: UnsafeMutableRawPointer? = nil, structure: UnsafeMutableRawPointer? = nil) {
        capacity = max(1, budget)
        state = .allocate(capacity: 1)
        state.initialize(to: DrawState(budget: capacity))
        prefix = .allocate(capacity: capacity)
        spanCapacity = capacity * 2
        if let record {
            recorded = record.bindMemory(to: Int.self, capacity: 1)
            indices = (record + 8).bindMemory(to: UInt64.self, capacity: capacity)
            ownsRecord = false
        } else {
            recorded = .allocate(capacity: 1)
            indices = .allocate(capacity: capacity)
            ownsRecord = true
        }
        recorded.initialize(to: 0)
        if let structure {
            shapes = structure.bindMemory(to: ChoiceShape.self, capacity: capacity)
            spans = (structure + capacity * MemoryLayout<ChoiceShape>.stride)
                .bindMemory(to: ChoiceSequence.Span.self, capacity: spanCapacity)
            ownsStructure = false
        } else {
            shapes = .allocate(capacity: capacity)
            spans = .allocate(capacity: spanCapacity)
            ownsStructure = true
        }
        open = .allocate(capacity: Self.maximumDepth)
    }

    deinit {
        if ownsRecord {
            recorded.deallocate()
            indices.deallocate()
        }
        if ownsStructure {
            shapes.deallocate()
            spans.deallocate()
        }
        open.deallocate()
        state.deallocate()
        prefix.deallocate()
    }

    /// Bytes of the shapes and spans of a case with so many choices.
    static func structureSize(budget: Int) -> Int {
        max(1, budget) * (MemoryLayout<ChoiceShape>.stride + 2 * MemoryLayout<ChoiceSequence.Span>.stride)
    }

    /// Begins a case anew; what was recorded before is forgotten.
    func begin(seed: UInt64, prefix: [UInt64] = [], tail: Tail = .random, misfit: Misfit = .simplest, budget: Int = Draws.defaultBudget) {
        recorded.pointee = 0
        var fresh = DrawState(budget: min(budget, capacity))
        fresh.random = SeededGenerator(seed: seed)
        if tail == .random { fresh.temper = CaseTemper(&fresh.random) }
        fresh.prefixCount = min(prefix.count, capacity)
        fresh.tail = tail
        fresh.misfit = misfit
        if tail != .none, let trie {
            fresh.cursor = trie.root
            fresh.isOnTrie = fresh.cursor.isOn
        }
        prefix.withUnsafeBufferPointer { indices in
            if let base = indices.baseAddress { self.prefix.update(from: base, count: fresh.prefixCount) }
        }
        state.pointee = fresh
        quiet = 0
        if !journal.isEmpty {
            journal.removeAll()
            journalRanges.removeAll()
        }
        if !labels.isEmpty { labels.removeAll(keepingCapacity: true) }
        if !coverage.isEmpty { coverage.removeAll(keepingCapacity: true) }
        if !targets.isEmpty { targets.removeAll(keepingCapacity: true) }
        if !features.isEmpty { features.removeAll(keepingCapacity: true) }
    }

    /// How many choices were made so far.
    @inlinable public var count: Int { recorded.pointee }

    /// A copy of what was drawn so far.
    public var sequence: ChoiceSequence {
        var copy = ChoiceSequence()
        copy.indices = Array(UnsafeBufferPointer(start: indices, count: count))
        copy.shapes = Array(UnsafeBufferPointer(start: shapes, count: count))
        copy.spans = Array(UnsafeBufferPointer(start: spans, count: spanCount))
        return copy
    }

    // MARK: Choices

    /// One choice: an index from 0 to the shape's bound, replayed where there is a prefix, else picked by `pick`.
    @inlinable @inline(__always)
    func choose(_ shape: ChoiceShape, _ pick: (inout SeededGenerator) -> UInt64) -> UInt64 {
        let position = recorded.pointee
        var index: UInt64
        if position < prefixCount, position < budget {
            index = prefix[position]
            if index > shape.bound {
                // The value that stood here belongs to another shape.
                misaligned = true
                index = misfit == .simplest ? 0 : pick(&state.pointee.random)
            }
        } else if tail == .random, position < budget {
            index = pick(&state.pointee.random)
        } else if tail == .simplest, position < budget {
            index = 0
        } else {
            return beyond(shape)
        }
        if isOnTrie { index = follow(index, shape.bound) }
        indices[position] = index
        shapes[position] = shape
        recorded.pointee = position + 1
        return index
    }

    /// Where there are no choices left: the simplest index, and after many more draws a random one, so that a loop or a recursion that waits for
    /// another value ends. The case is not looked at in any event.
    @usableFromInline
    func beyond(_ shape: ChoiceShape) -> UInt64 {
        if !overrun { missingShape = shape }
        overrun = true
        state.pointee.overdrawn += 1
        if state.pointee.overdrawn <= Self.patience { return 0 }
        return shape.bound == .max ? random.next() : random.next().multipliedFullWidth(by: shape.bound + 1).high
    }

    /// Goes on along the trie, and off it where the case would repeat a known one.
    @usableFromInline
    func follow(_ index: UInt64, _ bound: UInt64) -> UInt64 {
        guard let trie else { return index }
        let before = state.pointee.cursor
        let taken = trie.follow(
            &state.pointee.cursor, index: index, bound: bound, mayChange: tail == .random, random: &state.pointee.random)
        if !state.pointee.cursor.isOn {
            isOnTrie = false
            state.pointee.exit = ChoiceTrie.Exit(
                node: before.node, offset: before.offset, position: Int32(truncatingIfNeeded: recorded.pointee))
        }
        return taken
    }

    /// A choice with one outcome that is recorded all the same, so that the same part has the same shape wherever it stands.
    func recordFixedChoice(_ kind: ChoiceShape.Kind = .selector) { _ = choose(ChoiceShape(kind: kind, bound: 0)) { _ in 0 } }

    /// An even choice of a selector. One with only one possible outcome is no choice and is not recorded.
    @inlinable
    func uniform(bound: UInt64, kind: ChoiceShape.Kind = .selector) -> UInt64 {
        if bound == 0 { return 0 }
        return choose(ChoiceShape(kind: kind, bound: bound)) { random in
            if temper.swarm.key != 0, kind == .selector { return temper.swarm.pick(bound, &random) }
            if bound == .max { return random.next() }
            return random.next().multipliedFullWidth(by: bound + 1).high
        }
    }

    // MARK: Spans

    /// Groups the choices of `body`: what it draws is shrunk, removed and replaced as one.
    ///
    /// Spans with the same label must mean the same kind of thing; labels of your own begin at ``Label/firstFree``.
    @inlinable @inline(__always)
    public func span<Value>(_ label: UInt32, _ body: () throws -> Value) rethrows -> Value {
        let number = openSpan(label)
        defer { closeSpan(number) }
        return try body()
    }

    /// Opens a span and gives its number, or -1 where spans are too deep or too many to be recorded.
    @inlinable @inline(__always)
    func openSpan(_ label: UInt32) -> Int {
        guard openCount < Self.maximumDepth, spanCount < spanCapacity else { return -1 }
        let number = spanCount
        spans[number] = ChoiceSequence.Span(
            label: label, depth: UInt16(truncatingIfNeeded: openCount), start: Int32(truncatingIfNeeded: recorded.pointee))
        open[openCount] = Int32(truncatingIfNeeded: number)
        openCount += 1
        spanCount += 1
        return number
    }

    @inlinable @inline(__always)
    func closeSpan(_ number: Int) {
        guard number >= 0 else { return }
        openCount -= 1
        spans[number].end = Int32(truncatingIfNeeded: recorded.pointee)
    }

    /// Marks the span that was closed last with this label as not contributing.
    func discardLastSpan(_ label: UInt32) {
        var number = spanCount - 1
        while number >= 0 {
            if spans[number].label == label, spans[number].end >= 0 {
                spans[number].isDiscarded = true
                return
            }
            number -= 1
        }
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
    public func label(_ text: String) { if labels.count < Self.maximumNotes { labels.append(text) } }

    /// Demands that at least this share of the cases meets `condition`; the run fails when that is false beyond doubt. See
    /// ``CoverageRequirement``.
    ///
    /// A case that does not come here does not count, so say it before any early return.
    public func cover(_ label: String, atLeast share: CoverageShare, when condition: Bool) {
        guard coverage.count < Self.maximumNotes else { return }
        coverage.append(CoverageObservation(label: label, share: share, isHit: condition))
    }

    /// A score to be raised: the search prefers cases near those that scored highest under the same label. Not a number is ignored.
    public func target(_ score: Double, label: String = "") {
        guard !score.isNaN, targets.count < Self.maximumNotes || targets[label] != nil else { return }
        targets[label] = max(score, targets[label] ?? -.infinity)
    }

    /// A line of the report on a counterexample: what a step did, a value on the way. Costs a test of a flag in all other runs.
    public func note(_ text: @autoclosure () -> String) { if isJournaling { tell(text(), nil) } }

    func tell(_ line: String, _ choices: Range<Int>?) {
        journal.append(line)
        journalRanges.append(choices)
    }

    /// Runs a draw whose value is one line of the journal, whatever it draws itself.
    @inlinable @inline(__always)
    func journaled<Value>(_ draw: () throws -> Value) rethrows -> Value {
        if !isJournaling { return try draw() }
        return try journalOutermost(draw)
    }

    /// Makes one value that the journal tells as one, whatever is drawn for it.
    package func whole<Value>(_ generate: (Draws) -> Value) -> Value { journaled { generate(self) } }

    /// A span whose value is one line of the journal.
    @inlinable @inline(__always)
    func journaledSpan<Value>(_ label: UInt32, _ body: () -> Value) -> Value { journaled { span(label, body) } }

    @usableFromInline
    func journalOutermost<Value>(_ draw: () throws -> Value) rethrows -> Value {
        quiet += 1
        defer { quiet -= 1 }
        let start = count
        let value = try draw()
        if quiet == 1 { tell(SwiftLiteral.text(of: value), start..<max(start, count)) }
        return value
    }

    @usableFromInline
    func journal(value: some Any) { if quiet == 0 { tell(SwiftLiteral.text(of: value), max(0, count - 1)..<count) } }

    /// Something that this case reached, as a hash: a case that reaches what none reached before is kept and built upon.
    public func feature(_ hash: UInt64) { if features.count < Self.maximumNotes { features.append(hash) } }
}
