import TerminalDisplay

/// What is left of a campaign's view when it is over: a few lines that are worth keeping in a terminal's history.
enum ViewSummary {
    /// Compares that are named for each target.
    private static let stuckShown = 3

    /// A value that is longer is in its file.
    private static let longestLine = 400

    static func text(_ state: ViewState, colour: ColourMode, namesFindings: Bool = true, locate: (UInt64) -> String?) -> String {
        var lines: [ViewLine] = []
        for target in state.targets {
            guard let sample = target.sample else {
                lines.append(ViewLine("\(target.name): was not run"))
                continue
            }
            let short = PlainCampaignDisplay.short
            let time = target.time(at: state.now)
            let work = target.ownWork
            var line = ViewLine(target.name, .emphasis)
            line.add(": \(short(sample.executions)) executions")
            if time > 0 { line.add(" in \(humanDuration(nanoseconds: time))") }
            if work.cpu > 0 { line.add(" (\(short(ViewFrame.count(Double(work.executions) / (Double(work.cpu) / 1e9)))) per CPU second)") }
            line.add(", \(sample.edges) edges, \(sample.corpus) inputs, ")
            let count = target.findings.count
            line.add(count == 0 ? "no bug" : "\(count) bug\(count == 1 ? "" : "s")", count == 0 ? .success : .failure)
            lines.append(line)
            for finding in namesFindings ? target.findings : [] {
                var line = ViewLine("  ✗ \(finding.kind)  ", .failure)
                line.add(finding.title ?? "at \(finding.bucket)")
                if finding.isFlaky { line.add(" (flaky)", .warning) }
                lines.append(line)
                if let location = finding.location { lines.append(ViewLine("      \(location)", .secondary)) }
                if let value = finding.value { lines.append(ViewLine("      \(value)", .emphasis)) }
            }
            for compare in target.stuck.prefix(Self.stuckShown) {
                let place = compare.site.flatMap(locate) ?? compare.location
                lines.append(ViewLine("  not met: \(place)  \(compare.left) \(compare.form) \(compare.right)", .secondary))
            }
            if let estimate = target.discovery {
                lines.append(ViewLine("  next find: at most 1 in \(short(ViewFrame.count(estimate.oneIn))) executions", .secondary))
            }
        }
        // Longer lines are the terminal's to wrap: here nothing is redrawn, and what is cut off is lost.
        return lines.map { $0.rendered(width: longestLine, colour) + "\n" }.joined()
    }
}
