import Determinism
import Evidence
import Gates
import GrowthMeasure
import Reporting
import StrictDocuments
import TerminalDisplay
import Testing

/// Reports cost in proportion to what they report, and what they leave out costs no more.
@Suite struct ReportingGrowth {
    enum Kind: String, CaseIterable {
        case gates, coverage, junit, terminal, annotations, comment, summary, json

        func render(_ run: RecordedRun) -> Int {
            switch self {
            case .gates: GatesMarkdown.render(run).utf8.count
            case .coverage: CoverageMarkdown.render(run).utf8.count
            case .junit: JUnitReport.render(run).utf8.count
            case .terminal: TerminalReport.render(run, width: 100, colour: .plain).utf8.count
            case .annotations: Annotations.render(run).utf8.count
            case .comment: PullRequestComment.render(run).utf8.count
            case .summary: StepSummary.render(run).utf8.count
            case .json: VerdictJSON.render(run).count
            }
        }
    }

    private static func verdict(_ id: String, findings: Int) throws -> GateVerdict {
        let all = (0..<findings).map { index -> JSONValue in
            [
                "metric": "coverage.line", "on": "each_file", "subject": .string("Sources/A/f\(index).swift"), "status": "fail",
                "observed": "1 %", "limit": ">= 85%", "reason": .string("coverage of f\(index) | 1 % < 85 %"),
            ]
        }
        return try #require(
            GateVerdict(json: [
                "id": .string(id), "title": "A title", "blocking": true, "status": "fail", "blocks": true, "reason": "a reason | more",
                "findings": .array(all), "more_findings": 0,
            ]))
    }

    private static func run(gates: Int, findings: Int, facts: Facts = Facts()) throws -> RecordedRun {
        let verdicts = try (0..<gates).map { try verdict("gate-\($0)", findings: findings) }
        let collector = CollectorRecord(
            runID: "r", collector: "unit", kind: "swift-test", state: .collected, durationNanoseconds: 1, reports: [], factsDigest: "f")
        let document = VerdictDocument(
            runID: "r", project: "p", profile: "pr", now: .epoch, commit: nil, dirty: false, base: nil, configurationDigest: "c",
            exitCode: .fail, gates: verdicts, sources: [VerdictDocument.Source(collector)])
        let record = RunRecord(
            runID: "r", project: "p", profile: "pr", command: "run", commit: nil, tree: nil, branch: nil, dirty: false, base: nil,
            configurationDigest: "c", inputsDigest: "i", startedAt: .epoch, endedAt: .epoch, toolchain: nil, machineClass: nil,
            toolVersion: "1", exitCode: .fail)
        return RecordedRun(
            run: record, verdict: document, collectors: [collector], facts: ["unit": facts], previous: document, ledgerSequence: 1,
            checkpoint: nil)
    }

    @Test("a report of many gates, compared with an earlier run of as many", arguments: Kind.allCases)
    func manyGates(kind: Kind) throws {
        let growth = try Growth.measured(from: 4, limit: 1 << 13) {
            try Self.run(gates: $0, findings: 1)
        } of: { run in
            #expect(kind.render(run) >= 0)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a report of one gate with many findings", arguments: Kind.allCases)
    func manyFindings(kind: Kind) throws {
        let growth = try Growth.measured(from: 8, limit: 1 << 14) {
            try Self.run(gates: 1, findings: $0)
        } of: { run in
            #expect(kind.render(run) >= 0)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a report over many files and tests", arguments: Kind.allCases)
    func manyFacts(kind: Kind) throws {
        let growth = try Growth.measured(from: 8, limit: 1 << 15) { size in
            var facts = Facts()
            for index in 0..<size {
                facts.tests.append(TestFact(id: "M.S/t\(index)()", outcome: index % 3 == 0 ? .failed : .passed, message: "no"))
                facts.coverage.append(
                    FileCoverage(
                        path: "Sources/P\(index / 10)/f\(index).swift", package: "P\(index / 10)",
                        lines: (1...6).map { FileCoverage.LineCount(line: $0, count: Int64($0 % 2)) }))
            }
            return try Self.run(gates: 1, findings: 1, facts: facts.normalised())
        } of: { run in
            #expect(kind.render(run) >= 0)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }
}
