import Evidence

/// A fraction in lowest terms in 128 bits, whose operations say when they do not fit.
///
/// Conditions are decided with it and with nothing else, so that a verdict is the same on every machine.
struct ExactFraction: Hashable {
    let numerator: Int128
    /// Positive.
    let denominator: Int128

    init(_ numerator: Int128, _ denominator: Int128) {
        precondition(denominator > 0)
        let divisor = Self.gcd(numerator.magnitude, UInt128(denominator))
        self.numerator = numerator / Int128(divisor)
        self.denominator = denominator / Int128(divisor)
    }

    init(_ quantity: Quantity) { self.init(Int128(quantity.numerator), Int128(quantity.denominator)) }

    private static func gcd(_ a: UInt128, _ b: UInt128) -> UInt128 {
        var (x, y) = (a, b)
        while y != 0 { (x, y) = (y, x % y) }
        return max(x, 1)
    }

    func subtracting(_ other: ExactFraction) -> ExactFraction? {
        let (a, o1) = numerator.multipliedReportingOverflow(by: other.denominator)
        let (b, o2) = other.numerator.multipliedReportingOverflow(by: denominator)
        let (top, o3) = a.subtractingReportingOverflow(b)
        let (bottom, o4) = denominator.multipliedReportingOverflow(by: other.denominator)
        return o1 || o2 || o3 || o4 ? nil : ExactFraction(top, bottom)
    }

    func multiplied(by other: ExactFraction) -> ExactFraction? {
        let (top, o1) = numerator.multipliedReportingOverflow(by: other.numerator)
        let (bottom, o2) = denominator.multipliedReportingOverflow(by: other.denominator)
        return o1 || o2 ? nil : ExactFraction(top, bottom)
    }

    /// −1, 0 or 1; nil when the products do not fit in 128 bits.
    func compare(_ other: ExactFraction) -> Int? {
        guard let difference = subtracting(other) else { return nil }
        return difference.numerator.signum() == 0 ? 0 : (difference.numerator < 0 ? -1 : 1)
    }

    /// As a quantity where it fits in 64 bits; for messages.
    func quantity(_ unit: Unit) -> Quantity? {
        guard let top = Int64(exactly: numerator), let bottom = Int64(exactly: denominator) else { return nil }
        return Quantity(top, over: bottom, unit: unit)
    }
}
