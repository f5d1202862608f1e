import Determinism

#if canImport(Glibc)
    import Glibc
#endif

/// A case drawn from indices that somebody else made: what a fuzzer's typed targets run on.
///
/// The indices are replayed; what is drawn beyond them is the simplest. A failure of the same draws is therefore reported and shrunk by the property
/// engine as one of its own.
package final class DrawnInput {
    package let draws: Draws

    /// Where a ``DrawnRecorder`` stands, what is drawn is written into its memory.
    package init() {
        if let recorder = DrawnRecorder.current {
            draws = Draws(record: recorder.memory, structure: recorder.memory + DrawnRecorder.recordSize)
        } else {
            draws = Draws()
        }
    }

    /// Begins a case with the given choices.
    package func begin(_ indices: [UInt64]) { draws.begin(seed: 0, prefix: indices, tail: .simplest) }

    /// Begins a case with the given choices, after which, and in place of those that do not fit, come random ones.
    package func begin(_ indices: [UInt64], completedFrom seed: UInt64) {
        draws.begin(seed: seed, prefix: indices, tail: .random, misfit: .random)
    }

    /// Begins a case that is to be told: lines of Swift for what is drawn and done.
    package func beginTelling(_ indices: [UInt64]) {
        begin(indices)
        draws.isJournaling = true
    }

    /// The choices as they were drawn: what did not fit is what took its place.
    package var sequence: ChoiceSequence { draws.sequence }

    /// The indices alone.
    package var indices: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: draws.indices, count: draws.count) }

    /// Hashes of what the case said it reached: states of a model.
    package var features: [UInt64] { draws.features }

    /// Whether the body should run: the value was whole, nothing refused.
    package var isWhole: Bool { draws.beginBody() }

    /// Whether an assumption was not met, before or in the body.
    package var isRejected: Bool { draws.isRejected }

    package var journal: [String] { draws.journal }

    /// A recorded case changed into the beginning of another one, as the property engine does it: parts made equal, exchanged between cases, repeated;
    /// a choice a little or quite different within its bound.
    package static func mutated(_ sequence: ChoiceSequence, donor: ChoiceSequence?, seed: UInt64) -> [UInt64] {
        var random = SeededGenerator(seed: seed)
        return SequenceMutation.mutated(sequence, donor: donor, random: &random)
    }

    // MARK: Shrinking

    /// How one candidate of a shrink ended, when it was not drawn on this input.
    package enum Outcome {
        case fails(ChoiceSequence)
        case passes
    }

    /// The simplest case that fails in the same way, by the property engine's shrinker.
    ///
    /// - Parameters:
    ///   - indices: the choices of a case that fails.
    ///   - failure: runs a case on the draws and tells whether it fails in the same way; its draws have begun.
    /// - Returns: `nil` where the case itself does not fail.
    package func minimised(_ indices: [UInt64], limit: Int = 20_000, fails: @escaping (Draws) -> Bool) -> [UInt64]? {
        begin(indices)
        guard fails(draws), !draws.isRejected, !draws.isOverrun else { return nil }
        let found = draws.sequence
        let draws = draws
        var shrinker = Shrinker(found, seed: 0, limit: limit, reading: draws) { prefix, completion in
            draws.begin(
                seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: found.count + 8)
            let didFail = fails(draws)
            if draws.isOverrun { return .overrun(nextBound: draws.missingBound) }
            if draws.isRejected { return .rejected }
            return didFail ? .fails(draws.sequence) : .passes
        }
        shrinker.shrink()
        return shrinker.best.indices
    }

    /// The same where a candidate is run elsewhere, in a process that may die of it, and what it drew is told from there.
    package static func minimised(
        _ indices: [UInt64], limit: Int = 20_000, run: @escaping ([UInt64]) -> Outcome
    ) -> [UInt64]? {
        guard case .fails(let found) = run(indices) else { return nil }
        var shrinker = Shrinker(found, seed: 0, limit: limit) { prefix, _ in
            switch run(prefix) {
            case .fails(let drawn): .fails(drawn)
            case .passes: .passes
            }
        }
        shrinker.shrink()
        return shrinker.best.indices
    }
}

extension ChoiceShape {
    /// The number that an index stands for; see `value(of:)`.
    package func drawnValue(of index: UInt64) -> Int128? { value(of: index) }
    /// The index of a number, `nil` where it is out of range.
    package func drawnIndex(of value: Int128) -> UInt64? { index(of: value) }
    /// Whether the choice is a number.
    package var isNumeric: Bool { isNumber }
    package var isMore: Bool { kind == .more }
}

/// A list as it stands in a sequence, for who edits texts and lists choice by choice.
package struct DrawnElements {
    package let range: Range<Int>
    /// What each element drew.
    package let elements: [Range<Int>]
    /// Elements that come without being asked for.
    package let mandatory: Int

    /// All lists of a sequence, in the order in which they were begun.
    package static func all(of sequence: ChoiceSequence) -> [DrawnElements] {
        sequence.spans.indices.compactMap { number in
            guard let list = DrawnList(sequence.spans[number], number: number, of: sequence) else { return nil }
            return DrawnElements(range: list.range, elements: list.elements, mandatory: list.mandatory)
        }
    }

    /// The sequence with other elements in this list.
    package func replaced(by new: [[UInt64]], in indices: [UInt64]) -> [UInt64] {
        var result = Array(indices[..<range.lowerBound])
        for (number, element) in new.enumerated() {
            if number >= mandatory { result.append(1) }
            result += element
        }
        // A "no", unless the list has its least length and no choice to be longer.
        if new.count > mandatory || endsAsked(indices) { result.append(0) }
        return result + indices[range.upperBound...]
    }

    private func endsAsked(_ indices: [UInt64]) -> Bool { (elements.last?.upperBound ?? range.lowerBound) < range.upperBound }
}

/// Memory, shared with processes forked after it was made, into which every ``DrawnInput`` writes what it draws: so that it is known of a case that kills
/// its process.
package final class DrawnRecorder {
    static let recordSize = 8 + 8 * Draws.defaultBudget
    private static let size = recordSize + Draws.structureSize(budget: Draws.defaultBudget)

    /// What inputs made from now on write to. Set by one thread before it forks.
    nonisolated(unsafe) package static var current: DrawnRecorder?

    let memory: UnsafeMutableRawPointer

    /// `nil` where there is no memory.
    package init?() {
        let memory = mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        guard let memory, memory != MAP_FAILED else { return nil }
        self.memory = memory
    }

    deinit { munmap(memory, Self.size) }

    package func clear() { memset(memory, 0, Self.size) }

    /// What was drawn into the memory since it was cleared; spans that were open at the end are as long as the case.
    package var sequence: ChoiceSequence {
        let count = min(max(0, memory.load(as: Int.self)), Draws.defaultBudget)
        let structure = memory + Self.recordSize
        var sequence = ChoiceSequence()
        sequence.indices = (0..<count).map { (memory + 8 + 8 * $0).load(as: UInt64.self) }
        let shapes = structure.assumingMemoryBound(to: ChoiceShape.self)
        sequence.shapes = (0..<count).map { shapes[$0] }
        let spans = (structure + Draws.defaultBudget * MemoryLayout<ChoiceShape>.stride)
            .assumingMemoryBound(to: ChoiceSequence.Span.self)
        var number = 0
        // No label is 0.
        while number < 2 * Draws.defaultBudget, spans[number].label != 0 {
            var span = spans[number]
            if span.end < 0 { span.end = Int32(truncatingIfNeeded: count) }
            sequence.spans.append(span)
            number += 1
        }
        return sequence
    }
}
