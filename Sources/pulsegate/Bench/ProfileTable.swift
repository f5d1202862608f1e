import TerminalDisplay

/// Profiles as tables for a terminal or for Markdown: the dearest functions, or those that changed most.
///
/// ```swift
/// print(ProfileTable.difference(head, from: base, iterations: 8, names: names).terminal(width: 120, colour: .plain))
/// ```
struct ProfileTable: Equatable, Sendable {
    static let rowLimit = 15
    static let markdownNameLimit = 120

    /// What stands above the rows.
    var heading: String
    var titles: [String]
    /// All columns but the last are numbers.
    var rows: [[String]]
    /// What is not shown.
    var remainder: String?

    /// The dearest functions of an iteration.
    static func dearest(_ profile: CallgrindProfile, iterations: Int64, names: [String: String] = [:]) -> ProfileTable {
        let all = profile.dearest(.max)
        let rows = all.prefix(rowLimit).map { function, cost in
            [
                each(cost.exclusive, iterations), share(cost.exclusive, of: profile.total), each(cost.inclusive, iterations),
                names[function] ?? function,
            ]
        }
        let rest = all.dropFirst(rowLimit)
        return ProfileTable(
            heading: "\(each(profile.total, iterations)) instructions an iteration",
            titles: ["instructions", "share", "with callees", "function"], rows: rows,
            remainder: rest.isEmpty ? nil : "\(rest.count) functions more")
    }

    /// The functions whose own instructions changed most.
    static func difference(
        _ head: CallgrindProfile, from base: CallgrindProfile, iterations: Int64, names: [String: String] = [:]
    ) -> ProfileTable {
        let all = head.difference(from: base)
        let rows = all.prefix(rowLimit).map { change in
            [
                each(change.exclusive, iterations, isSigned: true), each(change.base.exclusive, iterations),
                each(change.head.exclusive, iterations), each(change.inclusive, iterations, isSigned: true),
                names[change.function] ?? change.function,
            ]
        }
        let rest = all.dropFirst(rowLimit)
        let left = rest.reduce(0) { $0 + $1.exclusive }
        let change = head.total - base.total
        return ProfileTable(
            heading: "\(each(base.total, iterations)) → \(each(head.total, iterations)) instructions an iteration "
                + "(\(each(change, iterations, isSigned: true)), \(share(change, of: base.total, isSigned: true)))",
            titles: ["change", "base", "head", "with callees", "function"], rows: rows,
            remainder: rest.isEmpty ? nil : "\(rest.count) functions more changed by \(each(left, iterations, isSigned: true)) together")
    }

    func terminal(width: Int, colour: ColourMode) -> String {
        var table = TextTable(
            columns: titles.indices.map { .init(titles[$0], alignment: $0 == titles.count - 1 ? .left : .right) })
        for row in rows { table.addRow(row.map { TextTable.Cell($0) }) }
        return ([sanitised(heading), table.rendered(width: width, colour: colour)] + (remainder.map { [$0] } ?? []))
            .map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n") + "\n"
    }

    var markdown: String {
        let rule = titles.indices.map { $0 == titles.count - 1 ? "---" : "---:" }
        var lines = [heading, "", row(titles), row(rule)]
        lines += rows.map { row($0.dropLast() + ["`\(Self.code($0.last ?? ""))`"]) }
        if let remainder { lines += ["", remainder] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }

    /// A symbol as code within a cell: nothing in it ends either.
    private static func code(_ text: String) -> String {
        let name = sanitised(text)
        let short = name.count > markdownNameLimit ? name.prefix(markdownNameLimit - 1) + "…" : Substring(name)
        return String(short.flatMap { $0 == "|" ? "\\|" : $0 == "`" ? "'" : String($0) })
    }

    // MARK: Numbers

    /// Instructions an iteration, rounded to the nearest whole one, in groups of three.
    static func each(_ value: Int64, _ iterations: Int64, isSigned: Bool = false) -> String {
        let divisor = UInt64(max(1, iterations))
        let magnitude = value.magnitude / divisor + (value.magnitude % divisor >= divisor - divisor / 2 ? 1 : 0)
        var digits = String(magnitude)
        var grouped = ""
        while digits.utf8.count > 3 {
            grouped = " " + digits.suffix(3) + grouped
            digits.removeLast(3)
        }
        let sign = magnitude == 0 ? "" : value < 0 ? "−" : isSigned ? "+" : ""
        return sign + digits + grouped
    }

    /// A share in per cent with two places.
    static func share(_ value: Int64, of total: Int64, isSigned: Bool = false) -> String {
        guard total > 0 else { return "–" }
        let hundredths = (Double(value) / Double(total) * 10_000).rounded()
        guard let all = Int64(exactly: hundredths) else { return "–" }
        let rest = all.magnitude % 100
        let sign = all == 0 ? "" : all < 0 ? "−" : isSigned ? "+" : ""
        return "\(sign)\(all.magnitude / 100).\(rest < 10 ? "0" : "")\(rest) %"
    }
}
