/// Figures as reports show them: three digits, with the unit that fits.
///
/// ```swift
/// FigureText.time(nanoseconds: 1234.5)      // "1.23 µs"
/// FigureText.percent(0.0142)                // "1.4 %"
/// FigureText.change(1.0834)                 // "+8.3 %"
/// ```
///
/// Pure, without a locale; what is no number is "-".
public enum FigureText {
    public static func time(nanoseconds: Double) -> String {
        guard nanoseconds.isFinite else { return "-" }
        let magnitude = nanoseconds.magnitude
        if magnitude == 0 { return "0 ns" }
        if magnitude < 0.9995 { return significant(nanoseconds * 1000, digits: 3) + " ps" }
        for (limit, divisor, unit) in [(999.5, 1.0, "ns"), (999_500, 1e3, "µs"), (999_500_000, 1e6, "ms")] where magnitude < limit {
            return significant(nanoseconds / divisor, digits: 3) + " " + unit
        }
        return significant(nanoseconds / 1e9, digits: 3) + " s"
    }

    /// A share in per cent: one place below ten, none above.
    public static func percent(_ share: Double) -> String {
        guard share.isFinite else { return "-" }
        let percent = share * 100
        let places = percent.magnitude < 0.0995 ? 2 : percent.magnitude < 9.95 ? 1 : 0
        return trimmed(fixed(percent, places: places)) + " %"
    }

    /// A share that another is at least (`.down`) or at most (`.up`): one place, rounded to the side that claims less.
    public static func bound(_ share: Double, _ side: FloatingPointRoundingRule) -> String {
        guard share.isFinite else { return "-" }
        return trimmed(fixed((share * 1000).rounded(side) / 10, places: 1)) + " %"
    }

    /// A ratio as the change that it is: "+8.3 %", "−12 %", "0 %".
    public static func change(_ ratio: Double) -> String {
        guard ratio.isFinite else { return "-" }
        let text = percent((ratio - 1).magnitude)
        if text == "0 %" { return text }
        return (ratio < 1 ? "−" : "+") + text
    }

    /// A count with a letter from ten thousand on: "12 k", "3.1 G".
    public static func count(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let magnitude = value.magnitude
        if magnitude < 9_999.5 { return value == value.rounded() ? fixed(value, places: 0) : significant(value, digits: 3) }
        for (limit, divisor, unit) in [(999_500.0, 1e3, "k"), (999_500_000, 1e6, "M"), (999_500_000_000, 1e9, "G")] where magnitude < limit
        {
            return significant(value / divisor, digits: 3) + " " + unit
        }
        return magnitude < 9.995e14 ? significant(value / 1e12, digits: 3) + " T" : "more than 1000 T"
    }

    /// Bytes in KiB, MiB, GiB.
    public static func bytes(_ bytes: Double) -> String {
        guard bytes.isFinite else { return "-" }
        if bytes.magnitude < 1024 { return significant(bytes, digits: 4) + " B" }
        var value = bytes / 1024
        for unit in ["KiB", "MiB", "GiB"] {
            if value.magnitude < 1023.5 { return significant(value, digits: 3) + " " + unit }
            value /= 1024
        }
        return significant(value, digits: 3) + " TiB"
    }

    /// So many places, rounded half away from zero, for columns that should stand under one another; a sign is the one of ASCII.
    public static func decimals(_ value: Double, _ places: Int) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return value.isNaN ? "unknown" : value < 0 ? "-any" : "any" }
        let text = fixed(value.magnitude, places: places)
        return value < 0 && text.utf8.contains { (0x31...0x39).contains($0) } ? "-" + text : text
    }

    /// So many digits where there are places behind the point, no zeros at the end; whole numbers whole.
    static func significant(_ value: Double, digits: Int) -> String {
        var places = max(0, digits - 1)
        var bound = 10.0
        while places > 0, value.magnitude >= bound - 0.5 / pow10(places) {
            places -= 1
            bound *= 10
        }
        return trimmed(fixed(value, places: places))
    }

    private static func pow10(_ exponent: Int) -> Double { (0..<max(0, exponent)).reduce(1.0) { value, _ in value * 10 } }

    /// Half away from zero; beyond what 64 bits hold, in the words of the language.
    private static func fixed(_ value: Double, places: Int) -> String {
        let scaled = (value.magnitude * pow10(places)).rounded(.toNearestOrAwayFromZero)
        guard scaled < 1e18 else { return "\(value)" }
        let (whole, rest) = Int64(scaled).quotientAndRemainder(dividingBy: Int64(pow10(places)))
        var text = "\(whole)"
        if places > 0 {
            let digits = String(rest)
            text += "." + String(repeating: "0", count: places - digits.utf8.count) + digits
        }
        return value < 0 && scaled != 0 ? "−" + text : text
    }

    private static func trimmed(_ text: String) -> String {
        guard text.utf8.contains(0x2E) else { return text }
        var text = Substring(text)
        while text.hasSuffix("0") { text = text.dropLast() }
        if text.hasSuffix(".") { text = text.dropLast() }
        return String(text)
    }
}
