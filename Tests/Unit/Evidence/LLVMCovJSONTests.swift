import Evidence
import StrictDocuments
import Testing

@Suite struct LLVMCovJSONTests {
    @Test("lines and counts equal llvm-cov's own DA records, for Swift and for C++")
    func parity() throws {
        let report = try facts(
            "llvm-cov",
            LLVMCovFixture.export(files: [
                ("/r/A.swift", LLVMCovFixture.swiftSegments), ("/r/t.cpp", LLVMCovFixture.cxxSegments),
            ]), roots: ["/r"])
        #expect(report.file("A.swift")?.linesText == LLVMCovFixture.swiftLines)
        #expect(report.file("t.cpp")?.linesText == LLVMCovFixture.cxxLines)
        #expect(report.file("A.swift")?.functions == .init(covered: 3, total: 7))
        #expect(report.file("A.swift")?.regions == .init(covered: 13, total: 21))
        #expect(report.file("A.swift")?.branches == nil)
    }

    private func file(_ extra: String, segments: String = "[[1,1,1,true,true,false],[2,1,0,false,false,false]]") -> String {
        #"{"data":[{"files":[{"filename":"a","segments":\#(segments)\#(extra)}]}],"type":"llvm.coverage.json.export","version":"2.0.1"}"#
    }

    @Test("branch outcomes of several instantiations of one place are joined")
    func branches() throws {
        let report = try facts("llvm-cov", file(#","branches":[[1,2,1,9,3,0,0,0,4],[1,2,1,9,0,5,0,0,4],[2,2,2,9,0,0,0,0,4]]"#))
        #expect(report.file("a")?.branches == .init(covered: 2, total: 4))
    }

    @Test("counts beyond 64 bits are held at the largest number")
    func largeCounts() throws {
        let segments = "[[1,1,18446744073709551615,true,true,false],[2,1,9007199254740993,true,true,false],[3,1,0,false,false,false]]"
        let report = try facts("llvm-cov", file("", segments: segments))
        #expect(report.file("a")?.linesText == "1:\(Int64.max) 2:\(Int64.max) 3:9007199254740993")
    }

    @Test("a file without an executable line holds no code")
    func noCode() throws {
        let report = try facts(
            "llvm-cov", LLVMCovFixture.export(files: [("a", LLVMCovFixture.swiftSegments), ("b", "[]")]))
        #expect(report.file("b")?.state == .noCode)
    }

    @Test("totals that are not the sum of the files are refused")
    func totals() {
        let report = LLVMCovFixture.export(
            files: [("a", LLVMCovFixture.swiftSegments)], totals: #"{"lines":{"count":28,"covered":18}}"#)
        let error = refusal("llvm-cov", report)
        #expect(error?.kind == .contradiction)
        #expect(error?.message.contains("18 of 28 lines") == true)
        let missing =
            #"{"data":[{"files":[],"totals":{"lines":{"count":1,"covered":0}}}],"type":"llvm.coverage.json.export","version":"3.0.1"}"#
        #expect(refusal("llvm-cov", missing)?.kind == .contradiction)
    }

    @Test("an export without segments is refused with the way to mend it")
    func summaryOnly() {
        let report = #"{"data":[{"files":[{"filename":"a","summary":{}}]}],"type":"llvm.coverage.json.export","version":"3.0.1"}"#
        let error = refusal("llvm-cov", report)
        #expect(error?.kind == .missingKey)
        #expect(error?.hint?.contains("-summary-only") == true)
    }

    @Test(
        "broken exports are refused",
        arguments: [
            ("[[1,1,-1,true,true,false]]", DocumentError.Kind.badValue), ("[[0,1,1,true,true,false]]", .badValue),
            ("[[2,1,1,true,true,false],[1,1,1,true,true,false]]", .badValue), ("[[1,1,1,true,true]]", .badValue),
            ("[[1,1,1.5,true,true,false]]", .wrongType), ("[[1,1,1e3,true,true,false]]", .wrongType), ("[[1,1]]", .badValue),
            ("[[1,1,1,1,true,false]]", .wrongType), ("[[1,1,1,true,true,false],[9999999999,1,1,true,true,false]]", .limit),
            ("[]", .empty), ("[[1,1,99999999999999999999.5,true,true,false]]", .wrongType),
        ] as [(String, DocumentError.Kind)])
    func segments(segments: String, kind: DocumentError.Kind) {
        #expect(refusal("llvm-cov", file("", segments: segments))?.kind == kind)
    }

    @Test(
        "other types and versions are refused",
        arguments: [
            (#"{"type":"llvm.coverage.json.export","version":"4.0.0","data":[]}"#, DocumentError.Kind.newerVersion),
            (#"{"type":"llvm.coverage.json.export","version":"1.0.0","data":[]}"#, .badValue),
            (#"{"type":"x","version":"2.0.0","data":[]}"#, .badValue), (#"{"version":"2.0.0","data":[]}"#, .missingKey),
            (#"{"type":"llvm.coverage.json.export","data":[]}"#, .missingKey),
            (#"{"type":"llvm.coverage.json.export","version":"2.0.0"}"#, .missingKey),
            (#"{"type":"llvm.coverage.json.export","version":"2.0.0","data":[]}"#, .empty),
            (#"{"type":"llvm.coverage.json.export","version":"2.0.0","data":[],"data":[]}"#, .duplicate), ("", .empty), ("[]", .wrongType),
        ] as [(String, DocumentError.Kind)])
    func documents(report: String, kind: DocumentError.Kind) { #expect(refusal("llvm-cov", report)?.kind == kind) }

    @Test("a file twice in one export is refused")
    func duplicateFile() {
        let report = LLVMCovFixture.export(files: [("a", LLVMCovFixture.swiftSegments), ("a", LLVMCovFixture.swiftSegments)])
        #expect(refusal("llvm-cov", report)?.kind == .duplicate)
    }
}
