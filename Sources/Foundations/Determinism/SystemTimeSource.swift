#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The machine's clocks, for executables' edges only: POSIX `CLOCK_REALTIME` and `CLOCK_MONOTONIC`.
///
/// Complexity: O(1), a call into the vDSO (tens of nanoseconds), no allocation. A clock that the system refuses to read
/// gives 0, which no caller can mistake for a present instant; POSIX knows no such failure for these two.
public struct SystemTimeSource: TimeSource {
    public init() {}

    public var wallNow: Instant { Instant(nanosecondsSinceEpoch: Self.read(CLOCK_REALTIME)) }

    public var monotonicNow: MonotonicInstant { MonotonicInstant(nanosecondsSinceOrigin: Self.read(CLOCK_MONOTONIC)) }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return 0 }
        let (whole, overflow) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return time.tv_sec > 0 ? .max : .min }
        let (sum, carry) = whole.addingReportingOverflow(Int64(time.tv_nsec))
        return carry ? .max : sum
    }
}
