import Glibc

/// How the cost of an operation grows with the size of its input: what a quadratic loop cannot hide, on any machine.
///
/// ```swift
/// let growth = try Growth.measured { size in
///     document(ofMembers: size)
/// } of: { bytes in
///     _ = try JSONDocument.parse(bytes, file: "x")
/// }
/// #expect(growth.isNearLinear, "\(growth)")
/// ```
///
/// The operation is timed at size n and at 16 n, as CPU time of this thread (CLOCK_THREAD_CPUTIME_ID), the middle of several
/// repetitions at n, the best at 16 n. An operation of O(n) takes 16 times as long at 16 n, one of O(n log n) hardly 22 times, one of O(n²) 256
/// times; the border lies between, at 80, with room for caches and pages that the larger input does not fit in and for what other
/// tests do to them meanwhile. Nothing depends on how fast the machine is or on what else it does.
///
/// n is doubled until the operation takes ``minimumNanoseconds``, so that constant costs do not count. O(480 · cost at n) at most.
public struct Growth: Sendable, CustomStringConvertible {
    /// The larger size is so many times the smaller.
    public static let step = 16
    /// What `step` times the input may cost.
    public static let allowedFactor: Int64 = 80
    /// A time long enough to be measured.
    public static let minimumNanoseconds: Int64 = 2_000_000
    public static let repetitions = 6

    /// The smaller size.
    public let size: Int
    public let smallNanoseconds: Int64
    public let largeNanoseconds: Int64

    /// Whether 16 times the input costs at most ``allowedFactor`` times as much.
    public var isNearLinear: Bool { largeNanoseconds <= Self.allowedFactor * smallNanoseconds }

    public var description: String {
        "size \(size): \(smallNanoseconds / 1000) us; size \(size * Self.step): \(largeNanoseconds / 1000) us, "
            + "\(largeNanoseconds / max(1, smallNanoseconds)) times as long"
    }

    /// Measures `operation` on what `input` makes of a size. `limit` is the largest size that may be asked for.
    public static func measured<Input>(
        from start: Int = 16, limit: Int = 1 << 22, input: (Int) throws -> Input, of operation: (Input) throws -> Void
    ) rethrows -> Growth {
        var size = max(1, min(start, limit / step))
        var prepared = try input(size)
        // The first run also pays for what is made once in a process.
        try operation(prepared)
        var small = try nanoseconds(of: operation, on: prepared)
        while small < minimumNanoseconds, size * 2 * step <= limit {
            size *= 2
            prepared = try input(size)
            small = try nanoseconds(of: operation, on: prepared)
        }
        // The middle one: the best would be from a moment when the core was at its fastest, which a sixteen times longer run does not get.
        var times: [Int64] = []
        for _ in 0..<(2 * repetitions) { times.append(try nanoseconds(of: operation, on: prepared)) }
        times.sort()
        small = times[repetitions]
        let larger = try input(size * step)
        var large = try nanoseconds(of: operation, on: larger)
        // Further repetitions can only lower the figure: needed where the first was disturbed.
        for _ in 1..<(5 * repetitions) where large > allowedFactor * small {
            large = min(large, try nanoseconds(of: operation, on: larger))
        }
        return Growth(size: size, smallNanoseconds: small, largeNanoseconds: large)
    }

    private static func nanoseconds<Input>(of operation: (Input) throws -> Void, on input: Input) rethrows -> Int64 {
        let start = threadTime()
        try operation(input)
        return max(1, threadTime() - start)
    }

    private static func threadTime() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
