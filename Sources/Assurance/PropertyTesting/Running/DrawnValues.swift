/// What a case drew, read off its recorded choices: the counterexample of a body that wrote no note.
///
/// ```
/// let xs = draws.array { $0.int() }      draw 1: [0, -1]
/// let flag = draws.bool()                draw 2: true
/// ```
///
/// Choices know what they mean (``ChoiceShape``) and spans which of them belong together, so collections, integers, booleans and doubles are shown
/// as values. Of a choice among branches or letters only its number is known: `#0` is the first. What the body made of the values is not shown;
/// `draws.note(…)` says that.
///
/// Complexity: O(choices + spans); recursion is at most as deep as spans are (``Draws/maximumDepth``).
struct DrawnValues {
    /// Characters of one line.
    static let maximumLineLength = 2000

    private let sequence: ChoiceSequence
    private var nextSpan = 0

    private init(_ sequence: ChoiceSequence) { self.sequence = sequence }

    /// A line for each value that was drawn, in order.
    static func lines(_ sequence: ChoiceSequence) -> [String] {
        var reader = DrawnValues(sequence)
        return reader.values(until: sequence.count, from: 0).enumerated().map { number, value in
            let line = "draw \(number + 1): \(value)"
            return line.utf8.count <= maximumLineLength ? line : String(line.prefix(maximumLineLength)) + "…"
        }
    }

    /// The values of the choices from `start` to `end`, spans among them taken as one value each.
    private mutating func values(until end: Int, from start: Int) -> [String] {
        var values: [String] = []
        var position = start
        while true {
            if nextSpan < sequence.spans.count {
                let span = sequence.spans[nextSpan]
                // A span without choices at the end of this one may belong to what follows; it shows nothing either way but "[]".
                if Int(span.start) < end || (Int(span.start) == end && span.range.isEmpty && Int(span.start) == position) {
                    while position < Int(span.start) {
                        if let value = scalar(position) { values.append(value) }
                        position += 1
                    }
                    nextSpan += 1
                    if let value = group(span) { values.append(value) }
                    position = max(position, span.range.upperBound)
                    continue
                }
            }
            break
        }
        while position < end {
            if let value = scalar(position) { values.append(value) }
            position += 1
        }
        return values
    }

    private mutating func group(_ span: ChoiceSequence.Span) -> String? {
        let inner = values(until: span.range.upperBound, from: span.range.lowerBound)
        if span.isDiscarded { return nil }
        switch span.label {
        case Label.array: return "[\(inner.joined(separator: ", "))]"
        case Label.double: return double(span.range) ?? inner.joined(separator: " ")
        default: return inner.count > 1 ? "(\(inner.joined(separator: ", ")))" : inner.first
        }
    }

    /// A double of any magnitude: the magnitude, then the sign. Those of a range count from an end of it, which is not recorded.
    private func double(_ range: Range<Int>) -> String? {
        guard range.count == 2, sequence.shapes[range.lowerBound].kind == .magnitude else { return nil }
        let magnitude = DoubleOrder.value(sequence.indices[range.lowerBound])
        return "\(sequence.indices[range.lowerBound + 1] == 1 ? -magnitude : magnitude)"
    }

    private func scalar(_ position: Int) -> String? {
        let (index, shape) = (sequence.indices[position], sequence.shapes[position])
        switch shape.kind {
        case .more: return nil
        case .boolean: return shape.bound == 0 ? nil : index == 1 ? "true" : "false"
        case .selector: return shape.bound == 0 ? nil : "#\(index)"
        case .magnitude: return "\(DoubleOrder.value(index))"
        case .integer:
            // All 64 bits without a sign have no place in a signed range.
            if shape.bound == .max, shape.below == 0 { return "\(index)" }
            guard shape.below <= shape.bound else { return "\(index)" }
            let lower = shape.origin &- Int64(bitPattern: shape.below)
            let upper = shape.origin &+ Int64(bitPattern: shape.bound - shape.below)
            guard lower <= shape.origin, shape.origin <= upper else { return "\(index)" }
            return "\(ZigZag(lower...upper, towards: shape.origin).value(index))"
        }
    }
}
