import Evidence

/// A quantity as people write it in gates.json: a number with its unit ("85%", "0.5pp", "250us", "1.5MiB", "12/s", 3).
///
/// Exact: decimals become fractions. A bare number is a count, so that 0.85 and 85 cannot be mistaken for "85%".
public struct QuantityText: Hashable, Sendable, CustomStringConvertible {
    /// As written.
    public let text: String
    /// In the unit's base: a share for `%`, nanoseconds, bytes, percentage points as points.
    public let quantity: Quantity

    public var description: String { text }

    public struct Malformed: Error, CustomStringConvertible {
        public let description: String
    }

    private static let suffixes: [(suffix: String, unit: Unit, factor: Int64, divisor: Int64)] = [
        ("%", .ratio, 1, 100), ("pp", .percentagePoints, 1, 1),
        ("ps", .nanoseconds, 1, 1000), ("ns", .nanoseconds, 1, 1), ("us", .nanoseconds, 1000, 1), ("ms", .nanoseconds, 1_000_000, 1),
        ("KiB", .bytes, 1 << 10, 1), ("MiB", .bytes, 1 << 20, 1), ("GiB", .bytes, 1 << 30, 1),
        ("/s", .perSecond, 1, 1),
        ("s", .nanoseconds, 1_000_000_000, 1), ("m", .nanoseconds, 60_000_000_000, 1),
        ("h", .nanoseconds, 3_600_000_000_000, 1), ("d", .nanoseconds, 86_400_000_000_000, 1), ("B", .bytes, 1, 1),
    ]

    public static let forms = "85%, 0.5pp, 250us, 15m, 2MiB, 10/s, or a whole number for a count"

    /// At most 12 digits before and 6 behind the decimal point.
    public init(_ text: String) throws(Malformed) {
        self.text = text
        let scalars = Array(text.utf8)
        var index = 0
        let negative = scalars.first == UInt8(ascii: "-")
        if negative { index = 1 }
        var numerator: Int64 = 0
        var denominator: Int64 = 1
        let firstDigit = index
        while index < scalars.count, (0x30...0x39).contains(scalars[index]), index - firstDigit < 12 {
            numerator = numerator * 10 + Int64(scalars[index] - 0x30)
            index += 1
        }
        guard index > firstDigit else { throw Malformed(description: "'\(text.prefix(40))' does not begin with a number") }
        if index < scalars.count, scalars[index] == UInt8(ascii: ".") {
            index += 1
            let firstFraction = index
            while index < scalars.count, (0x30...0x39).contains(scalars[index]), index - firstFraction < 6 {
                numerator = numerator * 10 + Int64(scalars[index] - 0x30)
                denominator *= 10
                index += 1
            }
            guard index > firstFraction else { throw Malformed(description: "'\(text.prefix(40))' has no digit after the point") }
        }
        if negative { numerator = -numerator }
        let suffix = String(decoding: scalars[index...], as: UTF8.self)
        if suffix.isEmpty {
            guard denominator == 1 else {
                throw Malformed(description: "'\(text.prefix(40))' has a fraction and no unit; write a unit, as in \"85%\" or \"0.5pp\"")
            }
            quantity = Quantity(numerator, unit: .count)
            return
        }
        guard let form = Self.suffixes.first(where: { $0.suffix == suffix }) else {
            throw Malformed(description: "'\(text.prefix(40))' has an unknown unit '\(suffix.prefix(16))'; known forms: \(Self.forms)")
        }
        let (scaled, overflow) = numerator.multipliedReportingOverflow(by: form.factor)
        guard !overflow else { throw Malformed(description: "'\(text.prefix(40))' is too large") }
        quantity = Quantity(scaled, over: denominator * form.divisor, unit: form.unit)
    }

    public init(count: Int64) {
        text = String(count)
        quantity = Quantity(count, unit: .count)
    }
}
