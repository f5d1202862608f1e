/// A point on the UTC time line with nanosecond resolution, in 64 bits.
///
/// `Instant` is what every document, ledger leaf and verdict of this project carries. It knows no time zone, no
/// locale and no calendar but the proleptic Gregorian one, and never leaves integers, so that a value read from a
/// document is written back as the same bytes.
///
/// ```swift
/// let start = try Instant(rfc3339: "2024-01-01T00:00:00Z")
/// let next = start.advanced(byNanoseconds: 60_000_000_000)
/// print(next.rfc3339)          // 2024-01-01T00:01:00Z
/// ```
///
/// Range: 1677-09-21 to 2262-04-11 (the range of a signed 64-bit count of nanoseconds around 1970). Leap seconds are
/// not representable, as in POSIX time; a text with second 60 is refused.
///
/// Calendar conversions follow H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (civil_from_days).
public struct Instant: Hashable, Comparable, Sendable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; negative before.
    public var nanosecondsSinceEpoch: Int64

    public init(nanosecondsSinceEpoch: Int64) { self.nanosecondsSinceEpoch = nanosecondsSinceEpoch }

    public static let epoch = Instant(nanosecondsSinceEpoch: 0)

    public static func < (a: Instant, b: Instant) -> Bool { a.nanosecondsSinceEpoch < b.nanosecondsSinceEpoch }

    /// The instant `nanoseconds` later (earlier when negative), held at the ends of the range.
    public func advanced(byNanoseconds nanoseconds: Int64) -> Instant {
        let (sum, overflow) = nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
        if overflow { return Instant(nanosecondsSinceEpoch: nanoseconds > 0 ? .max : .min) }
        return Instant(nanosecondsSinceEpoch: sum)
    }

    /// Nanoseconds from `other` to this instant, held at the ends of `Int64`.
    public func nanoseconds(since other: Instant) -> Int64 {
        let (difference, overflow) = nanosecondsSinceEpoch.subtractingReportingOverflow(other.nanosecondsSinceEpoch)
        if overflow { return nanosecondsSinceEpoch > other.nanosecondsSinceEpoch ? .max : .min }
        return difference
    }
}

extension Instant: CustomStringConvertible {
    public var description: String { rfc3339 }

    /// RFC 3339 in UTC with `Z`, and as many fraction digits as are needed (0, 3, 6 or 9).
    public var rfc3339: String {
        let perSecond: Int64 = 1_000_000_000
        var seconds = nanosecondsSinceEpoch / perSecond
        var nanoseconds = nanosecondsSinceEpoch % perSecond
        if nanoseconds < 0 {
            nanoseconds += perSecond
            seconds -= 1
        }
        var days = seconds / 86_400
        var secondOfDay = seconds % 86_400
        if secondOfDay < 0 {
            secondOfDay += 86_400
            days -= 1
        }
        let (year, month, day) = Self.civil(fromDays: days)
        var text = Self.padded(year, 4) + "-" + Self.padded(month, 2) + "-" + Self.padded(day, 2)
        text += "T" + Self.padded(secondOfDay / 3600, 2) + ":" + Self.padded(secondOfDay / 60 % 60, 2)
        text += ":" + Self.padded(secondOfDay % 60, 2)
        if nanoseconds != 0 {
            if nanoseconds % 1_000_000 == 0 {
                text += "." + Self.padded(nanoseconds / 1_000_000, 3)
            } else if nanoseconds % 1000 == 0 {
                text += "." + Self.padded(nanoseconds / 1000, 6)
            } else {
                text += "." + Self.padded(nanoseconds, 9)
            }
        }
        return text + "Z"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return digits.count >= width ? digits : String(repeating: "0", count: width - digits.count) + digits
    }

    /// The date of a count of days since 1970-01-01.
    public static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Days since 1970-01-01 of a date of the proleptic Gregorian calendar.
    public static func days(fromYear year: Int64, month: Int64, day: Int64) -> Int64 {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Why a text is not an instant.
public struct InstantError: Error, Hashable, Sendable, CustomStringConvertible {
    public let text: String
    public let reason: String
    public var description: String { "'\(text)' is not an RFC 3339 time: \(reason)" }
}

extension Instant {
    /// Reads an RFC 3339 time: `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`.
    ///
    /// Strict: a time without a zone, a space for the `T`, a day that does not exist, second 60 and more than nine
    /// fraction digits are refused, since each of them would be read differently by somebody.
    public init(rfc3339 text: String) throws(InstantError) {
        func fail(_ reason: String) -> InstantError { InstantError(text: String(text.prefix(64)), reason: reason) }
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 35 else { throw fail("expected YYYY-MM-DDThh:mm:ssZ") }
        func digits(_ range: Range<Int>) -> Int64? {
            var value: Int64 = 0
            for index in range {
                guard index < bytes.count, bytes[index] >= 48, bytes[index] <= 57 else { return nil }
                value = value * 10 + Int64(bytes[index] - 48)
            }
            return value
        }
        guard let year = digits(0..<4), bytes[4] == 45, let month = digits(5..<7), bytes[7] == 45,
            let day = digits(8..<10), bytes[10] == 84, let hour = digits(11..<13), bytes[13] == 58,
            let minute = digits(14..<16), bytes[16] == 58, let second = digits(17..<19)
        else { throw fail("expected YYYY-MM-DDThh:mm:ssZ") }
        var position = 19
        var nanoseconds: Int64 = 0
        if bytes[position] == 46 {
            position += 1
            let first = position
            while position < bytes.count, bytes[position] >= 48, bytes[position] <= 57 { position += 1 }
            let count = position - first
            guard count >= 1, count <= 9, var fraction = digits(first..<position) else {
                throw fail("a fraction has 1 to 9 digits")
            }
            for _ in count..<9 { fraction *= 10 }
            nanoseconds = fraction
        }
        guard position < bytes.count else { throw fail("the zone is missing; write Z or +hh:mm") }
        var offsetMinutes: Int64 = 0
        switch bytes[position] {
        case 90: position += 1
        case 43, 45:
            let sign: Int64 = bytes[position] == 43 ? 1 : -1
            guard bytes.count == position + 6, let hours = digits(position + 1..<position + 3), bytes[position + 3] == 58,
                let minutes = digits(position + 4..<position + 6), hours <= 23, minutes <= 59
            else { throw fail("the zone is not Z or ±hh:mm") }
            offsetMinutes = sign * (hours * 60 + minutes)
            position += 6
        default: throw fail("the zone is not Z or ±hh:mm")
        }
        guard position == bytes.count else { throw fail("text after the zone") }
        guard (1...12).contains(month) else { throw fail("month \(month) is not 1 to 12") }
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths: [Int64] = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard day >= 1, day <= lengths[Int(month) - 1] else { throw fail("day \(day) does not exist in that month") }
        guard hour <= 23, minute <= 59, second <= 59 else { throw fail("the time of day is out of range") }
        let days = Self.days(fromYear: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offsetMinutes * 60
        // In 128 bits: whole seconds of the first second of the range lie outside of it, and the fraction brings them back.
        let total = Int128(seconds) * 1_000_000_000 + Int128(nanoseconds)
        guard let held = Int64(exactly: total) else { throw fail("outside 1677-09-21 to 2262-04-11") }
        self.init(nanosecondsSinceEpoch: held)
    }
}
