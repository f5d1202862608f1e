import Testing

@testable import pulsegate

struct CoverageReportTests {
    private static let head = #"{"event":"cover","target":"csv","inputs":9,"ended":1,"edges":6,"lit":3}"#
    private static let edges = #"{"event":"edges","first":0,"addresses":[16,32,48,64,80,96],"inputs":[9,4,0,0,2,0],"begins":[0,3,4]}"#
    private static let lexer = "func lex() {\n    if magic {\n        deep()\n    }\n}\nfunc dead() {}\n```\n"

    private func location(_ line: Int, _ file: String = "Sources/Lexer.swift", own: Bool = true) -> SourceLocator.Location {
        SourceLocator.Location(file: file, line: line, isOwn: own)
    }

    private func report() throws -> CoverageReport {
        let coverage = try CorpusCoverage(lines: [Self.head, Self.edges])
        let places: [UInt64: SourceLocator.Location] = [
            16: location(1), 32: location(2), 48: location(3), 64: location(6), 80: location(1, "Sources/Other.swift"),
            96: location(4, "/usr/lib/array.swift", own: false),
        ]
        return CoverageReport(
            coverage, locations: places, source: { $0 == "Sources/Lexer.swift" ? Self.lexer : nil }, command: "pulsegate fuzz cover csv")
    }

    @Test("lines are marked by what ran of them, and unmarked where nothing begins")
    func annotated() throws {
        let pages = try report().pages()
        #expect(pages.map(\.name) == ["index.md", "Sources-Lexer.swift.md", "Sources-Other.swift.md"])
        let page = pages[1].text
        #expect(page.contains("+ 1      9 | func lex() {\n+ 2      4 |     if magic {\n- 3        |         deep()\n  4        |     }\n"))
        #expect(page.contains("- 6        | func dead() {}"))
        // The source holds a fence: the block has a longer one.
        #expect(page.contains("````diff\n"))
        #expect(pages[2].text.contains("source cannot be read"))
    }

    @Test("the summary counts by file, names the frontier, and says what is not counted")
    func index() throws {
        let text = try report().pages()[0].text
        #expect(text.contains("| [Sources/Lexer.swift](Sources-Lexer.swift.md) | 2 of 4 | 50 % | 1 of 2 |"))
        #expect(text.contains("| `Sources/Lexer.swift:3` | line 2 | 4 |"))
        #expect(text.contains("1 inputs ended their process"))
        #expect(text.contains("1 more blocks are of libraries"))
        #expect(!text.contains("`Sources/Lexer.swift:6` | line"))
    }

    @Test("a function that was never called is no door behind the function before it")
    func functions() {
        let edges = [
            CorpusCoverage.Edge(address: 16, inputs: 3, beginsFunction: true),
            CorpusCoverage.Edge(address: 32, inputs: 0, beginsFunction: true),
            CorpusCoverage.Edge(address: 48, inputs: 2, beginsFunction: true),
            CorpusCoverage.Edge(address: 64, inputs: 0, beginsFunction: false),
        ]
        let report = CoverageReport(
            CorpusCoverage(target: "csv", inputs: 3, ended: 0, edges: edges),
            locations: [16: location(1), 32: location(2), 48: location(5), 64: location(6)], source: { _ in nil }, command: "c")
        #expect(report.doors.map(\.line) == [6])
    }

    @Test("coverage that was cut short, or contradicts itself, is refused")
    func strict() {
        let broken: [[String]] = [
            [], [Self.head], [Self.edges], [Self.head, Self.edges.replacing("\"first\":0", with: "\"first\":1")],
            [Self.head, Self.edges.replacing("[9,4,0,0,2,0]", with: "[9,4,0,0,2]")],
            [Self.head, Self.edges.replacing("[9,4,0,0,2,0]", with: "[9,4,0,0,0,0]")], [Self.head, "{"],
        ]
        for lines in broken { #expect(throws: CampaignEventError.self) { try CorpusCoverage(lines: lines) } }
    }

    @Test("of inlined frames the innermost of the package is told; code of the compiler is passed over")
    func locations() {
        let json = """
            [{"Address":"0x1a2b","ModuleName":"m","Symbol":[
              {"FileName":"<compiler-generated>","Line":0},{"FileName":"/usr/lib/swift/Array.swift","Line":5},
              {"FileName":"/repo/Sources/A.swift","Line":7},{"FileName":"/repo/Sources/B.swift","Line":9}]},
             {"Address":"0x10","ModuleName":"m","Symbol":[{"FileName":"/usr/lib/swift/Array.swift","Line":5}]},
             {"Address":"0x20","ModuleName":"m","Symbol":[{"FileName":"","Line":0}]},
             {"Address":"0x30","ModuleName":"m","Symbol":[{"FileName":"/repo/.build/checkouts/x/C.swift","Line":2}]}]
            """
        let found = SourceLocator.read(Array(json.utf8), package: "/repo/")
        #expect(found.map(\.0) == [0x1A2B, 0x10, 0x30])
        #expect(found[0].1.description == "Sources/A.swift:7")
        #expect(found.map(\.1.isOwn) == [true, false, false])
        #expect(SourceLocator.read(Array("no JSON".utf8), package: "/repo/").isEmpty)
    }
}
