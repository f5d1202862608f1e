import BenchmarkStatistics
import TerminalDisplay

/// The table of a comparison that measures as lines of a window: a pure function of what is known and of the window's size.
///
/// ```
///  Bench, abc1234+ against def5678                     14 of 50 decided, 1 confirming   12 s
///  ━━━━━━━━━━━━━━━━━━━╸──────────────────────────────────────────────────────────────
///  benchmark        state        launches    votes  change (95 %)                   time
///  ▸ macd.batch     confirming          6    6 : 0  +8.3 % (+7.1 % to +9.6 %)     254 µs
///    macd.stream    pass                3    0 : 3  +0.1 % (−0.4 % to +0.6 %)    1.21 µs
///    and 48 more: 12 pass, 36 waiting
/// ```
///
/// Where the window is low, those that run and those that are undecided stay, and the last line counts the others. Where it is narrow, the columns to
/// the right go.
struct MeasuringFrame {
    let state: MeasuringState
    /// Nanoseconds since the measuring began.
    let elapsed: Int64
    let columns: Int
    let rows: Int
    let colour: ColourMode

    private var width: Int { max(20, columns - 1) }

    /// At most `rows` lines, each narrower than the window.
    func lines() -> [String] {
        guard rows > 0 else { return [] }
        var lines = [title()]
        if rows >= 6 { lines.append(bar()) }
        let columns = shownColumns()
        if rows >= 4 { lines.append(heading(columns)) }
        let room = rows - lines.count
        if state.rows.count <= room {
            lines += state.rows.map { line($0, columns) }
        } else if room > 0 {
            let shown = chosen(room - 1)
            lines += state.rows.indices.filter { shown.contains($0) }.map { line(state.rows[$0], columns) }
            lines.append(rest(shown))
        }
        return lines.prefix(rows).map { $0.rendered(width: width, colour) }
    }

    /// Places of the rows that are shown where there is room for so many: what runs, what may fail, what has begun; then in the suite's order.
    private func chosen(_ room: Int) -> Set<Int> {
        func rank(_ row: MeasuringState.Row) -> Int {
            if state.active.contains(row.name) { return 0 }
            switch row.stage {
            case .broken, .decided(.fail): return 1
            case .confirming: return 2
            case .decided(.inconclusive): return 3
            case .measuring: return 4
            case .waiting: return 5
            case .decided(.pass), .measured: return 6
            }
        }
        let order = state.rows.indices.sorted { (rank(state.rows[$0]), $0) < (rank(state.rows[$1]), $1) }
        return Set(order.prefix(max(0, room)))
    }

    // MARK: Lines

    private func title() -> ViewLine {
        let seconds = elapsed / 1_000_000_000
        let clock = seconds < 60 ? "\(max(0, seconds)) s" : humanDuration(nanoseconds: seconds * 1_000_000_000)
        let words = state.sentence + "   " + clock
        var line = ViewLine(" ")
        line.add(TextWidth.truncated(sanitised(state.title), to: max(4, width - TextWidth.cells(in: words) - 3)), .emphasis)
        line.pad(to: width - TextWidth.cells(in: words))
        line.add(words)
        return line
    }

    private func bar() -> ViewLine {
        var line = ViewLine(" ")
        let room = width - 1
        let halves = state.rows.isEmpty ? 0 : 2 * room * state.over / state.rows.count
        line.add(String(repeating: "━", count: halves / 2) + (halves % 2 == 1 ? "╸" : ""), .success)
        line.add(String(repeating: "─", count: room - (halves + 1) / 2), .secondary)
        return line
    }

    private struct Column {
        var title: String
        var width: Int
        var isRight: Bool
        var cell: (MeasuringState.Row) -> (String, Style)
    }

    private func heading(_ columns: [Column]) -> ViewLine {
        line(" ", .plain, name: "benchmark", columns.map { ($0, $0.title, .secondary) }, .secondary)
    }

    private func line(_ row: MeasuringState.Row, _ columns: [Column]) -> ViewLine {
        let isActive = state.active.contains(row.name)
        return line(
            isActive ? "▸" : " ", .success, name: row.name,
            columns.map { column in
                let (text, style) = column.cell(row)
                return (column, text, style)
            }, isActive ? .emphasis : .plain)
    }

    private func line(
        _ mark: String, _ markStyle: Style, name: String, _ cells: [(column: Column, text: String, style: Style)], _ style: Style
    ) -> ViewLine {
        var line = ViewLine(" \(mark) ", markStyle)
        let room = nameWidth(cells.map(\.column))
        line.add(TextWidth.truncated(sanitised(name), to: room), style)
        var end = 3 + room
        for (column, text, style) in cells {
            let text = TextWidth.truncated(text, to: column.width)
            end += 2 + column.width
            line.pad(to: column.isRight ? end - TextWidth.cells(in: text) : end - column.width)
            line.add(text, style)
        }
        return line
    }

    private func rest(_ shown: Set<Int>) -> ViewLine {
        let others = state.rows.indices.filter { !shown.contains($0) }.map { Self.word(state.rows[$0].stage).0 }
        var counts: [(word: String, count: Int)] = []
        for word in others {
            if let place = counts.firstIndex(where: { $0.word == word }) { counts[place].count += 1 } else { counts.append((word, 1)) }
        }
        return ViewLine(
            "   and \(others.count) more: " + counts.map { "\($0.count) \($0.word)" }.joined(separator: ", "), .secondary)
    }

    // MARK: Columns

    private static let leastNameWidth = 16

    private func nameWidth(_ columns: [Column]) -> Int {
        let longest = state.rows.reduce(9) { max($0, TextWidth.cells(in: sanitised($1.name))) }
        return max(4, min(longest, width - 3 - columns.reduce(0) { $0 + 2 + $1.width }))
    }

    /// Those for which there is room, beside a name that can be read.
    private func shownColumns() -> [Column] {
        var columns: [Column] = [
            Column(title: "state", width: 12, isRight: false) { Self.word($0.stage) },
            Column(title: "launches", width: 8, isRight: true) { row in
                (row.planned > 0 ? "\(row.launches) of \(row.planned)" : "\(row.launches)", .plain)
            },
        ]
        if state.hasBase {
            columns.append(
                Column(title: "votes", width: 7, isRight: true) { row in
                    (row.planned > 0 || row.launches == 0 ? "" : "\(row.slower) : \(row.notSlower)", .plain)
                })
            columns.append(
                Column(title: "change (95 %)", width: 28, isRight: false) { row in
                    (row.interval.map { Self.change($0) } ?? "", .plain)
                })
        }
        columns.append(
            Column(title: "time", width: 9, isRight: true) { row in
                (row.time.map { FigureText.time(nanoseconds: $0.nanoseconds) } ?? "", .plain)
            })
        while columns.count > 1, width - 3 - columns.reduce(0, { $0 + 2 + $1.width }) < Self.leastNameWidth { columns.removeLast() }
        return columns
    }

    private static func change(_ interval: RatioInterval) -> String {
        interval.upper.isFinite ? PerformanceSummary.change(interval) : FigureText.change(interval.estimate)
    }

    /// Votes on a slow-down, for people: found, not found, open.
    static func word(_ stage: MeasuringState.Stage) -> (String, Style) {
        switch stage {
        case .waiting: ("waiting", .secondary)
        case .measuring: ("measuring", .plain)
        case .confirming: ("confirming", .warning)
        case .decided(.pass): ("pass", .success)
        case .decided(.fail): ("slower", .failure)
        case .decided(.inconclusive): ("inconclusive", .warning)
        case .measured: ("measured", .success)
        case .broken: ("broken", .failure)
        }
    }
}
