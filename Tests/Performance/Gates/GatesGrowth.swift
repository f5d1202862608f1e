import Determinism
import Evidence
import Gates
import GrowthMeasure
import StrictDocuments
import Testing

/// Judging costs in proportion to what is judged.
@Suite struct GatesGrowth {
    /// One gate each, judged on facts of a size.
    static let conditions = [
        #"{ "metric": "tests.failed", "op": "==", "value": 0 }"#,
        #"{ "metric": "tests.failed", "scope": { "tests": ["M.*", "M.*/**"] }, "op": "==", "value": 0 }"#,
        #"{ "metric": "tests.vanished", "against": "baseline", "drop_at_most": 0 }"#,
        #"{ "metric": "tests.duration_p95", "op": "<=", "value": "1s" }"#,
        #"{ "metric": "coverage.line", "on": "overall", "op": ">=", "value": "85%" }"#,
        #"{ "metric": "coverage.line", "on": "each_file", "op": ">=", "value": "85%" }"#,
        #"{ "metric": "coverage.line", "on": "each_package", "op": ">=", "value": "85%" }"#,
        #"{ "metric": "coverage.line", "on": "new", "op": ">=", "value": "85%" }"#,
        #"{ "metric": "coverage.line", "on": "each_file", "against": "baseline", "drop_at_most": "0.5pp" }"#,
        #"{ "metric": "coverage.new_uncovered_lines", "op": "==", "value": 0 }"#,
        #"{ "metric": "coverage.unmeasured_files", "op": "==", "value": 0 }"#,
        #"{ "metric": "custom.x", "on": "each_item", "op": "<", "value": 3 }"#,
        #"{ "metric": "custom.x", "on": "overall", "op": "<", "value": 3 }"#,
    ]

    static func document(gates: [String]) -> [UInt8] {
        Array(
            """
            { "version": 1, "project": { "name": "p", "product": ["Sources/**"], "tests": ["Tests/**"] },
              "collect": [{ "id": "unit", "kind": "swift-test" }], "gates": [\(gates.joined(separator: ",\n"))] }
            """.utf8)
    }

    static func gate(_ id: String, _ condition: String) -> String {
        #"{ "id": "\#(id)", "title": "t", "from": ["unit"], "pass_when": \#(condition) }"#
    }

    /// `count` tests, files in as many packages, and figures; against a baseline in which all have other names, or the same.
    static func input(_ condition: String, _ count: Int) throws -> EvaluationInput {
        let configuration = try GatesConfiguration(json: document(gates: [gate("g", condition)]), file: "gates.json")
        var facts = Facts()
        var lines: [String: [ClosedRange<Int>]] = [:]
        for index in 0..<count {
            let path = "Sources/P\(index)/f.swift"
            facts.tests.append(
                TestFact(id: "M.S/t\(index)()", outcome: index % 2 == 0 ? .failed : .passed, durationNanoseconds: Int64(index)))
            facts.coverage.append(
                FileCoverage(
                    path: path, package: "P\(index)", state: index % 5 == 0 ? .unmeasured : .measured,
                    lines: (1...4).map { FileCoverage.LineCount(line: $0, count: index % 5 == 0 ? 0 : Int64($0 % 2)) }))
            facts.measures.append(Measure("custom.x", subject: "s\(index)", .count(index % 7)))
            lines[path] = [1...2, 4...4]
        }
        facts = facts.normalised()
        let figures = Baseline.Figures(
            coverage: facts.coverage.map(CoverageSummary.init), tests: facts.tests.map { $0.id + "x" }, measures: facts.measures)
        return EvaluationInput(
            configuration: configuration, profile: configuration.profiles[0],
            evidence: [CollectedEvidence(collector: "unit", state: .collected, facts: facts)],
            baseline: .present(Baseline(recordedAt: .epoch, commit: nil, reason: "r", figures: ["unit": figures])),
            changes: .known(lines: lines, base: "main"), exceptions: [], now: .epoch)
    }

    @Test("a verdict is linear in the facts that are judged", arguments: conditions)
    func verdict(condition: String) throws {
        let growth = try Growth.measured(limit: 1 << 16) {
            try Self.input(condition, $0)
        } of: { input in
            #expect(Evaluator.verdicts(input).count == 1)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a verdict is linear in the ranges of one file that changed")
    func ranges() throws {
        let growth = try Growth.measured(limit: 1 << 17) { size in
            var input = try Self.input(#"{ "metric": "coverage.line", "on": "new", "op": ">=", "value": "85%" }"#, 1)
            var facts = Facts()
            facts.coverage = [
                FileCoverage(path: "Sources/A.swift", lines: (1...(size * 2)).map { FileCoverage.LineCount(line: $0, count: 1) })
            ]
            input.evidence[0].facts = facts
            input.changes = .known(lines: ["Sources/A.swift": (1...size).map { ($0 * 2)...($0 * 2) }], base: "main")
            return input
        } of: { input in
            #expect(Evaluator.verdicts(input).first?.status == .pass)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("reading gates.json is linear in its gates, also where each is wrong", arguments: [true, false])
    func configuration(isRight: Bool) throws {
        let condition = isRight ? Self.conditions[5] : #"{ "metric": "coverage.lime", "op": ">=", "value": "85" }"#
        let growth = Growth.measured(limit: GatesConfiguration.maximumGates) { size in
            Self.document(gates: (0..<size).map { Self.gate("gate-\($0)", condition) })
        } of: { bytes in
            #expect((try? GatesConfiguration(json: bytes, file: "gates.json").gates.count) == nil || isRight)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("reading a condition is linear in its alternatives")
    func wideCondition() throws {
        let growth = try Growth.measured(limit: 1 << 13) { size in
            Self.document(gates: [
                Self.gate("g", #"{ "any": [\#((0..<size).map { Self.conditions[$0 % Self.conditions.count] }.joined(separator: ","))] }"#)
            ])
        } of: { bytes in
            _ = try GatesConfiguration(json: bytes, file: "gates.json")
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test(
        "a hostile pattern is matched in time proportional to the path",
        arguments: [
            "**/*a*a*a*a*a*a*b", "*a*a*a*a*a*a*a*a*b", "**/a/**/a/**/a/**/b", "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}*?*?*c", "?*?*?*?*?*?*b", "**",
        ])
    func globPath(pattern: String) throws {
        let glob = try Glob(pattern)
        let growth = Growth.measured(limit: 1 << 18) { size in
            String(repeating: pattern.contains("/a/") ? "a/" : "a", count: size)
        } of: { path in
            #expect(glob.matches(path) == (pattern == "**"))
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a hostile pattern is matched in time proportional to its own length")
    func globPattern() throws {
        let path = String(repeating: "a", count: 2000)
        let growth = try Growth.measured(from: 32, limit: Glob.maximumLength / 2) { size in
            try Glob(String(repeating: "*a", count: size - 1) + "*b")
        } of: { glob in
            #expect(!glob.matches(path))
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a baseline is written and read in linear time")
    func baseline() throws {
        let growth = try Growth.measured(limit: 1 << 16) { size in
            guard case .present(let baseline) = try Self.input(Self.conditions[0], size).baseline else { throw CancellationError() }
            return baseline
        } of: { baseline in
            #expect(Baseline(payload: baseline.payload, recordedAt: .epoch)?.figures.count == 1)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }
}
