/// Decimal text of doubles, exact and without a locale.
///
/// ```swift
/// DecimalText.fixed(0.3955734, places: 6)   // "0.395573"
/// DecimalText.parse("5e-7")                 // 0.0000005
/// DecimalText.parse("nan")                  // nil
/// ```
///
/// `fixed` rounds the double's exact binary value, half to even (IEEE 754 roundTiesToEven on the decimal grid), by integer
/// arithmetic alone, so that the text is the same on every platform.
public enum DecimalText {
    /// The most digits that ``fixed(_:places:)`` writes after the point.
    public static let maximumPlaces = 15

    /// The value with exactly `places` digits after the point; nil where it is not finite, not below 2^63 in magnitude, or
    /// `places` is outside of 0...15. What rounds to zero has no sign.
    public static func fixed(_ value: Double, places: Int) -> String? {
        guard value.isFinite, value.magnitude < 0x1p63, (0...maximumPlaces).contains(places) else { return nil }
        var power: UInt128 = 1
        for _ in 0..<places { power *= 10 }
        // |value| = significand · 2^exponent exactly, with significand < 2^53 and exponent <= 10; the product with
        // 10^15 < 2^50 stays below 2^113, so that nothing overflows.
        let exponent = Int(value.exponentBitPattern == 0 ? 1 : value.exponentBitPattern) - 1075
        let hidden: UInt64 = value.exponentBitPattern == 0 ? 0 : 1 << 52
        var scaled = UInt128(value.significandBitPattern | hidden) * power
        if exponent >= 0 {
            scaled <<= UInt128(exponent)
        } else {
            let shift = -exponent
            if shift >= 120 {
                scaled = 0  // scaled < 2^103, so that this is far below one half
            } else {
                let rest = scaled & ((1 << UInt128(shift)) - 1)
                let half: UInt128 = 1 << UInt128(shift - 1)
                scaled >>= UInt128(shift)
                if rest > half || (rest == half && scaled & 1 == 1) { scaled += 1 }
            }
        }
        var text = String(scaled / power)
        if places > 0 {
            let fraction = String(scaled % power)
            text += "." + String(repeating: "0", count: places - fraction.utf8.count) + fraction
        }
        return value.sign == .minus && scaled != 0 ? "-" + text : text
    }

    /// The nearest double of `[+-]digits[.digits][e[+-]digits]`; nil for any other text ("nan", "inf", hexadecimal, white
    /// space, grouping), and where the value would be infinite.
    public static func parse(_ text: String) -> Double? {
        var bytes = text.utf8[...]
        func digits(_ bytes: inout Substring.UTF8View) -> Int {
            let count = bytes.prefix { $0 >= 0x30 && $0 <= 0x39 }.count
            bytes = bytes.dropFirst(count)
            return count
        }
        if let first = bytes.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") { bytes = bytes.dropFirst() }
        guard digits(&bytes) > 0 else { return nil }
        if bytes.first == UInt8(ascii: ".") {
            bytes = bytes.dropFirst()
            guard digits(&bytes) > 0 else { return nil }
        }
        if let mark = bytes.first, mark | 0x20 == UInt8(ascii: "e") {
            bytes = bytes.dropFirst()
            if let sign = bytes.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { bytes = bytes.dropFirst() }
            guard digits(&bytes) > 0 else { return nil }
        }
        guard bytes.isEmpty, let value = Double(text), value.isFinite else { return nil }
        return value
    }
}
