import Evidence
import StrictDocuments
import Testing

@testable import Gates

@Suite("nothing passes because nothing was looked at")
struct NoVacuousPassTests {
    @Test(
        "a figure that no baseline keeps is refused when gates.json is read, not at every run",
        arguments: [
            "tests.failed", "tests.errors", "tests.passed", "tests.skipped", "tests.unfinished", "tests.cases", "tests.warnings",
            "tests.known_issues", "tests.duration_p95", "coverage.unmeasured_files", "coverage.new_uncovered_lines",
        ])
    func unknownToBaselines(_ metric: String) throws {
        let drop = metric == "tests.duration_p95" ? "\"5%\"" : "0"
        let marked = MarkedDocument(document(condition: #"{ "metric": "\#(metric)", "against": "baseline", "drop_at_most": ⟦\#(drop) }"#))
        let mistake = try #require(marked.mistakes.first)
        #expect(mistake.message.contains("baselines keep no figure of '\(metric)'"))
        #expect(mistake.description.contains(marked.marks[0]))
        for known in ["tests.total", "tests.vanished"] {
            #expect(
                MarkedDocument(document(condition: #"{ "metric": "\#(known)", "against": "baseline", "drop_at_most": 0 }"#)).mistakes
                    .isEmpty)
        }
    }

    @Test("a test that is skipped now is one less than at the baseline")
    func skippedIsLess() throws {
        let condition = #"{ "metric": "tests.total", "against": "baseline", "drop_at_most": 0 }"#
        var scene = Scene(condition, tests: [passed("a"), TestFact(id: "b", outcome: .skipped, cases: 0)])
        scene.baseline = Baseline.Figures(tests: ["a", "b"])
        let verdict = try scene.verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.observed == "1 (baseline 2)")
        #expect(verdict.reason.contains("1 more are skipped now"))
        // Without a baseline the total counts whatever the reports name.
        scene.condition = #"{ "metric": "tests.total", "op": "==", "value": 2 }"#
        #expect(try scene.verdict().status == .pass)
    }

    @Test("a package of the baseline that is gone is named and blocks, whatever the others say; `not` does not turn it into a pass")
    func packageGone() throws {
        let drop = #"{ "metric": "coverage.line", "on": "each_package", "against": "baseline", "drop_at_most": "1pp" }"#
        var scene = Scene(drop, coverage: [file("Sources/A/a.swift", 9, of: 10)])
        scene.baseline = Baseline.Figures(coverage: [summary("Sources/A/a.swift", 9, of: 10), summary("Sources/B/b.swift", 8, of: 10)])
        let verdict = try scene.verdict()
        #expect(verdict.status == .notEvaluated)
        #expect(verdict.blocks)
        #expect(verdict.reason.contains("Sources/B in the baseline (80.0 %) and gone now"))
        scene.condition = #"{ "not": \#(drop) }"#
        #expect(try scene.verdict().status != .pass)
    }

    @Test("an item of the baseline that is gone blocks")
    func itemGone() throws {
        func measure(_ subject: String) -> Measure { Measure("golden.cells", subject: subject, .count(5)) }
        var scene = Scene(
            #"{ "metric": "golden.cells", "on": "each_item", "against": "baseline", "drop_at_most": 0 }"#, measures: [measure("a.csv")])
        scene.baseline = Baseline.Figures(measures: [measure("a.csv"), measure("b.csv")])
        let verdict = try scene.verdict()
        #expect(verdict.status == .notEvaluated)
        #expect(verdict.reason.contains("b.csv"))
    }

    @Test("a file may be deleted; that every file of the baseline is gone is no tidying up")
    func fileGone() throws {
        var scene = Scene(
            #"{ "metric": "coverage.line", "on": "each_file", "against": "baseline", "drop_at_most": "1pp" }"#,
            coverage: [file("Sources/a.swift", 9, of: 10)])
        scene.baseline = Baseline.Figures(coverage: [summary("Sources/a.swift", 9, of: 10), summary("Sources/b.swift", 8, of: 10)])
        #expect(try scene.verdict().status == .pass)
        scene.facts.coverage = [file("Sources/moved/a.swift", 1, of: 10)]
        let verdict = try scene.verdict()
        #expect(verdict.status == .notEvaluated)
        #expect(verdict.reason.contains("none of the 2 files of the baseline is there now"))
    }

    @Test("a file that is no product any more does not pull the baseline's share")
    func reclassified() throws {
        var scene = Scene(
            #"{ "metric": "coverage.line", "against": "baseline", "drop_at_most": "0pp" }"#, coverage: [file("Sources/a.swift", 5, of: 10)])
        // As recorded when Plugins were product too.
        scene.baseline = Baseline.Figures(coverage: [summary("Sources/a.swift", 6, of: 10), summary("Plugins/p.swift", 0, of: 90)])
        #expect(try scene.verdict().status == .fail)
    }

    @Test(
        "a changed product file that the report does not name is no 'no new line'",
        arguments: [
            #"{ "metric": "coverage.line", "on": "new", "op": ">=", "value": "90%" }"#,
            #"{ "metric": "coverage.new_uncovered_lines", "op": "==", "value": 0 }"#,
        ])
    func unreported(_ condition: String) throws {
        var scene = Scene(
            condition,
            coverage: [file("Sources/a.swift", 10, of: 10), FileCoverage(path: "Sources/types.swift", state: .noCode, lines: [])])
        scene.changes = .known(lines: ["Sources/a.swift": [1...2], "Sources/new.swift": [1...Int.max]], base: "b")
        let verdict = try scene.verdict()
        #expect(verdict.status == .notEvaluated)
        #expect(verdict.reason.contains("Sources/new.swift"))
        // Known to hold no code, deleted, hidden, a document, not of the product: none of them misses a line.
        scene.changes = .known(
            lines: [
                "Sources/a.swift": [1...2], "Sources/types.swift": [1...9], "Sources/gone.swift": [], "Sources/.gitkeep": [1...Int.max],
                "Sources/Guide.MD": [1...3], "Tests/t.swift": [1...9],
            ], base: "b")
        #expect(try scene.verdict().status == .pass)
    }

    @Test("each pattern of a scope must meet something, so that a misspelt or unmeasured one is noticed beside the others")
    func idlePattern() throws {
        var scene = Scene(
            #"""
            { "metric": "coverage.line", "on": "each_package", "scope": { "paths": ["Sources/A/**", "Sources/B/**"] },
              "op": ">=", "value": "50%" }
            """#, coverage: [file("Sources/A/a.swift", 1, of: 1)])
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try scene.verdict().reason.contains("Sources/B/**"))
        scene.facts.coverage.append(file("Sources/B/b.swift", 1, of: 1))
        #expect(try scene.verdict().status == .pass)
        scene.condition = #"{ "metric": "tests.failed", "scope": { "tests": ["A*", "B*"] }, "op": "==", "value": 0 }"#
        scene.facts.tests = [passed("A1")]
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try scene.verdict().reason.contains("no test matches 'B*'"))
        scene.condition =
            #"{ "metric": "golden.mismatches", "scope": { "paths": ["a.csv", "b.csv"] }, "op": "==", "value": 0 }"#
        scene.facts.measures = [Measure("golden.mismatches", subject: "a.csv", .count(0))]
        #expect(try scene.verdict().status == .notEvaluated)
    }

    @Test("exit codes of several commands do not add up to one")
    func exitCodes() throws {
        var scene = Scene(
            #"{ "metric": "command.exit_code", "op": "==", "value": 0 }"#,
            measures: [Measure("command.exit_code", subject: "a", .count(1)), Measure("command.exit_code", subject: "b", .count(-1))])
        #expect(try scene.verdict().status == .notEvaluated)
        scene.condition = #"{ "metric": "command.exit_code", "on": "each_item", "op": "==", "value": 0 }"#
        #expect(try scene.verdict().status == .fail)
        scene.condition = #"{ "metric": "command.exit_code", "op": "==", "value": 1 }"#
        scene.facts.measures.removeLast()
        #expect(try scene.verdict().status == .pass)
    }

    @Test("counts that do not add up within 64 bits are not evaluated, in either direction", arguments: [Int64.max, Int64.min])
    func overflow(_ extreme: Int64) throws {
        let step: Int64 = extreme > 0 ? 1 : -1
        let scene = Scene(
            #"{ "metric": "golden.cells", "op": ">=", "value": 0 }"#,
            measures: [
                Measure("golden.cells", subject: "a", Quantity(extreme, unit: .count)),
                Measure("golden.cells", subject: "b", Quantity(step, unit: .count)),
            ])
        #expect(try scene.verdict().status == .notEvaluated)
    }

    @Test(
        "lint names a limit that no figure can break",
        arguments: [
            (#""metric": "coverage.line", "op": ">=", "value": "0%""#, true),
            (#""metric": "coverage.line", "op": "<=", "value": "100%""#, true),
            (#""metric": "coverage.line", "op": ">=", "value": "1%""#, false), (#""metric": "tests.failed", "op": ">=", "value": 0"#, true),
            (#""metric": "tests.failed", "op": "<=", "value": 0"#, false), (#""metric": "tests.failed", "op": "!=", "value": -1"#, true),
            (#""metric": "soak.rss_slope", "op": ">=", "value": "0/s""#, false),
            (#""metric": "coverage.line", "against": "baseline", "drop_at_most": "100pp""#, true),
            (#""metric": "coverage.line", "against": "baseline", "drop_at_most": "100%""#, true),
            (#""metric": "coverage.line", "against": "baseline", "drop_at_most": "0.5pp""#, false),
            (#""metric": "bench.a.mallocs", "against": "baseline", "drop_at_most": "100%""#, false),
        ])
    func idleLimit(_ condition: String, _ idle: Bool) throws {
        let text = document(condition: "{ \(condition) }")
        let configuration = try GatesConfiguration(json: Array(text.utf8), file: "gates.json")
        let found = ConfigurationLint.warnings(configuration) { _ in true }.contains { $0.message.contains("no figure can break") }
        #expect(found == idle)
    }

    @Test("lint names a gate that applies to files that do not exist")
    func idleGate() throws {
        let gates =
            #"{ "id": "g", "title": "t", "from": ["unit"], "applies_when": { "changed": ["Source/**"] }, \#(rule) }"#
        let configuration = try GatesConfiguration(json: Array(document(gates: gates).utf8), file: "gates.json")
        let warnings = ConfigurationLint.warnings(configuration) { $0.pattern != "Source/**" }
        #expect(warnings.contains { $0.message.contains("does it ever apply?") })
    }

    @Test("too many profiles are refused before they are compared with each other")
    func manyProfiles() {
        let profiles = (0...GatesConfiguration.maximumProfiles).map { #""p\#($0)": { "gates": ["*"] }"# }.joined(separator: ",")
        let mistakes = MarkedDocument(document(head: "\"profiles\": { \(profiles) },")).mistakes
        #expect(mistakes.map(\.kind) == [.limit])
        #expect(mistakes.first?.message.contains("maximumProfiles") == true)
    }

    @Test("a pattern decided by its plain beginning decides as one that is walked through")
    func prefixes() throws {
        for (pattern, path, holds) in [
            ("Sources/**", "Sources/", true), ("Sources/**", "Sources", false), ("Sources/**", "Sources/a/b.swift", true),
            ("Sources/**/b.swift", "Sources/b.swift", true), ("Sources/**/b.swift", "Sources/xb.swift", false),
            ("Sources**", "Sources/a", false), ("Sources**", "Sourcesa", true), ("é/*", "é/x", true), ("é/?", "é/é", true),
            ("e?", "e\u{301}", true), ("a/**/", "a/b", true), ("S{1,2}.*", "S2.x/y", false), ("S{1,2}.*", "S2.x", true),
            ("abc", "ab", false), ("abc", "abcd", false),
        ] {
            #expect(try Glob(pattern).matches(path) == holds, "\(pattern) on \(path)")
        }
    }
}
