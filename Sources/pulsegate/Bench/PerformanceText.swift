import BenchmarkStatistics
import TerminalDisplay

/// What `pulsegate bench run` and `compare` end with on a terminal: the sentence, then a line a benchmark, the worst first.
///
/// ```swift
/// print(PerformanceText(verdict: verdict).rendered(width: 100, colour: ColourMode(environment: environment, isTerminal: true)))
/// ```
///
/// Words say what colours show. Pure; names are sanitised by the table.
struct PerformanceText {
    var verdict: SuiteVerdict

    /// Lines of benchmarks; of more, the passing ones are counted.
    static let maximumRows = 200

    func rendered(width: Int, colour: ColourMode) -> String {
        let summary = PerformanceSummary(verdict)
        var text = ""
        for problem in verdict.problems { text += Style.failure.applied(to: "problem: " + sanitised(problem), colour) + "\n" }
        let rows = verdict.benchmarks.sorted { a, b in
            a.outcome != b.outcome ? Self.rank(a.outcome) > Self.rank(b.outcome) : a.name < b.name
        }
        if !rows.isEmpty || !verdict.missing.isEmpty { text += table(rows, width: width, colour: colour) }
        if rows.count > Self.maximumRows { text += "and \(rows.count - Self.maximumRows) more\n" }
        for benchmark in rows.prefix(Self.maximumRows) {
            for line in Self.details(benchmark) { text += sanitised("\(benchmark.name): \(line)") + "\n" }
        }
        if verdict.hasOtherHarness { text += "note: " + PerformanceSummary.otherHarness + "\n" }
        if verdict.placement == .asBuilt, verdict.benchmarks.contains(where: { $0.time?.outcome == .fail }) {
            text +=
                "note: the builds could not be linked with what is unchanged at the same addresses; a change may come from where code lies\n"
        }
        let style = Self.style(summary.standing)
        text += style.applied(to: summary.standing.rawValue, colour) + ": \(summary.sentence)\n"
        return text
    }

    private func table(_ rows: [BenchmarkVerdict], width: Int, colour: ColourMode) -> String {
        let hasBase = verdict.base != nil
        let hasRate = verdict.benchmarks.contains { $0.rate != nil }
        let hasCold = verdict.benchmarks.contains(where: \.isCold)
        var columns: [TextTable.Column] = [.init("benchmark"), .init("verdict")]
        if hasCold { columns.append(.init("kind")) }
        columns.append(.init("time", alignment: .right))
        if hasBase { columns += [.init("change", alignment: .right), .init("votes", alignment: .right)] }
        if hasRate { columns.append(.init("rate", alignment: .right)) }
        columns.append(.init("allocations", alignment: .right))
        if hasBase { columns.append(.init("hint")) }
        var table = TextTable(columns: columns)
        for name in verdict.missing { table.addRow([.init(name), .init("missing", style: .failure)]) }
        for benchmark in rows.prefix(Self.maximumRows) {
            var cells: [TextTable.Cell] = [
                .init(benchmark.name), .init(benchmark.outcome.rawValue, style: Self.style(benchmark.outcome)),
            ]
            if hasCold { cells.append(.init(benchmark.isCold ? "cold" : "hot")) }
            cells.append(.init(benchmark.head.map { FigureText.time(nanoseconds: $0.nanoseconds) } ?? "-"))
            if hasBase {
                cells.append(.init(PerformanceSummary.change(benchmark.time?.interval)))
                cells.append(.init(PerformanceSummary.votes(benchmark.time)))
            }
            if hasRate { cells.append(.init(PerformanceSummary.rate(benchmark.rate))) }
            cells.append(.init(PerformanceSummary.count("allocations", of: benchmark)))
            if hasBase { cells.append(.init(PerformanceSummary.hint(benchmark), style: .secondary)) }
            table.addRow(cells)
        }
        return table.rendered(width: width, colour: colour)
    }

    /// What a reader must know of a benchmark that is not simply within budget.
    private static func details(_ benchmark: BenchmarkVerdict) -> [String] {
        if let problem = benchmark.problem { return [problem] }
        var lines = benchmark.limits.filter { $0.outcome == .fail || $0.outcome == .expired }.map {
            "\($0.kind.rawValue) \($0.outcome == .expired ? "expired" : "broken"): \($0.text)"
        }
        if benchmark.outcome == .inconclusive {
            lines.append(
                "\(PerformanceSummary.doubt(benchmark)); would have shown: \(PerformanceSummary.resolution(benchmark.time)) "
                    + "(\(PerformanceSummary.errors(benchmark.knowledge)))")
        } else if benchmark.outcome == .fail {
            lines.append("this verdict's errors: \(PerformanceSummary.errors(benchmark.knowledge))")
        }
        return lines
    }

    private static func rank(_ outcome: BenchmarkVerdict.Outcome) -> Int {
        switch outcome {
        case .broken: 5
        case .missing: 4
        case .fail: 3
        case .inconclusive: 2
        case .new: 1
        case .pass: 0
        }
    }

    private static func style(_ outcome: BenchmarkVerdict.Outcome) -> Style {
        switch outcome {
        case .pass: .success
        case .new: .plain
        case .inconclusive: .warning
        case .fail, .missing, .broken: .failure
        }
    }

    private static func style(_ standing: PerformanceSummary.Standing) -> Style {
        switch standing {
        case .pass: .success
        case .inconclusive: .warning
        case .fail: .failure
        }
    }
}
