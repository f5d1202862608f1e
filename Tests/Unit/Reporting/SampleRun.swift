import Determinism
import Evidence
import Gates

@testable import Reporting

func gate(
    _ id: String, _ status: VerdictStatus, blocks: Bool = false, reason: String = "a reason", owner: String? = nil, why: String? = nil,
    observed: String? = nil, limit: String? = nil, exception: String? = nil, findings: [Finding] = []
) -> GateVerdict {
    // GateVerdict's memberwise initialiser belongs to Gates; its JSON form is public.
    var verdict = GateVerdict(
        json: [
            "id": .string(id), "title": .string("The title of \(id)"), "blocking": true, "status": .string(status.rawValue),
            "blocks": .bool(blocks), "reason": .string(reason), "findings": [],
        ])!
    verdict.owner = owner
    verdict.why = why
    verdict.observed = observed
    verdict.limit = limit
    verdict.exception = exception
    verdict.findings = findings
    return verdict
}

func sampleRun(
    _ gates: [GateVerdict], exitCode: ExitCode = .fail, collectors: [CollectorRecord] = [], facts: [String: Facts] = [:],
    previous: [GateVerdict]? = nil, checkpoint: String? = nil
) -> RecordedRun {
    let start = Instant(nanosecondsSinceEpoch: 1_760_342_400_000_000_000)
    let record = RunRecord(
        runID: "run-1", project: "demo", profile: "pr", command: "run", commit: "3f2a91c0123456789012345678901234567890ab", tree: "7ee",
        branch: "topic", dirty: false, base: "main@b77e012", configurationDigest: "c0ffee", inputsDigest: String(repeating: "e", count: 64),
        startedAt: start,
        endedAt: start.advanced(byNanoseconds: 19_402_000_000), toolchain: "Swift 6.3", machineClass: "x86_64-linux-2",
        toolVersion: "1.0.0",
        exitCode: exitCode)
    func document(_ gates: [GateVerdict]) -> VerdictDocument {
        VerdictDocument(
            runID: "run-1", project: "demo", profile: "pr", now: start, commit: record.commit, dirty: false, base: record.base,
            configurationDigest: "c0ffee", exitCode: exitCode, gates: gates, sources: collectors.map { VerdictDocument.Source($0) })
    }
    return RecordedRun(
        run: record, verdict: document(gates), collectors: collectors, facts: facts, previous: previous.map(document), ledgerSequence: 1042,
        checkpoint: checkpoint)
}

func collector(_ id: String, _ state: CollectedEvidence.State = .collected, detail: String? = nil) -> CollectorRecord {
    CollectorRecord(
        runID: "run-1", collector: id, kind: "swift-test", state: state, detail: detail, durationNanoseconds: 12_000_000_000,
        reports: [CollectorRecord.Report(path: "r.xml", format: "junit", parserVersion: 1, sha256: "0123456789abcdef0123", sizeBytes: 9)],
        factsDigest: "fd")
}

/// A run with something of everything.
func fullRun() -> RecordedRun {
    var facts = Facts()
    facts.tests = [
        TestFact(id: "Feed.Tests/reconnect()", outcome: .unfinished, location: "Tests/Feed.swift:12"),
        TestFact(
            id: "Risk.Tests/limit()", outcome: .failed, durationNanoseconds: 3_000_000, location: "Tests/Risk.swift:41", message: "1 == 2"),
        TestFact(id: "Risk.Tests/ok()", outcome: .passed, durationNanoseconds: 5_000_000_000),
    ]
    facts.coverage = [
        FileCoverage(
            path: "Sources/Risk/VaR.swift", package: "Risk",
            lines: [1, 2, 3, 4, 9].map { FileCoverage.LineCount(line: $0, count: $0 == 1 ? 7 : 0) }),
        FileCoverage(
            path: "Sources/Feed/New.swift", package: "Feed", state: .unmeasured, lines: [FileCoverage.LineCount(line: 1, count: 0)]),
        FileCoverage(path: "Sources/Feed/Types.swift", package: "Feed", state: .noCode, lines: []),
    ]
    return sampleRun(
        [
            gate("build", .pass, reason: "build.warnings 0, limit == 0", observed: "0", limit: "== 0"),
            gate(
                "coverage", .fail, blocks: true, reason: "coverage.line 20.0 %, asked for >= 85%", owner: "@risk",
                why: "Untested risk code lost money.",
                observed: "20.0 %", limit: ">= 85%",
                findings: [
                    Finding(
                        metric: "coverage.line", scope: "overall", status: .fail, observed: "20.0 %", limit: ">= 85%",
                        reason: "coverage.line 20.0 %, asked for >= 85%: 4 of 5 lines not covered, first at Sources/Risk/VaR.swift:2")
                ]),
            gate("lint", .excepted, reason: "excepted by EX-1: findings.errors 1", observed: "1", limit: "== 0", exception: "EX-1"),
            gate("docs", .notApplicable, reason: "none of the 3 files changed matches"),
            gate("perf", .inconclusive, reason: "4 samples, at least 10 are asked for"),
        ],
        collectors: [collector("unit"), collector("perf", .timedOut, detail: "killed after 10 min")], facts: ["unit": facts],
        previous: [
            gate("build", .pass, observed: "0"), gate("coverage", .pass, observed: "90.0 %"), gate("old", .pass),
            gate("lint", .excepted, observed: "3"),
        ],
        checkpoint: "example.org/pulsegate\n1042\nqN8AAAA=\n")
}

/// Strings that would break out of every format.
let hostileTexts = [
    "a|b|c", "`code` ``x``", "\\| \\", "<script>alert(1)</script>", "</details>", "@everyone #1 owner/repo#2", "[x](javascript:alert(1))",
    "![i](http://evil.example/x.png)", "line1\nline2\r\n| a | b |", "::error::pwned", "%0A::set-output name=x::y", "\u{1B}[31mred\u{1B}[0m",
    "\u{1B}]8;;http://evil\u{07}link", "a\u{202E}gpj.exe", "nul\u{0}bell\u{7}\u{8}", "\u{FFFE}\u{FFFF}", "]]>", "\" onload='x'", "-->",
    "--!>",
    "```\nfence", "www.evil.example https://evil.example me@evil.example", "_em_ **strong** ~~gone~~ $x$", "\u{2028}\u{2029}\u{85}", "é漢字👩‍👩‍👧",
    "",
    String(repeating: "|x", count: 5000), "&amp;&#124;", "# heading", "> quote", "- item",
]
