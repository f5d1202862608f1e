import Glibc

/// The clock of this shell: CLOCK_MONOTONIC, which never goes back and does not follow the wall clock.
///
/// ```swift
/// let start = MonotonicTime.nanoseconds()
/// let elapsed = MonotonicTime.nanoseconds() - start
/// ```
public enum MonotonicTime {
    /// Nanoseconds since some moment before the program's start.
    public static func nanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
