/// Where an axis is marked, and with what words.
///
/// ```swift
/// AxisTicks(PlotAxis("t", unit: .seconds), data: 0...95, wanted: 5).marks.map(\.label)   // ["0 s", "30 s", "1 min", "1 min 30 s", "2
/// min"]
/// ```
///
/// Linear steps are 1, 2 or 5 times a power of ten (P. Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990); of a duration,
/// the steps of a clock and a calendar; of bytes, powers of two. Logarithmic axes are marked at powers of ten, thinned out where there
/// are many, and at 2 and 5 times them where there are few. The axis reaches from the first mark to the last. Same data, same marks; at
/// most ``maximumMarks``.
struct AxisTicks: Hashable, Sendable {
    struct Mark: Hashable, Sendable {
        let value: Double
        let label: String
    }

    static let maximumMarks = 24

    let marks: [Mark]
    /// What the axis shows.
    let low: Double
    let high: Double
    let isLogarithmic: Bool

    /// - Parameters:
    ///   - data: the least and the greatest value to be shown; `nil` where there are none.
    ///   - wanted: about how many marks there is room for.
    ///   - fromZero: whether an axis of amounts begins at zero where its data come near it.
    ///   - isRounded: whether the axis goes on to the next mark where the data end between two; else it ends with the data.
    init(_ axis: PlotAxis, data: ClosedRange<Double>?, wanted: Int, isRounded: Bool = true, fromZero: Bool = true) {
        isLogarithmic = axis.scale == .logarithmic
        let wanted = min(max(2, wanted), Self.maximumMarks / 2)
        if !isLogarithmic, !axis.names.isEmpty {
            let stride = (axis.names.count + wanted - 1) / wanted
            marks = Swift.stride(from: axis.names.count - 1, through: 0, by: -stride).reversed().map {
                Mark(value: Double($0), label: axis.names[$0])
            }
            // Half a place on either side, so that the first and the last stand free of the edges.
            low = -0.5
            high = Double(axis.names.count) - 0.5
            return
        }
        var low = data?.lowerBound ?? axis.range?.lowerBound ?? (isLogarithmic ? 1 : 0)
        var high = data?.upperBound ?? axis.range?.upperBound ?? (isLogarithmic ? 10 : 1)
        if let range = axis.range, range.lowerBound.isFinite, range.upperBound.isFinite {
            low = min(low, range.lowerBound)
            high = max(high, range.upperBound)
        }
        // Half of the largest number: sums and differences of two values stay numbers.
        low = max(low, -Self.greatest)
        high = min(high, Self.greatest)
        if isLogarithmic {
            let values = Self.decades(max(low, Self.least), max(high, Self.least), wanted)
            marks = values.map { Mark(value: $0, label: Self.label($0, step: $0, unit: axis.unit, greatest: $0)) }
        } else {
            // Amounts are read from zero: an axis that cuts most of them off makes a mole-hill look like a mountain.
            if low > 0, fromZero && low < high / 2 || low == high { low = 0 }
            if high < 0, fromZero && high > low / 2 || low == high { high = 0 }
            // What differs in its last digits only is one value: steps that fine cannot be told apart.
            if high - low <= max(low.magnitude, high.magnitude) * 1e-12 {
                let room = max(1, high.magnitude / 2)
                low -= room
                high += room
            }
            let step = Self.step(for: (high - low) / Double(wanted), unit: axis.unit)
            let first = (low / step).rounded(.down)
            let last = (high / step).rounded(.up)
            let count = min(Self.maximumMarks - 1, max(1, Int(min(1000, last - first))))
            let greatest = max((first * step).magnitude, (last * step).magnitude)
            let all = (0...count).map { index in
                let value = (first + Double(index)) * step
                return Mark(value: value, label: Self.label(value, step: step, unit: axis.unit, greatest: greatest))
            }
            let inside = all.filter { isRounded || ($0.value >= low - step * 1e-9 && $0.value <= high + step * 1e-9) }
            marks = inside.count > 1 ? inside : all
            self.low = inside.count > 1 && !isRounded ? min(low, marks[0].value) : marks[0].value
            self.high = inside.count > 1 && !isRounded ? max(high, marks[marks.count - 1].value) : marks[marks.count - 1].value
            return
        }
        self.low = marks[0].value
        self.high = marks[marks.count - 1].value
    }

    /// Where a value stands: 0 at the first mark, 1 at the last. `nil` for what has no place.
    func position(_ value: Double) -> Double? {
        guard value.isFinite else { return nil }
        if isLogarithmic {
            guard value > 0 else { return nil }
            return (Self.logarithm(value) - Self.logarithm(low)) / max(Self.logarithm(high) - Self.logarithm(low), 1e-300)
        }
        return (value - low) / max(high - low, .leastNormalMagnitude)
    }

    private static let greatest = 1e300
    private static let least = 1e-300

    // MARK: Steps

    private static let clock: [Double] = [
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
    ]

    private static func step(for wanted: Double, unit: PlotAxis.Unit) -> Double {
        switch unit {
        case .seconds where wanted > 0.5 && wanted <= 604_800: return clock.first { $0 >= wanted } ?? 604_800
        case .bytes where wanted > 1:
            var step = 1.0
            while step < wanted, step < 1e300 { step *= 2 }
            return step
        default: break
        }
        let exponent = Decade.exponent(of: max(wanted, least))
        for factor in [1.0, 2, 5] where Decade.scaled(factor, by: exponent) >= wanted { return Decade.scaled(factor, by: exponent) }
        return Decade.scaled(10, by: exponent)
    }

    private static func decades(_ low: Double, _ high: Double, _ wanted: Int) -> [Double] {
        let first = Decade.exponent(of: low)
        var last = Decade.exponent(of: high)
        if Decade.power(last) < high || last == first { last += 1 }
        let count = last - first
        if count <= max(1, wanted / 3) {
            // Room for 2 and 5 between them, and the ends need not be powers of ten.
            let all = (first..<last).flatMap { exponent in [1.0, 2, 5].map { Decade.scaled($0, by: exponent) } } + [Decade.power(last)]
            let from = all.lastIndex { $0 <= low } ?? 0
            let to = all.firstIndex { $0 >= high } ?? all.count - 1
            if to > from { return Array(all[from...to]) }
            return Array(all[from...min(from + 1, all.count - 1)])
        }
        let stride = max(1, (count + wanted - 1) / wanted)
        let aligned = last + (stride - (count % stride)) % stride
        return Swift.stride(from: first, through: aligned, by: stride).map(Decade.power)
    }

    // MARK: Words

    /// One value by itself, as exactly as a reader wants it: whole numbers below a million whole, others by three digits.
    static func figure(_ value: Double, unit: PlotAxis.Unit) -> String {
        if unit == .number, value.magnitude < 1_000_000, value == value.rounded() { return SVGText.fixed(value, decimals: 0) }
        let greatest = value.magnitude
        var shown = value
        if greatest > 0 {
            let exponent = Decade.exponent(of: greatest) - 2
            shown = Decade.scaled(Decade.scaled(value, by: -exponent).rounded(.toNearestOrAwayFromZero), by: exponent)
        }
        return label(shown, step: max(greatest / 100, least), unit: unit, greatest: greatest)
    }

    static func label(_ value: Double, step: Double, unit: PlotAxis.Unit, greatest: Double) -> String {
        switch unit {
        case .number: return number(value, step: step, greatest: greatest)
        case .fraction:
            let exponent = Decade.exponent(of: max((step * 100).magnitude, least))
            return SVGText.fixed(value * 100, decimals: max(0, -exponent), trimmed: true) + " %"
        case .seconds: return duration(value, step: step)
        case .bytes:
            let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
            var index = 0
            var divisor = 1.0
            while index < units.count - 1, greatest / divisor >= 1024 {
                divisor *= 1024
                index += 1
            }
            return SVGText.fixed(value / divisor, decimals: 3, trimmed: true) + " " + units[index]
        }
    }

    private static func number(_ value: Double, step: Double, greatest: Double) -> String {
        if value == 0 { return "0" }
        if greatest >= 1e16 || greatest < 1e-6 { return SVGText.scientific(value) }
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")]
        if greatest >= 10_000, let unit = units.first(where: { greatest >= $0.0 }) {
            return SVGText.fixed(value / unit.0, decimals: 3, trimmed: true) + " " + unit.1
        }
        return SVGText.fixed(value, decimals: max(0, -Decade.exponent(of: max(step, least))))
    }

    private static func duration(_ value: Double, step: Double) -> String {
        if value < 0 { return "-" + duration(-value, step: step) }
        if value == 0 { return "0 s" }
        if value < 1 || step < 1 && value < 10 {
            for (factor, unit) in [(1.0, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")] where value * factor >= 1 || unit == "ns" {
                // As many places as tell two marks apart.
                let decimals = max(2, -Decade.exponent(of: max(step * factor, least)))
                return SVGText.fixed(value * factor, decimals: decimals, trimmed: true) + " " + unit
            }
        }
        if value < 60 { return SVGText.fixed(value, decimals: step < 1 ? 1 : 0, trimmed: true) + " s" }
        // Two units at most, and no part that is nothing.
        let units: [(Double, String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        let index = units.firstIndex { value >= $0.0 } ?? 3
        let whole = (value / units[index].0).rounded(.down)
        var text = SVGText.fixed(whole, decimals: 0) + " " + units[index].1
        if index < 3 {
            let rest = ((value - whole * units[index].0) / units[index + 1].0).rounded(.down)
            if rest >= 1 { text += " " + SVGText.fixed(rest, decimals: 0) + " " + units[index + 1].1 }
        }
        return text
    }

    /// The decimal logarithm, by the exponent and a fixed series for the rest, so that every machine draws the same picture.
    static func logarithm(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        let exponent = Decade.exponent(of: value)
        let mantissa = Decade.scaled(value, by: -exponent)  // 1 ..< 10
        // ln m = 2 artanh((m - 1) / (m + 1)), of the fourth root so that the series is short.
        let root = mantissa.squareRoot().squareRoot()
        let ratio = (root - 1) / (root + 1)
        var term = ratio
        var sum = 0.0
        for odd in stride(from: 1.0, through: 31.0, by: 2) {
            sum += term / odd
            term *= ratio * ratio
        }
        return Double(exponent) + 8 * sum / 2.302585092994046
    }
}
