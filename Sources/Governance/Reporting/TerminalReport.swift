import Evidence
import Gates
import TerminalDisplay

/// What a run prints for people: headline, the gates that need a person, what to do next.
///
/// ```text
/// Gates: FAIL, 2 of 14   commit 3f2a91c against main@b77e012   19.4 s
///
/// gate      verdict    seen  limit   owner
/// coverage  FAIL     83.1 %  >= 85%  @risk
///     Sources/Risk 83.1 %, asked for >= 85%: 12 of 74 lines not covered, first at
///     Sources/Risk/VaR.swift:41
/// ```
///
/// A reason is a sentence, so it has the whole width below its gate's row rather than a column of its own; a gate that passed needs
/// none. Gates that block come first.
/// Words carry the state; colour is added to words that are complete without it. No line is wider than `width` (at least
/// ``minimumWidth``). Below ``tableWidth`` columns the gates are listed one below the other. Complexity: that of ``TextTable``.
public enum TerminalReport {
    public static let minimumWidth = 40
    public static let tableWidth = 72

    public static func render(
        _ run: RecordedRun, width: Int = 100, isVerbose: Bool = false, reportPath: String? = ReportPath.gates, colour: ColourMode = .plain
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
        if let reportPath { last += paragraph("report: \(reportPath)") }
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

    private static let reasonIndent = 4

    /// A row for each gate under common titles, and below each row the reason, over as many lines as it needs.
    private static func table(_ gates: [GateVerdict], _ width: Int, _ colour: ColourMode) -> String {
        let rows = gates.map { gate in
            [gate.id, gate.verdictWords, gate.observed ?? "", gate.limit ?? "", gate.owner ?? ""].map { PlainText.clean($0) }
        }
        let names = ["gate", "verdict", "seen", "limit", "owner"]
        // Each row is a table of its own under titles as wide as the widest cell, so that all get the same columns.
        let columns = names.enumerated().map { index, name in
            let widest = rows.map { TextWidth.cells(in: $0[index]) }.max() ?? 0
            let title = name + String(repeating: " ", count: max(0, min(widest, TextTable.columnWidthLimit) - name.utf8.count))
            return TextTable.Column(title, alignment: name == "seen" ? .right : .left, overflow: name == "owner" ? .truncate : .wrap)
        }
        func line(_ cells: [TextTable.Cell]) -> Substring {
            var table = TextTable(columns: columns)
            table.addRow(cells)
            // Without the padded titles, which would end in spaces.
            return table.rendered(width: width, colour: colour).drop { $0 != "\n" }.dropFirst()
        }
        var text = String(line(names.map { .init($0, style: .emphasis) }))
        for (gate, row) in zip(gates, rows) {
            text += line(row.enumerated().map { .init($1, style: $0 == 1 ? style(gate) : .plain) })
            guard gate.status != .pass, !gate.reason.isEmpty else { continue }
            let indent = String(repeating: " ", count: reasonIndent)
            for line in wrapped(gate.reason, width - reasonIndent, colour, .plain).split(separator: "\n") { text += indent + line + "\n" }
        }
        return text
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
