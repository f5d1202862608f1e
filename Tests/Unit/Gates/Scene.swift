import Determinism
import Evidence

@testable import Gates

/// One gate with one collector "unit", to be judged.
struct Scene {
    var condition = #"{ "metric": "tests.failed", "op": "==", "value": 0 }"#
    /// Further members of the gate, each with a comma behind it.
    var gate = ""
    var onMissing = "fail"
    var onInconclusive = "block"
    var state = CollectedEvidence.State.collected
    var detail: String?
    var facts = Facts()
    var baseline: Baseline.Figures?
    /// The baseline's collector.
    var baselineOf = "unit"
    var changes = ChangeSet.known(lines: [:], base: "main@b77e012")
    var exceptions: [ExceptionGrant] = []
    var now = Scene.noon

    static let noon = Instant(nanosecondsSinceEpoch: 1_700_000_000_000_000_000)

    init(_ condition: String? = nil, tests: [TestFact] = [], coverage: [FileCoverage] = [], measures: [Measure] = []) {
        if let condition { self.condition = condition }
        facts.tests = tests
        facts.coverage = coverage
        facts.measures = measures
    }

    func input() throws -> EvaluationInput {
        let text = document(
            head: """
                 "baseline": { "on_missing": "\(onMissing)" },
                 "profiles": { "pr": { "gates": ["*"], "on_inconclusive": "\(onInconclusive)" } },
                """,
            gates: #"{ "id": "g", "title": "t", \#(gate) "from": ["unit"], "pass_when": \#(condition) }"#)
        let configuration = try GatesConfiguration(json: Array(text.utf8), file: "gates.json")
        return EvaluationInput(
            configuration: configuration, profile: configuration.profiles[0],
            evidence: [CollectedEvidence(collector: "unit", state: state, detail: detail, facts: facts.normalised())],
            baseline: baseline.map {
                .present(Baseline(recordedAt: Instant.epoch, commit: nil, reason: "first", figures: [baselineOf: $0]))
            } ?? .missing(reason: "no leaf"), changes: changes, exceptions: exceptions, now: now)
    }

    func verdict() throws -> GateVerdict {
        let verdicts = Evaluator.verdicts(try input())
        return verdicts[0]
    }

    func exitCode() throws -> ExitCode {
        let input = try input()
        return Evaluator.exitCode(Evaluator.verdicts(input), evidence: input.evidence)
    }
}

func passed(_ id: String, cases: Int = 1) -> TestFact { TestFact(id: id, outcome: .passed, cases: cases) }

/// A product file of which the first `covered` of `total` lines ran.
func file(_ path: String, _ covered: Int, of total: Int, package: String? = nil, state: FileCoverage.State = .measured) -> FileCoverage {
    FileCoverage(
        path: path, package: package, state: state,
        lines: (0..<total).map { FileCoverage.LineCount(line: $0 + 1, count: $0 < covered ? 1 : 0) })
}

func summary(_ path: String, _ covered: Int, of total: Int, package: String? = nil) -> CoverageSummary {
    CoverageSummary(file(path, covered, of: total, package: package))
}
