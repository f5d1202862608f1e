/// A list as it stands in a sequence: where its elements are, and how to write it with some of them left out.
///
/// Elements are more than runs of choices. Up to the least count they come without a "one more?", at the greatest count the list ends without
/// a "no", and neither is so any more when elements are taken out; ``keeping(_:of:)`` puts that right.
struct DrawnList {
    var range: Range<Int>
    /// What each element drew, without its "one more?".
    var elements: [Range<Int>]
    /// Elements that came without being asked for.
    var mandatory: Int

    init?(_ span: ChoiceSequence.Span, number: Int, of sequence: ChoiceSequence) {
        guard span.label == Label.array, span.range.upperBound <= sequence.count else { return nil }
        range = span.range
        elements = []
        mandatory = 0
        var next = number + 1
        while next < sequence.spans.count, sequence.spans[next].depth > span.depth {
            let inner = sequence.spans[next]
            next += 1
            guard inner.depth == span.depth + 1, inner.label == Label.element, !inner.range.isEmpty else { continue }
            let start = inner.range.lowerBound
            // A nested list that comes unasked opens its own span before it draws its "one more?".
            let isNested =
                next < sequence.spans.count && sequence.spans[next].depth > inner.depth && Int(sequence.spans[next].start) == start
            if sequence.shapes[start].kind == .more, !isNested {
                if sequence.indices[start] == 1 { elements.append(start + 1..<inner.range.upperBound) }
            } else {
                elements.append(inner.range)
                mandatory = elements.count
            }
        }
    }

    /// The whole sequence with only these elements of the list, in this order.
    func keeping(_ kept: some Sequence<Int>, of indices: [UInt64], replacing: [Int: [UInt64]] = [:]) -> [UInt64] {
        var result = Array(indices[..<range.lowerBound])
        result.reserveCapacity(indices.count + 1)
        var count = 0
        for element in kept {
            if count >= mandatory { result.append(1) }
            if let other = replacing[element] { result += other } else { result += indices[elements[element]] }
            count += 1
        }
        // A "no" also where the list was full before; with as many elements as before it ends as it did.
        if count < elements.count || endsAsked(indices) { if count >= mandatory { result.append(0) } }
        result += indices[range.upperBound...]
        return result
    }

    private func endsAsked(_ indices: [UInt64]) -> Bool { (elements.last?.upperBound ?? range.lowerBound) < range.upperBound }
}
