import Determinism

extension Draws {
    /// An integer of a range, of any width up to 64 bits; shrinks towards 0 or the end that is nearest to it.
    ///
    /// Distributed as ``int(in:)``: the ends, small values, powers of two and ten with their neighbours, and all magnitudes.
    public func integer<Number: FixedWidthInteger>(in range: ClosedRange<Number>) -> Number {
        if let lower = Int64(exactly: range.lowerBound), let upper = Int64(exactly: range.upperBound) {
            return Number(int(in: Int(lower)...Int(upper)))
        }
        if let lower = UInt64(exactly: range.lowerBound), let upper = UInt64(exactly: range.upperBound) {
            return journaled { Number(lower + offset(bound: upper - lower)) }
        }
        // Wider than 64 bits, or on both sides of what 64 bits hold.
        return journaled { min(max(wideInteger(), range.lowerBound), range.upperBound) }
    }

    /// Any integer of 128 bits, of either sign or none: half of them fit in 64 bits, and those are simpler.
    public func wideInteger<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) -> Number {
        journaledSpan(Label.component) {
            let edges: [Number] = [.max, .min, .max - 1, Number(truncatingIfNeeded: UInt64.max), 1 << (Number.bitWidth / 2)]
            switch weighted([8, 7, 1]) {
            case 0: return Number.isSigned ? Number(truncatingIfNeeded: int()) : Number(truncatingIfNeeded: offset(bound: .max))
            case 1:
                let high = Number(truncatingIfNeeded: Number.isSigned ? UInt64(bitPattern: Int64(int())) : offset(bound: .max))
                return high << 64 | Number(truncatingIfNeeded: UInt64(truncatingIfNeeded: offset(bound: .max)))
            default: return element(of: edges)
            }
        }
    }

    /// A number from 0 to a bound: the bound and its neighbour, powers of two with theirs, all magnitudes.
    private func offset(bound: UInt64) -> UInt64 {
        if bound == 0 { return 0 }
        return choose(ChoiceShape(kind: .integer, bound: bound)) { random in
            let dice = random.next()
            switch dice & 0xF {
            case 0: return bound - dice >> 63
            case 1: return min(bound, (1 << (dice >> 8 & 63)) &- (dice >> 62 & 1))
            case 2..<6: return bound == .max ? random.next() : random.next().multipliedFullWidth(by: bound + 1).high
            default:
                let index = random.next() >> (dice >> 8 & 63)
                return index <= bound ? index : index % (bound == .max ? bound : bound + 1)
            }
        }
    }

    /// Any double at all, the odd ones often: NaN, both infinities, both zeros, subnormals, the neighbours of constants by one or two units
    /// in the last place. Shrinks as ``double(special:)`` does: 0, whole numbers by size, short fractions; positive before negative.
    public func anyDouble() -> Double {
        journaledSpan(Label.double) {
            let index = choose(ChoiceShape(kind: .magnitude, bound: .max)) { DoubleOrder.index(Self.oddMagnitude(&$0)) }
            let value = DoubleOrder.value(index)
            return bool() ? -value : value
        }
    }

    /// Any float at all; distributed and shrunk like ``anyDouble()``, rounded to 24 bits.
    public func anyFloat() -> Float {
        journaledSpan(Label.double) {
            let index = choose(ChoiceShape(kind: .magnitude, bound: .max)) { DoubleOrder.index(Double(Self.oddFloatMagnitude(&$0))) }
            let value = Float(DoubleOrder.value(index))
            return bool() ? -value : value
        }
    }

    private static func oddMagnitude(_ random: inout SeededGenerator) -> Double {
        let dice = random.next()
        switch dice & 0xF {
        case 0: return .nan
        case 1: return .infinity
        case 2: return 0
        // Subnormals of all sizes.
        case 3: return Double(bitPattern: random.next() >> (12 + dice >> 8 & 51))
        case 4..<8:
            let constant = doubleConstants[Int((dice >> 8) % UInt64(doubleConstants.count))]
            let step = (dice >> 32) % 5
            var value = constant
            for _ in 0..<(step == 0 ? 0 : (step + 1) / 2) { value = step % 2 == 0 ? value.nextUp : value.nextDown }
            return abs(value)
        case 8..<11: return Double(random.next() >> (dice >> 8 & 63))
        case 11..<13: return Double(random.next() >> (dice >> 8 & 63)) / Double(1 << (dice >> 16 & 15))
        default: return abs(Double(bitPattern: random.next()))
        }
    }

    private static func oddFloatMagnitude(_ random: inout SeededGenerator) -> Float {
        let dice = random.next()
        switch dice & 0xF {
        case 0: return .nan
        case 1: return .infinity
        case 2: return 0
        case 3: return Float(bitPattern: UInt32(random.next() >> 41) >> UInt32(dice >> 8 & 15))
        case 4..<8:
            let constant = floatConstants[Int((dice >> 8) % UInt64(floatConstants.count))]
            let step = (dice >> 32) % 5
            var value = constant
            for _ in 0..<(step == 0 ? 0 : (step + 1) / 2) { value = step % 2 == 0 ? value.nextUp : value.nextDown }
            return abs(value)
        case 8..<12: return Float(random.next() >> (40 + dice >> 8 & 23))
        default: return abs(Float(bitPattern: UInt32(truncatingIfNeeded: random.next())))
        }
    }

    private static let doubleConstants: [Double] = [
        1, 2, 0.1, 0.2, 0.3, 0.5, 1.0 / 3, 10, 100, 1000, 1e9, 1e16, .pi, .ulpOfOne, .leastNonzeroMagnitude, .leastNormalMagnitude,
        .greatestFiniteMagnitude, 0x1p31, 0x1p32, 0x1p53, 0x1p63, 0x1p64, 0x1p127, 1e-9, 1e22, 1e23, 1e308,
        Double(Float.greatestFiniteMagnitude),
    ]
    private static let floatConstants: [Float] = [
        1, 2, 0.1, 0.2, 0.3, 0.5, 1.0 / 3, 10, 100, 1000, 1e9, .pi, .ulpOfOne, .leastNonzeroMagnitude, .leastNormalMagnitude,
        .greatestFiniteMagnitude, 0x1p23, 0x1p24, 0x1p31, 0x1p32, 0x1p63, 0x1p64, 1e-9, 1e10,
    ]

    /// A half-open range within bounds; the empty one at the simplest value is simplest. Empty ranges come up.
    public func range(in bounds: ClosedRange<Int>) -> Range<Int> {
        journaledSpan(Label.component) {
            let (a, b) = (int(in: bounds), int(in: bounds))
            return min(a, b)..<max(a, b)
        }
    }

    /// A closed range within bounds; that of the simplest value alone is simplest.
    public func closedRange(in bounds: ClosedRange<Int>) -> ClosedRange<Int> {
        journaledSpan(Label.component) {
            let (a, b) = (int(in: bounds), int(in: bounds))
            return min(a, b)...max(a, b)
        }
    }
}
