import Determinism
import Evidence
import Gates

@testable import Reporting

/// Random runs whose every text may be hostile, from a seed.
struct RandomRun {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func pick<T>(_ values: [T]) -> T { values[generator.integer(in: 0...(values.count - 1))] }
    mutating func chance(_ percent: Int) -> Bool { generator.integer(in: 0...99) < percent }

    private static let pieces = [
        "|", "`", "\\", "<", ">", "&", "\"", "'", "@", "#", "[", "]", "(", ")", "*", "_", "~", "\n", "\r\n", "\t", "\u{0}", "\u{1B}[31m",
        "\u{1B}]8;;x",
        "\u{202E}", "\u{FFFE}", "::", "%0A", "</details>", "<details>", "```", "-->", "]]>", "https://x.y", "www.x", "me@x.y", "漢", "é",
        "👩‍👩‍👧", "\u{2028}", "\u{85}",
        "Sources/a.swift:4", "word", "a", " ", "  ", "$", "e\u{301}\u{301}",
    ]

    mutating func text() -> String {
        let length = chance(1) ? 3000 : generator.integer(in: 0...12)
        return (0..<length).map { _ in pick(Self.pieces) }.joined()
    }

    mutating func optionalText() -> String? { chance(60) ? text() : nil }

    mutating func gate(_ index: Int) -> GateVerdict {
        let status = pick(VerdictStatus.allCases)
        var verdict = GateVerdict(
            json: [
                "id": .string(chance(50) ? "gate-\(index)" : text()), "title": .string(text()), "blocking": true,
                "status": .string(status.rawValue),
                "blocks": .bool(![.pass, .excepted, .notApplicable].contains(status) && chance(70)), "reason": .string(text()),
                "findings": [],
                "more_findings": .int(Int64(generator.integer(in: 0...3))),
            ])!
        verdict.owner = optionalText()
        verdict.why = optionalText()
        verdict.observed = optionalText()
        verdict.limit = optionalText()
        verdict.exception = optionalText()
        verdict.findings = (0..<generator.integer(in: 0...4)).map { _ in
            Finding(
                metric: text(), scope: pick(["overall", "each_file"]), subject: optionalText(), status: chance(60) ? status : .pass,
                observed: optionalText(), limit: text(), reason: text())
        }
        return verdict
    }

    mutating func run() -> RecordedRun {
        var facts: [String: Facts] = [:]
        var collectors: [CollectorRecord] = []
        for index in 0..<generator.integer(in: 0...3) {
            let id = chance(50) ? "c\(index)" : text() + "\(index)"
            var own = Facts()
            own.tests = (0..<generator.integer(in: 0...5)).map { _ in
                TestFact(
                    id: text(), outcome: pick(TestOutcome.allCases),
                    durationNanoseconds: chance(50) ? Int64(generator.integer(in: -1...9_999_999)) : nil,
                    location: optionalText(), message: optionalText())
            }
            own.coverage = (0..<generator.integer(in: 0...4)).map { _ in
                FileCoverage(
                    path: text(), package: optionalText(), state: pick([.measured, .unmeasured, .noCode]),
                    lines: (0..<generator.integer(in: 0...30)).map {
                        FileCoverage.LineCount(line: $0 * 2, count: Int64(generator.integer(in: -1...1)))
                    })
            }
            facts[id] = own
            collectors.append(
                CollectorRecord(
                    runID: text(), collector: id, kind: text(), state: pick(CollectedEvidence.State.allCases), detail: optionalText(),
                    durationNanoseconds: chance(50) ? Int64(generator.integer(in: -5...9_999_999_999)) : nil,
                    reports: (0..<generator.integer(in: 0...6)).map { _ in
                        CollectorRecord.Report(path: text(), format: text(), parserVersion: 1, sha256: text(), sizeBytes: 1)
                    }, factsDigest: ""))
        }
        let start = Instant(nanosecondsSinceEpoch: Int64(generator.integer(in: 0...2_000_000_000)) * 1_000_000_000)
        let code = pick(ExitCode.allCases)
        let record = RunRecord(
            runID: text(), project: text(), profile: text(), command: "run", commit: optionalText(), tree: optionalText(),
            branch: optionalText(),
            dirty: chance(50), base: optionalText(), configurationDigest: text(), inputsDigest: String(repeating: "e", count: 64),
            startedAt: start,
            endedAt: start.advanced(byNanoseconds: Int64(generator.integer(in: -1...99_999_999_999))), toolchain: optionalText(),
            machineClass: optionalText(), toolVersion: text(), exitCode: code)
        let count = generator.integer(in: 0...6)
        var documents: [VerdictDocument] = []
        for _ in 0..<2 {
            documents.append(
                VerdictDocument(
                    runID: record.runID, project: record.project, profile: record.profile, now: start, commit: record.commit, dirty: nil,
                    base: record.base, configurationDigest: "", exitCode: code, gates: (0..<count).map { gate($0) }, sources: []))
        }
        return RecordedRun(
            run: record, verdict: documents[0], collectors: collectors, facts: facts, previous: chance(50) ? documents[1] : nil,
            ledgerSequence: chance(50) ? 7 : nil, checkpoint: optionalText())
    }
}
