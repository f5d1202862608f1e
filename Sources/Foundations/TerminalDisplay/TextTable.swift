/// A table of text for a terminal or a log: aligned columns, no frame, never wider than it is told.
///
/// ```swift
/// var table = TextTable(columns: [.init("gate"), .init("value", alignment: .right), .init("reason", overflow: .wrap)])
/// table.addRow(["unit tests", "312", "all passed"])
/// table.addRow([.init("coverage"), .init("79%", style: .failure), .init("less than 85%")])
/// print(table.rendered(width: 80, colour: .plain))
/// ```
///
/// Cells are sanitised and measured in terminal cells (``TextWidth``). When the columns do not fit, the widest are made
/// narrower, down to ``minimumColumnWidth``; below that the table is wider than asked rather than unreadable. O(total
/// text + rows × columns).
public struct TextTable: Sendable {
    public enum Alignment: Hashable, Sendable { case left, right }

    /// What happens to a text that is wider than its column.
    public enum Overflow: Hashable, Sendable {
        /// Cut off with an ellipsis; line feeds become spaces.
        case truncate
        /// Broken at spaces, or within a word that is too long, into several lines.
        case wrap
    }

    public struct Column: Hashable, Sendable {
        public var title: String
        public var alignment: Alignment
        public var overflow: Overflow

        public init(_ title: String, alignment: Alignment = .left, overflow: Overflow = .truncate) {
            self.title = title
            self.alignment = alignment
            self.overflow = overflow
        }
    }

    public struct Cell: Hashable, Sendable, ExpressibleByStringLiteral {
        public var text: String
        public var style: Style

        public init(_ text: String, style: Style = .plain) {
            self.text = text
            self.style = style
        }

        public init(stringLiteral text: String) { self.init(text) }
    }

    public static let minimumColumnWidth = 4
    /// No column takes more, however long its texts.
    public static let columnWidthLimit = 400
    /// A wrapped cell ends with an ellipsis after this many lines.
    public static let wrappedLineLimit = 50
    private static let gap = "  "

    private let columns: [Column]
    private let titles: [String]
    private var rows: [[Cell]] = []

    public init(columns: [Column]) {
        self.columns = columns
        titles = columns.map { sanitised($0.title) }
    }

    /// Appends a row. Missing cells are empty; cells beyond the last column are left out.
    public mutating func addRow(_ cells: [Cell]) {
        rows.append(
            columns.indices.map { index in
                guard index < cells.count else { return Cell("") }
                let text = sanitised(cells[index].text, newlines: .kept)
                return Cell(columns[index].overflow == .wrap ? text : text.replacingLineFeeds(), style: cells[index].style)
            })
    }

    /// The table with its titles, each line ended by a line feed and without spaces at its end; empty without columns.
    public func rendered(width: Int, colour: ColourMode) -> String {
        guard !columns.isEmpty else { return "" }
        let widths = fittingWidths(width)
        var result = ""
        if titles.contains(where: { !$0.isEmpty }) {
            append(titles.map { Cell($0, style: .emphasis) }, widths, colour, to: &result)
        }
        for row in rows { append(row, widths, colour, to: &result) }
        return result
    }

    /// Natural widths, the widest lowered to a common level until their sum fits.
    private func fittingWidths(_ width: Int) -> [Int] {
        var widths = columns.indices.map { index in
            let texts = rows.lazy.flatMap { $0[index].text.split(separator: "\n").map { TextWidth.cells(in: String($0)) } }
            return min(Self.columnWidthLimit, max(TextWidth.cells(in: titles[index]), texts.max() ?? 0))
        }
        let (available, overflow) = width.subtractingReportingOverflow(Self.gap.utf8.count * (columns.count - 1))
        // At most columnWidthLimit steps: each lowers every column of the greatest width by one cell.
        while widths.reduce(0, +) > (overflow ? 0 : available), let widest = widths.max(), widest > Self.minimumColumnWidth {
            var excess = widths.reduce(0, +) - (overflow ? 0 : available)
            // From the right, so that of equal columns the first, mostly the name, keeps most.
            for index in widths.indices.reversed() where widths[index] == widest && excess > 0 {
                widths[index] -= 1
                excess -= 1
            }
        }
        return widths
    }

    private func append(_ cells: [Cell], _ widths: [Int], _ colour: ColourMode, to result: inout String) {
        let lines = columns.indices.map { index -> [String] in
            columns[index].overflow == .wrap
                ? cells[index].text.wrapped(to: widths[index], lineLimit: Self.wrappedLineLimit)
                : [TextWidth.truncated(cells[index].text, to: widths[index])]
        }
        for number in 0..<(lines.map(\.count).max() ?? 0) {
            // Spaces are held back until a text follows, so that no line ends with them.
            var held = 0
            for index in columns.indices {
                if index > 0 { held += Self.gap.utf8.count }
                let text = number < lines[index].count ? lines[index][number] : ""
                let padding = max(0, widths[index] - TextWidth.cells(in: text))
                if columns[index].alignment == .right { held += padding }
                if !text.isEmpty {
                    result += String(repeating: " ", count: held) + cells[index].style.applied(to: text, colour)
                    held = 0
                }
                if columns[index].alignment == .left { held += padding }
            }
            result += "\n"
        }
    }
}

extension String {
    fileprivate func replacingLineFeeds() -> String { String(map { $0 == "\n" ? " " : $0 }) }

    /// The text in lines of at most `width` cells; at least one line.
    fileprivate func wrapped(to width: Int, lineLimit: Int) -> [String] {
        var lines: [String] = []
        for paragraph in split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, TextWidth.cells(in: line) + 1 + TextWidth.cells(in: String(word)) > width {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
                while TextWidth.cells(in: line) > width, lines.count <= lineLimit {
                    let (kept, rest) = TextWidth.prefix(of: line, cells: width)
                    // A character wider than the column: shown alone rather than never.
                    lines.append(kept.isEmpty ? String(line.prefix(1)) : kept)
                    line = kept.isEmpty ? String(line.dropFirst()) : String(rest)
                }
                if lines.count > lineLimit { return lines.prefix(lineLimit - 1) + [TextWidth.ellipsis] }
            }
            lines.append(line)
            if lines.count > lineLimit { return lines.prefix(lineLimit - 1) + [TextWidth.ellipsis] }
        }
        return lines.isEmpty ? [""] : lines
    }
}
