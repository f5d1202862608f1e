/// One axis of a plot: what it measures, in which unit, and how values are laid along it.
///
/// ```swift
/// PlotAxis("executions", unit: .number, scale: .logarithmic)
/// PlotAxis("time", unit: .seconds)
/// PlotAxis("line coverage", unit: .fraction, range: 0...1)
/// ```
public struct PlotAxis: Hashable, Sendable {
    public enum Unit: Hashable, Sendable {
        /// A plain number, shortened by k, M, G, T from ten thousand on.
        case number
        /// Seconds, shown as a duration: "250 µs", "30 s", "1 h 30 min".
        case seconds
        /// Bytes, shown in KiB, MiB, GiB.
        case bytes
        /// A part of one, shown in per cent.
        case fraction
    }

    public enum Scale: Hashable, Sendable {
        case linear
        /// Decades. Values that are not above zero have no place on it and are left out.
        case logarithmic
    }

    public var title: String
    public var unit: Unit
    public var scale: Scale
    /// What the axis shows at least; `nil` lets the data decide alone. A linear axis of amounts begins at zero where its data come near it.
    public var range: ClosedRange<Double>?
    /// What stands at 0, 1, 2, … in place of numbers: commits, releases. As many are shown as there is room for, the last always. Of a
    /// logarithmic axis they are not read.
    public var names: [String]

    public init(
        _ title: String, unit: Unit = .number, scale: Scale = .linear, range: ClosedRange<Double>? = nil, names: [String] = []
    ) {
        self.title = title
        self.unit = unit
        self.scale = scale
        self.range = range
        self.names = names
    }
}
