import Determinism
import StrictDocuments
import Testing

@testable import GoldenData

@Suite("Laws of golden data")
struct GoldenDataProperties {
    private func table(_ generator: inout SeededGenerator) throws -> (CSVTable, [String: GoldenTolerance]) {
        let width = generator.integer(in: 1...5)
        let header = (0..<width).map { "c\($0)" }
        let exact = header.map { _ in generator.integer(in: 0...2) == 0 }
        let rows = (0..<generator.integer(in: 1...8)).map { _ in
            exact.map { isExact in
                isExact ? "t\(generator.integer(in: 0...99))" : DecimalText.fixed((generator.uniform() - 0.5) * 1000, places: 6) ?? ""
            }
        }
        let tolerances = zip(header, exact).map { ($0, $1 ? GoldenTolerance.exact : .absolute(5e-7, literal: "5e-7")) }
        return (try CSVTable(header: header, rows: rows), Dictionary(uniqueKeysWithValues: tolerances))
    }

    @Test("a table agrees with itself, without any error")
    func reflexive() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<300 {
            let (table, tolerances) = try table(&generator)
            let comparison = TableComparison(golden: table, produced: table, tolerances: tolerances, file: "x")
            #expect(comparison.mismatches == 0)
            #expect(comparison.comparedCells == table.rows.count * table.header.count)
            #expect((comparison.largestAbsoluteError?.error ?? 0) == 0 && (comparison.largestULPError?.error ?? 0) == 0)
        }
    }

    @Test("one cell changed by a millionth or more is found where it is, whichever side it is on")
    func oneCell() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<500 {
            let (table, tolerances) = try table(&generator)
            let (row, column) = (generator.integer(in: 0...table.rows.count - 1), generator.integer(in: 0...table.header.count - 1))
            var rows = table.rows
            if let number = DecimalText.parse(rows[row][column]) {
                let step = 1e-6 * Double(generator.integer(in: 1...1000)) * (generator.integer(in: 0...1) == 0 ? 1 : -1)
                rows[row][column] = try #require(DecimalText.fixed(number + step, places: 6))
            } else {
                rows[row][column] += "x"
            }
            let changed = try CSVTable(header: table.header, rows: rows)
            for (golden, produced) in [(table, changed), (changed, table)] {
                let comparison = TableComparison(golden: golden, produced: produced, tolerances: tolerances, file: "x")
                #expect(comparison.mismatches == 1)
                let first = try #require(comparison.firstDivergence)
                #expect(first.row == row + 1 && first.column == table.header[column])
                #expect(first.expected == golden.rows[row][column] && first.got == produced.rows[row][column])
            }
        }
    }

    @Test("mismatches and largest errors do not depend on which table is the golden one")
    func symmetric() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let (table, tolerances) = try table(&generator)
            let rows = table.rows.map { row in
                row.map { cell in
                    DecimalText.parse(cell).flatMap { DecimalText.fixed($0 + (generator.uniform() - 0.5) * 2e-6, places: 9) } ?? cell
                }
            }
            let other = try CSVTable(header: table.header, rows: rows)
            let (a, b) = (
                TableComparison(golden: table, produced: other, tolerances: tolerances, file: "x"),
                TableComparison(golden: other, produced: table, tolerances: tolerances, file: "x")
            )
            #expect(a.mismatches == b.mismatches)
            #expect(a.largestAbsoluteError == b.largestAbsoluteError && a.largestULPError == b.largestULPError)
            if let error = a.largestAbsoluteError { #expect((error.error > 5e-7) == (a.mismatchingCells > 0)) }
        }
    }

    @Test("a manifest is read back as it was written, and its bytes are a fixpoint")
    func manifestRoundTrip() throws {
        var generator = SeededGenerator(seed: 4)
        func blessing(_ at: Int64) -> GoldenBlessing {
            let digits = Array("0123456789abcdef")
            return GoldenBlessing(
                sha256: String((0..<64).map { _ in digits[generator.integer(in: 0...15)] }), owner: "@é\(generator.integer(in: 0...9))",
                created: Instant(nanosecondsSinceEpoch: at), reason: "because \"\(generator.next())\" \\ 😀")
        }
        for _ in 0..<100 {
            let entries = (0..<generator.integer(in: 1...4)).map { index in
                let start = Int64(generator.integer(in: 0...1_000_000_000_000_000_000))
                return GoldenEntry(
                    file: "d/f\(index).csv", generator: "macd", parameters: ["a": .int(Int64(truncatingIfNeeded: generator.next()))],
                    tolerances: ["é,\"": .exact, "x": .absolute(0.5, literal: "5e-1")], blessing: blessing(start + 10),
                    history: (0..<generator.integer(in: 0...3)).map { blessing(start + Int64($0)) })
            }
            let manifest = GoldenManifest(entries: entries)
            let again = try GoldenManifest.decode(manifest.bytes, file: "m.json")
            #expect(again == manifest)
            #expect(again.bytes == manifest.bytes)
        }
    }
}
