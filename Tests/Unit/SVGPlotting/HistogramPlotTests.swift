import Testing

@testable import SVGPlotting

struct HistogramPlotTests {
    private func plot(_ samples: [HistogramPlot.Sample]) -> String {
        HistogramPlot(title: "T", summary: "S", axis: PlotAxis("x", unit: .seconds), samples: samples).svg()
    }

    @Test("each value is in one bin, whatever the bins, but for those that are counted as beyond")
    func conservation() {
        for count in [1, 2, 7, 100, 5000] {
            let values = (0..<count).map { Double(($0 * 7919) % 1013) / 3 + 100 }.sorted()
            let bins = HistogramBins([values])
            #expect(bins.beyond == 0 && bins.counts(values).reduce(0, +) == count)
            #expect(bins.count <= HistogramPlot.maximumBins)
        }
        let tail = (0..<300).map { Double($0 % 10) + 100 } + [10_000]
        let bins = HistogramBins([tail.sorted()])
        #expect(bins.beyond == 1 && bins.counts(tail.dropLast()).reduce(0, +) == 300)
        #expect(plot([.init("a", tail)]).contains("1 greater value, not drawn"))
    }

    @Test("samples share their bins and are drawn as shares, with their medians")
    func shares() {
        let few = HistogramPlot.Sample("base", (0..<50).map { Double($0 % 10) * 1e-6 + 1e-4 })
        let many = HistogramPlot.Sample("head", (0..<5000).map { Double($0 % 10) * 1e-6 + 1e-4 })
        let svg = plot([few, many])
        let shapes = svg.split(separator: "\n").filter { $0.contains("fill-opacity") }
        #expect(shapes.count == 2)
        // Equal distributions are the same outline, whatever their number of values.
        let outlines = shapes.map { $0.split(separator: " d=")[1] }
        #expect(outlines[0] == outlines[1])
        #expect(svg.contains("base, median 105 µs"))
    }

    @Test("no value, one value, equal values and the ends of the range of doubles are drawn or said to be none")
    func edges() {
        #expect(plot([]).contains(">no data<"))
        #expect(plot([.init("a", [.nan, .infinity])]).contains(">no data<"))
        for values in [[1e-9], [5, 5, 5], [0, 0], [-1, 1], [.greatestFiniteMagnitude, 1], [1e299, -1e299], [.leastNonzeroMagnitude]] {
            let svg = plot([.init("a", values), .init("b", [])])
            #expect(!svg.contains("nan") && !svg.contains("no data"), "\(values)")
        }
        #expect(plot((0..<6).map { .init("\($0)", [1, 2]) }).contains("and 2 more, not drawn"))
    }
}

struct PlotMarkTests {
    private func plot(_ points: [PlotPoint], marks: [PlotMark] = [], names: [String] = []) -> String {
        LinePlot(
            title: "T", summary: "S", x: PlotAxis("x", names: names), y: PlotAxis("y"),
            series: [PlotSeries("", shape: .marks, points: points)],
            marks: marks
        ).svg()
    }

    @Test("a point with an interval has a whisker, one whose ends have no place has none, and the axis reaches its ends")
    func whiskers() {
        let svg = plot([PlotPoint(0, 100, interval: 90...180), PlotPoint(1, 100), PlotPoint(2, 100, interval: 90...(.infinity))])
        let whiskers = svg.split(separator: "\n").filter { $0.contains("stroke-opacity") }
        #expect(whiskers.count == 1)
        // One upright and two ends.
        #expect(whiskers.first?.count { $0 == "V" } == 1)
        #expect(svg.contains(">200<"))
        #expect(!plot([PlotPoint(0, 1)]).contains("stroke-opacity"))
    }

    @Test("names stand in place of numbers, as many as there is room for, the last always")
    func names() {
        let names = (0..<40).map { "commit\($0)" }
        let svg = plot(names.indices.map { PlotPoint(Double($0), 1) }, names: names)
        #expect(svg.contains(">commit39<"))
        let shown = names.count { svg.contains(">\($0)<") }
        #expect(shown > 2 && shown < 13)
        #expect(plot([PlotPoint(0, 1)], names: ["only"]).contains(">only<"))
    }

    @Test("a mark is a line with its words; words that would touch are left out, and marks beside the axis are not drawn")
    func marks() {
        let points = (0..<10).map { PlotPoint(Double($0), 1) }
        let svg = plot(points, marks: [PlotMark(4, "+5 %"), PlotMark(400, "far"), PlotMark(.nan, "none")])
        #expect(svg.contains(">+5 %<") && !svg.contains(">far<") && !svg.contains(">none<"))
        let crowd = plot(points, marks: (0..<100).map { PlotMark(5 + Double($0) / 1000, "mark \($0)") })
        #expect(crowd.split(separator: "\n").count { $0.contains("stroke-dasharray=\"4 3\"") } == LinePlot.maximumMarks)
        #expect((0..<100).count { crowd.contains(">mark \($0)<") } == 2)
    }

    @Test("marks of a duration axis that is narrow are told apart")
    func narrow() {
        let ticks = AxisTicks(PlotAxis("t", unit: .seconds), data: 0.0010001...0.0010006, wanted: 5)
        #expect(Set(ticks.marks.map(\.label)).count == ticks.marks.count)
    }
}
