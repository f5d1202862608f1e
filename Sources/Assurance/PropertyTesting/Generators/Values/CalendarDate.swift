import Determinism

/// A day of the proleptic Gregorian calendar, without a time or a zone: `2024-02-29`.
///
/// Small on purpose: what generators of dates draw, to be turned into the date type of the code under test.
public struct CalendarDate: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Days since 1970-01-01, within ±``maximumDays``.
    public let daysSinceEpoch: Int64

    /// Years −9999 to 9999 fit in.
    public static let maximumDays: Int64 = 4_400_000

    /// Held to ±``maximumDays``.
    public init(daysSinceEpoch: Int64) { self.daysSinceEpoch = min(max(daysSinceEpoch, -Self.maximumDays), Self.maximumDays) }

    /// nil for a day that does not exist, or a year outside −9999 to 9999.
    public init?(year: Int, month: Int, day: Int) {
        guard (-9999...9999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        let days = Instant.days(fromYear: Int64(year), month: Int64(month), day: Int64(min(day, 32)))
        let (y, m, d) = Instant.civil(fromDays: days)
        guard y == year, m == month, d == day else { return nil }
        daysSinceEpoch = days
    }

    /// 2000-01-01, which dates shrink towards.
    public static let simplest = CalendarDate(daysSinceEpoch: 10_957)

    /// −9999 to 9999, and a little beyond at the ends of ``maximumDays``.
    public var year: Int { Int(Instant.civil(fromDays: daysSinceEpoch).year) }
    /// 1 to 12.
    public var month: Int { Int(Instant.civil(fromDays: daysSinceEpoch).month) }
    /// 1 to 31.
    public var day: Int { Int(Instant.civil(fromDays: daysSinceEpoch).day) }
    /// 1 for Monday to 7 for Sunday (ISO 8601).
    public var weekday: Int {
        // 1970-01-01 was a Thursday.
        let rest = (daysSinceEpoch + 3) % 7
        return Int(rest < 0 ? rest + 7 : rest) + 1
    }
    /// Whether the year has a 29th of February, by the Gregorian rule.
    public var isLeapYear: Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// Midnight in UTC, held to the range of ``Determinism/Instant``.
    public var midnight: Instant {
        let (nanoseconds, overflow) = daysSinceEpoch.multipliedReportingOverflow(by: 86_400_000_000_000)
        return Instant(nanosecondsSinceEpoch: overflow ? (daysSinceEpoch < 0 ? .min : .max) : nanoseconds)
    }

    /// Earlier first.
    public static func < (a: CalendarDate, b: CalendarDate) -> Bool { a.daysSinceEpoch < b.daysSinceEpoch }

    /// ISO 8601: `YYYY-MM-DD`, a minus before years below 0.
    public var description: String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(abs(value))
            return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}

/// The distance of a zone's local time from UTC, in seconds east: `+05:45`.
public struct UTCOffset: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Positive east of Greenwich.
    public let seconds: Int

    /// Held to ±``maximumSeconds``.
    public init(seconds: Int) { self.seconds = min(max(seconds, -Self.maximumSeconds), Self.maximumSeconds) }

    /// No clock was ever a day away from UTC.
    public static let maximumSeconds = 86_400

    /// - Parameters:
    ///   - hours: negative west of Greenwich; held to ±24.
    ///   - minutes: 0 to 59, counted away from Greenwich with the hours.
    public init(hours: Int, minutes: Int = 0) {
        let size = min(abs(min(max(hours, -24), 24)) * 3600 + min(max(minutes, 0), 59) * 60, Self.maximumSeconds)
        seconds = hours < 0 ? -size : size
    }

    /// From west to east.
    public static func < (a: UTCOffset, b: UTCOffset) -> Bool { a.seconds < b.seconds }

    /// `+hh:mm`, and `:ss` where there are seconds.
    public var description: String {
        let size = abs(seconds)
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let text = "\(seconds < 0 ? "-" : "+")\(two(size / 3600)):\(two(size / 60 % 60))"
        return size % 60 == 0 ? text : text + ":\(two(size % 60))"
    }

    /// Offsets that clocks really show or showed: UTC, the whole hours from −12 to +14, then halves, quarters, and local mean times with seconds.
    public static let known: [UTCOffset] =
        [UTCOffset(seconds: 0)] + (1...14).flatMap { $0 <= 12 ? [UTCOffset(hours: $0), UTCOffset(hours: -$0)] : [UTCOffset(hours: $0)] }
        + [
            UTCOffset(hours: 5, minutes: 30), UTCOffset(hours: -3, minutes: 30), UTCOffset(hours: 9, minutes: 30),
            UTCOffset(hours: -9, minutes: 30), UTCOffset(hours: 3, minutes: 30), UTCOffset(hours: 4, minutes: 30),
            UTCOffset(hours: 6, minutes: 30), UTCOffset(hours: 10, minutes: 30), UTCOffset(hours: 5, minutes: 45),
            UTCOffset(hours: 8, minutes: 45), UTCOffset(hours: 12, minutes: 45), UTCOffset(hours: 13, minutes: 45),
            // Liberia until 1972, Amsterdam until 1937, Paris until 1911, Manila until 1844.
            UTCOffset(seconds: -2670), UTCOffset(seconds: 1172), UTCOffset(seconds: 561), UTCOffset(seconds: -57_360),
        ]
}
