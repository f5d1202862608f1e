import Determinism
import Evidence
import Testing

@testable import Gates

@Suite("the seven verdicts")
struct VerdictTests {
    @Test("what holds of evidence that is there passes")
    func pass() throws {
        let verdict = try Scene(tests: [passed("A/a()")]).verdict()
        #expect(verdict.status == .pass)
        #expect(!verdict.blocks)
        #expect(verdict.observed == "0")
        #expect(verdict.limit == "== 0")
    }

    @Test("a failing, broken or unfinished test fails the gate and is named", arguments: [TestOutcome.failed, .errored, .unfinished])
    func fail(_ outcome: TestOutcome) throws {
        var scene = Scene(tests: [
            passed("A/a()"), TestFact(id: "A/b()", outcome: outcome, location: "T.swift:3", message: "no\nsecond line"),
        ])
        var verdict = try scene.verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.blocks)
        #expect(verdict.reason.contains("A/b()"))
        #expect(verdict.reason.contains("T.swift:3"))
        #expect(!verdict.reason.contains("second line"))
        #expect(try scene.exitCode() == .fail)
        scene.gate = #""blocking": false,"#
        verdict = try scene.verdict()
        #expect(verdict.status == .fail)
        #expect(!verdict.blocks)
        #expect(try scene.exitCode() == .pass)
    }

    @Test("missing and malformed evidence never passes")
    func withoutEvidence() throws {
        var scene = Scene(tests: [passed("A/a()")])
        scene.state = .absent
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try scene.exitCode() == .cannotEvaluate)
        scene.state = .invalid
        scene.detail = "cut short"
        #expect(try scene.verdict().status == .invalid)
        #expect(try scene.verdict().reason.contains("cut short"))
        #expect(try scene.exitCode() == .cannotEvaluate)
        // A collector that was never run at all.
        var input = try scene.input()
        input.evidence = []
        #expect(Evaluator.verdicts(input)[0].status == .notEvaluated)
    }

    @Test("on_absent warn shows missing evidence and lets it go, but not malformed evidence")
    func onAbsent() throws {
        var scene = Scene(tests: [])
        scene.gate = #""on_absent": "warn","#
        scene.state = .absent
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try !scene.verdict().blocks)
        #expect(try scene.exitCode() == .pass)
        scene.state = .invalid
        #expect(try scene.verdict().blocks)
    }

    @Test("no test that ran is no evidence, whatever the condition says")
    func vacuous() throws {
        for metric in ["tests.failed", "tests.skipped", "tests.unfinished", "tests.errors", "tests.known_issues", "tests.warnings"] {
            let condition = #"{ "metric": "\#(metric)", "op": ">=", "value": 0 }"#
            #expect(try Scene(condition, tests: []).verdict().status == .notEvaluated)
            #expect(try Scene(condition, tests: [TestFact(id: "a", outcome: .skipped, cases: 0)]).verdict().status == .notEvaluated)
        }
        #expect(try Scene(#"{ "metric": "build.warnings", "op": "==", "value": 0 }"#).verdict().status == .notEvaluated)
        #expect(try Scene(#"{ "metric": "coverage.line", "op": ">=", "value": "0%" }"#).verdict().status == .notEvaluated)
        #expect(try Scene(#"{ "metric": "coverage.new_uncovered_lines", "op": "==", "value": 0 }"#).verdict().status == .notEvaluated)
        let empty = [file("Sources/a.swift", 0, of: 0, state: .noCode)]
        for scope in ["overall", "new"] {
            let condition = #"{ "metric": "coverage.new_uncovered_lines", "on": "\#(scope)", "op": "==", "value": 0 }"#
            #expect(try Scene(condition, coverage: empty).verdict().status == .notEvaluated)
        }
    }

    @Test("less evidence than min_evidence is not enough")
    func minimum() throws {
        var scene = Scene(tests: [passed("a"), passed("b")])
        scene.gate = #""min_evidence": { "items": 3 },"#
        #expect(try scene.verdict().status == .notEvaluated)
        scene.facts.tests.append(passed("c"))
        #expect(try scene.verdict().status == .pass)

        scene = Scene(#"{ "metric": "coverage.line", "op": ">=", "value": "1%" }"#, coverage: [file("Sources/a.swift", 9, of: 9)])
        scene.gate = #""min_evidence": { "lines": 10 },"#
        #expect(try scene.verdict().status == .notEvaluated)
        scene.facts.coverage = [file("Sources/a.swift", 10, of: 10)]
        #expect(try scene.verdict().status == .pass)

        scene = Scene(
            #"{ "metric": "golden.mismatches", "op": "==", "value": 0 }"#,
            measures: [Measure("golden.mismatches", subject: "a", .count(0)), Measure("golden.mismatches", subject: "b", .count(0))])
        scene.gate = #""min_evidence": { "items": 3 },"#
        #expect(try scene.verdict().status == .notEvaluated)
        scene.gate = #""min_evidence": { "items": 2 },"#
        #expect(try scene.verdict().status == .pass)
    }

    @Test("a limit may be one of doubt: not kept it is inconclusive, and a failure beside it counts first")
    func doubt() throws {
        let doubt = #"{ "metric": "bench.inconclusive", "op": "==", "value": 0, "otherwise": "inconclusive" }"#
        func measures(open: Int, failed: Int) -> [Measure] {
            [
                Measure("bench.inconclusive", .count(open), note: "walk: the launches did not agree"),
                Measure("bench.failed", .count(failed)),
            ]
        }
        var scene = Scene(doubt, measures: measures(open: 2, failed: 0))
        #expect(
            try scene.verdict().status == .inconclusive && scene.verdict().findings.map(\.reason).joined().contains("walk: the launches"))
        #expect(try scene.exitCode() != .pass)
        scene.onInconclusive = "report"
        #expect(try scene.exitCode() == .pass)
        #expect(try Scene(doubt, measures: measures(open: 0, failed: 0)).verdict().status == .pass)
        let both = #"{ "all": [ \#(doubt), { "metric": "bench.failed", "op": "==", "value": 0, "otherwise": "fail" } ] }"#
        #expect(try Scene(both, measures: measures(open: 1, failed: 0)).verdict().status == .inconclusive)
        #expect(try Scene(both, measures: measures(open: 1, failed: 1)).verdict().status == .fail)
        // Not a doubt that is turned round: what is not decided stays so.
        #expect(try Scene(#"{ "not": \#(doubt) }"#, measures: measures(open: 1, failed: 0)).verdict().status == .inconclusive)
    }

    @Test("too few samples are inconclusive, which blocks where the profile says so")
    func inconclusive() throws {
        let median = Measure("bench.submit.median", subject: nil, Quantity(200_000, unit: .nanoseconds), samples: 9)
        var scene = Scene(#"{ "metric": "bench.submit.median", "op": "<=", "value": "250us" }"#, measures: [median])
        scene.gate = #""min_evidence": { "samples": 10 },"#
        #expect(try scene.verdict().status == .inconclusive)
        #expect(try scene.verdict().blocks)
        #expect(try scene.exitCode() == .cannotEvaluate)
        scene.onInconclusive = "report"
        #expect(try !scene.verdict().blocks)
        scene.facts.measures[0].samples = 10
        #expect(try scene.verdict().status == .pass)
    }

    @Test("a gate applies only to changes that it names, and to unknown changes always")
    func applies() throws {
        var scene = Scene(tests: [TestFact(id: "a", outcome: .failed)])
        scene.gate = #""applies_when": { "changed": ["Sources/**"] },"#
        scene.changes = .known(lines: ["docs/a.md": [1...2]], base: "main@b77e012")
        #expect(try scene.verdict().status == .notApplicable)
        #expect(try scene.verdict().reason.contains("main@b77e012"))
        #expect(try scene.exitCode() == .pass)
        scene.changes = .known(lines: ["Sources/deleted.swift": []], base: "main@b77e012")
        #expect(try scene.verdict().status == .fail)
        scene.changes = .unknown(reason: "a shallow clone")
        #expect(try scene.verdict().status == .fail)
    }

    @Test(
        "a collector that crashed or ran out of time can fail a gate and never passes one",
        arguments: [CollectedEvidence.State.timedOut, .crashed])
    func deadCollector(_ state: CollectedEvidence.State) throws {
        var scene = Scene(tests: [passed("a")])
        scene.state = state
        #expect(try scene.verdict().status == .notEvaluated)
        #expect(try scene.exitCode() == .collectorFailed)
        scene.facts.tests.append(TestFact(id: "b", outcome: .unfinished))
        #expect(try scene.verdict().status == .fail)
        #expect(try scene.verdict().reason.contains("started, never ended"))
        #expect(try scene.exitCode() == .collectorFailed)
    }

    @Test("any needs one alternative, and a passing one hides what failed beside it")
    func anyOf() throws {
        let any =
            #"{ "any": [{ "metric": "build.warnings", "op": "==", "value": 0 }, { "metric": "tests.failed", "op": "==", "value": 0 }] }"#
        var scene = Scene(any, tests: [passed("a")])
        var verdict = try scene.verdict()
        #expect(verdict.status == .pass)
        // The reason is that of the alternative that holds, not of the missing one.
        #expect(verdict.reason.contains("tests.failed"))
        scene.facts.measures = [Measure("build.warnings", .count(3))]
        verdict = try scene.verdict()
        #expect(verdict.status == .pass)
        #expect(verdict.findings.allSatisfy { $0.status != .fail })
        scene.facts.tests = [TestFact(id: "a", outcome: .failed)]
        #expect(try scene.verdict().status == .fail)
        scene.facts.measures = []
        // The missing alternative might have held.
        #expect(try scene.verdict().status == .notEvaluated)
    }

    @Test("not turns pass and fail round and nothing else")
    func negation() throws {
        let not = #"{ "not": { "metric": "tests.skipped", "op": ">", "value": 0 } }"#
        #expect(try Scene(not, tests: [passed("a")]).verdict().status == .pass)
        let verdict = try Scene(not, tests: [passed("a"), TestFact(id: "b", outcome: .skipped)]).verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.reason.hasPrefix("not wanted"))
        #expect(try Scene(not).verdict().status == .notEvaluated)
        let inner =
            #"{ "not": { "all": [{ "metric": "tests.total", "op": ">", "value": 5 }, { "metric": "tests.failed", "op": "==", "value": 0 }] } }"#
        let mixed = try Scene(inner, tests: [passed("a")]).verdict()
        #expect(mixed.status == .pass)
        #expect(mixed.findings.allSatisfy { $0.status == .pass })
    }

    @Test("all takes its worst part")
    func allOf() throws {
        let all =
            #"{ "all": [{ "metric": "tests.failed", "op": "==", "value": 0 }, { "metric": "build.warnings", "op": "==", "value": 0 }] }"#
        var scene = Scene(all, tests: [passed("a")])
        #expect(try scene.verdict().status == .notEvaluated)
        scene.facts.tests.append(TestFact(id: "b", outcome: .failed))
        #expect(try scene.verdict().status == .fail)
        scene.facts.measures = [Measure("build.warnings", .count(0))]
        scene.facts.tests = [passed("a")]
        #expect(try scene.verdict().status == .pass)
    }

    @Test("figures that do not add up within 64 bits do not trap")
    func hugeFigures() throws {
        var scene = Scene(
            #"{ "metric": "tests.cases", "op": ">=", "value": 1 }"#, tests: [passed("a", cases: .max), passed("b", cases: .max)])
        #expect(try scene.verdict().status == .pass)
        scene = Scene(
            #"{ "metric": "coverage.branch", "op": ">=", "value": "1%" }"#,
            coverage: [file("Sources/a", 1, of: 1), file("Sources/b", 1, of: 1)])
        for index in scene.facts.coverage.indices { scene.facts.coverage[index].branches = FileCoverage.Tally(covered: .max, total: .max) }
        #expect(try scene.verdict().status == .pass)
    }

    @Test("the same input gives the same verdicts")
    func purity() throws {
        let input = try Scene(tests: [passed("a"), TestFact(id: "b", outcome: .failed)]).input()
        #expect(Evaluator.verdicts(input) == Evaluator.verdicts(input))
    }

    @Test("exit codes come in the order 7, 4, 2, 5, 3, 1, 6, 0, and nothing judged cannot pass")
    func exitCodes() {
        #expect(ExitCode.precedence.map(\.rawValue) == [7, 4, 2, 5, 3, 1, 6, 0])
        #expect(ExitCode.strongest([.fail, .cannotEvaluate]) == .cannotEvaluate)
        #expect(ExitCode.strongest([]) == .pass)
        #expect(Evaluator.exitCode([], evidence: []) == .cannotEvaluate)
    }
}
