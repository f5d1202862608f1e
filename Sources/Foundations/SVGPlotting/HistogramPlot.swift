/// How often which values occur, of several samples over one axis, as one SVG document.
///
/// ```swift
/// HistogramPlot(
///     title: "macd.1000: batches", summary: "…", axis: PlotAxis("time an iteration", unit: .seconds),
///     samples: [.init("base", base), .init("head", head)]
/// ).svg()
/// ```
///
/// All samples share their bins, and each is drawn as the share of its own values, so that samples of different length compare. A bin is as
/// wide as D. Freedman and P. Diaconis propose (Z. Wahrscheinlichkeitstheorie 57, 1981): 2 · IQR / n^⅓ of the sample that wants the finest,
/// at most ``maximumBins``. A long tail would squeeze the rest into one bin: values further than four IQR above the upper quartile, at most
/// a twentieth of all, are counted under the legend, not drawn. A dotted line stands at each sample's median. Like ``LinePlot``: pure,
/// bounded, accessible. O(n log n).
public struct HistogramPlot: Hashable, Sendable {
    public struct Sample: Hashable, Sendable {
        public var name: String
        /// In any order; what is no number is left out.
        public var values: [Double]

        public init(_ name: String, _ values: [Double]) {
            self.name = name
            self.values = values
        }
    }

    public var title: String
    public var summary: String
    public var axis: PlotAxis
    public var samples: [Sample]
    public var width: Int
    public var height: Int

    public init(title: String, summary: String, axis: PlotAxis, samples: [Sample], width: Int = 720, height: Int = 320) {
        self.title = title
        self.summary = summary
        self.axis = axis
        self.samples = samples
        self.width = width
        self.height = height
    }

    /// Samples beyond these are counted in the legend, not drawn.
    public static let maximumSamples = 4
    public static let maximumBins = 80
    static let leastBins = 24

    /// The document, ended by a line feed.
    public func svg() -> String {
        let shown = Array(samples.prefix(Self.maximumSamples))
        // Sums and differences of two values stay numbers.
        let sorted = shown.map { $0.values.filter { $0.magnitude < 1e300 }.sorted() }
        let bins = HistogramBins(sorted)
        var page = PlotPage(title: title, summary: summary, width: width, height: height, colours: shown.count)
        let names = zip(shown, sorted).map { sample, values in
            values.isEmpty ? sample.name : "\(sample.name), median \(AxisTicks.figure(HistogramBins.median(values), unit: axis.unit))"
        }
        page.legend(names.map { ($0, false) }, more: samples.count - shown.count)
        if bins.beyond > 0 { page.remark("\(bins.beyond) greater value\(bins.beyond == 1 ? "" : "s"), not drawn") }
        let shares = sorted.map { values in bins.counts(values).map { Double($0) / Double(max(1, values.count)) } }
        let highest = shares.joined().max() ?? 0
        let share = PlotAxis("share of values", unit: .fraction, range: 0...max(highest, 0.01))
        let verticalTicks = AxisTicks(share, data: 0...max(highest, 0.01), wanted: max(2, page.roomHeight / 55))
        page.reserveLeft(for: verticalTicks)
        var across = axis
        across.scale = .linear
        across.names = []
        let horizontalTicks = AxisTicks(
            across, data: bins.range, wanted: max(2, page.roomWidth / 90), isRounded: false, fromZero: false)
        page.axes(x: across, horizontalTicks, y: share, verticalTicks)
        guard bins.range != nil else {
            page.note("no data")
            return page.ended()
        }
        func x(_ value: Double) -> Double { page.left + (horizontalTicks.position(value) ?? 0) * page.plotWidth }
        func y(_ share: Double) -> Double { page.bottom - (verticalTicks.position(share) ?? 0) * page.plotHeight }
        for (index, values) in sorted.enumerated() where !values.isEmpty {
            // Each run of bins that hold something; each corner is where a bin begins, and how high it is, the last where the run ends.
            var outlines: [[PlotPoint]] = []
            for (bin, share) in shares[index].enumerated() where share > 0 {
                if bin == 0 || shares[index][bin - 1] == 0 { outlines.append([]) }
                outlines[outlines.count - 1].append(PlotPoint(x(bins.edge(bin)), y(share)))
                if bin + 1 == bins.count || shares[index][bin + 1] == 0 {
                    outlines[outlines.count - 1].append(PlotPoint(x(bins.edge(bin + 1)), page.bottom))
                }
            }
            page.area(outlines, colour: index)
            let middle = HistogramBins.median(values)
            if bins.bin(middle) != nil { page.upright(x: x(middle), colour: index) }
        }
        return page.ended()
    }
}

/// Equal bins over the values that are shown.
struct HistogramBins {
    /// nil: there is no value.
    let range: ClosedRange<Double>?
    let count: Int
    /// Values above the range.
    let beyond: Int

    /// - Parameter samples: finite values, each sample sorted.
    init(_ samples: [[Double]]) {
        let all = samples.joined().sorted()
        guard let least = all.first, let greatest = all.last else {
            (range, count, beyond) = (nil, 1, 0)
            return
        }
        let fences = samples.filter { !$0.isEmpty }.map { values in
            let (lower, upper) = (values[values.count / 4], values[values.count * 3 / 4])
            return upper + 4 * (upper - lower)
        }
        let fence = max(fences.max() ?? greatest, all[all.count * 19 / 20])
        var high = all.last { $0 <= fence } ?? greatest
        var low = least
        if high - low <= max(high.magnitude, low.magnitude) * 1e-9 {
            let room = max(high.magnitude * 0.01, 1e-12)
            low -= room
            high += room
        }
        let widths = samples.filter { $0.count > 1 }.map { values in
            2 * (values[values.count * 3 / 4] - values[values.count / 4]) / Self.cubeRoot(Double(values.count))
        }
        let wanted = widths.filter { $0 > 0 }.min().map { (high - low) / $0 } ?? 0
        let number =
            wanted.isFinite ? min(HistogramPlot.maximumBins - 3, max(HistogramPlot.leastBins, Int(min(wanted, 1000).rounded(.up)))) : 1
        // An empty bin on either side, so that no shape leans on an axis; the least value stands in the middle of its bin, out of
        // rounding's way.
        let room = 1.5 * (high - low) / Double(number)
        count = number + 3
        range = (low - room)...(high + room)
        let end = high + room
        beyond = all.reversed().prefix { $0 > end }.count
    }

    func edge(_ index: Int) -> Double {
        guard let range else { return 0 }
        return range.lowerBound + (range.upperBound - range.lowerBound) * Double(index) / Double(count)
    }

    /// nil above the range.
    func bin(_ value: Double) -> Int? {
        guard let range, range.contains(value) else { return nil }
        let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        return min(count - 1, max(0, Int(share * Double(count))))
    }

    func counts(_ values: [Double]) -> [Int] {
        var counts = Array(repeating: 0, count: count)
        for value in values { if let bin = bin(value) { counts[bin] += 1 } }
        return counts
    }

    /// Of sorted values.
    static func median(_ values: [Double]) -> Double {
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    /// By Newton's steps: the mathematical libraries' differ in the last bit.
    private static func cubeRoot(_ value: Double) -> Double {
        var root = max(1, value.squareRoot())
        for _ in 0..<60 { root = (2 * root + value / (root * root)) / 3 }
        return root
    }
}
