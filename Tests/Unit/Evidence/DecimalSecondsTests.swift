import Testing

@testable import Evidence

@Suite struct DecimalSecondsTests {
    @Test(
        "seconds are read digit by digit",
        arguments: [
            ("0", 0), ("0.002", 2_000_000), ("1169.662059295", 1_169_662_059_295), ("1.5e-05", 15_000), ("2E3", 2_000_000_000_000),
            ("0.0000000019", 1), (".5", 500_000_000), ("3.", 3_000_000_000), ("+1", 1_000_000_000),
            ("0e999999999999999999999", 0), ("1e-999999999999", 0),
        ] as [(String, Int64)])
    func values(literal: String, nanoseconds: Int64) { #expect(DecimalSeconds.nanoseconds(literal) == nanoseconds) }

    @Test(
        "what is no such number is refused",
        arguments: ["", ".", "-1", "nan", "inf", "1e", "1,234", "0x10", "1 ", "1e99", "99999999999", String(repeating: "1", count: 80)])
    func refused(literal: String) { #expect(DecimalSeconds.nanoseconds(literal) == nil) }

    @Test("thousands commas stand before three digits each")
    func commas() {
        #expect(DecimalSeconds.nanoseconds("1,234.5", thousandsCommas: true) == 1_234_500_000_000)
        #expect(DecimalSeconds.nanoseconds("12,345,678", thousandsCommas: true) == 12_345_678_000_000_000)
        for literal in ["0,5", "1,23", "1234,567", "1,2345", "1,,234", ",123", "1,234,5"] {
            #expect(DecimalSeconds.nanoseconds(literal, thousandsCommas: true) == nil, "\(literal)")
        }
    }
}
