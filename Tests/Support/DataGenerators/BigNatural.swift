/// A natural number of any size, for exact oracles. Small and plain, not fast: addition is O(n), multiplication and
/// division are O(n²) in 32-bit limbs.
public struct BigNatural: Hashable, Sendable, Comparable {
    /// Least significant first, without zeros at the end; zero has none.
    private(set) var limbs: [UInt32]

    public init(_ value: UInt64) {
        limbs = [UInt32(truncatingIfNeeded: value), UInt32(truncatingIfNeeded: value >> 32)]
        trim()
    }

    private init(limbs: [UInt32]) {
        self.limbs = limbs
        trim()
    }

    private mutating func trim() { while limbs.last == 0 { limbs.removeLast() } }

    public var isZero: Bool { limbs.isEmpty }
    public var isOdd: Bool { limbs.first.map { $0 & 1 == 1 } ?? false }
    /// The value where it fits in 64 bits.
    public var uint64: UInt64? {
        switch limbs.count {
        case 0: 0
        case 1: UInt64(limbs[0])
        case 2: UInt64(limbs[1]) << 32 | UInt64(limbs[0])
        default: nil
        }
    }

    var bitWidth: Int { limbs.last.map { limbs.count * 32 - $0.leadingZeroBitCount } ?? 0 }

    public static func < (a: BigNatural, b: BigNatural) -> Bool {
        if a.limbs.count != b.limbs.count { return a.limbs.count < b.limbs.count }
        for index in a.limbs.indices.reversed() where a.limbs[index] != b.limbs[index] { return a.limbs[index] < b.limbs[index] }
        return false
    }

    public static func + (a: BigNatural, b: BigNatural) -> BigNatural {
        var limbs: [UInt32] = []
        var carry: UInt64 = 0
        for index in 0..<max(a.limbs.count, b.limbs.count) {
            carry += index < a.limbs.count ? UInt64(a.limbs[index]) : 0
            carry += index < b.limbs.count ? UInt64(b.limbs[index]) : 0
            limbs.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        if carry > 0 { limbs.append(UInt32(carry)) }
        return BigNatural(limbs: limbs)
    }

    /// Precondition: `a >= b`.
    public static func - (a: BigNatural, b: BigNatural) -> BigNatural {
        precondition(a >= b, "a natural number cannot be negative")
        var limbs = a.limbs
        var borrow: Int64 = 0
        for index in limbs.indices {
            let difference = Int64(limbs[index]) - (index < b.limbs.count ? Int64(b.limbs[index]) : 0) - borrow
            borrow = difference < 0 ? 1 : 0
            limbs[index] = UInt32(truncatingIfNeeded: difference)
        }
        return BigNatural(limbs: limbs)
    }

    public static func * (a: BigNatural, b: BigNatural) -> BigNatural {
        var limbs = [UInt32](repeating: 0, count: a.limbs.count + b.limbs.count)
        for i in a.limbs.indices {
            var carry: UInt64 = 0
            for j in b.limbs.indices {
                // At most (2^32 − 1)² + 2·(2^32 − 1) = 2^64 − 1.
                carry += UInt64(a.limbs[i]) * UInt64(b.limbs[j]) + UInt64(limbs[i + j])
                limbs[i + j] = UInt32(truncatingIfNeeded: carry)
                carry >>= 32
            }
            limbs[i + b.limbs.count] = UInt32(carry)
        }
        return BigNatural(limbs: limbs)
    }

    func shifted(left bits: Int) -> BigNatural {
        var limbs = [UInt32](repeating: 0, count: bits / 32)
        var carry: UInt64 = 0
        for limb in self.limbs {
            carry |= UInt64(limb) << UInt64(bits % 32)
            limbs.append(UInt32(truncatingIfNeeded: carry))
            carry >>= 32
        }
        limbs.append(UInt32(carry))
        return BigNatural(limbs: limbs)
    }

    /// By shifting and subtracting, bit by bit of the quotient. Precondition: `divisor` is not zero.
    public func quotientAndRemainder(dividingBy divisor: BigNatural) -> (quotient: BigNatural, remainder: BigNatural) {
        precondition(!divisor.isZero, "division by zero")
        var remainder = self
        var quotient = [UInt32](repeating: 0, count: limbs.count)
        var shift = bitWidth - divisor.bitWidth
        while shift >= 0 {
            let subtrahend = divisor.shifted(left: shift)
            if remainder >= subtrahend {
                remainder = remainder - subtrahend
                quotient[shift / 32] |= 1 << UInt32(shift % 32)
            }
            shift -= 1
        }
        return (BigNatural(limbs: quotient), remainder)
    }

    /// Euclid's algorithm.
    public static func greatestCommonDivisor(_ a: BigNatural, _ b: BigNatural) -> BigNatural {
        var (x, y) = (a, b)
        while !y.isZero { (x, y) = (y, x.quotientAndRemainder(dividingBy: y).remainder) }
        return x
    }

    /// In decimal.
    public var text: String {
        if isZero { return "0" }
        var parts: [String] = []
        var rest = self
        let billion = BigNatural(1_000_000_000)
        while !rest.isZero {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: billion)
            let digits = String(remainder.uint64 ?? 0)
            parts.append(quotient.isZero ? digits : String(repeating: "0", count: 9 - digits.utf8.count) + digits)
            rest = quotient
        }
        return parts.reversed().joined()
    }
}
