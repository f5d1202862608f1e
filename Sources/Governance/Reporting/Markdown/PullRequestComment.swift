import Gates

/// The comment on a pull request: short, one a profile, found again by its first line and edited in place.
///
/// GitHub takes at most 65,536 characters; as bytes are never fewer than characters, the limit holds for bytes here.
public enum PullRequestComment {
    public static let maximumBytes = 65_536

    /// The HTML comment by which a later run finds the comment that it replaces.
    public static func marker(profile: String) -> String {
        let name = profile.utf8.prefix(64).filter { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
        return "<!-- pulsegate:\(String(decoding: name, as: UTF8.self)) -->"
    }

    public static func render(_ run: RecordedRun) -> String {
        var page = MarkdownPage()
        page.add(marker(profile: run.verdict.profile))
        GatesMarkdown.header(run, &page)
        let gates = run.gatesByUrgency
        GatesMarkdown.gateTable(gates.filter { !$0.isQuiet }, &page)
        page.list(
            run.troubledCollectors.prefix(20).map { collector in
                let detail = MarkdownText.escaped(collector.detail ?? "no reason given")
                return "collector \(MarkdownText.code(collector.collector)) \(RecordedRun.words(collector.state.rawValue)): \(detail)"
            })
        let quiet = gates.filter(\.isQuiet)
        if !quiet.isEmpty {
            var content = MarkdownPage()
            GatesMarkdown.gateTable(quiet, &content)
            page.details("\(RecordedRun.counted(quiet.count, "gate")) passed or not applicable", content)
        }
        GatesMarkdown.changes(run, &page)
        page.add("```sh\n\(GatesMarkdown.reproduction(run))\n```")
        if let checkpoint = run.checkpointLine { page.add(MarkdownText.escaped(checkpoint)) }
        return MarkdownCut.cut(page.text, toBytes: maximumBytes)
    }
}
