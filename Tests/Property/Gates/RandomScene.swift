import Determinism
import Evidence

@testable import Gates

/// Random facts, conditions and inputs of the evaluator, from a seed.
struct RandomScene {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func pick<T>(_ values: [T]) -> T { values[generator.integer(in: 0...(values.count - 1))] }
    mutating func chance(_ percent: Int) -> Bool { generator.integer(in: 0...99) < percent }

    mutating func facts() -> Facts {
        var facts = Facts()
        if chance(80) {
            for index in 0..<generator.integer(in: 0...6) {
                facts.tests.append(
                    TestFact(
                        id: "M.S/t\(index)()", outcome: pick([.passed, .passed, .passed, .failed, .errored, .skipped, .unfinished]),
                        cases: generator.integer(in: 0...3), durationNanoseconds: chance(50) ? Int64(generator.integer(in: 0...9)) : nil,
                        knownIssues: chance(10) ? 1 : 0, warnings: chance(10) ? 1 : 0))
            }
        }
        if chance(80) {
            for index in 0..<generator.integer(in: 0...4) {
                let total = generator.integer(in: 0...20)
                facts.coverage.append(
                    FileCoverage(
                        path: "\(pick(["Sources/A", "Sources/B", "Tests"]))/f\(index).swift",
                        state: pick([.measured, .measured, .unmeasured]),
                        lines: (0..<total).map { FileCoverage.LineCount(line: $0 + 1, count: Int64(generator.integer(in: 0...2))) }))
            }
        }
        for metric in ["build.warnings", "golden.mismatches", "custom.x"] where chance(50) {
            for index in 0..<generator.integer(in: 0...2) {
                facts.measures.append(
                    Measure(metric, subject: "s\(index)", .count(generator.integer(in: 0...3)), samples: generator.integer(in: 1...4)))
            }
        }
        return facts.normalised()
    }

    mutating func condition(depth: Int = 2) -> String {
        if depth > 0, chance(40) {
            let form = pick(["all", "any", "not"])
            if form == "not" { return #"{ "not": \#(condition(depth: depth - 1)) }"# }
            let parts = (0..<generator.integer(in: 1...3)).map { _ in condition(depth: depth - 1) }
            return #"{ "\#(form)": [\#(parts.joined(separator: ", "))] }"#
        }
        let op = pick(["==", "!=", "<", "<=", ">", ">="])
        switch generator.integer(in: 0...5) {
        case 0:
            let metric = pick(["failed", "total", "cases", "skipped", "unfinished", "vanished", "errors", "passed"])
            return #"{ "metric": "tests.\#(metric)", "op": "\#(op)", "value": \#(generator.integer(in: 0...4)) }"#
        case 1:
            let scope = pick(["overall", "new", "each_file", "each_package"])
            return #"{ "metric": "coverage.line", "on": "\#(scope)", "op": "\#(op)", "value": "\#(generator.integer(in: 0...100))%" }"#
        case 2: return #"{ "metric": "coverage.line", "against": "baseline", "drop_at_most": "\#(pick(["0pp", "5pp", "5%"]))" }"#
        case 3: return #"{ "metric": "\#(pick(["tests.total", "tests.vanished"]))", "against": "baseline", "drop_at_most": 0 }"#
        case 4:
            return #"{ "metric": "\#(pick(["coverage.unmeasured_files", "coverage.new_uncovered_lines"]))", "op": "\#(op)", "value": 0 }"#
        default:
            let metric = pick(["build.warnings", "golden.mismatches", "custom.x"])
            return #"{ "metric": "\#(metric)", "on": "overall", "op": "\#(op)", "value": \#(generator.integer(in: 0...3)) }"#
        }
    }

    /// `conditions`: one a gate; each gate judges both collectors.
    mutating func input(conditions: [String]? = nil) throws -> EvaluationInput {
        let conditions = conditions ?? (0..<generator.integer(in: 1...3)).map { _ in condition() }
        let gates = conditions.enumerated().map { index, condition in
            #"{ "id": "g\#(index)", "title": "t", "from": ["a", "b"], "on_absent": "\#(pick(["fail", "warn"]))", "blocking": \#(chance(80)), "pass_when": \#(condition) }"#
        }
        let text = """
            { "version": 1, "project": { "name": "p", "product": ["Sources/**"], "tests": ["Tests/**"] },
              "baseline": { "on_missing": "\(pick(["fail", "bootstrap"]))" },
              "collect": [{ "id": "a", "kind": "swift-test" }, { "id": "b", "kind": "swift-test" }],
              "gates": [\(gates.joined(separator: ",\n"))] }
            """
        let configuration = try GatesConfiguration(json: Array(text.utf8), file: "gates.json")
        let states: [CollectedEvidence.State] = [.collected, .collected, .collected, .collected, .absent, .invalid, .timedOut, .crashed]
        let evidence = ["a", "b"].map { CollectedEvidence(collector: $0, state: pick(states), facts: facts()) }
        let earlier = facts()
        let figures = Baseline.Figures(
            coverage: earlier.coverage.map(CoverageSummary.init), tests: earlier.tests.map(\.id), measures: earlier.measures)
        let lines = Dictionary(uniqueKeysWithValues: (0..<4).map { ("Sources/A/f\($0).swift", [1...generator.integer(in: 1...9)]) })
        let grants =
            chance(30)
            ? [ExceptionGrant(id: "EX", gate: "g0", starts: .epoch, expires: Instant(nanosecondsSinceEpoch: 100))] : []
        return EvaluationInput(
            configuration: configuration, profile: configuration.profiles[0], evidence: evidence,
            baseline: chance(70)
                ? .present(Baseline(recordedAt: .epoch, commit: nil, reason: "r", figures: ["a": figures])) : .missing(reason: "none"),
            changes: chance(70) ? .known(lines: lines, base: "main") : .unknown(reason: "shallow"), exceptions: grants,
            now: Instant(nanosecondsSinceEpoch: 50))
    }
}
