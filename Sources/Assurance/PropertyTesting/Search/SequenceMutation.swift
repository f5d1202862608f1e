import Determinism

/// Changes a recorded case into the beginning of another one.
///
/// Works on choices and spans alone: parts that mean the same (spans with the same label) may stand for one another, whatever they are the
/// parts of. Nothing guarantees that the result fits; it is completed by fresh draws.
enum SequenceMutation {
    /// Changes that are stacked at most.
    static let maximumStack = 4
    /// Pairs of spans looked at before a change that needs one is given up.
    static let spanTries = 8
    /// Longest prefix that is made.
    static let maximumLength = Draws.defaultBudget

    /// - Parameter donor: another case whose parts may be taken.
    static func mutated(_ sequence: ChoiceSequence, donor: ChoiceSequence?, random: inout SeededGenerator) -> [UInt64] {
        if sequence.count == 0 { return [] }
        switch random.next() % 8 {
        case 0, 1: if let result = equalSpans(sequence, &random) { return result }
        case 2: if let result = parentForChild(sequence, &random) { return result }
        case 3: if let donor, let result = spliced(sequence, donor, &random) { return result }
        case 4: if let result = insertedSpan(sequence, &random) { return result }
        case 5: return cut(sequence, &random)
        default: break
        }
        var indices = sequence.indices
        for _ in 0...Int(random.next() % UInt64(maximumStack)) { changeIndex(&indices, sequence.shapes, &random) }
        return indices
    }

    /// Two spans of the same kind, neither within the other, made equal.
    static func equalSpans(_ sequence: ChoiceSequence, _ random: inout SeededGenerator) -> [UInt64]? {
        for _ in 0..<spanTries {
            guard let (a, b) = pair(sequence, &random), !a.overlaps(b) else { continue }
            return replacing(sequence.indices, b, by: sequence.indices[a])
        }
        return nil
    }

    /// A span in place of one within it, or the other way round: recursion grows or shrinks.
    static func parentForChild(_ sequence: ChoiceSequence, _ random: inout SeededGenerator) -> [UInt64]? {
        for _ in 0..<spanTries {
            guard let (a, b) = pair(sequence, &random), a != b else { continue }
            guard
                a.lowerBound <= b.lowerBound && b.upperBound <= a.upperBound || b.lowerBound <= a.lowerBound && a.upperBound <= b.upperBound
            else { continue }
            return replacing(sequence.indices, b, by: sequence.indices[a])
        }
        return nil
    }

    /// A part of another case in place of one of the same kind.
    static func spliced(_ sequence: ChoiceSequence, _ donor: ChoiceSequence, _ random: inout SeededGenerator) -> [UInt64]? {
        guard let target = anySpan(sequence, &random) else { return nil }
        for _ in 0..<spanTries {
            guard let source = anySpan(donor, &random), source.label == target.label else { continue }
            return replacing(sequence.indices, target.range, by: donor.indices[source.range])
        }
        return nil
    }

    /// A span twice, or not at all: lists grow and shrink.
    static func insertedSpan(_ sequence: ChoiceSequence, _ random: inout SeededGenerator) -> [UInt64]? {
        guard let span = anySpan(sequence, &random) else { return nil }
        var indices = sequence.indices
        if random.next() & 3 == 0 {
            indices.removeSubrange(span.range)
        } else {
            indices.insert(contentsOf: sequence.indices[span.range], at: span.range.lowerBound)
        }
        return Array(indices.prefix(maximumLength))
    }

    /// The beginning of the case; the rest will be drawn anew. Mostly only the last choice goes, or the last few.
    static func cut(_ sequence: ChoiceSequence, _ random: inout SeededGenerator) -> [UInt64] {
        if sequence.count == 0 { return [] }
        let word = random.next()
        let dropped = word & 3 == 0 ? Int((word >> 2) % UInt64(sequence.count)) : 1 + (word >> 2).trailingZeroBitCount
        return Array(sequence.indices.dropLast(dropped))
    }

    /// One choice a little or quite different.
    static func changeIndex(_ indices: inout [UInt64], _ shapes: [ChoiceShape], _ random: inout SeededGenerator) {
        guard !indices.isEmpty else { return }
        let position = Int(random.next() % UInt64(indices.count))
        let shape = shapes[position]
        let value = indices[position]
        if shape.bound == 0 { return }
        guard shape.kind == .integer || shape.kind == .magnitude else {
            indices[position] = uniform(shape.bound, &random)
            return
        }
        let word = random.next()
        // Steps of all sizes; two steps of a zigzag are one of the value.
        let step = UInt64(1) << ((word >> 8) % 12)
        switch word & 7 {
        case 0, 1: indices[position] = value >= step ? value - step : 0
        case 2, 3: indices[position] = shape.bound - value >= step ? value + step : shape.bound
        case 4: indices[position] = value / 2
        case 5: indices[position] = value <= shape.bound / 2 ? value * 2 : shape.bound
        case 6: indices[position] = shape.bound - min(shape.bound, word >> 62)
        default: indices[position] = uniform(shape.bound, &random) >> (shape.bound > 1 << 16 ? (word >> 16) % 48 : 0)
        }
    }

    static func uniform(_ bound: UInt64, _ random: inout SeededGenerator) -> UInt64 {
        bound == .max ? random.next() : random.next().multipliedFullWidth(by: bound + 1).high
    }

    // MARK: Spans

    private static func anySpan(_ sequence: ChoiceSequence, _ random: inout SeededGenerator) -> ChoiceSequence.Span? {
        if sequence.spans.isEmpty { return nil }
        for _ in 0..<spanTries {
            let span = sequence.spans[Int(random.next() % UInt64(sequence.spans.count))]
            if !span.range.isEmpty, span.range.upperBound <= sequence.count { return span }
        }
        return nil
    }

    private static func pair(_ sequence: ChoiceSequence, _ random: inout SeededGenerator) -> (Range<Int>, Range<Int>)? {
        guard let a = anySpan(sequence, &random), let b = anySpan(sequence, &random), a.label == b.label, a != b else { return nil }
        return (a.range, b.range)
    }

    private static func replacing(_ indices: [UInt64], _ range: Range<Int>, by part: ArraySlice<UInt64>) -> [UInt64] {
        Array((indices[..<range.lowerBound] + part + indices[range.upperBound...]).prefix(maximumLength))
    }
}
