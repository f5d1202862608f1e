import Testing

@testable import StrictDocuments

@Suite("Decimal text")
struct DecimalTextTests {
    @Test(
        "rounds the exact binary value, half to even, and drops the sign of zero",
        arguments: [
            (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (-2.5, 0, "-2"), (0.125, 2, "0.12"), (0.375, 2, "0.38"), (1.005, 2, "1.00"),
            (-0.0001, 2, "0.00"), (-0.0, 3, "0.000"), (100, 6, "100.000000"), (0.1, 15, "0.100000000000000"),
            (.leastNonzeroMagnitude, 15, "0.000000000000000"),
            (9_007_199_254_740_992, 1, "9007199254740992.0"), (0x1p62, 2, "4611686018427387904.00"), (999.9999996, 6, "1000.000000"),
            (0.045, 6, "0.045000"), (5e-7, 6, "0.000000"), (1.5e-6, 6, "0.000002"),
        ] as [(Double, Int, String)])
    func fixed(value: Double, places: Int, text: String) {
        #expect(DecimalText.fixed(value, places: places) == text)
    }

    @Test("writes nothing it cannot write exactly")
    func unwritable() {
        for value in [Double.nan, .infinity, -.infinity, 0x1p63, -0x1p63, 1e300] { #expect(DecimalText.fixed(value, places: 2) == nil) }
        #expect(DecimalText.fixed(1, places: 16) == nil)
        #expect(DecimalText.fixed(1, places: -1) == nil)
    }

    @Test(
        "parses decimal numbers",
        arguments: [("1", 1), ("-0.5", -0.5), ("+2e3", 2000), ("5E-7", 5e-7), ("007", 7), ("1e-999", 0)] as [(String, Double)])
    func parse(text: String, value: Double) { #expect(DecimalText.parse(text) == value) }

    @Test(
        "parses nothing else",
        arguments: [
            "", " 1", "1 ", "nan", "inf", "-Infinity", "0x1p3", "1e", "1e+", ".5", "5.", "1,5", "1_000", "--1", "1e999", "١", "1\u{0}",
        ])
    func refuse(text: String) { #expect(DecimalText.parse(text) == nil) }
}
