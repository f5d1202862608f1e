/// Arithmetic on what a choice means. Indices count zigzag and from different origins; sums, differences and products hold between *values*.
///
/// 128 bits hold the sum and the difference of any two values, and the product of any that a shrinker multiplies.
extension ChoiceShape {
    /// The number that an index stands for: of a double its magnitude while that is whole, of a selector the index itself.
    func value(of index: UInt64) -> Int128? {
        switch kind {
        case .integer:
            let (down, up) = (below, bound &- below)
            let shorter = min(down, up)
            // Twice the shorter side is at most the bound, hence no overflow.
            if index <= 2 * shorter {
                let distance = Int128(index / 2 + index % 2)
                return Int128(origin) + (index % 2 == 1 ? distance : -distance)
            }
            return Int128(origin) + (up > down ? 1 : -1) * Int128(index - shorter)
        case .magnitude: return index < 1 << 56 ? Int128(index) : nil
        case .boolean, .more, .selector: return Int128(index)
        }
    }

    /// The index of a number, nil where it is out of range.
    func index(of value: Int128) -> UInt64? {
        switch kind {
        case .integer:
            let (down, up) = (below, bound &- below)
            let shorter = Int128(min(down, up))
            let offset = value - Int128(origin)
            guard offset <= Int128(up), -offset <= Int128(down) else { return nil }
            let distance = abs(offset)
            if distance <= shorter { return UInt64(2 * distance - (offset > 0 ? 1 : 0)) }
            return UInt64(distance + shorter)
        case .magnitude: return value >= 0 && value < 1 << 56 ? UInt64(value) : nil
        case .boolean, .more, .selector: return value >= 0 && value <= Int128(bound) ? UInt64(value) : nil
        }
    }

    /// The value nearest to this one that the choice can have.
    func clamped(_ value: Int128) -> Int128 {
        switch kind {
        case .integer: min(max(value, Int128(origin) - Int128(below)), Int128(origin) + Int128(bound &- below))
        case .magnitude: min(max(value, 0), (1 << 56) - 1)
        case .boolean, .more, .selector: min(max(value, 0), Int128(bound))
        }
    }

    /// The value of index 0.
    var simplestValue: Int128 { kind == .integer ? Int128(origin) : 0 }

    /// Whether the choice is a number, for which arithmetic makes sense.
    var isNumber: Bool { kind == .integer || kind == .magnitude }
}
