/// A point of a series. A value that is not a number breaks the line there.
public struct PlotPoint: Hashable, Sendable {
    public var x: Double
    public var y: Double
    /// How well `y` is known: drawn as a whisker. Ends that have no place on the axis leave it out.
    public var interval: ClosedRange<Double>?

    public init(_ x: Double, _ y: Double, interval: ClosedRange<Double>? = nil) {
        self.x = x
        self.y = y
        self.interval = interval
    }
}

/// Something that happened at a place of the horizontal axis: a line from top to bottom, with a few words.
public struct PlotMark: Hashable, Sendable {
    public var x: Double
    public var label: String

    public init(_ x: Double, _ label: String) {
        self.x = x
        self.label = label
    }
}

/// One line of a plot, with the name that stands in the legend.
public struct PlotSeries: Hashable, Sendable {
    public enum Shape: Hashable, Sendable {
        /// Straight lines from point to point.
        case line
        /// Each value holds until the next point: counts that only jump.
        case steps
        /// Marks alone: events.
        case marks
    }

    public var name: String
    public var shape: Shape
    public var points: [PlotPoint]

    public init(_ name: String, shape: Shape = .line, points: [PlotPoint]) {
        self.name = name
        self.shape = shape
        self.points = points
    }
}

/// Fewer points that look the same.
///
/// In each column of the picture the first, the least, the greatest and the last point stay, in their order: what a line of these covers
/// is what the line of all covers (U. Jugel et al., "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014). O(points).
enum PlotReduction {
    /// Pieces of points between gaps, each reduced to at most four points a column. `place` tells a point's column and height; `nil`
    /// makes a gap.
    static func pieces(_ points: [PlotPoint], place: (PlotPoint) -> PlotPoint?) -> [[PlotPoint]] {
        var pieces: [[PlotPoint]] = []
        var piece: [PlotPoint] = []
        for point in points {
            if let placed = place(point) {
                piece.append(placed)
            } else if !piece.isEmpty {
                pieces.append(reduced(piece))
                piece = []
            }
        }
        if !piece.isEmpty { pieces.append(reduced(piece)) }
        return pieces
    }

    /// Points in picture units; a column is one unit wide.
    static func reduced(_ points: [PlotPoint]) -> [PlotPoint] {
        var kept: [PlotPoint] = []
        var start = 0
        while start < points.count {
            let column = points[start].x.rounded(.down)
            var end = start
            var least = start
            var greatest = start
            while end < points.count, points[end].x.rounded(.down) == column {
                if points[end].y < points[least].y { least = end }
                if points[end].y > points[greatest].y { greatest = end }
                end += 1
            }
            var last = -1
            for index in [start, min(least, greatest), max(least, greatest), end - 1] where index > last {
                kept.append(points[index])
                last = index
            }
            start = end
        }
        return kept
    }
}
