import BenchmarkStatistics
import Gates
import StrictDocuments
import TerminalDisplay

/// A run held against one that was kept under a name: shown, and never a reason to fail.
///
/// ```swift
/// let difference = BaselineComparison(saved: saved, base: store.launches(of: saved.comparison), head: result.records, …)
/// console.print(difference.text(width: 100, colour: .plain))
/// ```
///
/// The two were measured at different times, which is what ``UnpairedComparison`` makes its intervals wide for. Pure.
struct BaselineComparison {
    struct Row: Equatable {
        var name: String
        /// Nil where one of the two has no launch that can be used, or measured by another clock, or hot what was cold.
        var comparison: UnpairedComparison?
        var saved: TimeEstimate?
        var head: TimeEstimate?
        var savedAllocations: Int64?
        var headAllocations: Int64?
        /// Its body threw or its process ended, now.
        var isBroken = false

        var word: String {
            isBroken ? "broken" : comparison?.verdict.rawValue ?? (head == nil ? "missing" : saved == nil ? "new" : "changed")
        }
    }

    let saved: BenchStore.Baseline
    let rows: [Row]

    /// - Parameters:
    ///   - base, head: launches of the saved run and of this one; other benchmarks of the saved run are passed over where not `isWhole`.
    ///   - earlier: runs on this machine, by benchmark and oldest first.
    ///   - isWhole: whether this run was of the whole suite, so that what it does not have is missing.
    init(
        saved: BenchStore.Baseline, base: [LaunchRecord], baseAllocations: [String: Int64], earlier: [String: [[LaunchRecord]]],
        head: [LaunchRecord],
        verdict: SuiteVerdict, isWhole: Bool
    ) {
        self.saved = saved
        let old = Dictionary(grouping: base, by: \.benchmark)
        let new = Dictionary(grouping: head, by: \.benchmark)
        func sides(_ records: [LaunchRecord]?) -> [(times: [Int64], iterations: Int64)] {
            (records ?? []).filter { $0.layout == 0 }.map { ($0.head.times, $0.iterations) }
        }
        /// What a time is of: another clock is another figure, and so is a first iteration.
        func kind(_ records: [LaunchRecord]?) -> String? {
            records?.first.map { $0.clock + ($0.head.times.count == 1 ? ", cold" : "") }
        }
        let present = verdict.benchmarks.map(\.name)
        let gone = isWhole ? saved.benchmarks.filter { !present.contains($0) } : []
        rows = (present + gone).map { name in
            let (before, now) = (sides(old[name]), sides(new[name]))
            let isSame = kind(old[name]) == kind(new[name])
            let deviation = UnpairedComparison.deviation(
                of: (earlier[name] ?? []).filter { kind($0) == kind(new[name]) }.map { sides($0) })
            let benchmark = verdict.benchmarks.first { $0.name == name }
            return Row(
                name: name, comparison: isSame ? UnpairedComparison(base: before, head: now, sessionDeviation: deviation) : nil,
                saved: TimeEstimate(before),
                head: TimeEstimate(now),
                savedAllocations: baseAllocations[name], headAllocations: benchmark?.allocations, isBroken: benchmark?.problem != nil)
        }
    }

    /// Refuses what was saved elsewhere: times of another machine or toolchain are no figures to compare with.
    static func check(_ saved: BenchStore.Baseline, suite: String?, machine: String, toolchain: String) throws(Failure) {
        let hint = "`pulsegate bench run --save \(saved.name)` keeps one of here; `pulsegate bench compare` measures both states in turn"
        if saved.machine != machine {
            throw Failure(
                .cannotEvaluate, "the baseline '\(saved.name)' is of another machine: \(saved.machine), and this is \(machine)", hint: hint)
        }
        if saved.toolchain != toolchain {
            throw Failure(
                .cannotEvaluate, "the baseline '\(saved.name)' is of another toolchain: \(saved.toolchain), and this is \(toolchain)",
                hint: hint)
        }
        if let suite, saved.suite != suite {
            throw Failure(.usage, "the baseline '\(saved.name)' is of the suite '\(saved.suite)', not of '\(suite)'", hint: hint)
        }
    }

    static let caution = """
        unpaired: measured at different times, so the intervals are wide: they hold how much the runs kept here differ (8 % until there are five), and
        changes below 6 % never show. Nothing fails by this; `pulsegate bench compare COMMIT` lets both builds take turns and finds smaller changes.
        """

    func text(width: Int, colour: ColourMode) -> String {
        var table = TextTable(columns: [
            .init("benchmark"), .init("against '\(saved.name)'"), .init("saved", alignment: .right), .init("now", alignment: .right),
            .init("change (95 %, unpaired)", alignment: .right), .init("allocations", alignment: .right),
        ])
        for row in rows {
            let style: Style =
                switch row.comparison?.verdict {
                case .better: .success
                case .worse: .warning
                case .unclear, nil: .plain
                }
            table.addRow([
                .init(row.name), .init(row.word, style: style),
                .init(row.saved.map { FigureText.time(nanoseconds: $0.nanoseconds) } ?? "-"),
                .init(row.head.map { FigureText.time(nanoseconds: $0.nanoseconds) } ?? "-"),
                .init(PerformanceSummary.change(row.comparison?.interval)), .init(Self.allocations(row)),
            ])
        }
        let day = saved.savedAt.prefix(10)
        return table.rendered(width: width, colour: colour)
            + "'\(saved.name)' is \(sanitised(saved.head)), saved on \(day)\n\(Style.secondary.applied(to: Self.caution, colour))\n"
    }

    private static func allocations(_ row: Row) -> String {
        func word(_ count: Int64?) -> String { count.map { FigureText.count(Double($0)) } ?? "-" }
        if row.savedAllocations == row.headAllocations { return row.headAllocations == nil ? "" : word(row.headAllocations) }
        return "\(word(row.savedAllocations)) → \(word(row.headAllocations))"
    }

    var json: JSONValue {
        let list = rows.map { row -> JSONValue in
            let interval = row.comparison?.interval
            return [
                "name": .string(row.name), "verdict": .string(row.word), "saved": PerformanceJSON.estimate(row.saved),
                "head": PerformanceJSON.estimate(row.head), "ratio_ppm": PerformanceJSON.millionths(interval?.estimate),
                "session_deviation_ppm": PerformanceJSON.millionths(row.comparison?.sessionDeviation),
                "lower_ppm": PerformanceJSON.millionths(interval?.lower), "upper_ppm": PerformanceJSON.millionths(interval?.upper),
                "saved_allocations": PerformanceJSON.integer(row.savedAllocations),
                "head_allocations": PerformanceJSON.integer(row.headAllocations),
            ]
        }
        return [
            "name": .string(saved.name), "head": .string(saved.head), "saved_at": .string(saved.savedAt), "paired": false,
            "benchmarks": .array(list),
        ]
    }
}
