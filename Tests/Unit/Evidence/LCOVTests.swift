import Evidence
import StrictDocuments
import Testing

@Suite struct LCOVTests {
    @Test("lines, functions and branches of a record are read")
    func aUsualRecord() throws {
        let report = try facts(
            "lcov",
            """
            TN:unit
            SF:/r/Sources/A.swift
            VER:1
            FN:1,f(a, b)
            FN:5,9,g
            FNDA:3,f(a, b)
            FNDA:0,g
            FNF:2
            FNH:1
            BRDA:2,0,0,4
            BRDA:2,0,1,0
            BRDA:5,e0,x, y,-
            BRF:3
            BFH:1
            DA:1,3
            DA:2,0,abcdef
            LF:2
            LH:1
            end_of_record

            """, roots: ["/r"])
        let file = try #require(report.file("Sources/A.swift"))
        #expect(file.linesText == "1:3 2:0")
        #expect(file.functions == .init(covered: 1, total: 2))
        #expect(file.branches == .init(covered: 1, total: 3))
    }

    @Test("a line and a file that come again are observations of the same: counts add up")
    func repetitions() throws {
        let report = try facts("lcov", "SF:a\nDA:2,1\nDA:1,0\nDA:2,2\nend_of_record\nSF:a\nDA:2,4\nDA:3,1\nend_of_record\n")
        #expect(report.coverage.count == 1)
        #expect(report.file("a")?.linesText == "1:0 2:7 3:1")
    }

    @Test("LF and LH may count a line once for each function on it, but never below the listed lines")
    func totals() throws {
        #expect(try facts("lcov", "SF:a\nDA:1,1\nLF:4\nLH:3\nend_of_record").file("a")?.lines.count == 1)
        for totals in ["LF:1\nLH:1", "LF:2\nLH:0", "LF:2\nLH:3", "LF:9\nLH:0"] {
            #expect(refusal("lcov", "SF:a\nDA:1,1\nDA:2,0\n\(totals)\nend_of_record")?.kind == .contradiction)
        }
        #expect(refusal("lcov", "SF:b\nDA:1,1\nend_of_record\nSF:a\nLF:4\nLH:3\nend_of_record")?.kind == .contradiction)
    }

    @Test("CRLF and comments are fine")
    func lineEnds() throws {
        #expect(try facts("lcov", "# note\r\nSF:a b\r\nDA:1,2\r\nend_of_record\r\n").file("a b")?.linesText == "1:2")
    }

    @Test("counts beyond 64 bits are held at the largest number")
    func largeCounts() throws {
        let report = try facts("lcov", "SF:a\nDA:1,4294967296\nDA:2,99999999999999999999999\nend_of_record")
        #expect(report.file("a")?.linesText == "1:4294967296 2:\(Int64.max)")
    }

    @Test(
        "broken records are refused",
        arguments: [
            ("", DocumentError.Kind.empty), ("\n\n", .empty), ("TN:x\n", .empty), ("SF:a\nDA:1,1\n", .truncated),
            ("SF:a\nDA:1,1\nSF:b\nend_of_record\n", .truncated), ("SF:a\nDA:1,1\nend_of_record\nTN:x", .truncated),
            ("SF:a\nDA:1,1\nend_of_rec", .truncated), ("DA:1,1\nend_of_record\n", .syntax), ("end_of_record\n", .syntax),
            ("SF:a\nDA:1,1.5\nend_of_record\n", .badValue), ("SF:a\nDA:1,-3\nend_of_record\n", .badValue),
            ("SF:a\nDA:1,-\nend_of_record\n", .badValue), ("SF:a\nDA:0,1\nend_of_record\n", .badValue),
            ("SF:a\nDA:1\nend_of_record\n", .syntax), ("SF:a\nDX:1,1\nend_of_record\n", .syntax),
            ("SF:a\nDA:99999999999,1\nend_of_record\n", .limit), ("SF:a\nend_of_record\n", .empty), ("SF:\nend_of_record\n", .badValue),
        ] as [(String, DocumentError.Kind)])
    func refusals(report: String, kind: DocumentError.Kind) { #expect(refusal("lcov", report)?.kind == kind) }

    @Test("errors name the line, and a misspelt keyword the right one")
    func positions() {
        let error = refusal("lcov", "SF:a\nDA:1,1\nBRDAA:1\nend_of_record\n")
        #expect(error?.position?.line == 3)
        #expect(error?.hint == "did you mean 'BRDA'?")
    }
}
