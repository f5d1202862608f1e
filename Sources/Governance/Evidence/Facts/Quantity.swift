/// The unit of a metric. Conditions in gates.json must be written in a unit of the same dimension.
public enum Unit: String, Hashable, Sendable, CaseIterable {
    /// A plain number of things.
    case count
    /// A share between 0 and 1, written as a percentage.
    case ratio
    /// A difference of two shares, written in percentage points ("0.5pp").
    case percentagePoints = "percentage_points"
    /// Time; recorded in nanoseconds.
    case nanoseconds
    /// Storage; recorded in bytes.
    case bytes
    /// Events a second.
    case perSecond = "per_second"
}

/// An exact quantity: a fraction of two 64-bit integers with a unit.
///
/// Verdicts never touch floating point: 63 of 74 lines is the fraction 63/74, and whether it reaches "85%" is decided by
/// cross multiplication in 128 bits. A share of nothing (0 of 0) cannot be written; whoever counts must say "no
/// evidence" instead.
public struct Quantity: Hashable, Sendable {
    public let numerator: Int64
    /// Positive.
    public let denominator: Int64
    public let unit: Unit

    /// `numerator / denominator`, kept as given. Precondition: `denominator > 0`.
    public init(_ numerator: Int64, over denominator: Int64 = 1, unit: Unit) {
        precondition(denominator > 0, "the denominator of a quantity is positive")
        self.numerator = numerator
        self.denominator = denominator
        self.unit = unit
    }

    public static func count(_ value: Int) -> Quantity { Quantity(Int64(value), unit: .count) }

    /// −1, 0 or 1 as this fraction is smaller than, equal to or larger than `other`; units are the caller's to check.
    public func compare(to other: Quantity) -> Int {
        let left = Int128(numerator) * Int128(other.denominator)
        let right = Int128(other.numerator) * Int128(denominator)
        return left < right ? -1 : (left > right ? 1 : 0)
    }
}

extension Quantity: CustomStringConvertible {
    /// For people: "81.2 %", "3", "250 us", "1.5 MiB"; a fraction is cut, never rounded up to a limit it does not reach.
    public var description: String {
        switch unit {
        case .count: Self.decimal(numerator, denominator, places: denominator == 1 ? 0 : 2)
        case .ratio: Self.decimal(numerator, denominator, places: 1, scale: 100) + " %"
        case .percentagePoints: Self.decimal(numerator, denominator, places: 2) + " pp"
        case .nanoseconds: Self.scaled(numerator, denominator, steps: [("ns", 1), ("us", 1000), ("ms", 1_000_000), ("s", 1_000_000_000)])
        case .bytes: Self.scaled(numerator, denominator, steps: [("B", 1), ("KiB", 1024), ("MiB", 1 << 20), ("GiB", 1 << 30)])
        case .perSecond: Self.decimal(numerator, denominator, places: denominator == 1 ? 0 : 2) + " /s"
        }
    }

    private static func scaled(_ numerator: Int64, _ denominator: Int64, steps: [(name: String, size: Int64)]) -> String {
        var chosen = steps[0]
        for step in steps where Int128(numerator.magnitude) >= Int128(step.size) * Int128(denominator) { chosen = step }
        let (scale, overflow) = denominator.multipliedReportingOverflow(by: chosen.size)
        if overflow { return "\(numerator / denominator / chosen.size) \(chosen.name)" }
        // Of bytes there are no parts; of nanoseconds there are, where picoseconds were counted.
        let places = chosen.size == 1 ? (chosen.name == "ns" && denominator > 1 && numerator != 0 ? 3 : 0) : 1
        return decimal(numerator, scale, places: places) + " " + chosen.name
    }

    /// A fraction in decimal, cut towards zero after `places` digits.
    static func decimal(_ numerator: Int64, _ denominator: Int64, places: Int, scale: Int128 = 1) -> String {
        var power: Int128 = 1
        for _ in 0..<places { power *= 10 }
        let value = Int128(numerator) * scale * power / Int128(denominator)
        let magnitude = value < 0 ? -value : value
        var text = String(magnitude / power)
        if places > 0 {
            let fraction = String(magnitude % power)
            text += "." + String(repeating: "0", count: places - fraction.count) + fraction
        }
        return (numerator < 0 && magnitude != 0 ? "-" : "") + text
    }
}
