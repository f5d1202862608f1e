/// What a benchmark may cost. Every limit is optional but the slow-down, which has a default.
public struct BenchmarkBudget: Sendable, Equatable {
    /// By how much head may be slower than base, as a share; 0.05 unless said otherwise, the threshold of TradePulse.
    public var slowdown: Double
    /// Nanoseconds an iteration. Compared with the lowest that was measured: a busy neighbour never breaks it.
    public var time: Double?
    /// Times the time of the benchmark's reference kernel in the same launches.
    public var ratio: Double?
    /// Allocations an iteration.
    public var allocations: Int64?
    /// By how many allocations an iteration head may have more than base; 0 unless said otherwise.
    public var allocationGrowth: Int64
    /// Bytes resident at most, of the launch's process.
    public var peakBytes: Int64?
    /// Why a limit is looser than the default, and until when it holds (an RFC 3339 date); both or none.
    public var reason: String?
    public var expires: String?

    public static let defaultSlowdown = 0.05

    public init(
        slowdown: Double = BenchmarkBudget.defaultSlowdown, time: Double? = nil, ratio: Double? = nil, allocations: Int64? = nil,
        allocationGrowth: Int64 = 0, peakBytes: Int64? = nil, reason: String? = nil, expires: String? = nil
    ) {
        self.slowdown = slowdown
        self.time = time
        self.ratio = ratio
        self.allocations = allocations
        self.allocationGrowth = allocationGrowth
        self.peakBytes = peakBytes
        self.reason = reason
        self.expires = expires
    }

    /// Whether it allows more than a budget that nobody gave a reason for.
    public var isLoosened: Bool { slowdown > Self.defaultSlowdown || allocationGrowth > 0 }
}
