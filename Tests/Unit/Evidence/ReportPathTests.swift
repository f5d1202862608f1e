import Testing

@testable import Evidence

@Suite struct ReportPathTests {
    @Test("a path below a root becomes relative to the longest one; others stay")
    func roots() {
        let context = ReadingContext(file: "x", roots: ["/r", "/r/sub/", ""])
        #expect(ReportPath.relative("/r/A.swift", context) == "A.swift")
        #expect(ReportPath.relative("/r/sub/A.swift", context) == "A.swift")
        #expect(ReportPath.relative("/repo/A.swift", context) == "/repo/A.swift")
        #expect(ReportPath.relative("./A.swift", context) == "A.swift")
    }

    @Test("strip_prefix goes first")
    func prefix() {
        let context = ReadingContext(file: "x", roots: ["/r"], stripPrefix: "/ci/work")
        #expect(ReportPath.relative("/ci/work/A.swift", context) == "A.swift")
        #expect(ReportPath.relative("/r/A.swift", context) == "A.swift")
    }
}
