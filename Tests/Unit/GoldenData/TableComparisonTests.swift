import StrictDocuments
import Testing

@testable import GoldenData

@Suite("The comparison of tables")
struct TableComparisonTests {
    private let tolerances: [String: GoldenTolerance] = ["ts": .exact, "macd": .absolute(5e-7, literal: "5e-7")]

    private func compare(
        _ golden: [[String]], _ produced: [[String]], header: [String] = ["ts", "macd"], producedHeader: [String]? = nil,
        tolerances: [String: GoldenTolerance]? = nil
    ) throws -> TableComparison {
        TableComparison(
            golden: try CSVTable(header: header, rows: golden), produced: try CSVTable(header: producedHeader ?? header, rows: produced),
            tolerances: tolerances ?? self.tolerances, file: "data/golden/x.csv")
    }

    @Test("one cell changed by a millionth is named with file, row, column, expected and got")
    func oneCell() throws {
        let comparison = try compare([["1", "0.079772"], ["2", "0.221136"]], [["1", "0.079772"], ["2", "0.221135"]])
        #expect(comparison.mismatches == 1 && comparison.comparedCells == 4)
        let text = try #require(comparison.firstDivergence?.description)
        #expect(text.hasPrefix("data/golden/x.csv: row 2, column macd: expected 0.221136, got 0.221135 (off by "))
        #expect(text.hasSuffix(", tolerance 5e-7)"))
    }

    @Test("a difference within the tolerance is no mismatch, but is measured")
    func withinTolerance() throws {
        let comparison = try compare([["1", "0.5"], ["2", "0.25"]], [["1", "0.5000004"], ["2", "0.2500001"]])
        #expect(comparison.mismatches == 0 && comparison.firstDivergence == nil)
        let error = try #require(comparison.largestAbsoluteError)
        #expect(error.row == 1 && error.column == "macd" && abs(error.error - 4e-7) < 1e-15)
        // One ulp is half as large at 0.25, so that a quarter of the error is half of the ulps.
        #expect(comparison.largestULPError?.row == 1)
    }

    @Test("ulps are counted across zero and powers of two")
    func ulps() {
        #expect(TableComparison.ulpDistance(1, 1) == 0)
        #expect(TableComparison.ulpDistance(1, 1.0.nextUp) == 1)
        #expect(TableComparison.ulpDistance(1, 1.0.nextDown.nextDown) == 2)
        #expect(TableComparison.ulpDistance(0.0, -0.0) == 0)
        #expect(TableComparison.ulpDistance(-.leastNonzeroMagnitude, .leastNonzeroMagnitude) == 2)
        #expect(TableComparison.ulpDistance(-.greatestFiniteMagnitude, .greatestFiniteMagnitude) == 2 * UInt64(0x7FEF_FFFF_FFFF_FFFF))
    }

    @Test(
        "a cell that is no finite number is a mismatch on either side",
        arguments: [
            ("nan", "0.5", .notANumber(side: .golden)), ("0.5", "nan", .notANumber(side: .produced)),
            ("inf", "inf", .notANumber(side: .golden)),
            ("x", "0.5", .notANumber(side: .golden)), ("", "0.5", .undefined), ("0.5", "", .undefined),
            ("0.5", " 0.5", .notANumber(side: .produced)),
        ] as [(String, String, CellDivergence.Reason)])
    func notNumbers(golden: String, produced: String, reason: CellDivergence.Reason) throws {
        let comparison = try compare([["1", golden]], [["1", produced]])
        #expect(comparison.mismatchingCells == 1)
        #expect(comparison.firstDivergence?.reason == reason)
    }

    @Test("two cells that are not defined agree")
    func bothUndefined() throws { #expect(try compare([["1", ""]], [["1", ""]]).mismatches == 0) }

    @Test("an exact column is compared as text, byte by byte")
    func exactText() throws {
        #expect(try compare([["1.0", "1"]], [["1.00", "1"]]).firstDivergence?.reason == .text)
        // Swift takes these two for equal strings.
        #expect(try compare([["é", "1"]], [["e\u{301}", "1"]]).mismatchingCells == 1)
    }

    @Test("missing and extra rows and columns, another order and unknown tolerances are findings")
    func structure() throws {
        #expect(try compare([["1", "1"], ["2", "2"]], [["1", "1"]]).missingRows == 1)
        #expect(try compare([["1", "1"]], [["1", "1"], ["2", "2"]]).extraRows == 1)
        let columns = try compare([["1", "1"]], [["1", "1"]], producedHeader: ["ts", "signal"])
        #expect(columns.missingColumns == ["macd"] && columns.extraColumns == ["signal"] && columns.mismatches == 2)
        let order = try compare([["1", "2"]], [["2", "1"]], producedHeader: ["macd", "ts"])
        #expect(order.columnOrderDiffers && order.mismatchingCells == 0 && order.mismatches == 1)
        let unknown = try compare([["1", "1"]], [["1", "1"]], tolerances: ["ts": .exact, "gone": .exact])
        #expect(unknown.columnsWithoutTolerance == ["macd"] && unknown.tolerancesWithoutColumn == ["gone"] && unknown.mismatches == 2)
    }

    @Test("the first divergence is the first in reading order, and all are counted")
    func first() throws {
        let comparison = try compare([["1", "9"], ["2", "9"]], [["x", "1"], ["y", "2"]])
        #expect(comparison.firstDivergence?.row == 1 && comparison.firstDivergence?.column == "ts")
        #expect(comparison.mismatchingCells == 4)
    }

    @Test("a comparison of nothing is a finding")
    func vacuous() throws {
        let comparison = try compare([], [])
        #expect(comparison.mismatches == 1)
        #expect(comparison.findings == ["data/golden/x.csv: no cell was compared, which proves nothing"])
    }
}
