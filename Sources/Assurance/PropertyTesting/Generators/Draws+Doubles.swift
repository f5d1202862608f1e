import Determinism

/// The order of doubles made for people: whole numbers up to 2^56 by size, then everything else, fractions with few bits first.
///
/// Source of the idea: the lexicographic float encoding of Hypothesis (D. MacIver et al., "Test-Case Reduction via Test-Case Generation",
/// ECOOP 2020). One 64-bit index for the magnitude; the sign is a choice of its own.
enum DoubleOrder {
    private static let tag: UInt64 = 1 << 63

    static func value(_ index: UInt64) -> Double {
        if index & tag == 0 { return Double(index & ((1 << 56) - 1)) }
        let exponent = exponents[Int((index >> 52) & 0x7FF)]
        return Double(bitPattern: UInt64(exponent) << 52 | mantissa(index & ((1 << 52) - 1), exponent: Int(exponent)))
    }

    static func index(_ magnitude: Double) -> UInt64 {
        if magnitude < 0x1p56, magnitude == magnitude.rounded(.towardZero) { return UInt64(magnitude) }
        let bits = magnitude.bitPattern
        let exponent = Int(bits >> 52 & 0x7FF)
        return tag | UInt64(ranks[exponent]) << 52 | mantissa(bits & ((1 << 52) - 1), exponent: exponent)
    }

    /// The fractional part of the mantissa back to front, so that its lowest index has the fewest fraction digits. An involution.
    private static func mantissa(_ bits: UInt64, exponent: Int) -> UInt64 {
        let unbiased = exponent - 1023
        let fraction = min(52, max(0, 52 - unbiased))
        if fraction == 0 { return bits }
        let mask: UInt64 = fraction == 52 ? (1 << 52) - 1 : (1 << UInt64(fraction)) - 1
        var low = bits & mask
        var reversed: UInt64 = 0
        for _ in 0..<fraction {
            reversed = reversed << 1 | low & 1
            low >>= 1
        }
        return bits & ~mask | reversed
    }

    /// Exponents from simple to complex: 2^0, 2^1, … upwards, then 2^−1 and downwards, then infinity and NaN.
    private static let exponents: [UInt16] = Array(1023...2046) + (0...1022).reversed() + [2047]
    private static let ranks: [UInt16] = {
        var ranks = [UInt16](repeating: 0, count: 2048)
        for (rank, exponent) in exponents.enumerated() { ranks[Int(exponent)] = UInt16(rank) }
        return ranks
    }()
}

extension Draws {
    /// Any finite double; with `special` also NaN and the infinities.
    public func double(special: Bool = false) -> Double {
        journaled {
            span(Label.double) {
                let index = choose(ChoiceShape(kind: .magnitude, bound: .max)) { random in
                    let dice = random.next()
                    switch dice & 0xF {
                    case 0: return DoubleOrder.index(Self.oddities[Int((dice >> 8) % UInt64(Self.oddities.count))])
                    case 1..<8: return random.next() >> (8 + random.next() % 56)
                    default: return DoubleOrder.index(abs(Double(bitPattern: random.next())))
                    }
                }
                var value = DoubleOrder.value(index)
                if !special, !value.isFinite { value = Double.greatestFiniteMagnitude }
                return bool() ? -value : value
            }
        }
    }

    /// A double of `range`, which is finite.
    public func double(in range: ClosedRange<Double>) -> Double {
        if range.lowerBound == range.upperBound { return range.lowerBound }
        // Outwards from 0 or from the end that is nearest to it.
        let origin = min(max(0, range.lowerBound), range.upperBound)
        return journaled {
            span(Label.double) {
                let goesDown = origin > range.lowerBound && (origin == range.upperBound || bool())
                let room = goesDown ? origin - range.lowerBound : range.upperBound - origin
                let index = choose(ChoiceShape(kind: .magnitude, bound: .max)) { random in
                    let dice = random.next()
                    switch dice & 0xF {
                    case 0: return DoubleOrder.index(room)
                    case 1..<6: return random.next() >> (8 + random.next() % 56)
                    default: return DoubleOrder.index(random.uniform() * room)
                    }
                }
                let distance = DoubleOrder.value(index)
                let held = distance.isFinite && distance <= room ? distance : room
                return goesDown ? max(range.lowerBound, origin - held) : min(range.upperBound, origin + held)
            }
        }
    }

    private static let oddities: [Double] = [
        0, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, .infinity, .nan, 0.1, 1.0 / 3, .ulpOfOne, 0x1p53,
        0x1p53 + 2, 1e308,
    ]
}
