import Determinism
import Evidence
import Testing

@testable import Gates

@Suite("conditions against the baseline")
struct BaselineConditionTests {
    private func coverage(_ drop: String, was: Int, now: Int, of total: Int = 1000) throws -> GateVerdict {
        var scene = Scene(
            #"{ "metric": "coverage.line", "against": "baseline", "drop_at_most": "\#(drop)" }"#,
            coverage: [file("Sources/a.swift", now, of: total)])
        scene.baseline = Baseline.Figures(coverage: [summary("Sources/a.swift", was, of: total)])
        return try scene.verdict()
    }

    @Test("points are a difference of shares: exactly 0.5 pass, one line more fails")
    func points() throws {
        #expect(try coverage("0.5pp", was: 900, now: 895).status == .pass)
        let below = try coverage("0.5pp", was: 900, now: 894)
        #expect(below.status == .fail)
        #expect(below.observed == "89.4 % (baseline 90.0 %)")
        #expect(try coverage("0pp", was: 900, now: 900).status == .pass)
        #expect(try coverage("0pp", was: 900, now: 899).status == .fail)
        #expect(try coverage("0pp", was: 900, now: 950).status == .pass)
    }

    @Test("a percentage is a share of the baseline: 5% of 900 is 45")
    func relative() throws {
        #expect(try coverage("5%", was: 900, now: 855).status == .pass)
        #expect(try coverage("5%", was: 900, now: 854).status == .fail)
    }

    @Test(
        "where lower is better, a rise is the drop",
        arguments: [("5%", 1050, true), ("5%", 1051, false), ("50ns", 1050, true), ("50ns", 1051, false), ("0ns", 900, true)])
    func lowerIsBetter(_ drop: String, _ now: Int64, _ holds: Bool) throws {
        let metric = "bench.submit.median"
        var scene = Scene(
            #"{ "metric": "\#(metric)", "against": "baseline", "drop_at_most": "\#(drop)" }"#,
            measures: [Measure(metric, Quantity(now, unit: .nanoseconds))])
        scene.baseline = Baseline.Figures(measures: [Measure(metric, Quantity(1000, unit: .nanoseconds))])
        #expect(try scene.verdict().status == (holds ? .pass : .fail))
    }

    @Test("a count may fall by a count", arguments: [(8, true), (7, false), (12, true)])
    func counts(_ now: Int, _ holds: Bool) throws {
        var scene = Scene(
            #"{ "metric": "tests.total", "against": "baseline", "drop_at_most": 2 }"#, tests: (0..<now).map { passed("t\($0)") })
        scene.baseline = Baseline.Figures(tests: (0..<10).map { "t\($0)" })
        #expect(try scene.verdict().status == (holds ? .pass : .fail))
    }

    @Test("the baseline of a narrowed count is narrowed too")
    func narrowedCount() throws {
        var scene = Scene(
            #"{ "metric": "tests.total", "scope": { "tests": ["A*"] }, "against": "baseline", "drop_at_most": 0 }"#,
            tests: [passed("A1"), passed("B1")])
        scene.baseline = Baseline.Figures(tests: ["A1", "B1", "B2"])
        #expect(try scene.verdict().status == .pass)
        scene.baseline = Baseline.Figures(tests: ["B1"])
        #expect(try scene.verdict().status == .notEvaluated)
    }

    @Test(
        "without a baseline nothing holds, unless the project is being set up",
        arguments: ["coverage.line", "tests.total", "tests.vanished"])
    func missing(_ metric: String) throws {
        let drop = metric == "coverage.line" ? "\"0pp\"" : "0"
        var scene = Scene(
            #"{ "metric": "\#(metric)", "against": "baseline", "drop_at_most": \#(drop) }"#, tests: [passed("a")],
            coverage: [file("Sources/a.swift", 1, of: 1)])
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try scene.verdict().reason.contains("no leaf"))
        #expect(try scene.verdict().reason.contains("pulsegate baseline update"))
        scene.onMissing = "bootstrap"
        #expect(try scene.verdict().status == .pass)
        #expect(try scene.verdict().reason.contains("no baseline yet"))
        // Setting up is no excuse for no evidence.
        scene.facts = Facts()
        #expect(try scene.verdict().status == .notEvaluated)
    }

    @Test(
        "a baseline without such a figure is not one of zero",
        arguments: ["coverage.line", "tests.total", "tests.vanished", "golden.cells"])
    func otherCollector(_ metric: String) throws {
        let drop = metric == "coverage.line" ? "\"0pp\"" : "0"
        var scene = Scene(
            #"{ "metric": "\#(metric)", "against": "baseline", "drop_at_most": \#(drop) }"#, tests: [passed("a")],
            coverage: [file("Sources/a.swift", 1, of: 1)], measures: [Measure("golden.cells", .count(3))])
        scene.baselineOf = "another"
        scene.baseline = Baseline.Figures(coverage: [summary("Sources/a.swift", 1, of: 1)], tests: ["a"])
        #expect(try scene.verdict().status == .notEvaluated)
    }

    @Test("a test that ran at the baseline and does not run now has vanished, also when it is skipped now")
    func vanished() throws {
        for condition in [
            #"{ "metric": "tests.vanished", "against": "baseline", "drop_at_most": 0 }"#,
            #"{ "metric": "tests.vanished", "op": "==", "value": 0 }"#,
        ] {
            var scene = Scene(condition, tests: [passed("a"), TestFact(id: "b", outcome: .skipped, cases: 0)])
            scene.baseline = Baseline.Figures(tests: ["a", "b"])
            let verdict = try scene.verdict()
            #expect(verdict.status == .fail)
            #expect(verdict.reason.contains("b"))
            scene.facts.tests = [passed("a"), passed("b"), passed("c")]
            #expect(try scene.verdict().status == .pass)
        }
    }

    @Test("each package has its own baseline; a new one is said to be new")
    func packages() throws {
        var scene = Scene(
            #"{ "metric": "coverage.line", "on": "each_package", "against": "baseline", "drop_at_most": "1pp" }"#,
            coverage: [file("Sources/A/a.swift", 8, of: 10), file("Sources/B/b.swift", 1, of: 10), file("Sources/C/c.swift", 10, of: 10)])
        scene.baseline = Baseline.Figures(coverage: [summary("Sources/A/a.swift", 9, of: 10), summary("Sources/C/c.swift", 5, of: 10)])
        let verdict = try scene.verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.findings.first?.subject == "Sources/A")
        let new = try #require(verdict.findings.first { $0.subject == "Sources/B" })
        #expect(new.status == .pass)
        #expect(new.reason.hasSuffix("(new since the baseline)"))
    }

    @Test("a file that two collectors of the baseline measured counts once")
    func sharedFile() {
        let baseline = Baseline(
            recordedAt: .epoch, commit: nil, reason: "r",
            figures: [
                "a": Baseline.Figures(coverage: [summary("Sources/a.swift", 9, of: 10)]),
                "b": Baseline.Figures(coverage: [summary("Sources/a.swift", 2, of: 10)]),
            ])
        #expect(baseline.merged(["a", "b"])?.coverage.map(\.lines) == [FileCoverage.Tally(covered: 9, total: 10)])
        #expect(baseline.merged(["b", "a"]) == baseline.merged(["a", "b"]))
        #expect(baseline.merged(["c"]) == nil)
    }
}
