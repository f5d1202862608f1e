/// Times in decimal, such as "123.4" with the unit "ns", as whole picoseconds.
///
/// ```swift
/// DecimalTime.picoseconds("0.2455", unit: .nanoseconds)     // 246
/// DecimalTime.picoseconds("1.5e-05", unit: .seconds)        // 15_000_000
/// ```
///
/// The literal is a JSON number and is read digit by digit, never through a floating-point number. What is below a picosecond
/// is rounded up, so that no time meets a limit that it exceeds. Nil for a negative number, for one above
/// ``maximumPicoseconds`` and for a literal of more than ``maximumLength`` bytes. O(length).
enum DecimalTime {
    enum Unit: String, CaseIterable {
        case nanoseconds = "ns"
        case microseconds = "us"
        case milliseconds = "ms"
        case seconds = "s"

        /// Of ten, from this unit to picoseconds.
        fileprivate var exponent: Int {
            switch self {
            case .nanoseconds: 3
            case .microseconds: 6
            case .milliseconds: 9
            case .seconds: 12
            }
        }
    }

    static let maximumLength = 64
    /// About 46 days; the sum of two such times fits in 64 bits.
    static let maximumPicoseconds: Int64 = 4_000_000_000_000_000_000

    static func picoseconds(_ literal: String, unit: Unit) -> Int64? {
        let bytes = Array(literal.utf8.prefix(maximumLength + 1))
        guard bytes.count <= maximumLength else { return nil }
        var digits: [Int64] = []
        var index = 0
        while index < bytes.count, isDigit(bytes[index]) {
            digits.append(Int64(bytes[index] - 0x30))
            index += 1
        }
        let wholeDigits = digits.count
        guard wholeDigits > 0 else { return nil }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while index < bytes.count, isDigit(bytes[index]) {
                digits.append(Int64(bytes[index] - 0x30))
                index += 1
            }
        }
        var exponent = 0
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            let negative = index < bytes.count && bytes[index] == UInt8(ascii: "-")
            if negative || (index < bytes.count && bytes[index] == UInt8(ascii: "+")) { index += 1 }
            while index < bytes.count, isDigit(bytes[index]) {
                // Beyond any number that fits, further digits change nothing.
                exponent = min(exponent * 10 + Int(bytes[index] - 0x30), 1000)
                index += 1
            }
            if negative { exponent = -exponent }
        }
        guard index == bytes.count else { return nil }
        // The first `kept` digits are whole picoseconds; missing ones are zeros.
        let kept = max(wholeDigits + exponent + unit.exponent, 0)
        var value: Int64 = 0
        for position in 0..<kept {
            if value == 0, position >= digits.count { break }
            // No overflow: the value stays below the maximum, which is less than half of what 64 bits hold.
            guard value <= maximumPicoseconds / 10 else { return nil }
            value = value * 10 + (position < digits.count ? digits[position] : 0)
        }
        if digits.dropFirst(kept).contains(where: { $0 > 0 }) { value += 1 }
        return value <= maximumPicoseconds ? value : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}
