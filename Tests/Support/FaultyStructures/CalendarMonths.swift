import PropertyTesting

/// Adding months to a date, held to the last day of the month; and two mutants. O(1).
public enum CalendarMonths {
    public enum Fault: String, CaseIterable, Sendable {
        /// February always has 28 days.
        case shortFebruary = "february_28"
        /// December of one year becomes month 0 of the next.
        case monthZero = "month_0"
    }

    struct Day: Hashable, Sendable {
        var year: Int
        var month: Int
        var day: Int
    }

    static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func adding(_ months: Int, to date: Day, fault: Fault? = nil) -> Day {
        let offset = fault == .monthZero ? date.month + months : date.year * 12 + date.month - 1 + months
        let year = fault == .monthZero ? date.year + floored(offset, 12) : floored(offset, 12)
        let month = fault == .monthZero ? offset - floored(offset, 12) * 12 : offset - year * 12 + 1
        let length = fault == .shortFebruary && month == 2 ? 28 : days(inMonth: month, of: year)
        return Day(year: year, month: month, day: min(date.day, length))
    }

    private static func floored(_ value: Int, _ divisor: Int) -> Int { value >= 0 ? value / divisor : -((divisor - 1 - value) / divisor) }

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("calendar", "AddMonths", noticing: [Fault.shortFebruary, .monthZero]) { draws -> (Day, Int) in
                let (year, month) = (draws.int(in: 1900...2100), draws.int(in: 1...12))
                return (Day(year: year, month: month, day: draws.int(in: 1...days(inMonth: month, of: year))), draws.int(in: -240...240))
            } holds: { sample, fault in
                let (date, months) = sample
                var (year, month) = (date.year, date.month)
                for _ in 0..<abs(months) {
                    month += months.signum()
                    if month == 13 { (year, month) = (year + 1, 1) }
                    if month == 0 { (year, month) = (year - 1, 12) }
                }
                return adding(months, to: date, fault: fault)
                    == Day(year: year, month: month, day: min(date.day, days(inMonth: month, of: year)))
            }
        ]
    }
}
