// Compact time "YYYYMMDDThh": one place knows the rule of centuries, the other does not.
// Bug: the 29th of February 1900 is accepted, and the days left in the month are negative (unsigned, traps).
// Minimal input: 11 bytes "19000229T00".
private let lengths: [UInt8] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
private struct Time {
    var year, month, day, hour: Int
    init?(_ text: UnsafeBufferPointer<UInt8>) {
        guard text.count == 11, text[8] == UInt8(ascii: "T") else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for c in text[range] {
                guard c >= UInt8(ascii: "0"), c <= UInt8(ascii: "9") else { return nil }
                value = value * 10 + Int(c - UInt8(ascii: "0"))
            }
            return value
        }
        guard let y = number(0..<4), let m = number(4..<6), let d = number(6..<8), let h = number(9..<11) else { return nil }
        (year, month, day, hour) = (y, m, d, h)
        guard (1_600...2_999).contains(year), (1...12).contains(month), hour < 24 else { return nil }
        let longest = Int(lengths[month - 1]) + (month == 2 && year % 4 == 0 ? 1 : 0)  // planted: centuries
        guard (1...longest).contains(day) else { return nil }
    }
    var isLeap: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    var daysLeft: UInt8 { lengths[month - 1] + (month == 2 && isLeap ? 1 : 0) - UInt8(day) }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    guard let time = Time(UnsafeBufferPointer(start: p, count: n)) else { return 0 }
    return time.daysLeft == 30 && time.hour == 23 && time.year == 2_345 ? 1 : 0
}
