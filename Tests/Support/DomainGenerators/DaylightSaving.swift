import Determinism
import PropertyTesting

/// When clocks change, by the rules in force since 2007, computed and not looked up.
///
/// - European Union (directive 2000/84/EC): on the last Sunday of March and October, at 01:00 UTC, in all zones at once.
/// - United States (Energy Policy Act of 2005): on the second Sunday of March and the first of November, at 02:00 local time.
public enum DaylightSavingRule: Hashable, Sendable, CaseIterable {
    case europeanUnion
    case unitedStates

    /// The first year for which both rules hold.
    public static let firstYear = 2007

    /// The change to summer time (`isStart`) or back of a year, in a zone.
    ///
    /// - Parameter standard: the zone's offset in winter.
    public func transition(year: Int, isStart: Bool, standard: UTCOffset) -> Instant {
        let date: CalendarDate
        let secondOfDay: Int
        switch self {
        case .europeanUnion:
            date = Self.sunday(year, isStart ? 3 : 10, after: 24)
            secondOfDay = 3600
        case .unitedStates:
            date = Self.sunday(year, isStart ? 3 : 11, after: isStart ? 7 : 0)
            // Summer time still holds on the way back: its 02:00 is 01:00 in winter time.
            secondOfDay = (isStart ? 7200 : 3600) - standard.seconds
        }
        return date.midnight.advanced(byNanoseconds: Int64(secondOfDay) * 1_000_000_000)
    }

    /// The offset that clocks show at an instant.
    public func offset(at instant: Instant, standard: UTCOffset) -> UTCOffset {
        // A day's distance from a turn of the year changes nothing, so the year in UTC will do.
        let days = instant.nanosecondsSinceEpoch / 86_400_000_000_000
        let year = Int(Instant.civil(fromDays: days).year)
        let isSummer =
            instant >= transition(year: year, isStart: true, standard: standard)
            && instant < transition(year: year, isStart: false, standard: standard)
        return isSummer ? UTCOffset(seconds: standard.seconds + 3600) : standard
    }

    /// The first Sunday after a day of a month; 0 for the first of the month.
    private static func sunday(_ year: Int, _ month: Int, after day: Int) -> CalendarDate {
        let next = CalendarDate(year: year, month: month, day: day + 1) ?? .simplest
        return CalendarDate(daysSinceEpoch: next.daysSinceEpoch + Int64((7 - next.weekday) % 7))
    }
}

/// An instant near a change of clocks, and what clocks show.
public struct DaylightSavingMoment: Hashable, Sendable {
    /// The rule that the zone follows.
    public var rule: DaylightSavingRule
    /// The offset in winter.
    public var standard: UTCOffset
    /// The moment itself.
    public var instant: Instant
    /// The change it is near to.
    public var transition: Instant
    /// Whether that is the change to summer time, which leaves out an hour (a gap); else one comes twice (a fold).
    public var isStart: Bool
    /// The offset at the instant.
    public var offset: UTCOffset

    /// What clocks show, as if it were UTC.
    public var local: Instant { instant.advanced(byNanoseconds: Int64(offset.seconds) * 1_000_000_000) }

    /// Whether clocks show the same time twice, an hour apart: the hour before and the hour after the change back.
    public var isFolded: Bool {
        let distance = instant.nanoseconds(since: transition)
        return !isStart && distance >= -3_600_000_000_000 && distance < 3_600_000_000_000
    }
}

extension Gen where Value == DaylightSavingMoment {
    /// An instant within two days of a change of clocks; half of them within two hours, many at the change itself, one nanosecond or second next to it.
    ///
    /// The simplest is the change to summer time of 2007 in Greenwich's zone.
    ///
    /// - Parameter years: 2007 or later; held to that.
    public static func daylightSavingMoment(years: ClosedRange<Int> = 2007...2037) -> Gen {
        Gen { draws in
            draws.span(DomainLabel.zone) {
                let rule = draws.any(DaylightSavingRule.self)
                let hours = rule == .europeanUnion ? [0, 1, 2] : [-5, -6, -7, -8, -9, -10]
                let standard = UTCOffset(hours: draws.element(of: hours))
                let first = max(DaylightSavingRule.firstYear, years.lowerBound)
                let year = draws.int(in: first...max(first, years.upperBound))
                let isStart = !draws.bool()
                let transition = rule.transition(year: year, isStart: isStart, standard: standard)
                let hour = 3_600_000_000_000
                let distance =
                    switch draws.weighted([3, 5, 4]) {
                    case 0: draws.element(of: [0, -1, 1, -1_000_000_000, 1_000_000_000, hour, -hour, hour - 1, -hour - 1])
                    case 1: draws.int(in: -7200...7200) * 1_000_000_000
                    default: draws.int(in: -48 * hour...48 * hour)
                    }
                let instant = transition.advanced(byNanoseconds: Int64(distance))
                return DaylightSavingMoment(
                    rule: rule, standard: standard, instant: instant, transition: transition, isStart: isStart,
                    offset: rule.offset(at: instant, standard: standard))
            }
        }
    }
}
