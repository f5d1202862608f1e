import Testing

@testable import Evidence

@Suite("times in decimal as whole picoseconds")
struct DecimalTimeTests {
    @Test(
        "every digit down to a picosecond counts, and what is below one is rounded up",
        arguments: [
            ("1", DecimalTime.Unit.nanoseconds, 1000), ("0.2455", .nanoseconds, 246), ("0.2450", .nanoseconds, 245),
            ("1.5e-05", .seconds, 15_000_000), ("1E+3", .microseconds, 1_000_000_000), ("12.25", .milliseconds, 12_250_000_000),
            ("0", .seconds, 0), ("0.0", .nanoseconds, 0), ("0e999999999999999999999", .nanoseconds, 0), ("1e-400", .seconds, 1),
            ("4.6e-14", .seconds, 1), ("3.9999999999999999", .nanoseconds, 4000), ("1.0000000000000001e+00", .nanoseconds, 1001),
            ("4000000", .seconds, 4_000_000_000_000_000_000), ("0.000000000001e12", .nanoseconds, 1000),
        ])
    func reading(_ literal: String, _ unit: DecimalTime.Unit, _ picoseconds: Int64) {
        #expect(DecimalTime.picoseconds(literal, unit: unit) == picoseconds)
    }

    @Test(
        "what is too large, negative or no number is refused",
        arguments: [
            "4000000.000000000001", "4000001", "1e400", "1e999999999999999999999", "-1", "-0", "", ".", "1x", "NaN", "Infinity", "1 ",
            String(repeating: "1", count: 65), "0." + String(repeating: "0", count: 63),
        ])
    func refusing(_ literal: String) { #expect(DecimalTime.picoseconds(literal, unit: .seconds) == nil) }
}
