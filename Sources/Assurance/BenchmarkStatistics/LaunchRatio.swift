#if canImport(Glibc)
    import Glibc
#endif

/// What one launch says of head over base, from its quads of batches `A B B A`.
///
/// The logarithm of each quad's ratio is (ln B₁ + ln B₂ − ln A₁ − ln A₂) / 2: a drift that is linear over the quad cancels. On shared machines a core
/// runs at two or more speeds, each for some milliseconds; a quad in which the speed changed says nothing. Whether it did shows in how far the two A
/// and the two B differ, which favours neither side: the half of the quads that agree best with themselves is kept, and the launch's value is their
/// median.
public struct LaunchRatio: Sendable, Equatable {
    /// ln(head / base): 0.0488 is 5 % slower.
    public let logRatio: Double
    /// The standard error of that, from the spread of the quads kept.
    public let error: Double
    /// Quads measured.
    public let quads: Int
    /// The share of batches during which another process had the CPU.
    public let disturbed: Double

    init(logRatio: Double, error: Double, quads: Int, disturbed: Double) {
        self.logRatio = logRatio
        self.error = error
        self.quads = quads
        self.disturbed = disturbed
    }

    /// At least this many quads are kept, if there are so many.
    static let leastQuads = 3

    /// - Parameters:
    ///   - base, head: times of the batches in the order of measuring, two of each a quad; equal numbers of iterations.
    ///   - disturbances: involuntary switches of each of these batches, for the record.
    /// - Returns: nil where there is no whole quad, or a time is 0.
    public init?(base: [Int64], head: [Int64], disturbances: [Int64] = []) {
        let count = min(base.count, head.count) / 2
        guard count > 0, !base.contains(where: { $0 <= 0 }), !head.contains(where: { $0 <= 0 }) else { return nil }
        var all: [(ratio: Double, disagreement: Double)] = []
        all.reserveCapacity(count)
        for quad in 0..<count {
            let (a1, a2) = (log(Double(base[2 * quad])), log(Double(base[2 * quad + 1])))
            let (b1, b2) = (log(Double(head[2 * quad])), log(Double(head[2 * quad + 1])))
            all.append(((b1 + b2 - a1 - a2) / 2, abs(a1 - a2) + abs(b1 - b2)))
        }
        // Equal disagreements in the order of measuring, so that the choice is one.
        let order = all.indices.sorted { (all[$0].disagreement, $0) < (all[$1].disagreement, $1) }
        let kept = order.prefix(max(min(count, Self.leastQuads), count / 2)).map { all[$0].ratio }
        let middle = Quantile.median(kept)
        logRatio = middle
        // The median's error is 1.2533 times the mean's for bell-shaped values; 1.4826 makes the median deviation a standard deviation.
        let spread = kept.count > 1 ? 1.4826 * Quantile.median(kept.map { abs($0 - middle) }) : .infinity
        error = 1.2533 * spread / Double(kept.count).squareRoot()
        quads = count
        disturbed =
            disturbances.isEmpty ? 0 : Double(disturbances.count { $0 > 0 }) / Double(disturbances.count)
    }
}
