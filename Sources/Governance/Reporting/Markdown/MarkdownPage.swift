/// A Markdown page in the making: blocks with one blank line between them, and tables whose rows all have as many cells as the header.
struct MarkdownPage {
    private var blocks: [String] = []

    enum Alignment {
        case left
        case right
    }

    /// Lines that belong together; empty text adds nothing.
    mutating func add(_ block: String) {
        if !block.isEmpty { blocks.append(block) }
    }

    mutating func heading(_ level: Int, _ text: String) { add(String(repeating: "#", count: level) + " " + text) }

    mutating func list(_ items: [String]) { add(items.map { "- \($0)" }.joined(separator: "\n")) }

    /// Cells hold Markdown that is already escaped; an empty cell shows as nothing.
    mutating func table(_ columns: [(title: String, alignment: Alignment)], _ rows: [[String]]) {
        guard !rows.isEmpty else { return }
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        var lines = [line(columns.map(\.title)), line(columns.map { $0.alignment == .right ? "---:" : "---" })]
        for row in rows {
            precondition(row.count == columns.count, "a row has one cell a column")
            lines.append(line(row))
        }
        add(lines.joined(separator: "\n"))
    }

    /// A part that is closed until somebody opens it. `summary` is HTML.
    mutating func details(_ summary: String, _ content: MarkdownPage) {
        add("<details>\n<summary>\(summary)</summary>")
        blocks += content.blocks
        add("</details>")
    }

    var text: String { blocks.joined(separator: "\n\n") + "\n" }
}
