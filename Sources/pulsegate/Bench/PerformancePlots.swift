import BenchmarkStatistics
import SVGPlotting

/// One benchmark over commits: what `pulsegate bench history` shows and draws.
///
/// ```swift
/// let history = PerformanceHistory(benchmark: "macd.1000", points: points)
/// history.steps()          // where the time went to another level
/// history.svg()            // a point a commit, whiskers from the lowest to the highest launch, levels and steps
/// ```
///
/// Pure; at most the newest ``maximumPoints`` are drawn.
struct PerformanceHistory {
    struct Point: Equatable, Sendable {
        /// As people call it: a short commit.
        var commit: String
        /// Nanoseconds an iteration.
        var time: Double
        var lowest: Double
        var highest: Double
    }

    var benchmark: String
    /// Oldest first.
    var points: [Point]
    var detection = StepDetection()

    static let maximumPoints = 400

    func steps() -> [StepDetection.Step] { detection.steps(in: points.map(\.time)) }

    func svg() -> String {
        let offset = max(0, points.count - Self.maximumPoints)
        let shown = Array(points[offset...])
        let steps = steps()
        let measured = shown.enumerated().map { index, point -> PlotPoint in
            let ends = [point.lowest, point.highest, point.time].filter(\.isFinite)
            let interval = ends.min().flatMap { low in ends.max().map { (low / 1e9)...($0 / 1e9) } }
            return PlotPoint(Double(index), point.time / 1e9, interval: interval)
        }
        var series = [PlotSeries("a commit, lowest to highest launch", shape: .marks, points: measured)]
        let inside = steps.filter { $0.index > offset }
        if !steps.isEmpty {
            // Levels from step to step; a point that is no number ends each.
            let edges = inside.map { $0.index - offset } + [shown.count]
            let levels = (inside.first?.before ?? steps.last?.after).map { [$0] + inside.map(\.after) } ?? []
            var lines: [PlotPoint] = []
            var from = 0
            for (level, to) in zip(levels, edges) {
                let seconds = level / 1e9
                let ends = (Double(from) - 0.5, Double(to) - 0.5)
                lines += [PlotPoint(ends.0, seconds), PlotPoint(ends.1, seconds), PlotPoint(ends.1, .nan)]
                from = to
            }
            series.append(PlotSeries("level", points: lines))
        }
        let marks = inside.map { PlotMark(Double($0.index - offset) - 0.5, FigureText.change($0.ratio)) }
        var summary = "Time an iteration over \(shown.count) commit\(shown.count == 1 ? "" : "s")"
        if let last = shown.last { summary += ", \(FigureText.time(nanoseconds: last.time)) at the last" }
        summary += steps.isEmpty ? "; no step." : "; \(steps.count) step\(steps.count == 1 ? "" : "s"), "
        summary += steps.map { "\(FigureText.change($0.ratio)) at \(points[$0.index].commit)" }.joined(separator: ", ")
        if !steps.isEmpty { summary += "." }
        return LinePlot(
            title: "\(benchmark): history", summary: summary, x: PlotAxis("commit", names: shown.map(\.commit)),
            y: PlotAxis("time an iteration", unit: .seconds), series: series, marks: marks
        ).svg()
    }
}

/// The times of the batches of both builds, as two histograms over one another.
///
/// Every batch of every launch, an iteration's share of it. What the decision rests on are the pairs within a launch: two piles that
/// overlap may well differ for certain. Pure.
struct PerformanceDistribution {
    var benchmark: String
    var launches: [LaunchRecord]

    /// Batches of a build that are drawn, the first.
    static let maximumBatches = 100_000

    func svg() -> String {
        let base = Self.seconds(launches.compactMap { launch in launch.base.map { ($0, launch.iterations) } })
        let head = Self.seconds(launches.map { ($0.head, $0.iterations) })
        let samples = (base.isEmpty ? [] : [HistogramPlot.Sample("base", base)]) + [HistogramPlot.Sample("head", head)]
        let summary =
            "Batches of \(launches.count) launch\(launches.count == 1 ? "" : "es"): \(base.count) of base, \(head.count) of head. "
            + "The verdict rests on the pairs within a launch, not on these piles."
        return HistogramPlot(
            title: "\(benchmark): batches", summary: summary, axis: PlotAxis("time an iteration, mean of a batch", unit: .seconds),
            samples: samples
        ).svg()
    }

    private static func seconds(_ sides: [(side: LaunchRecord.Side, iterations: Int64)]) -> [Double] {
        Array(
            sides.lazy.flatMap { entry in entry.side.times.lazy.map { Double($0) / Double(max(1, entry.iterations)) / 1e9 } }
                .prefix(maximumBatches))
    }
}
