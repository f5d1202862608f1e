/// The picture of one plot while it is drawn: margins, title, legend, axes, then the data.
struct PlotPage {
    private var parts: [String] = []
    private let width: Double
    private let height: Double
    private(set) var left = 16.0
    private(set) var top = 0.0
    private let right: Double
    let bottom: Double

    private static let textSize = 12.0
    private static let sizes = 100...2000
    private static let markRow = 16.0

    init(title: String, summary: String, width: Int, height: Int, colours: Int) {
        self.width = Double(min(max(width, Self.sizes.lowerBound), Self.sizes.upperBound))
        self.height = Double(min(max(height, Self.sizes.lowerBound), Self.sizes.upperBound))
        right = self.width - 20
        bottom = self.height - 48
        let size = "\(SVGText.coordinate(self.width)) \(SVGText.coordinate(self.height))"
        let dimensions = "width=\"\(SVGText.coordinate(self.width))\" height=\"\(SVGText.coordinate(self.height))\""
        parts.append(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" \(dimensions) role=\"img\" aria-labelledby=\"t d\">")
        parts.append("<title id=\"t\">\(SVGText.escaped(title))</title><desc id=\"d\">\(SVGText.escaped(summary, limit: 2000))</desc>")
        parts.append(PlotTheme.style(series: colours))
        parts.append("<rect class=\"page\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>")
        // Bold letters are wider by about a tenth.
        let fitting = Self.cut(title, to: (right - left) / 1.1, size: 15)
        parts.append(text(fitting, x: left, y: 26, attributes: "class=\"title\""))
        top = 40
    }

    var plotWidth: Double { right - left }
    var plotHeight: Double { bottom - top }
    var roomWidth: Int { Int(plotWidth) }
    var roomHeight: Int { Int(plotHeight) }

    // MARK: Around the data

    /// Names of the series, each with a piece of its line; in rows, under the title. A single series without a name needs none.
    mutating func legend(_ names: [(name: String, isMarks: Bool)], more: Int) {
        guard names.count > 1 || names.contains(where: { !$0.name.isEmpty }) else { return }
        var x = left
        var y = top + 8
        func place(_ wanted: Double) {
            if x > left, x + wanted > right {
                x = left
                y += 18
            }
        }
        for (index, entry) in names.enumerated() {
            let name = Self.cut(entry.name, to: right - left - 40, size: Self.textSize)
            let wanted = 30 + SVGText.width(name, size: Self.textSize) + 18
            place(wanted)
            if entry.isMarks {
                parts.append(dot(PlotPoint(x + 12, y - 4), colour: index))
            } else {
                parts.append(
                    "<path class=\"line s\(index)\"\(dash(index)) d=\"M\(SVGText.coordinate(x)) \(SVGText.coordinate(y - 4))h24\"/>")
            }
            parts.append(text(name, x: x + 30, y: y))
            x += wanted
        }
        if more > 0 {
            let words = "and \(more) more, not drawn"
            place(SVGText.width(words, size: Self.textSize))
            parts.append(text(words, x: x, y: y, attributes: "class=\"quiet\""))
        }
        top = y + 6
    }

    /// A quiet line of words under the legend.
    mutating func remark(_ words: String) {
        parts.append(text(words, x: left, y: top + 12, attributes: "class=\"quiet\""))
        top += 18
    }

    mutating func reserveLeft(for ticks: AxisTicks) {
        let widest = ticks.marks.map { SVGText.width($0.label, size: Self.textSize) }.max() ?? 0
        left = 16 + min(widest, width / 3) + 8
    }

    /// Grid, labels and titles of both axes.
    mutating func axes(x: PlotAxis, _ across: AxisTicks, y: PlotAxis, _ up: AxisTicks, marks: Bool = false) {
        if !y.title.isEmpty {
            top += 20
            parts.append(text(Self.cut(y.title, to: plotWidth, size: Self.textSize), x: 16, y: top - 6, attributes: "class=\"quiet\""))
        }
        top += marks ? 2 * Self.markRow + 6 : 6
        for mark in up.marks {
            guard let position = up.position(mark.value) else { continue }
            let at = bottom - position * plotHeight
            parts.append("<path class=\"grid\" d=\"M\(SVGText.coordinate(left)) \(SVGText.coordinate(at))H\(SVGText.coordinate(right))\"/>")
            parts.append(text(mark.label, x: left - 8, y: at + 4, attributes: "class=\"quiet\" text-anchor=\"end\""))
        }
        axes(x: x, across)
    }

    /// The axis below.
    mutating func axes(x: PlotAxis, _ across: AxisTicks) {
        var free = -Double.infinity
        for mark in across.marks {
            guard let position = across.position(mark.value) else { continue }
            let at = left + position * plotWidth
            let path = "M\(SVGText.coordinate(at)) \(SVGText.coordinate(bottom))v5"
            parts.append("<path class=\"axis\" d=\"\(path)\"/>")
            let half = SVGText.width(mark.label, size: Self.textSize) / 2
            // The last label keeps off the edge of the picture; one that would touch its neighbour is left out.
            let centre = min(at, width - 8 - half)
            if centre - half > free {
                parts.append(text(mark.label, x: centre, y: bottom + 20, attributes: "class=\"quiet\" text-anchor=\"middle\""))
                free = centre + half + 6
            }
        }
        parts.append("<path class=\"axis\" d=\"M\(SVGText.coordinate(left)) \(SVGText.coordinate(bottom))H\(SVGText.coordinate(right))\"/>")
        if !x.title.isEmpty {
            let middle = (left + right) / 2
            parts.append(text(x.title, x: middle, y: bottom + 40, attributes: "class=\"quiet\" text-anchor=\"middle\""))
        }
    }

    // MARK: Data

    /// Marks at places of the picture, in two rows of words above the data; words that would touch others are left out, the line stays.
    mutating func draw(_ marks: [PlotMark]) {
        var free = [-Double.infinity, -Double.infinity]
        for mark in marks.sorted(by: { $0.x < $1.x }) {
            let label = Self.cut(mark.label, to: plotWidth / 3, size: Self.textSize)
            let half = SVGText.width(label, size: Self.textSize) / 2
            let centre = min(max(mark.x, left + half), right - half)
            let row = free.firstIndex { centre - half > $0 }
            let y = top - 8 - (row == 1 ? Self.markRow : 0)
            let from = row == nil ? top : y + 4
            parts.append(
                "<path class=\"axis\" stroke-dasharray=\"4 3\" d=\"M\(SVGText.coordinate(mark.x)) "
                    + "\(SVGText.coordinate(from))V\(SVGText.coordinate(bottom))\"/>")
            guard let row else { continue }
            parts.append(text(label, x: centre, y: y, attributes: "text-anchor=\"middle\""))
            free[row] = centre + half + 6
        }
    }

    /// Shapes with a translucent face under an outline: distributions that lie over one another. Each outline goes across before it goes up
    /// or down, and stands on the axis.
    mutating func area(_ outlines: [[PlotPoint]], colour: Int) {
        var path = ""
        for outline in outlines {
            guard let first = outline.first else { continue }
            path += "M\(SVGText.coordinate(first.x)) \(SVGText.coordinate(bottom))V\(SVGText.coordinate(first.y))"
            for point in outline.dropFirst() { path += "H\(SVGText.coordinate(point.x))V\(SVGText.coordinate(point.y))" }
        }
        guard !path.isEmpty else { return }
        parts.append("<path class=\"f\(colour)\" fill-opacity=\"0.2\" d=\"\(path)\"/>")
        parts.append("<path class=\"line s\(colour)\"\(dash(colour)) d=\"\(path)\"/>")
    }

    /// A thin line over the height of the plot.
    mutating func upright(x: Double, colour: Int) {
        parts.append(
            "<path class=\"s\(colour)\" fill=\"none\" stroke-dasharray=\"2 3\" d=\"M\(SVGText.coordinate(x)) "
                + "\(SVGText.coordinate(top))V\(SVGText.coordinate(bottom))\"/>")
    }

    /// Lines, steps or marks, in units of the picture. A piece of one point is a mark in any shape.
    mutating func draw(_ pieces: [[PlotPoint]], shape: PlotSeries.Shape, colour: Int) {
        var path = ""
        var marks = ""
        var whiskers = ""
        for point in pieces.joined() {
            guard let interval = point.interval else { continue }
            let low = SVGText.coordinate(interval.upperBound)
            let high = SVGText.coordinate(interval.lowerBound)
            let from = SVGText.coordinate(point.x - 3)
            whiskers += "M\(SVGText.coordinate(point.x)) \(low)V\(high)M\(from) \(low)h6M\(from) \(high)h6"
        }
        if !whiskers.isEmpty {
            parts.append("<path class=\"s\(colour)\" fill=\"none\" stroke-opacity=\"0.6\" d=\"\(whiskers)\"/>")
        }
        for piece in pieces {
            if shape == .marks || piece.count == 1 {
                for point in piece { marks += dot(point, colour: colour) }
                continue
            }
            var before = piece[0]
            path += "M\(SVGText.coordinate(before.x)) \(SVGText.coordinate(before.y))"
            for point in piece.dropFirst() {
                if shape == .steps {
                    if point.x != before.x { path += "H\(SVGText.coordinate(point.x))" }
                    if point.y != before.y { path += "V\(SVGText.coordinate(point.y))" }
                } else {
                    path += "L\(SVGText.coordinate(point.x)) \(SVGText.coordinate(point.y))"
                }
                before = point
            }
        }
        if !path.isEmpty { parts.append("<path class=\"line s\(colour)\"\(dash(colour)) d=\"\(path)\"/>") }
        if !marks.isEmpty { parts.append(marks) }
    }

    mutating func bar(x: Double, y: Double, width: Double, height: Double, colour: Int) {
        let place = "x=\"\(SVGText.coordinate(x))\" y=\"\(SVGText.coordinate(y))\""
        parts.append(
            "<rect class=\"f\(colour)\" \(place) width=\"\(SVGText.coordinate(max(0, width)))\" height=\"\(SVGText.coordinate(height))\"/>")
    }

    mutating func label(_ words: String, x: Double, y: Double, anchor: String, quiet: Bool = false) {
        parts.append(text(words, x: x, y: y, attributes: (quiet ? "class=\"quiet\" " : "") + "text-anchor=\"\(anchor)\""))
    }

    mutating func gridLine(x: Double, from: Double) {
        parts.append("<path class=\"grid\" d=\"M\(SVGText.coordinate(x)) \(SVGText.coordinate(from))V\(SVGText.coordinate(bottom))\"/>")
    }

    /// Words in the middle, in place of data.
    mutating func note(_ words: String) {
        let place = PlotPoint((left + right) / 2, (top + bottom) / 2 + 4)
        let half = SVGText.width(words, size: Self.textSize) / 2 + 8
        let corner = "x=\"\(SVGText.coordinate(place.x - half))\" y=\"\(SVGText.coordinate(place.y - 16))\""
        parts.append("<rect class=\"page\" \(corner) width=\"\(SVGText.coordinate(2 * half))\" height=\"24\"/>")
        parts.append(text(words, x: place.x, y: place.y, attributes: "class=\"quiet\" text-anchor=\"middle\""))
    }

    mutating func setLeft(_ value: Double) { left = value }

    func ended() -> String { parts.joined(separator: "\n") + "\n</svg>\n" }

    // MARK: Pieces

    private func dot(_ point: PlotPoint, colour: Int) -> String {
        "<circle class=\"dot f\(colour)\" cx=\"\(SVGText.coordinate(point.x))\" cy=\"\(SVGText.coordinate(point.y))\" r=\"3.5\"/>"
    }

    private func dash(_ colour: Int) -> String {
        PlotTheme.dashes[colour].isEmpty ? "" : " stroke-dasharray=\"\(PlotTheme.dashes[colour])\""
    }

    private func text(_ words: String, x: Double, y: Double, attributes: String = "") -> String {
        let extra = attributes.isEmpty ? "" : " " + attributes
        return "<text x=\"\(SVGText.coordinate(x))\" y=\"\(SVGText.coordinate(y))\"\(extra)>\(SVGText.escaped(words))</text>"
    }

    /// As much of a text as fits, with an ellipsis where that is not all.
    static func cut(_ text: String, to room: Double, size: Double) -> String {
        guard SVGText.width(text, size: size) > room else { return text }
        var kept = ""
        for character in text {
            if SVGText.width(kept + String(character) + "…", size: size) > room { break }
            kept.append(character)
        }
        return kept + "…"
    }
}
