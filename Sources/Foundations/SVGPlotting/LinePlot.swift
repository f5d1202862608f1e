/// Lines over a common axis, as one SVG document.
///
/// ```swift
/// let plot = LinePlot(
///     title: "Edges found", summary: "312 edges after one minute; the last was found at 41 s.",
///     x: PlotAxis("time", unit: .seconds), y: PlotAxis("edges"),
///     series: [PlotSeries("limiter.headers", shape: .steps, points: points)])
/// try write(plot.svg(), to: "reports/fuzz/limiter.headers-edges.svg")
/// ```
///
/// A pure function of its fields: the same plot is the same bytes on every machine. It reads on light and on dark pages, names itself to
/// screen readers (`title`, `desc`), takes text of others as text, and is bounded: at most ``maximumSeries`` lines of at most four points a
/// column. Points may have whiskers, and places of the horizontal axis marks. Values that are not numbers make gaps; a plot without a
/// single value says so. O(points).
public struct LinePlot: Hashable, Sendable {
    public var title: String
    /// What the picture shows, in a sentence: for those who do not see it.
    public var summary: String
    public var x: PlotAxis
    public var y: PlotAxis
    public var series: [PlotSeries]
    /// Drawn under the data, at most ``maximumMarks``.
    public var marks: [PlotMark]
    /// Units of the picture: about pixels. 100 to 2000 each.
    public var width: Int
    public var height: Int

    public init(
        title: String, summary: String, x: PlotAxis, y: PlotAxis, series: [PlotSeries], marks: [PlotMark] = [], width: Int = 720,
        height: Int = 360
    ) {
        self.title = title
        self.summary = summary
        self.x = x
        self.y = y
        self.series = series
        self.marks = marks
        self.width = width
        self.height = height
    }

    /// Series beyond these are counted under the legend, not drawn.
    public static let maximumSeries = 8
    public static let maximumMarks = 50

    /// The document, ended by a line feed.
    public func svg() -> String {
        let shown = Array(series.prefix(Self.maximumSeries))
        var page = PlotPage(title: title, summary: summary, width: width, height: height, colours: shown.count)
        page.legend(shown.map { ($0.name, $0.shape == .marks) }, more: series.count - shown.count)
        let verticalTicks = AxisTicks(
            y,
            data: Self.extent(
                shown, { [$0.y] + ($0.interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }, in: y, where: { x.shows($0.x) }),
            wanted: max(2, page.roomHeight / 55))
        page.reserveLeft(for: verticalTicks)
        let horizontalTicks = AxisTicks(
            x, data: Self.extent(shown, { [$0.x] }, in: x, where: { y.shows($0.y) }), wanted: max(2, page.roomWidth / 90),
            isRounded: false)
        page.axes(x: x, horizontalTicks, y: y, verticalTicks, marks: !marks.isEmpty)
        page.draw(
            marks.prefix(Self.maximumMarks).compactMap { mark in
                guard let across = horizontalTicks.position(mark.x), (0...1).contains(across) else { return nil }
                return PlotMark(page.left + across * page.plotWidth, mark.label)
            })
        var isEmpty = true
        for (index, line) in shown.enumerated() {
            let pieces = PlotReduction.pieces(line.points) { point in
                guard let across = horizontalTicks.position(point.x), let up = verticalTicks.position(point.y) else { return nil }
                var interval: ClosedRange<Double>?
                if let ends = point.interval, let low = verticalTicks.position(ends.lowerBound),
                    let high = verticalTicks.position(ends.upperBound)
                {
                    interval = (page.bottom - high * page.plotHeight)...(page.bottom - low * page.plotHeight)
                }
                return PlotPoint(page.left + across * page.plotWidth, page.bottom - up * page.plotHeight, interval: interval)
            }
            if !pieces.isEmpty { isEmpty = false }
            page.draw(pieces, shape: line.shape, colour: index)
        }
        if isEmpty { page.note("no data") }
        return page.ended()
    }

    /// The least and the greatest value that can be shown.
    private static func extent(
        _ series: [PlotSeries], _ values: (PlotPoint) -> [Double], in axis: PlotAxis, where isShown: (PlotPoint) -> Bool
    ) -> ClosedRange<Double>? {
        var extent: ClosedRange<Double>?
        for point in series.lazy.flatMap(\.points) where isShown(point) {
            for found in values(point) where axis.shows(found) {
                extent = min(extent?.lowerBound ?? found, found)...max(extent?.upperBound ?? found, found)
            }
        }
        return extent
    }
}

extension PlotAxis {
    /// Whether a value has a place on the axis.
    func shows(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }
}
