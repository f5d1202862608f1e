/// Where a component that must know the time asks for it.
///
/// Two readings, because they answer two questions: ``wallNow`` says which instant people would write down, and may jump
/// when somebody sets the clock; ``monotonicNow`` only ever moves forward, and is what durations, deadlines and timeouts
/// are measured with.
///
/// ```swift
/// struct Lease {
///     let expires: MonotonicInstant
///     func isValid(_ time: some TimeSource) -> Bool { time.monotonicNow < expires }
/// }
/// ```
///
/// Executables pass ``SystemTimeSource``; tests pass ``FrozenClock``. Nothing else in this project reads a clock.
public protocol TimeSource: Sendable {
    var wallNow: Instant { get }
    var monotonicNow: MonotonicInstant { get }
}

/// A reading of a monotonic clock: nanoseconds since an origin that means nothing outside of that clock.
///
/// Readings of different clocks must not be compared. Arithmetic with `Swift.Duration` rounds a part of a nanosecond up,
/// so that a sleep never ends early, and is held at the ends of 64 bits (±292 years).
public struct MonotonicInstant: Hashable, Sendable {
    public var nanosecondsSinceOrigin: Int64

    public init(nanosecondsSinceOrigin: Int64) { self.nanosecondsSinceOrigin = nanosecondsSinceOrigin }

    public static let origin = MonotonicInstant(nanosecondsSinceOrigin: 0)

    /// The reading `nanoseconds` later (earlier when negative), held at the ends of the range.
    public func advanced(byNanoseconds nanoseconds: Int64) -> MonotonicInstant {
        let (sum, overflow) = nanosecondsSinceOrigin.addingReportingOverflow(nanoseconds)
        if overflow { return MonotonicInstant(nanosecondsSinceOrigin: nanoseconds > 0 ? .max : .min) }
        return MonotonicInstant(nanosecondsSinceOrigin: sum)
    }

    /// Nanoseconds from `other` to this reading, held at the ends of `Int64`.
    public func nanoseconds(since other: MonotonicInstant) -> Int64 {
        let (difference, overflow) = nanosecondsSinceOrigin.subtractingReportingOverflow(other.nanosecondsSinceOrigin)
        if overflow { return nanosecondsSinceOrigin > other.nanosecondsSinceOrigin ? .max : .min }
        return difference
    }
}

extension MonotonicInstant: InstantProtocol {
    public func advanced(by duration: Swift.Duration) -> MonotonicInstant {
        let attosecondsPerNanosecond: Int128 = 1_000_000_000
        var (nanoseconds, rest) = duration.attoseconds.quotientAndRemainder(dividingBy: attosecondsPerNanosecond)
        if rest > 0 { nanoseconds += 1 }
        // Held in the end, not on the way: a negative origin and a large duration may well meet within the range.
        let (sum, overflow) = Int128(nanosecondsSinceOrigin).addingReportingOverflow(nanoseconds)
        if overflow { return MonotonicInstant(nanosecondsSinceOrigin: nanoseconds > 0 ? .max : .min) }
        return MonotonicInstant(nanosecondsSinceOrigin: Int64(clamping: sum))
    }

    public func duration(to other: MonotonicInstant) -> Swift.Duration {
        let nanoseconds = Int128(other.nanosecondsSinceOrigin) - Int128(nanosecondsSinceOrigin)
        return Swift.Duration(attoseconds: nanoseconds * 1_000_000_000)
    }

    public static func < (a: MonotonicInstant, b: MonotonicInstant) -> Bool {
        a.nanosecondsSinceOrigin < b.nanosecondsSinceOrigin
    }
}
