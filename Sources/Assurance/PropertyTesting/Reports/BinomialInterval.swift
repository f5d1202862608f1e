/// What a count of hits says about the true share: the exact interval of Clopper and Pearson.
///
/// ```swift
/// BinomialInterval(hits: 3, of: 100, confidence: 0.95)        // 0.0062 … 0.0852
/// ```
///
/// Lower end: the share p at which so many hits or more have a probability of (1−c)/2; upper end: so many or fewer. Found by bisection. The
/// tails are sums of ratios of neighbouring terms, from the most frequent count outwards: additions, multiplications and divisions alone,
/// which IEEE 754 rounds in one way everywhere. Source: C. J. Clopper, E. S. Pearson, "The Use of Confidence or Fiducial Limits",
/// Biometrika 26(4), 1934. O(√n) for each of ``steps`` steps.
public struct BinomialInterval: Hashable, Sendable {
    public let lower: Double
    public let upper: Double
    private static let steps = 50

    /// - Parameters:
    ///   - hits: at most `cases`; both at least 0. With no cases at all the interval is 0…1.
    ///   - confidence: between 0 and 1.
    public init(hits: Int, of cases: Int, confidence: Double = 0.95) {
        let (cases, hits) = (max(0, cases), min(max(0, hits), max(0, cases)))
        let tail = (1 - min(max(confidence, 0), 1)) / 2
        lower = hits == 0 ? 0 : Self.bisect { Self.atLeast(hits, cases, $0) >= tail }
        upper = hits == cases ? 1 : Self.bisect { 1 - Self.atLeast(hits + 1, cases, $0) < tail }
    }

    /// The least share at which `isEnough`, which is false below it and true above.
    private static func bisect(_ isEnough: (Double) -> Bool) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<steps {
            let middle = (low + high) / 2
            if isEnough(middle) { high = middle } else { low = middle }
        }
        return (low + high) / 2
    }

    /// P(X ≥ k) of n trials with share p, 0 < p < 1.
    static func atLeast(_ k: Int, _ n: Int, _ p: Double) -> Double {
        if k <= 0 { return 1 }
        if k > n || p <= 0 { return 0 }
        if p >= 1 { return 1 }
        let odds = p / (1 - p)
        let mode = min(n, max(0, Int((Double(n) + 1) * p)))
        var (all, tail) = (0.0, 0.0)
        // Downwards from the mode, whose term counts as 1, then upwards.
        var term = 1.0
        var count = mode
        while term > 1e-18 {
            all += term
            if count >= k { tail += term }
            if count == 0 { break }
            term *= Double(count) / (Double(n - count + 1) * odds)
            count -= 1
        }
        term = 1
        count = mode
        while count < n {
            term *= Double(n - count) * odds / Double(count + 1)
            if term <= 1e-18 { break }
            count += 1
            all += term
            if count >= k { tail += term }
        }
        return tail / all
    }
}
