/// Counts that repeat exactly: allocations, bytes asked for, regions of code run, calls of the system, the size of a binary.
///
/// Each side is counted by at least two processes. Where they agree the count is exact and one more is a change; where they do not, the metric has
/// shown that it is noise here, and says nothing.
public struct CountComparison: Sendable, Equatable {
    public enum Verdict: String, Sendable, CaseIterable {
        case equal, fewer, more
        /// The processes of one side disagree.
        case noisy
        /// One side has no count.
        case unknown
    }

    public let metric: String
    public let base: [Int64]
    public let head: [Int64]
    /// Counts may differ by this share between processes and still be taken for equal: 0 for exact ones, 0.001 for instructions.
    public let tolerance: Double

    public init(metric: String, base: [Int64], head: [Int64], tolerance: Double = 0) {
        self.metric = metric
        self.base = base
        self.head = head
        self.tolerance = tolerance
    }

    public var verdict: Verdict {
        guard base.count >= 2, head.count >= 2, let base = Self.agreed(base, tolerance), let head = Self.agreed(head, tolerance) else {
            return base.count < 2 || head.count < 2 ? .unknown : .noisy
        }
        let slack = Int64((tolerance * Double(max(abs(base), abs(head)))).rounded(.down))
        if head > base &+ slack { return .more }
        if head < base &- slack { return .fewer }
        return .equal
    }

    /// Head less base, where both are known.
    public var change: Int64? {
        guard let base = Self.agreed(base, tolerance), let head = Self.agreed(head, tolerance) else { return nil }
        return head &- base
    }

    /// The least of counts that agree.
    private static func agreed(_ counts: [Int64], _ tolerance: Double) -> Int64? {
        guard let low = counts.min(), let high = counts.max() else { return nil }
        // Counts are not negative; a difference of two of them is in range.
        guard low >= 0, Double(high - low) <= tolerance * Double(high) else { return nil }
        return low
    }
}
