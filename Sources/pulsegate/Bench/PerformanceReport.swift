import BenchmarkStatistics
import Reporting

/// `reports/performance.md`: what became slower or faster, what could not be decided, which budgets broke, and every figure, with plots
/// beside it.
///
/// ```swift
/// let report = PerformanceReport(verdict: verdict, histories: histories, launches: launches)
/// for plot in report.plots() { try write(plot.svg, to: "reports/" + plot.path) }
/// try write(report.markdown(), to: "reports/performance.md")
/// ```
///
/// Pure: the same verdict is the same bytes; no clock is read. Names and texts of the suite are shown as text.
struct PerformanceReport {
    var verdict: SuiteVerdict
    /// Of benchmarks that have one; a plot each.
    var histories: [PerformanceHistory] = []
    /// Raw launches, in any order; changed and undecided benchmarks that have some get a plot of both distributions.
    var launches: [LaunchRecord] = []

    /// Rows of a table, plots of a kind.
    static let maximumRows = 1000
    static let maximumPlots = 40

    // MARK: Page

    func markdown() -> String {
        let summary = PerformanceSummary(verdict)
        var text = "# Performance\n\n**\(summary.standing.rawValue)**: \(summary.sentence)\n\n"
        let compared = verdict.base.map { " against \(MarkdownText.code($0))" } ?? ", with nothing to compare with"
        text += "\(MarkdownText.code(verdict.suite)) at \(MarkdownText.code(verdict.head))\(compared); "
        text += "measured for \(FigureText.time(nanoseconds: verdict.seconds * 1e9)).\n"
        text += list("Problems of the whole", verdict.problems.map { MarkdownText.escaped($0) })
        text += list(
            "Missing or broken",
            verdict.missing.map { "\(MarkdownText.code($0)) is in base and not in head" }
                + verdict.benchmarks.filter { $0.outcome == .broken || $0.outcome == .missing }.map {
                    "\(MarkdownText.code($0.name)): \(MarkdownText.escaped($0.problem ?? "is in base and not in head"))"
                })
        text += changes()
        text += inconclusive()
        text += budgets()
        text += everything()
        text += growth()
        text += history()
        text += knowledge()
        text += machine()
        return text
    }

    private var changed: [BenchmarkVerdict] {
        func size(_ benchmark: BenchmarkVerdict) -> Double {
            guard let interval = benchmark.time?.interval, interval.estimate > 0 else { return 0 }
            return max(interval.estimate, 1 / interval.estimate)
        }
        return verdict.benchmarks.filter(PerformanceSummary.isChanged).sorted { a, b in
            let (failed, other) = (a.outcome == .fail, b.outcome == .fail)
            if failed != other { return failed }
            return size(a) != size(b) ? size(a) > size(b) : a.name < b.name
        }
    }

    private var undecided: [BenchmarkVerdict] { verdict.benchmarks.filter { $0.outcome == .inconclusive } }

    private func changes() -> String {
        guard verdict.base != nil else { return "" }
        let changed = changed
        guard !changed.isEmpty else { return "\n## Changes\n\nNone that is known.\n" }
        let rows = changed.map { benchmark -> [String] in
            let outcome = benchmark.outcome == .fail ? "**fail**" : benchmark.outcome.rawValue
            let direction = PerformanceSummary.direction(benchmark)
            return [
                MarkdownText.code(benchmark.name), direction == .unclear ? outcome : "\(outcome), \(direction.rawValue)",
                benchmark.head.map { FigureText.time(nanoseconds: $0.nanoseconds) } ?? "-",
                PerformanceSummary.change(benchmark.time?.interval), "at most \(FigureText.change(1 + benchmark.budget.slowdown))",
                PerformanceSummary.votes(benchmark.time), MarkdownText.escaped(PerformanceSummary.hint(benchmark)),
                PerformanceSummary.errors(benchmark.knowledge),
            ]
        }
        let table = Self.table(
            [
                "benchmark", "verdict", "time", "change (95 % interval)", "budget", "slower : not, of launches", "hint",
                "this verdict's errors",
            ], right: [2, 3, 4, 5], rows)
        return "\n## Changes\n\n" + table + distributions(of: changed)
    }

    private func inconclusive() -> String {
        let undecided = undecided
        guard !undecided.isEmpty else { return "" }
        let rows = undecided.map { benchmark in
            [
                MarkdownText.code(benchmark.name), benchmark.head.map { FigureText.time(nanoseconds: $0.nanoseconds) } ?? "-",
                PerformanceSummary.change(benchmark.time?.interval), PerformanceSummary.resolution(benchmark.time),
                PerformanceSummary.votes(benchmark.time), MarkdownText.escaped(PerformanceSummary.doubt(benchmark)),
                MarkdownText.escaped(PerformanceSummary.hint(benchmark)), PerformanceSummary.errors(benchmark.knowledge),
            ]
        }
        let table = Self.table(
            [
                "benchmark", "time", "change (95 % interval)", "would have shown", "slower : not, of launches", "why", "hint",
                "this verdict's errors",
            ], right: [1, 2, 3, 4], rows)
        let plotted = undecided.filter { !PerformanceSummary.isChanged($0) }
        return "\n## Inconclusive\n\nNot a pass and not a failure: the figures do not say.\n\n" + table + distributions(of: plotted)
    }

    private func budgets() -> String {
        var rows: [[String]] = []
        for benchmark in verdict.benchmarks {
            for limit in benchmark.limits where limit.outcome == .fail || limit.outcome == .expired {
                let isForgiven = limit.kind == .slowdown && limit.outcome == .fail && benchmark.knowledge.hasLostItsRight
                let word = limit.outcome == .expired ? "**expired**" : isForgiven ? "broken, does not block" : "**broken**"
                rows.append([MarkdownText.code(benchmark.name), limit.kind.rawValue, word, MarkdownText.escaped(limit.text)])
            }
        }
        var text =
            rows.isEmpty ? "" : "\n## Budgets broken\n\n" + Self.table(["benchmark", "limit", "", "what was found"], right: [], rows)
        let loosened = verdict.benchmarks.filter(\.budget.isLoosened).map { benchmark -> [String] in
            let budget = benchmark.budget
            var words = ["at most \(FigureText.change(1 + budget.slowdown))"]
            if budget.allocationGrowth > 0 { words.append("+\(budget.allocationGrowth) allocations") }
            return [
                MarkdownText.code(benchmark.name), words.joined(separator: ", "),
                budget.reason.map { MarkdownText.escaped($0) } ?? "no reason given",
                budget.expires.map { MarkdownText.escaped($0) } ?? "no end",
            ]
        }
        if !loosened.isEmpty {
            text += "\n## Budgets loosened\n\n" + Self.table(["benchmark", "may change by", "reason", "until"], right: [], loosened)
        }
        return text
    }

    private func everything() -> String {
        guard !verdict.benchmarks.isEmpty else { return "" }
        let all = verdict.benchmarks
        let hasBase = verdict.base != nil
        let hasRate = all.contains { $0.rate != nil }
        let hasReference = all.contains { $0.reference != nil }
        let hasCold = all.contains(where: \.isCold)
        var columns = ["benchmark", "verdict"] + (hasCold ? ["kind"] : []) + ["time", "lowest to highest launch"]
        if hasBase { columns.append("change") }
        if hasRate { columns.append("rate") }
        columns += ["allocations", "peak memory"]
        if hasReference { columns.append("of its reference") }
        let rows = all.map { benchmark -> [String] in
            let outcome = benchmark.outcome
            var row = [MarkdownText.code(benchmark.name), outcome >= .fail ? "**\(outcome.rawValue)**" : outcome.rawValue]
            if hasCold { row.append(benchmark.isCold ? "cold" : "hot") }
            if let head = benchmark.head {
                row.append(FigureText.time(nanoseconds: head.nanoseconds))
                row.append(
                    head.launches > 1
                        ? "\(FigureText.time(nanoseconds: head.lowest)) to \(FigureText.time(nanoseconds: head.highest))" : "one launch")
            } else {
                row += ["-", ""]
            }
            if hasBase { row.append(benchmark.time?.interval.map { FigureText.change($0.estimate) } ?? "-") }
            if hasRate { row.append(MarkdownText.escaped(PerformanceSummary.rate(benchmark.rate))) }
            row.append(PerformanceSummary.count("allocations", of: benchmark))
            row.append(benchmark.peakBytes.map { FigureText.bytes(Double($0)) } ?? "")
            if hasReference {
                row.append(benchmark.reference.map { "\(FigureText.count($0.ratio)) × \(MarkdownText.code($0.name))" } ?? "")
            }
            return row
        }
        return "\n## All benchmarks\n\n" + Self.table(columns, right: Set(2..<columns.count), rows)
    }

    private func growth() -> String {
        let fits = PerformanceSummary.growth(verdict.benchmarks)
        guard !fits.isEmpty else { return "" }
        let rows = fits.map { [MarkdownText.code($0.series), "\($0.fit.sizes)", $0.fit.text] }
        return "\n## Growth with size\n\n" + Self.table(["series", "sizes", "growth between them"], right: [1], rows)
    }

    private func history() -> String {
        let shown = histories.filter { !$0.points.isEmpty }.prefix(Self.maximumPlots)
        guard !shown.isEmpty else { return "" }
        var text = "\n## History\n\n"
        let steps = shown.flatMap { history in
            history.steps().map { step in
                "- \(MarkdownText.code(history.benchmark)): \(FigureText.change(step.ratio)) at "
                    + "\(MarkdownText.code(history.points[step.index].commit)) "
                    + "(\(FigureText.time(nanoseconds: step.before)) → \(FigureText.time(nanoseconds: step.after)))\n"
            }
        }
        text += steps.isEmpty ? "No steps.\n" : "Steps, shown and held against nobody:\n\n" + steps.prefix(Self.maximumRows).joined()
        text += "\n" + shown.map { "![History of \(MarkdownText.escaped($0.benchmark))](\(Self.path($0.benchmark, "history")))\n" }.joined()
        return text
    }

    private func knowledge() -> String {
        let tested = verdict.benchmarks.filter { $0.knowledge.falseAlarms != nil || $0.knowledge.detections != nil }
        let never = verdict.benchmarks.count - tested.count
        guard !verdict.benchmarks.isEmpty else { return "" }
        var text = "\n## How often these verdicts are wrong\n\n"
        if tested.isEmpty {
            return text
                + "Never tested here: no self-test of this suite on this machine is on record. `pulsegate bench self-test` makes one.\n"
        }
        let rows = tested.map { [MarkdownText.code($0.name), PerformanceSummary.errors($0.knowledge)] }
        text += Self.table(["benchmark", "in self-tests on this machine (95 % bounds)"], right: [], rows)
        if never > 0 { text += "\n\(never == 1 ? "One benchmark was" : "\(never) benchmarks were") never tested here.\n" }
        return text
    }

    private func machine() -> String {
        var text = "\n## Where it was measured\n\n"
        text += "- machine: \(MarkdownText.escaped(verdict.machine))\n- toolchain: \(MarkdownText.escaped(verdict.toolchain))\n"
        text += "- load: \(Self.load(verdict.load.before)) at the beginning, \(Self.load(verdict.load.after)) at the end\n"
        text += "- batches that another process disturbed: \(FigureText.percent(verdict.disturbed))\n"
        text +=
            "- time that the hypervisor gave to others meanwhile: \(FigureText.time(nanoseconds: Double(verdict.stolenMilliseconds) * 1e6))\n"
        text += "- launches that were moved to another CPU: \(verdict.migrated)\n"
        for (metric, name) in [("code_bytes", "code"), ("data_bytes", "data")] {
            guard let size = verdict.benchmarks.lazy.compactMap({ $0.counts.first { $0.metric == metric && !$0.head.isEmpty } }).first,
                let head = size.head.first
            else { continue }
            text += "- \(name) of the suite: \(FigureText.bytes(Double(head)))"
            if let change = size.change, change != 0 {
                text += ", \(change > 0 ? "+" : "−")\(FigureText.bytes(Double(change.magnitude))) against base"
            }
            text += "\n"
        }
        if verdict.hasOtherHarness { text += "- \(PerformanceSummary.otherHarness)\n" }
        switch verdict.placement {
        case .matched(let matched, let functions):
            text += "- functions at the same address in both builds: \(matched) of \(functions)\n"
        case .asBuilt:
            text +=
                "- the builds could not be linked with what is unchanged at the same addresses: a change may come from where code lies\n"
        case nil: break
        }
        return text
    }

    private static func load(_ value: Double) -> String { FigureText.count((value * 100).rounded() / 100) }

    private func list(_ title: String, _ lines: [String]) -> String {
        guard !lines.isEmpty else { return "" }
        let more = lines.count > Self.maximumRows ? "- and \(lines.count - Self.maximumRows) more\n" : ""
        return "\n## \(title)\n\n" + lines.prefix(Self.maximumRows).map { "- \($0)\n" }.joined() + more
    }

    /// Cells hold Markdown that is already escaped.
    private static func table(_ titles: [String], right: Set<Int>, _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
        var text = line(titles) + line(titles.indices.map { right.contains($0) ? "---:" : "---" })
        for row in rows.prefix(maximumRows) { text += line(row) }
        if rows.count > maximumRows { text += "\nAnd \(rows.count - maximumRows) more.\n" }
        return text
    }

    // MARK: Plots

    /// Pictures with their paths relative to the page; each is linked from it.
    func plots() -> [(path: String, svg: String)] {
        let shown = Array(changed) + undecided.filter { !PerformanceSummary.isChanged($0) }
        let distributions = plotted(shown).map { (Self.path($0.benchmark, "distribution"), $0.svg()) }
        let past = histories.filter { !$0.points.isEmpty }.prefix(Self.maximumPlots).map { (Self.path($0.benchmark, "history"), $0.svg()) }
        return distributions + past
    }

    private func plotted(_ benchmarks: [BenchmarkVerdict]) -> [PerformanceDistribution] {
        let wanted = Set(benchmarks.map(\.name))
        var found: [String: [LaunchRecord]] = [:]
        for launch in launches where wanted.contains(launch.benchmark) { found[launch.benchmark, default: []].append(launch) }
        return benchmarks.compactMap { found[$0.name].map { PerformanceDistribution(benchmark: $0[0].benchmark, launches: $0) } }
            .prefix(Self.maximumPlots).map { $0 }
    }

    private func distributions(of benchmarks: [BenchmarkVerdict]) -> String {
        // As many as are drawn of both tables together.
        let all = Set(plotted(Array(changed) + undecided.filter { !PerformanceSummary.isChanged($0) }).map(\.benchmark))
        let pictures = benchmarks.filter { all.contains($0.name) }.map {
            "![Times of \(MarkdownText.escaped($0.name)), base and head](\(Self.path($0.name, "distribution")))\n"
        }
        return pictures.isEmpty ? "" : "\n" + pictures.joined()
    }

    /// A path of small ASCII letters, digits, ".", "_" and "-" for a name of any characters: what is replaced, cut off or differs in case
    /// alone has a number of the whole name behind it, so that two names are two files on every file system.
    static func path(_ benchmark: String, _ kind: String) -> String {
        let allowed = benchmark.utf8.prefix(80).map { byte -> UInt8 in
            switch byte {
            case 0x30...0x39, 0x61...0x7A, 0x5F, 0x2D, 0x2E: byte
            case 0x41...0x5A: byte | 0x20
            default: 0x2D
            }
        }
        var name = String(decoding: allowed, as: UTF8.self)
        if name != benchmark || name.hasPrefix(".") || name.hasPrefix("-") {
            // FNV-1a.
            let number = benchmark.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
            name = "b\(name)-\(String(number, radix: 16))"
        }
        return "performance/\(name)-\(kind).svg"
    }
}
