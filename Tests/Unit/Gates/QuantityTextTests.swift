import Evidence
import Testing

@testable import Gates

@Suite("quantities as people write them")
struct QuantityTextTests {
    @Test(
        "a quantity is read exactly",
        arguments: [
            ("85%", 85, 100, Unit.ratio), ("0.5pp", 5, 10, .percentagePoints), ("99.95%", 9995, 10000, .ratio), ("0", 0, 1, .count),
            ("-3", -3, 1, .count), ("250us", 250_000, 1, .nanoseconds), ("15m", 900_000_000_000, 1, .nanoseconds),
            ("1.5MiB", 15 << 20, 10, .bytes), ("12/s", 12, 1, .perSecond), ("1.5ps", 15, 10_000, .nanoseconds),
            ("1h", 3_600_000_000_000, 1, .nanoseconds), ("7B", 7, 1, .bytes),
            ("999999999999", 999_999_999_999, 1, .count),
        ])
    func reading(_ text: String, _ numerator: Int64, _ denominator: Int64, _ unit: Unit) throws {
        let value = try QuantityText(text)
        #expect(value.quantity == Quantity(numerator, over: denominator, unit: unit))
        #expect(value.text == text)
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "%", "-", "0.9", ".5%", "5.%", "85 %", " 85%", "85%%", "+5", "1e3", "5 parsecs", "0x10", "1,5%", "٣%", "9999999999999",
            "0.1234567%", "999999999999h", "--1", "NaN", "inf",
        ])
    func refusing(_ text: String) {
        #expect(throws: QuantityText.Malformed.self) { try QuantityText(text) }
    }
}

@Suite("exact fractions")
struct ExactFractionTests {
    @Test("neighbours that doubles cannot tell apart are told apart")
    func exact() {
        let big = Int128(Int64.max)
        let a = ExactFraction(big, big - 1)
        let b = ExactFraction(big - 1, big - 2)
        #expect(a.compare(b) == -1)
        #expect(b.compare(a) == 1)
        #expect(a.compare(a) == 0)
        #expect(Double(Int64.max) / Double(Int64.max - 1) == Double(Int64.max - 1) / Double(Int64.max - 2))
    }

    @Test("fractions are kept in lowest terms, also zero and negative ones")
    func lowest() {
        #expect(ExactFraction(6, 8) == ExactFraction(3, 4))
        #expect(ExactFraction(0, 9) == ExactFraction(0, 1))
        #expect(ExactFraction(-6, 8).numerator == -3)
        #expect(ExactFraction(.min, 2).denominator == 1)
    }

    @Test("what does not fit is said, not wrapped")
    func overflow() {
        let huge = ExactFraction(.max, 3)
        #expect(huge.multiplied(by: ExactFraction(2, 1)) == nil)
        #expect(huge.subtracting(ExactFraction(-1, 7)) == nil)
        #expect(huge.compare(ExactFraction(1, 7)) == nil)
        #expect(huge.quantity(.count) == nil)
    }
}
