import Determinism

extension Draws {
    /// Dates that programs stumble over: ends of months and years, leap days, days that a wrong leap rule invents, ends of 32-bit counts.
    private static let oddDates: [Int64] = {
        let dates = [
            (1900, 2, 28), (1900, 3, 1), (1970, 1, 1), (1969, 12, 31), (1999, 12, 31), (2000, 2, 28), (2000, 2, 29), (2000, 3, 1),
            (2000, 12, 31),
            (2001, 9, 9), (2004, 2, 29), (2016, 12, 31), (2023, 2, 28), (2024, 2, 29), (2024, 12, 31), (2038, 1, 19), (2038, 1, 20),
            (2100, 2, 28),
            (2100, 3, 1), (1582, 10, 4), (1582, 10, 15), (1, 1, 1), (0, 12, 31), (1677, 9, 21), (2262, 4, 11), (9999, 12, 31),
        ]
        return dates.compactMap { CalendarDate(year: $0.0, month: $0.1, day: $0.2)?.daysSinceEpoch }
    }()

    /// A day, as year, month and day of the month: three choices, so that a leap day shrinks to the nearest leap day.
    private func day(_ range: ClosedRange<Int64>) -> Int64 {
        let (first, _, _) = Instant.civil(fromDays: range.lowerBound)
        let (last, _, _) = Instant.civil(fromDays: range.upperBound)
        // A day picked as a whole is planned with the year; its month and day follow.
        var planned: (month: UInt64, day: UInt64)?
        let years = ZigZag(first...last, towards: 2000)
        let year = years.value(
            choose(ChoiceShape(kind: .integer, bound: years.bound, below: years.below, origin: years.origin)) { random in
                let dice = random.next()
                var near =
                    range.lowerBound + Int64(random.next().multipliedFullWidth(by: UInt64(range.upperBound - range.lowerBound) + 1).high)
                switch dice & 7 {
                case 0: near = Self.oddDates[Int((dice >> 8) % UInt64(Self.oddDates.count))]
                case 1:
                    // The last day of a month, or the first of the next.
                    let (year, month, _) = Instant.civil(fromDays: near)
                    near = Instant.days(fromYear: year, month: month, day: 1) - Int64(dice >> 63)
                case 2: near = dice >> 63 == 0 ? range.lowerBound : range.upperBound
                case 3: near = CalendarDate.simplest.daysSinceEpoch + Int64(dice >> 32 % 800) - 400
                default: break
                }
                let (year, month, day) = Instant.civil(fromDays: min(max(near, range.lowerBound), range.upperBound))
                planned = (UInt64(month - 1), UInt64(day - 1))
                return years.index(year)
            })
        let month = choose(ChoiceShape(kind: .integer, bound: 11, origin: 1)) { planned?.month ?? $0.next() % 12 } + 1
        let next =
            month == 12 ? Instant.days(fromYear: year + 1, month: 1, day: 1) : Instant.days(fromYear: year, month: Int64(month) + 1, day: 1)
        let start = Instant.days(fromYear: year, month: Int64(month), day: 1)
        let length = UInt64(next - start)
        let day = choose(ChoiceShape(kind: .integer, bound: length - 1, origin: 1)) { min(planned?.day ?? $0.next() % length, length - 1) }
        return min(max(start + Int64(day), range.lowerBound), range.upperBound)
    }

    /// A date; shrinks towards 2000-01-01: the year towards 2000, the month and the day towards 1. Held to the range.
    ///
    /// Leap days, ends of months and years, and both ends of the range are frequent.
    ///
    /// - Parameter range: nil for 1900-01-01 to 2100-12-31.
    public func calendarDate(in range: ClosedRange<CalendarDate>? = nil) -> CalendarDate {
        let days = range.map { $0.lowerBound.daysSinceEpoch...$0.upperBound.daysSinceEpoch } ?? -25_567...47_846
        return journaledSpan(Label.time) { CalendarDate(daysSinceEpoch: day(days)) }
    }

    /// A point in time; shrinks to midnight of 2000-01-01 in UTC: first the day, then the second of the day, then the fraction.
    ///
    /// Held to the range, whose ends come up; half of all instants are whole seconds.
    ///
    /// - Parameter range: nil for 1900 to 2100; all of ``Determinism/Instant`` is allowed.
    public func instant(in range: ClosedRange<Instant>? = nil) -> Instant {
        let perDay: Int64 = 86_400_000_000_000
        let lower = range?.lowerBound ?? CalendarDate(daysSinceEpoch: -25_567).midnight
        let upper = range?.upperBound ?? CalendarDate(daysSinceEpoch: 47_847).midnight
        func floor(_ instant: Instant) -> Int64 {
            instant.nanosecondsSinceEpoch / perDay - (instant.nanosecondsSinceEpoch % perDay < 0 ? 1 : 0)
        }
        return journaledSpan(Label.time) {
            let days = day(floor(lower)...floor(upper))
            let second = Int64(int(in: 0...86_399))
            let fraction = bool() ? Int64(int(in: 0...999_999_999)) : 0
            // In 128 bits: the first day of all begins before the first instant.
            let total = Int128(days) * Int128(perDay) + Int128(second * 1_000_000_000 + fraction)
            return min(max(Instant(nanosecondsSinceEpoch: Int64(clamping: total)), lower), upper)
        }
    }

    /// An offset from UTC that some clock shows or showed; UTC is simplest, then whole hours, then halves and quarters, then such with seconds.
    public func utcOffset() -> UTCOffset { element(of: UTCOffset.known) }

    /// A duration of a range; shrinks towards zero or the end nearest to it, whole seconds first.
    ///
    /// - Parameter range: both ends come up.
    public func duration(in range: ClosedRange<Duration> = .zero ... .seconds(86_400)) -> Duration {
        journaledSpan(Label.time) {
            let seconds = integer(in: range.lowerBound.components.seconds...range.upperBound.components.seconds)
            var value = Duration(secondsComponent: seconds, attosecondsComponent: 0)
            switch weighted([4, 3, 1]) {
            case 0: break
            case 1: value += .nanoseconds(int(in: 0...999_999_999))
            default: value += Duration(secondsComponent: 0, attosecondsComponent: Int64(int(in: 0...999_999_999_999_999_999)))
            }
            return min(max(value, range.lowerBound), range.upperBound)
        }
    }
}

extension Gen where Value == CalendarDate {
    /// A date; see ``Draws/calendarDate(in:)``.
    public static func calendarDate(in range: ClosedRange<CalendarDate>? = nil) -> Gen { Gen { $0.calendarDate(in: range) } }
}

extension Gen where Value == Instant {
    /// A point in time; see ``Draws/instant(in:)``.
    public static func instant(in range: ClosedRange<Instant>? = nil) -> Gen { Gen { $0.instant(in: range) } }
}

extension Gen where Value == UTCOffset {
    /// An offset from UTC; see ``Draws/utcOffset()``.
    public static func utcOffset() -> Gen { Gen { $0.utcOffset() } }
}

extension Gen where Value == Duration {
    /// A duration; see ``Draws/duration(in:)``.
    public static func duration(in range: ClosedRange<Duration> = .zero ... .seconds(86_400)) -> Gen { Gen { $0.duration(in: range) } }
}
