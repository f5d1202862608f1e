/// Seconds in decimal, such as "0.002", "1169.662059295" or "1.5e-05", as whole nanoseconds.
///
/// The literal is read digit by digit, never through a floating-point number; digits beyond the ninth decimal place are
/// cut off. Nil for anything that is no such number, is negative, or exceeds 64 bits of nanoseconds (292 years).
/// O(length); literals beyond ``maximumLength`` bytes are refused.
enum DecimalSeconds {
    static let maximumLength = 64

    /// - Parameter thousandsCommas: also take "1,234.5", where every comma stands before exactly three digits.
    static func nanoseconds(_ literal: some StringProtocol, thousandsCommas: Bool = false) -> Int64? {
        let bytes = Array(literal.utf8.prefix(maximumLength + 1))
        guard bytes.count <= maximumLength else { return nil }
        var digits: [UInt8] = []
        var index = 0
        var wholeDigits = 0
        if bytes.first == UInt8(ascii: "+") { index = 1 }
        let firstDigit = index
        var groupStart: Int?
        while index < bytes.count {
            if isDigit(bytes[index]) {
                digits.append(bytes[index] - 48)
                wholeDigits += 1
            } else if bytes[index] == UInt8(ascii: ","), thousandsCommas {
                if let groupStart {
                    guard index - groupStart == 4 else { return nil }
                } else {
                    // "0,123" is a comma for a decimal point, which must not become 123 seconds.
                    guard index > firstDigit, index - firstDigit <= 3, bytes[firstDigit] != UInt8(ascii: "0") else { return nil }
                }
                groupStart = index
            } else {
                break
            }
            index += 1
        }
        if let groupStart { guard index - groupStart == 4 else { return nil } }
        guard wholeDigits > 0 || (index < bytes.count && bytes[index] == UInt8(ascii: ".")) else { return nil }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while index < bytes.count, isDigit(bytes[index]) {
                digits.append(bytes[index] - 48)
                index += 1
            }
        }
        guard !digits.isEmpty else { return nil }
        var exponent = 0
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            var negative = false
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
                negative = bytes[index] == UInt8(ascii: "-")
                index += 1
            }
            let start = index
            while index < bytes.count, isDigit(bytes[index]) {
                exponent = min(exponent * 10 + Int(bytes[index] - 48), 1000)
                index += 1
            }
            guard index > start else { return nil }
            if negative { exponent = -exponent }
        }
        guard index == bytes.count else { return nil }
        // The first `kept` digits are whole nanoseconds; missing ones are zeros.
        let kept = wholeDigits + exponent + 9
        var value: Int64 = 0
        for position in 0..<max(kept, 0) {
            if value == 0, position >= digits.count { break }
            let digit = position < digits.count ? Int64(digits[position]) : 0
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            value = sum
        }
        return value
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
