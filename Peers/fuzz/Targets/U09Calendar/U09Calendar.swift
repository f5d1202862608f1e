// Days between two dates "y-m-d/y-m-d", walked day by day; the year has no upper bound.
// Found as a timeout (use a 1 s limit). Minimal input: 17 bytes "1-1-1/9999999-1-1".
private struct Day: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var length: Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
    init?(_ text: Substring) {
        let fields = text.split(separator: "-").map { Int($0) }
        guard fields.count == 3, let y = fields[0], let m = fields[1], let d = fields[2] else { return nil }
        (year, month, day) = (y, m, d)
        guard y >= 1, y < 1_000_000_000, (1...12).contains(m), d >= 1, d <= length else { return nil }
    }
    static func < (a: Day, b: Day) -> Bool { (a.year, a.month, a.day) < (b.year, b.month, b.day) }
    mutating func advance() {
        day += 1
        if day > length { (day, month) = (1, month + 1) }
        if month > 12 { (month, year) = (1, year + 1) }
    }
}
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ p: UnsafePointer<UInt8>?, _ n: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: p, count: n), as: UTF8.self)
    let halves = text.split(separator: "/")
    guard n <= 48, halves.count == 2, var from = Day(halves[0]), let to = Day(halves[1]) else { return 0 }
    var days = 0
    while from < to {  // planted: no bound on the distance
        from.advance()
        days += 1
    }
    return days % 7 == 3 ? 1 : 0
}
