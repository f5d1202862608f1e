import Evidence
import Gates
import TerminalDisplay

/// What a run prints for people: headline, the gates that need a person, what to do next.
///
/// ```text
/// Gates: FAIL, 2 of 14   commit 3f2a91c against main@b77e012   19.4 s
///
/// gate      verdict    seen  limit   why                                owner
/// coverage  FAIL     83.1 %  >= 85%  Sources/Risk: 12 of 74 lines not   @risk
///                                    covered, first at …
/// ```
///
/// Words carry the state; colour is added to words that are complete without it. No line is wider than `width` (at least
/// ``minimumWidth``). Below ``tableWidth`` columns the gates are listed one below the other. Complexity: that of ``TextTable``.
public enum TerminalReport {
    public static let minimumWidth = 40
    public static let tableWidth = 72

    public static func render(
        _ run: RecordedRun, width: Int = 100, isVerbose: Bool = false, reportPath: String = ReportPath.gates, colour: ColourMode = .plain
    ) -> String {
        let width = max(minimumWidth, min(width, 1000))
        func paragraph(_ text: String, _ style: Style = .plain) -> String { wrapped(text, width, colour, style) }

        // Blocks with a blank line between them.
        var blocks = [headline(run, width, colour)]
        let shown = run.gatesByUrgency.filter { isVerbose || !$0.isQuiet }
        if !shown.isEmpty { blocks.append(width >= tableWidth ? table(shown, width, colour) : list(shown, width, colour)) }
        if shown.count < run.verdict.gates.count {
            let passed = run.verdict.count(.pass)
            let notApplicable = run.verdict.count(.notApplicable)
            let parts = [
                passed > 0 ? "\(RecordedRun.counted(passed, "gate")) passed" : nil,
                notApplicable > 0 ? "\(notApplicable) not applicable" : nil,
            ]
            blocks.append(paragraph(parts.compactMap { $0 }.joined(separator: ", "), .secondary))
        }
        let troubled = run.troubledCollectors.map { collector in
            let state = RecordedRun.words(collector.state.rawValue)
            return paragraph("collector \(collector.collector): \(state): \(collector.detail ?? "no reason given")", .warning)
        }
        if !troubled.isEmpty { blocks.append(troubled.joined()) }
        var last = ""
        if let first = run.gatesByUrgency.first, !first.isQuiet { last += paragraph("next: pulsegate explain \(first.id)") }
        last += paragraph("report: \(reportPath)")
        if let checkpoint = run.checkpointLine { last += paragraph(checkpoint, .secondary) }
        return (blocks + [last]).joined(separator: "\n")
    }

    private static func headline(_ run: RecordedRun, _ width: Int, _ colour: ColourMode) -> String {
        let parts = ["Gates: \(run.headline)", run.commitText, run.durationText].filter { !$0.isEmpty }.map { PlainText.clean($0) }
        let style: Style = run.verdict.exitCode == .pass ? .success : .failure
        let line = parts.joined(separator: "   ")
        if TextWidth.cells(in: line) <= width { return style.applied(to: sanitised(line), colour) + "\n" }
        return parts.map { wrapped($0, width, colour, style) }.joined()
    }

    private static func style(_ gate: GateVerdict) -> Style {
        if gate.blocks { return .failure }
        return gate.status == .pass ? .success : (gate.status == .notApplicable ? .secondary : .warning)
    }

    // MARK: Wide

    private static func table(_ gates: [GateVerdict], _ width: Int, _ colour: ColourMode) -> String {
        var table = TextTable(columns: [
            .init("gate", overflow: .wrap), .init("verdict", overflow: .wrap), .init("seen", alignment: .right, overflow: .wrap),
            .init("limit", overflow: .wrap), .init("why", overflow: .wrap), .init("owner"),
        ])
        for gate in gates {
            table.addRow([
                .init(PlainText.clean(gate.id)), .init(gate.verdictWords, style: style(gate)), .init(PlainText.clean(gate.observed ?? "")),
                .init(PlainText.clean(gate.limit ?? "")), .init(PlainText.clean(gate.reason)), .init(PlainText.clean(gate.owner ?? "")),
            ])
        }
        return table.rendered(width: width, colour: colour)
    }

    // MARK: Narrow

    private static func list(_ gates: [GateVerdict], _ width: Int, _ colour: ColourMode) -> String {
        gates.map { gate in
            let owner = gate.owner.map { " (owner: \($0))" } ?? ""
            return wrapped("\(gate.id): \(gate.verdictWords)", width, colour, style(gate))
                + wrapped(gate.reason + owner, width, colour, .plain)
        }.joined(separator: "\n")
    }

    /// Text over as many lines as it needs: a table of one column without a title.
    private static func wrapped(_ text: String, _ width: Int, _ colour: ColourMode, _ style: Style) -> String {
        var table = TextTable(columns: [.init("", overflow: .wrap)])
        table.addRow([.init(PlainText.clean(text), style: style)])
        return table.rendered(width: width, colour: colour)
    }
}
