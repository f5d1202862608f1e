/// Amounts of named things, as horizontal bars of one SVG document: names are read without turning one's head.
///
/// ```swift
/// BarPlot(title: "Edges by target", summary: "…", axis: PlotAxis("edges"), bars: [.init("limiter.headers", 312), .init("csv", 96)]).svg()
/// ```
///
/// Like ``LinePlot``: pure, bounded (``maximumBars``), accessible, on light and dark pages. A value that is no number has no bar, and "-"
/// for its figure.
public struct BarPlot: Hashable, Sendable {
    public struct Bar: Hashable, Sendable {
        public var name: String
        public var value: Double

        public init(_ name: String, _ value: Double) {
            self.name = name
            self.value = value
        }
    }

    public var title: String
    public var summary: String
    public var axis: PlotAxis
    public var bars: [Bar]
    public var width: Int

    public init(title: String, summary: String, axis: PlotAxis, bars: [Bar], width: Int = 720) {
        self.title = title
        self.summary = summary
        self.axis = axis
        self.bars = bars
        self.width = width
    }

    /// Bars beyond these are counted in a last line, not drawn.
    public static let maximumBars = 60
    private static let rowHeight = 24

    /// The document, ended by a line feed.
    public func svg() -> String {
        let shown = Array(bars.prefix(Self.maximumBars))
        let more = bars.count - shown.count
        let rows = max(1, shown.count + (more > 0 ? 1 : 0))
        var page = PlotPage(title: title, summary: summary, width: width, height: 40 + rows * Self.rowHeight + 56, colours: 1)
        let names = shown.map { PlotPage.cut($0.name, to: page.plotWidth / 3, size: 12) }
        page.setLeft(16 + (names.map { SVGText.width($0, size: 12) }.max() ?? 0) + 10)
        let values = shown.map(\.value).filter(axis.shows)
        var axis = axis
        if axis.scale == .linear {
            axis.range = min(0, axis.range?.lowerBound ?? 0)...max(0, axis.range?.upperBound ?? 0)
        }
        let data = values.min().flatMap { least in values.max().map { least...$0 } }
        let ticks = AxisTicks(axis, data: data, wanted: max(2, page.roomWidth / 110))
        for mark in ticks.marks {
            if let position = ticks.position(mark.value) { page.gridLine(x: page.left + position * page.plotWidth, from: page.top + 4) }
        }
        var frame = axis
        frame.title = axis.title
        let zero = page.left + min(1, max(0, ticks.position(ticks.isLogarithmic ? ticks.low : 0) ?? 0)) * page.plotWidth
        for (index, bar) in shown.enumerated() {
            let y = page.top + 8 + Double(index * Self.rowHeight)
            page.label(names[index], x: page.left - 8, y: y + 12, anchor: "end")
            guard let position = ticks.position(bar.value) else {
                page.label("-", x: page.left + 6, y: y + 12, anchor: "start", quiet: true)
                continue
            }
            let end = page.left + position * page.plotWidth
            page.bar(x: min(zero, end), y: y, width: (end - zero).magnitude, height: 16, colour: 0)
            let figure = AxisTicks.figure(bar.value, unit: axis.unit)
            let room = SVGText.width(figure, size: 12) + 10
            let fits = max(zero, end) + room < page.left + page.plotWidth
            if fits { page.label(figure, x: max(zero, end) + 5, y: y + 12, anchor: "start", quiet: true) }
        }
        if more > 0 {
            page.label(
                "and \(more) more, not drawn", x: page.left, y: page.top + 20 + Double(shown.count * Self.rowHeight), anchor: "start",
                quiet: true)
        }
        page.axes(x: frame, ticks)
        if shown.isEmpty { page.note("no data") }
        return page.ended()
    }
}
