import Evidence
import Testing

@testable import Gates

@Suite("conditions on coverage")
struct CoverageConditionTests {
    @Test("a limit is met exactly, not nearly")
    func boundary() throws {
        let condition = #"{ "metric": "coverage.line", "op": ">=", "value": "85%" }"#
        #expect(try Scene(condition, coverage: [file("Sources/a.swift", 17, of: 20)]).verdict().status == .pass)
        let below = try Scene(condition, coverage: [file("Sources/a.swift", 8499, of: 10000)]).verdict()
        #expect(below.status == .fail)
        #expect(below.reason.contains("Sources/a.swift:8500"))
    }

    @Test("only files of the product count")
    func product() throws {
        let condition = #"{ "metric": "coverage.line", "op": ">=", "value": "100%" }"#
        let files = [file("Sources/a.swift", 2, of: 2), file("Tests/t.swift", 0, of: 50), file("Plugins/p.swift", 0, of: 50)]
        #expect(try Scene(condition, coverage: files).verdict().status == .pass)
        #expect(try Scene(condition, coverage: Array(files.dropFirst())).verdict().status == .notEvaluated)
    }

    @Test("each package and each file is judged alone, and each one that fails is named")
    func groups() throws {
        let files = [
            file("Sources/A/x.swift", 10, of: 10, package: "A"), file("Sources/A/y.swift", 0, of: 1, package: "A"),
            file("Sources/B/z.swift", 5, of: 10, package: "B"),
        ]
        func condition(_ scope: String) -> String { #"{ "metric": "coverage.line", "on": "\#(scope)", "op": ">=", "value": "90%" }"# }
        let packages = try Scene(condition("each_package"), coverage: files).verdict()
        #expect(packages.findings.map(\.subject) == ["B", "A"])
        #expect(packages.findings.map(\.status) == [.fail, .pass])
        let each = try Scene(condition("each_file"), coverage: files).verdict()
        #expect(each.findings.filter { $0.status == .fail }.map(\.subject) == ["Sources/A/y.swift", "Sources/B/z.swift"])
        #expect(each.reason.hasSuffix("(+1 more)"))
    }

    @Test("new lines are judged alone, none are not applicable, and unknown ones are not none")
    func newLines() throws {
        let condition = #"{ "metric": "coverage.line", "on": "new", "op": ">=", "value": "90%" }"#
        var scene = Scene(condition, coverage: [file("Sources/a.swift", 9, of: 20)])
        scene.changes = .known(lines: ["Sources/a.swift": [1...9]], base: "main@b77e012")
        #expect(try scene.verdict().status == .pass)
        scene.changes = .known(lines: ["Sources/a.swift": [1...9, 12...13]], base: "main@b77e012")
        let verdict = try scene.verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.reason.contains("Sources/a.swift:12"))
        scene.changes = .known(lines: ["README.md": [1...9]], base: "main@b77e012")
        #expect(try scene.verdict().status == .notApplicable)
        scene.changes = .unknown(reason: "a shallow clone")
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try scene.verdict().reason.contains("a shallow clone"))
        scene.condition = #"{ "metric": "coverage.new_uncovered_lines", "op": "<=", "value": 1 }"#
        #expect(try scene.verdict().status == .notEvaluated)
        scene.changes = .known(lines: ["Sources/a.swift": [9...10]], base: "b")
        #expect(try scene.verdict().status == .pass)
        scene.changes = .known(lines: ["Sources/a.swift": [9...11]], base: "b")
        #expect(try scene.verdict().status == .fail)
    }

    @Test("a product file that no test binary contains is counted and named")
    func unmeasured() throws {
        let condition = #"{ "metric": "coverage.unmeasured_files", "op": "==", "value": 0 }"#
        let files = [file("Sources/a.swift", 1, of: 1), file("Sources/b.swift", 0, of: 5, state: .unmeasured)]
        let verdict = try Scene(condition, coverage: files).verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.reason.contains("Sources/b.swift"))
        #expect(try Scene(condition, coverage: [files[0]]).verdict().status == .pass)
    }

    @Test("branches that the report does not count are not evaluated")
    func noBranches() throws {
        let verdict = try Scene(
            #"{ "metric": "coverage.branch", "op": ">=", "value": "1%" }"#, coverage: [file("Sources/a.swift", 1, of: 1)]
        ).verdict()
        #expect(verdict.status == .notEvaluated)
        #expect(verdict.reason.contains("branch"))
    }

    @Test("at most 50 findings are kept, failing ones first, and the others are counted")
    func manyFindings() throws {
        let files = (100..<200).map { file("Sources/f\($0).swift", $0 == 199 ? 0 : 1, of: 1) }
        let verdict = try Scene(#"{ "metric": "coverage.line", "on": "each_file", "op": ">=", "value": "50%" }"#, coverage: files).verdict()
        #expect(verdict.findings.count == GateVerdict.maximumFindings)
        #expect(verdict.findings.first?.subject == "Sources/f199.swift")
        #expect(verdict.moreFindings == 50)
    }

    @Test("a measure known by file is judged by file")
    func eachFileMeasure() throws {
        let scores = [
            Measure("mutation.score", subject: "Sources/a.swift", Quantity(9, over: 10, unit: .ratio)),
            Measure("mutation.score", subject: "Sources/b.swift", Quantity(5, over: 10, unit: .ratio)),
        ]
        let verdict = try Scene(#"{ "metric": "mutation.score", "on": "each_file", "op": ">=", "value": "80%" }"#, measures: scores)
            .verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.findings.first?.subject == "Sources/b.swift")
    }
}
