import BenchmarkStatistics
import StrictDocuments
import TerminalDisplay

/// How a benchmark went over what was measured of it, and where its time went to another level: a table, a document and a plot. Report only.
///
/// ```swift
/// let history = MeasuredHistory(benchmark: "macd.batch", points: try store.history("macd.batch", limit: 200))
/// console.print(history.text(width: 100, colour: .plain))
/// ```
///
/// Steps are those of ``StepDetection`` over the comparisons on the machine of the newest one: another machine is another level, and says
/// nothing of the code. Pure.
struct MeasuredHistory {
    let benchmark: String
    /// Oldest first.
    let points: [BenchStore.Point]

    struct Step: Equatable, Sendable {
        /// The first comparison of the new level, and the head before it.
        var comparison: Int64
        var at: String
        var head: String
        var previous: String
        var detected: StepDetection.Step
    }

    /// Those that steps are looked for in, and that are drawn.
    private var comparable: [BenchStore.Point] {
        points.filter { $0.machine == points.last?.machine && ($0.headNanoseconds ?? 0) > 0 }
    }

    var performance: PerformanceHistory {
        PerformanceHistory(
            benchmark: benchmark,
            points: comparable.map { point in
                let time = point.headNanoseconds ?? 0
                return .init(
                    commit: point.head, time: time, lowest: min(time, point.launches?.lowest ?? time),
                    highest: max(time, point.launches?.highest ?? time))
            })
    }

    func steps() -> [Step] {
        let comparable = comparable
        return performance.steps().compactMap { step in
            guard step.index > 0, step.index < comparable.count else { return nil }
            let point = comparable[step.index]
            return Step(
                comparison: point.comparison, at: point.at, head: point.head, previous: comparable[step.index - 1].head, detected: step)
        }
    }

    func text(width: Int, colour: ColourMode) -> String {
        let steps = steps()
        let hasBase = points.contains { $0.base != nil }
        var columns: [TextTable.Column] = [.init("when"), .init("head")]
        if hasBase { columns.append(.init("base")) }
        columns += [.init("verdict"), .init("time", alignment: .right), .init("lowest to highest", alignment: .right)]
        if hasBase { columns.append(.init("change", alignment: .right)) }
        columns.append(.init("allocations", alignment: .right))
        if !steps.isEmpty { columns.append(.init("step", alignment: .right)) }
        var table = TextTable(columns: columns)
        for point in points {
            let range = point.launches.map { Self.range($0.lowest, $0.highest) }
            let step = steps.first { $0.comparison == point.comparison }
            // To the minute.
            var cells: [TextTable.Cell] = [.init("\(point.at.prefix(10)) \(point.at.dropFirst(11).prefix(5))"), .init(point.head)]
            if hasBase { cells.append(.init(point.base ?? "-")) }
            cells += [
                .init(point.outcome), .init(point.headNanoseconds.map { FigureText.time(nanoseconds: $0) } ?? "-"), .init(range ?? "-"),
            ]
            if hasBase { cells.append(.init(point.estimate.map { FigureText.change($0) } ?? "-")) }
            cells.append(.init(point.allocations.map(String.init) ?? "-"))
            if !steps.isEmpty { cells.append(.init(step.map { FigureText.change($0.detected.ratio) } ?? "", style: Self.style(step))) }
            table.addRow(cells)
        }
        var text = table.rendered(width: width, colour: colour)
        for step in steps {
            let change = Style.emphasis.applied(to: FigureText.change(step.detected.ratio), colour)
            text +=
                "step at \(sanitised(step.head)): \(change), from \(FigureText.time(nanoseconds: step.detected.before)) to "
                + "\(FigureText.time(nanoseconds: step.detected.after)) (\(step.at.prefix(10)), after \(sanitised(step.previous)))\n"
        }
        let count = comparable.count
        let least = 2 * performance.detection.leastLevel
        if count < least {
            text += "too few for steps: \(count) of at least \(least) on this machine\n"
        } else if steps.isEmpty {
            text += "no step in \(count)\n"
        }
        let elsewhere = points.count { $0.machine != points.last?.machine }
        if elsewhere > 0 { text += "\(elsewhere) of another machine \(elsewhere == 1 ? "is" : "are") in no step\n" }
        return text
    }

    /// "2.59 to 2.66 µs", "978 ns to 1.05 µs".
    static func range(_ lowest: Double, _ highest: Double) -> String {
        let (low, high) = (FigureText.time(nanoseconds: lowest), FigureText.time(nanoseconds: highest))
        let (ends, others) = (low.split(separator: " "), high.split(separator: " "))
        return ends.count == 2 && ends.last == others.last ? "\(ends[0]) to \(high)" : "\(low) to \(high)"
    }

    static func style(_ step: Step?) -> Style { step.map { $0.detected.ratio > 1 ? .warning : .success } ?? .plain }

    // MARK: JSON

    static let format = "pulsegate-benchmark-history"

    /// The document of docs/schemas/benchmark-history.schema.json.
    var json: JSONValue {
        Self.document(
            benchmark: benchmark,
            points: points.map { point in
                [
                    "comparison": .int(point.comparison), "at": .string(point.at), "head": .string(point.head),
                    "base": point.base.map { .string($0) } ?? .null, "machine": .string(point.machine), "outcome": .string(point.outcome),
                    "time_ps": point.headNanoseconds.map(PerformanceJSON.picoseconds) ?? .null,
                    "lowest_ps": point.launches.map { PerformanceJSON.picoseconds($0.lowest) } ?? .null,
                    "highest_ps": point.launches.map { PerformanceJSON.picoseconds($0.highest) } ?? .null,
                    "launches": .int(Int64(point.launches?.launches ?? 0)), "ratio_ppm": PerformanceJSON.millionths(point.estimate),
                    "lower_ppm": PerformanceJSON.millionths(point.lower), "upper_ppm": PerformanceJSON.millionths(point.upper),
                    "allocations": PerformanceJSON.integer(point.allocations),
                ]
            },
            steps: steps().map { step in
                [
                    "comparison": .int(step.comparison), "at": .string(step.at), "head": .string(step.head),
                    "previous": .string(step.previous), "before_ps": PerformanceJSON.picoseconds(step.detected.before),
                    "after_ps": PerformanceJSON.picoseconds(step.detected.after),
                    "ratio_ppm": PerformanceJSON.millionths(step.detected.ratio), "p_ppm": PerformanceJSON.millionths(step.detected.p),
                ]
            }, benchmarks: [])
    }

    /// The names there are, for who asks without one.
    static func names(_ benchmarks: [(name: String, comparisons: Int)]) -> JSONValue {
        document(
            benchmark: nil, points: [], steps: [],
            benchmarks: benchmarks.map { ["name": .string($0.name), "comparisons": .int(Int64($0.comparisons))] })
    }

    private static func document(benchmark: String?, points: [JSONValue], steps: [JSONValue], benchmarks: [JSONValue]) -> JSONValue {
        [
            "format": .string(format), "version": 1, "benchmark": benchmark.map { .string($0) } ?? .null, "points": .array(points),
            "steps": .array(steps), "benchmarks": .array(benchmarks),
        ]
    }
}
