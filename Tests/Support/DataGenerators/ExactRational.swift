/// An exact fraction in lowest terms: the arithmetic of oracles, which owes nothing to floating point.
///
/// ```swift
/// let third = ExactRational(1, 3)
/// (third + third).decimal(places: 4)      // "0.6667"
/// ```
public struct ExactRational: Hashable, Sendable {
    private let isNegative: Bool
    private let numerator: BigNatural
    private let denominator: BigNatural

    /// Precondition: `denominator > 0`.
    public init(_ numerator: Int64, _ denominator: UInt64 = 1) {
        precondition(denominator > 0, "the denominator of a fraction is positive")
        self.init(isNegative: numerator < 0, BigNatural(numerator.magnitude), BigNatural(denominator))
    }

    /// The exact value of `[-]digits[.digits]`; nil for other text and for more than 18 digits.
    public init?(decimal text: String) {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let parts = digits.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        let all = parts.joined()
        guard text.utf8.count - digits.count <= 1, parts.allSatisfy({ !$0.isEmpty }), all.count <= 18,
            all.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        let value = all.reduce(UInt64(0)) { $0 * 10 + UInt64($1 - 0x30) }
        var scale: UInt64 = 1
        if parts.count == 2 { for _ in parts[1] { scale *= 10 } }
        self.init(isNegative: digits.count < text.utf8.count, BigNatural(value), BigNatural(scale))
    }

    /// The exact value of a finite double of moderate size; nil outside of 2^±1000.
    public init?(exactly value: Double) {
        guard value.isFinite, value.magnitude < 0x1p1000, value == 0 || value.magnitude > 0x1p-1000 else { return nil }
        let exponent = value == 0 ? 0 : Int(value.exponentBitPattern) - 1075
        let significand = value == 0 ? 0 : value.significandBitPattern | 1 << 52
        self.init(
            isNegative: value < 0, BigNatural(significand).shifted(left: max(0, exponent)),
            BigNatural(1).shifted(left: max(0, -exponent)))
    }

    private init(isNegative: Bool, _ numerator: BigNatural, _ denominator: BigNatural) {
        let divisor = BigNatural.greatestCommonDivisor(numerator, denominator)
        self.isNegative = isNegative && !numerator.isZero
        self.numerator = numerator.quotientAndRemainder(dividingBy: divisor).quotient
        self.denominator = denominator.quotientAndRemainder(dividingBy: divisor).quotient
    }

    public static func + (a: ExactRational, b: ExactRational) -> ExactRational {
        let (left, right) = (a.numerator * b.denominator, b.numerator * a.denominator)
        let denominator = a.denominator * b.denominator
        if a.isNegative == b.isNegative { return ExactRational(isNegative: a.isNegative, left + right, denominator) }
        return left >= right
            ? ExactRational(isNegative: a.isNegative, left - right, denominator)
            : ExactRational(isNegative: b.isNegative, right - left, denominator)
    }

    public static prefix func - (a: ExactRational) -> ExactRational {
        ExactRational(isNegative: !a.isNegative, a.numerator, a.denominator)
    }

    public static func - (a: ExactRational, b: ExactRational) -> ExactRational { a + -b }

    public static func * (a: ExactRational, b: ExactRational) -> ExactRational {
        ExactRational(isNegative: a.isNegative != b.isNegative, a.numerator * b.numerator, a.denominator * b.denominator)
    }

    public var magnitude: ExactRational { isNegative ? -self : self }

    public static func < (a: ExactRational, b: ExactRational) -> Bool { (a - b).isNegative }

    /// With exactly `places` digits after the point, rounded half to even; what rounds to zero has no sign.
    public func decimal(places: Int) -> String {
        var power = BigNatural(1)
        for _ in 0..<places { power = power * BigNatural(10) }
        var (quotient, remainder) = (numerator * power).quotientAndRemainder(dividingBy: denominator)
        let doubled = remainder + remainder
        if doubled > denominator || (doubled == denominator && quotient.isOdd) { quotient = quotient + BigNatural(1) }
        var digits = quotient.text
        if places > 0 {
            if digits.utf8.count <= places { digits = String(repeating: "0", count: places + 1 - digits.utf8.count) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
        }
        return isNegative && !quotient.isZero ? "-" + digits : digits
    }
}
