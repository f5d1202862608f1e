import Determinism

/// What benchmarks may cost, as an entry of `budgets` in gates.json says it; all numbers are exact integers.
///
/// ```swift
/// let budget = options.budget(for: "macd.wilder")
/// if budget.isExpired(at: now) { /* a failure that names the budget, its reason and its last day */ }
/// ```
public struct BenchBudget: Sendable, Hashable {
    /// 5 %.
    public static let defaultSlowdownPartsPerMillion: Int64 = 50_000
    /// The largest slow-down or ratio that can be written: a thousandfold.
    public static let maximumPartsPerMillion: Int64 = 1_000_000_000

    /// The benchmarks that it is of; nil for the budget of those that no entry names.
    public var benchmarks: Glob?
    /// By how much head may be slower than base, as a share of base.
    public var slowdownPartsPerMillion: Int64 = defaultSlowdownPartsPerMillion
    /// Of one iteration, at most.
    public var timePicoseconds: Int64?
    /// Times the time of the benchmark's reference kernel in the same launches, at most.
    public var ratioPartsPerMillion: Int64?
    /// Of one iteration, at most.
    public var allocations: Int64?
    /// By how many allocations an iteration head may have more than base.
    public var allocationGrowth: Int64 = 0
    /// Resident at most, of the launch's process.
    public var peakBytes: Int64?
    public var reason: String?
    public var expires: Expiry?

    /// The last day on which a budget holds, in UTC.
    public struct Expiry: Sendable, Hashable {
        /// As written: "2027-01-31".
        public var text: String
        /// The first instant at which it no longer holds: midnight after that day.
        public var end: Instant
    }

    public init() {}

    /// Whether it allows more than a budget for which nobody gave a reason.
    public var isLoosened: Bool { slowdownPartsPerMillion > Self.defaultSlowdownPartsPerMillion || allocationGrowth > 0 }

    public func isExpired(at now: Instant) -> Bool { expires.map { now >= $0.end } ?? false }
}
