import Testing

@testable import SVGPlotting

struct PlotTests {
    private func plot(_ series: [PlotSeries], title: String = "T", x: PlotAxis = PlotAxis("x"), y: PlotAxis = PlotAxis("y")) -> LinePlot {
        LinePlot(title: title, summary: "S", x: x, y: y, series: series)
    }

    private func paths(_ svg: String) -> [Substring] { svg.split(separator: "\n").filter { $0.contains("class=\"line s") } }

    @Test("text of others stays text, in content and in attributes")
    func escaping() {
        let hostile = "<script>\"&'\u{202E}\u{0}\n</script>"
        let svg = plot([PlotSeries(hostile, points: [PlotPoint(0, 1), PlotPoint(1, 2)])], title: hostile).svg()
        #expect(!svg.contains("<script"))
        #expect(!svg.contains("\u{202E}"))
        #expect(!svg.contains("\u{0}"))
        #expect(svg.contains("<title id=\"t\">&lt;script&gt;&quot;&amp;&#39;\u{FFFD}\u{FFFD} &lt;/script&gt;</title>"))
    }

    @Test("a plot without values says so, whatever is missing")
    func empty() {
        let nothing: [[PlotSeries]] = [
            [], [PlotSeries("a", points: [])], [PlotSeries("a", points: [PlotPoint(.nan, 1), PlotPoint(1, .infinity)])],
        ]
        for series in nothing {
            let svg = plot(series).svg()
            #expect(svg.contains(">no data<"))
            #expect(!svg.contains("nan"))
        }
        #expect(BarPlot(title: "T", summary: "S", axis: PlotAxis("n"), bars: []).svg().contains(">no data<"))
    }

    @Test("a value that is no number breaks the line, and hides nothing else")
    func gaps() {
        let points = [PlotPoint(0, 1), PlotPoint(1, 2), PlotPoint(2, .nan), PlotPoint(3, 4), PlotPoint(4, 5)]
        let lines = paths(plot([PlotSeries("", points: points)]).svg())
        #expect(lines.count == 1)
        #expect(lines[0].filter { $0 == "M" }.count == 2)
        let marks = plot([PlotSeries("", points: [PlotPoint(0, 1), PlotPoint(1, .nan), PlotPoint(2, 3)])]).svg()
        #expect(marks.components("<circle").count == 3)
    }

    @Test("what is not above zero has no place on a logarithmic axis")
    func logarithmic() {
        let points = [PlotPoint(0, 0), PlotPoint(1, 10), PlotPoint(2, 1000)]
        let svg = plot([PlotSeries("", points: points)], y: PlotAxis("y", scale: .logarithmic)).svg()
        #expect(paths(svg)[0].filter { $0 == "L" }.count == 1)
    }

    @Test("steps go across before they go up")
    func steps() {
        let svg = plot([PlotSeries("", shape: .steps, points: [PlotPoint(0, 0), PlotPoint(5, 0), PlotPoint(10, 10)])]).svg()
        let path = paths(svg)[0]
        #expect(!path.contains("L"))
        #expect(path.contains("H") && path.contains("V"))
    }

    @Test("very many points stay a small picture that keeps its peaks")
    func bounded() throws {
        var points = (0..<300_000).map { PlotPoint(Double($0), Double($0 % 7)) }
        points[150_001].y = 1000
        let svg = plot([PlotSeries("", points: points)]).svg()
        #expect(svg.utf8.count < 60_000)
        let reduced = PlotReduction.reduced(points.map { PlotPoint($0.x / 600, $0.y) })
        #expect(reduced.count <= 501 * 4)
        #expect(reduced.contains { $0.y == 1000 })
    }

    @Test("series beyond the limit are counted, not drawn")
    func manySeries() {
        let series = (0..<20).map { PlotSeries("series \($0)", points: [PlotPoint(0, Double($0)), PlotPoint(1, 1)]) }
        let svg = plot(series).svg()
        #expect(svg.contains("and 12 more, not drawn"))
        // Each has one line in the plot and one in the legend.
        #expect(paths(svg).count == 2 * LinePlot.maximumSeries)
    }

    @Test("the same plot is the same bytes")
    func determinism() {
        let series = [
            PlotSeries("a", points: (0..<5000).map { PlotPoint(Double($0) * 0.37, Double(($0 * 7919) % 1013) / 3) }),
            PlotSeries("b", shape: .steps, points: (0..<50).map { PlotPoint(Double($0) * 30, Double($0 * $0)) }),
        ]
        let first = plot(series, x: PlotAxis("t", unit: .seconds), y: PlotAxis("n", scale: .logarithmic)).svg()
        #expect(first == plot(series, x: PlotAxis("t", unit: .seconds), y: PlotAxis("n", scale: .logarithmic)).svg())
        // A digest of the whole document: another machine, another build and another day draw it alike.
        #expect(
            first.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 } == 15_363_415_909_545_969_567)
    }

    @Test("a plot names and describes itself to those who do not see it")
    func accessible() {
        let svg = plot([], title: "Edges found").svg()
        #expect(svg.contains("role=\"img\" aria-labelledby=\"t d\""))
        #expect(svg.contains("<title id=\"t\">Edges found</title><desc id=\"d\">S</desc>"))
        #expect(svg.contains("prefers-color-scheme:dark"))
    }

    @Test("every element that is opened is closed")
    func wellFormed() {
        let bars = (0..<70).map { BarPlot.Bar("bar <\($0)>", $0 == 3 ? .nan : Double($0 - 5)) }
        let documents = [
            BarPlot(title: "T", summary: "S", axis: PlotAxis("n"), bars: bars).svg(),
            plot([PlotSeries("a & b", shape: .marks, points: [PlotPoint(1, 1)])]).svg(),
        ]
        for svg in documents {
            var open: [Substring] = []
            for tag in svg.components("<").dropFirst() {
                let name = tag.prefix { $0.isLetter || $0 == "/" }
                if name.hasPrefix("/") {
                    #expect(open.popLast() == name.dropFirst())
                } else if tag.prefix(while: { $0 != ">" }).last != "/" {
                    open.append(name)
                }
            }
            #expect(open.isEmpty)
        }
        #expect(documents[0].contains("and 10 more, not drawn"))
    }
}

extension String {
    fileprivate func components(_ separator: Character) -> [Substring] { split(separator: separator, omittingEmptySubsequences: false) }
    fileprivate func components(_ separator: String) -> [Substring] {
        var parts: [Substring] = []
        var start = startIndex
        var at = startIndex
        while at < endIndex {
            if self[at...].hasPrefix(separator) {
                parts.append(self[start..<at])
                at = index(at, offsetBy: separator.count)
                start = at
            } else {
                at = index(after: at)
            }
        }
        return parts + [self[start...]]
    }
}
