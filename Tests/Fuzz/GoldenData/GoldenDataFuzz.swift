import Determinism
import StrictDocuments
import Testing

@testable import GoldenData

@Suite("Hostile golden data")
struct GoldenDataFuzz {
    private static let sha = String(repeating: "a", count: 64)
    private static let blessing = #""sha256":"\#(sha)","owner":"@a","created":"2024-01-01T00:00:00Z","reason":"r""#
    private static let entry =
        #""file":"a/x.csv","generator":"macd","parameters":{"closes":["1"]},"tolerances":{"ts":"exact","m":"5e-7"}"#
    private static let seed = Array(
        #"{"format":"pulsegate-golden-manifest","version":1,"entries":[{\#(entry),\#(blessing),"history":[{\#(blessing)}]}]}"#.utf8)

    @Test("a broken manifest is refused with its name and a place, or means what it is written as, within its folder")
    func manifest() throws {
        var generator = SeededGenerator(seed: 1)
        let marks = Array("{}[],:\"\\/.0-eZ@ \u{0}".utf8)
        var accepted = 0
        for _ in 0..<2500 {
            var bytes = Self.seed
            for _ in 0..<generator.integer(in: 1...3) {
                let index = generator.integer(in: 0...bytes.count - 1)
                switch generator.integer(in: 0...4) {
                case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
                case 1: bytes[index] = marks[generator.integer(in: 0...marks.count - 1)]
                case 2: bytes.remove(at: index)
                case 3: bytes.insert(marks[generator.integer(in: 0...marks.count - 1)], at: index)
                default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + generator.integer(in: 1...60))], at: index)
                }
            }
            do {
                let manifest = try GoldenManifest.decode(bytes, file: "f.json")
                accepted += 1
                #expect(try GoldenManifest.decode(manifest.bytes, file: "again.json") == manifest)
                for entry in manifest.entries { #expect(GoldenPath.objection(to: entry.file) == nil) }
            } catch {
                #expect(error.description.hasPrefix("f.json:"), "\(error)")
                #expect((error.position?.byteOffset ?? 0) <= bytes.count)
            }
        }
        #expect(accepted > 20)
    }

    @Test("every proper prefix of a manifest is refused")
    func prefixes() {
        for count in 0..<Self.seed.count {
            #expect(throws: DocumentError.self) { try GoldenManifest.decode(Array(Self.seed[..<count]), file: "f.json") }
        }
    }

    @Test("any two tables of any cells can be compared, and differ from each other exactly when their cells do")
    func cells() throws {
        var generator = SeededGenerator(seed: 2)
        let cells = ["", "0", "-0", "1e308", "-1e308", "1e-320", "nan", "inf", "x", "0.1", "é", "1e999", "0x1", "9".padding(400)]
        for _ in 0..<500 {
            func table() throws -> CSVTable {
                let header = ["a", "b", "c"].shuffled(using: &generator).dropLast(generator.integer(in: 0...2))
                let rows = (0..<generator.integer(in: 0...4)).map { _ in
                    header.map { _ in cells[generator.integer(in: 0...cells.count - 1)] }
                }
                return try CSVTable(header: Array(header), rows: rows)
            }
            let (golden, produced) = (try table(), try table())
            let exact = Dictionary(uniqueKeysWithValues: golden.header.map { ($0, GoldenTolerance.exact) })
            let same = TableComparison(golden: golden, produced: produced, tolerances: exact, file: "x")
            #expect((same.mismatches == 0) == (golden == produced && !golden.rows.isEmpty))
            let loose = exact.mapValues { _ in GoldenTolerance.absolute(1e-9, literal: "1e-9") }
            let comparison = TableComparison(golden: golden, produced: produced, tolerances: loose, file: "x")
            #expect(comparison.mismatchingCells <= comparison.comparedCells)
            #expect((comparison.firstDivergence == nil) == (comparison.mismatchingCells == 0))
        }
    }
}

extension String {
    fileprivate func padding(_ count: Int) -> String { String(repeating: self, count: count) }
}
