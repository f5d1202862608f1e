import Hello
import Testing

@Suite("order quantities")
struct OrderQuantityTests {
    @Test(
        "a quantity is read",
        arguments: [("250", 250), ("1,000", 1000), ("12,345,678", 12_345_678), ("25k", 25_000), ("1,000k", 1_000_000), ("3m", 3_000_000)])
    func read(_ text: String, _ units: Int) throws {
        #expect(try OrderQuantity(text).units == units)
    }

    @Test(
        "what is no quantity is refused and named",
        arguments: [
            ("", .empty), ("ten", .notANumber("ten")), ("1.5", .notANumber("1.5")), ("-1", .notANumber("-1")), ("k", .notANumber("k")),
            ("1,00", .misplacedComma("1,00")), (",100", .misplacedComma(",100")), ("1000,000", .misplacedComma("1000,000")),
            ("0", .zero), ("0k", .zero), ("1,001m", .tooLarge(limit: 1_000_000_000)),
            ("99999999999999999999", .tooLarge(limit: 1_000_000_000)),
        ] as [(String, OrderQuantity.Mistake)])
    func refused(_ text: String, _ mistake: OrderQuantity.Mistake) {
        #expect(throws: mistake) { try OrderQuantity(text) }
    }
}
