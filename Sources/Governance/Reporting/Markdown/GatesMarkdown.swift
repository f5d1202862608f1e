import Determinism
import Evidence
import Gates

/// `reports/gates.md`: the run as a page that people read on the web.
///
/// What blocks stands first, with why and whose it is; then where the evidence came from, the tests, what changed since the run of
/// the same profile before, and how to get the same result. Complexity: O(n log n) in gates, findings and tests.
public enum GatesMarkdown {
    /// Findings listed of one gate.
    public static let maximumFindings = 20
    /// Failing tests listed.
    public static let maximumFailingTests = 50
    public static let slowestTests = 5
    /// Changes since the run before that are listed.
    public static let maximumChanges = 50

    public static func render(_ run: RecordedRun) -> String {
        var page = MarkdownPage()
        header(run, &page)
        gateTable(run.gatesByUrgency, &page)
        let loud = run.gatesByUrgency.filter { !$0.isQuiet }
        if !loud.isEmpty {
            page.heading(2, "What needs a person")
            for gate in loud { details(of: gate, &page) }
        }
        collectors(run, &page)
        TestsMarkdown.add(run, to: &page)
        changes(run, &page)
        page.heading(2, "How to get the same result")
        page.add("```sh\n\(reproduction(run))\n```")
        identity(run, &page)
        return page.text
    }

    // MARK: Parts that the comment shows too

    static func header(_ run: RecordedRun, _ page: inout MarkdownPage) {
        page.heading(1, "Gates: \(MarkdownText.escaped(run.headline))")
        page.add(MarkdownText.escaped(run.summary, limit: 1000))
        let facts = [run.commitText, "profile \(run.verdict.profile)", run.durationText, run.run.startedAt.rfc3339]
        page.add(facts.filter { !$0.isEmpty }.map { MarkdownText.escaped($0) }.joined(separator: " · "))
    }

    static func gateTable(_ gates: [GateVerdict], _ page: inout MarkdownPage) {
        page.table(
            [("gate", .left), ("verdict", .left), ("seen", .right), ("limit", .left), ("title or reason", .left), ("owner", .left)],
            gates.map { gate in
                let words = MarkdownText.escaped(gate.verdictWords)
                return [
                    MarkdownText.code(gate.id), gate.blocks ? "**\(words)**" : words, MarkdownText.escaped(gate.observed ?? ""),
                    MarkdownText.escaped(gate.limit ?? ""), MarkdownText.escaped(gate.isQuiet ? gate.title : gate.reason, limit: 300),
                    gate.owner.map { MarkdownText.code($0) } ?? "",
                ]
            })
    }

    static func changes(_ run: RecordedRun, _ page: inout MarkdownPage) {
        guard let previous = run.previous else { return }
        page.heading(2, "Since the run before")
        let before = Dictionary(previous.gates.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let now = Set(run.verdict.gates.map(\.id))
        var items: [String] = []
        for gate in run.verdict.gates {
            let name = MarkdownText.code(gate.id)
            guard let old = before[gate.id] else {
                items.append("\(name) is new: \(gate.status.words)")
                continue
            }
            if old.status != gate.status {
                items.append("\(name): \(old.status.words), now \(gate.status.words)")
            } else if old.observed != gate.observed, let was = old.observed, let seen = gate.observed {
                items.append("\(name): \(MarkdownText.escaped(was)), now \(MarkdownText.escaped(seen))")
            }
        }
        for gate in previous.gates where !now.contains(gate.id) { items.append("\(MarkdownText.code(gate.id)) is no longer judged") }
        let since =
            previous.commit.map { " (\(MarkdownText.code(RecordedRun.short($0))), \(previous.now.rfc3339))" }
            ?? " (\(previous.now.rfc3339))"
        guard !items.isEmpty else {
            page.add("Nothing changed\(since).")
            return
        }
        page.add("The run of this profile before it\(since):")
        let more = items.count - maximumChanges
        page.list(Array(items.prefix(maximumChanges)) + (more > 0 ? ["+\(more) more"] : []))
    }

    /// Only commands whose words cannot carry anything else into a shell.
    static func reproduction(_ run: RecordedRun) -> String {
        func word(_ text: String) -> String? {
            let safe =
                !text.isEmpty && text.utf8.count <= 100 && !text.hasPrefix("-")
                && text.utf8.allSatisfy {
                    (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || (0x41...0x5A).contains($0) || $0 == UInt8(ascii: "-")
                        || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
                }
            return safe ? text : nil
        }
        var lines: [String] = []
        if let commit = (run.verdict.commit ?? run.run.commit).flatMap(word) { lines.append("git checkout \(commit)") }
        lines.append(word(run.verdict.profile).map { "pulsegate run --profile \($0)" } ?? "pulsegate run")
        return lines.joined(separator: "\n")
    }

    // MARK: Parts of the page

    private static func details(of gate: GateVerdict, _ page: inout MarkdownPage) {
        page.heading(3, "\(MarkdownText.code(gate.id)): \(MarkdownText.escaped(gate.title))")
        var line = "**\(MarkdownText.escaped(gate.verdictWords))**: \(MarkdownText.escaped(gate.reason, limit: 1000))"
        if let exception = gate.exception { line += "  \nException: \(MarkdownText.code(exception))" }
        if let owner = gate.owner { line += "  \nOwner: \(MarkdownText.code(owner))" }
        page.add(line)
        if let why = gate.why { page.add("> \(MarkdownText.escaped(why, limit: 1000))") }
        let shown = gate.findings.prefix(maximumFindings)
        page.table(
            [("metric", .left), ("of", .left), ("verdict", .left), ("seen", .right), ("limit", .left), ("reason", .left)],
            shown.map { finding in
                [
                    MarkdownText.code(finding.metric),
                    finding.subject.map { MarkdownText.code($0) } ?? MarkdownText.escaped(RecordedRun.words(finding.scope)),
                    finding.status.words, MarkdownText.escaped(finding.observed ?? ""), MarkdownText.escaped(finding.limit),
                    MarkdownText.escaped(finding.reason),
                ]
            })
        let more = gate.findings.count - shown.count + max(0, gate.moreFindings)
        if more > 0 { page.add("+\(more) more") }
    }

    private static func collectors(_ run: RecordedRun, _ page: inout MarkdownPage) {
        guard !run.collectors.isEmpty else { return }
        page.heading(2, "Evidence")
        page.table(
            [
                ("collector", .left), ("kind", .left), ("state", .left), ("time", .right), ("tests", .right), ("lines", .right),
                ("reports", .left),
            ],
            run.collectors.map { collector in
                let facts = run.facts[collector.collector] ?? Facts()
                let lines = facts.coverage.reduce(0) { $0 + $1.lines.count }
                let state = RecordedRun.words(collector.state.rawValue)
                let reports = collector.reports.prefix(4).map {
                    "\(MarkdownText.code($0.path)) \(MarkdownText.code(String($0.sha256.prefix(12))))"
                }
                let more = collector.reports.count > 4 ? ", +\(collector.reports.count - 4) more" : ""
                return [
                    MarkdownText.code(collector.collector), MarkdownText.escaped(collector.kind),
                    collector.state == .collected ? state : "**\(state)**",
                    collector.durationNanoseconds.map { RecordedRun.duration($0) } ?? "",
                    facts.tests.isEmpty ? "" : RecordedRun.grouped(facts.tests.count), lines == 0 ? "" : RecordedRun.grouped(lines),
                    reports.joined(separator: ", ") + more,
                ]
            })
        page.list(
            run.troubledCollectors.map { collector in
                "\(MarkdownText.code(collector.collector)): \(MarkdownText.escaped(collector.detail ?? "no reason given", limit: 1000))"
            })
    }

    private static func identity(_ run: RecordedRun, _ page: inout MarkdownPage) {
        page.heading(2, "This run")
        let record = run.run
        let pairs: [(String, String?)] = [
            ("run", record.runID), ("project", record.project), ("commit", run.verdict.commit ?? record.commit), ("tree", record.tree),
            ("branch", record.branch), ("base", run.verdict.base ?? record.base), ("gates.json, SHA-256", run.verdict.configurationDigest),
            ("toolchain", record.toolchain), ("machine class", record.machineClass), ("pulsegate", record.toolVersion),
            ("exit code", "\(run.verdict.exitCode.rawValue) (\(RecordedRun.words(run.verdict.exitCode.word)))"),
            ("ledger leaf", run.ledgerSequence.map { String($0) }),
        ]
        page.table(
            [("what", .left), ("value", .left)],
            pairs.compactMap { name, value in value.map { [name, MarkdownText.code($0)] } })
        guard let checkpoint = run.checkpoint else { return }
        let lines = checkpoint.split(whereSeparator: \.isNewline).prefix(8).map { PlainText.clean(String($0)).filter { $0 != "`" } }
        if !lines.isEmpty { page.add("Checkpoint of the ledger:\n\n```text\n\(lines.joined(separator: "\n"))\n```") }
    }
}
