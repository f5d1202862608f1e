/// Text and numbers as an SVG document holds them: the same bytes everywhere, and never markup that was not meant.
enum SVGText {
    /// Scalars of a title, a name or a label that a plot shows.
    static let maximumLength = 300

    /// Text of others for element content and quoted attributes. What XML 1.0 cannot hold (section 2.2), and marks that reorder or hide
    /// text, become U+FFFD; line ends become spaces; what is longer than the limit ends in "…".
    static func escaped(_ text: String, limit: Int = maximumLength) -> String {
        var output = ""
        var count = 0
        for scalar in text.unicodeScalars {
            guard count < limit else { return output + "…" }
            count += 1
            switch scalar.value {
            case 0x26: output += "&amp;"
            case 0x3C: output += "&lt;"
            case 0x3E: output += "&gt;"
            case 0x22: output += "&quot;"
            case 0x27: output += "&#39;"
            case 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: output += " "
            case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF, 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: output += "\u{FFFD}"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// A coordinate in tenths of a unit: finer is not seen, and longer is only longer.
    static func coordinate(_ value: Double) -> String { fixed(min(max(value, -100_000), 100_000), decimals: 1, trimmed: true) }

    /// A number with so many decimals, half away from zero; `trimmed` drops zeros at its end. Beyond 15 digits it is left to
    /// ``scientific(_:)``.
    static func fixed(_ value: Double, decimals: Int, trimmed: Bool = false) -> String {
        let decimals = min(max(0, decimals), 15)
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        let scaled = (value.magnitude * factor).rounded(.toNearestOrAwayFromZero)
        guard scaled < 1e15 else { return value.isFinite ? scientific(value) : "-" }
        let number = Int64(scaled)
        let divisor = Int64(factor)
        var text = "\(number / divisor)"
        var fraction = String(number % divisor)
        fraction = String(repeating: "0", count: decimals - min(decimals, fraction.utf8.count)) + fraction
        if decimals == 0 { fraction = "" }
        if trimmed { while fraction.utf8.last == 0x30 { fraction.removeLast() } }
        if !fraction.isEmpty { text += "." + fraction }
        return value < 0 && number != 0 ? "-" + text : text
    }

    /// Two digits and a power of ten: "4.2e-9".
    static func scientific(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        if value == 0 { return "0" }
        var exponent = Decade.exponent(of: value.magnitude)
        var mantissa = Decade.scaled(value.magnitude, by: -exponent)
        if (mantissa * 10).rounded(.toNearestOrAwayFromZero) >= 100 {
            mantissa /= 10
            exponent += 1
        }
        return (value < 0 ? "-" : "") + fixed(mantissa, decimals: 1, trimmed: true) + "e\(exponent)"
    }

    /// About how wide a text is in a sans-serif face, in the units of its size: enough to lay out a legend without a font at hand.
    static func width(_ text: String, size: Double) -> Double {
        var ems = 0.0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x20, 0x21, 0x27...0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x49, 0x69, 0x6A, 0x6C, 0x7C: ems += 0.36
            case 0x4D, 0x57, 0x6D, 0x77, 0x40, 0x25: ems += 0.94
            case 0x41...0x5A: ems += 0.72
            case 0x2E80...0xFFFF, 0x1F000...0x1FFFF: ems += 1.0
            default: ems += 0.63
            }
        }
        return ems * size
    }
}

/// Powers of ten without a logarithm, whose last bit differs between mathematical libraries.
enum Decade {
    /// The greatest `e` with 10^e ≤ `value`; 0 for what is not a positive number.
    static func exponent(of value: Double) -> Int {
        guard value.isFinite, value > 0 else { return 0 }
        var low = -324
        var high = 309
        while high - low > 1 {
            let middle = (low + high) / 2
            if power(middle) <= value { low = middle } else { high = middle }
        }
        return low
    }

    /// 10^exponent, correctly rounded: the literal's reading is the standard library's.
    static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? (exponent < 0 ? 0 : .infinity) }

    /// value × 10^exponent.
    static func scaled(_ value: Double, by exponent: Int) -> Double { exponent >= 0 ? value * power(exponent) : value / power(-exponent) }
}
