#if canImport(Glibc)
    import Glibc
#endif

/// Launches of one time against launches of another: a difference that nobody should be judged by, with an interval that says so.
///
/// ```swift
/// let deviation = UnpairedComparison.deviation(of: earlierRuns)
/// UnpairedComparison(base: saved, head: now, sessionDeviation: deviation)?.verdict      // .unclear
/// ```
///
/// A launch is its median batch. The interval is Welch's (Biometrika 34, 1947) of the logarithms, 95 % by Student's t with the degrees of freedom of
/// Satterthwaite. Launches of one time agree with one another better than with those of another time: the machine has other neighbours then, and
/// another speed. Nothing in the launches shows by how much; how much runs that followed one another differed does, changes of the code included, and
/// each time counts with a deviation of that. Of a kernel that computes it is about 2 %, of one that allocates on a shared machine 15 %. With 2 %, the
/// least, a change below 6 % is never seen. For smaller ones the two builds take turns (``PairedDecision``).
public struct UnpairedComparison: Sendable, Equatable {
    public enum Verdict: String, Sendable, CaseIterable { case better, worse, unclear }

    /// Head over base.
    public let interval: RatioInterval
    public let baseLaunches: Int
    public let headLaunches: Int

    /// The standard deviation, as a share, that each of the two times counts with.
    public let sessionDeviation: Double

    /// However well runs agree.
    public static let leastDeviation = 0.02
    /// Where there are too few runs to know.
    public static let assumedDeviation = 0.08
    /// Runs that say something of their deviation.
    public static let leastRuns = 5

    /// By how much the runs of a benchmark on one machine differ from one time to another, in the order of measuring.
    ///
    /// From the middle of the differences between one run and the next, which a change of the code now and then does not move: 1.4826 times the
    /// median is the standard deviation of bell-shaped differences, and of one run it is that by √2.
    public static func deviation(of runs: [[(times: [Int64], iterations: Int64)]]) -> Double {
        let levels = runs.map(logarithms).filter { !$0.isEmpty }.map(mean)
        guard levels.count >= leastRuns else { return assumedDeviation }
        let differences = zip(levels, levels.dropFirst()).map { abs($1 - $0) }
        return max(leastDeviation, 1.4826 * Quantile.median(differences) / 2.0.squareRoot())
    }

    /// - Returns: nil where a side has no launch that took time.
    public init?(
        base: [(times: [Int64], iterations: Int64)], head: [(times: [Int64], iterations: Int64)],
        sessionDeviation: Double = UnpairedComparison.assumedDeviation
    ) {
        self.sessionDeviation = max(Self.leastDeviation, sessionDeviation)
        let (old, new) = (Self.logarithms(base), Self.logarithms(head))
        guard !old.isEmpty, !new.isEmpty else { return nil }
        baseLaunches = old.count
        headLaunches = new.count
        let change = Self.mean(new) - Self.mean(old)
        guard old.count > 1, new.count > 1 else {
            interval = RatioInterval(estimate: exp(change), lower: 0, upper: .infinity)
            return
        }
        let (a, b) = (Self.variance(old) / Double(old.count), Self.variance(new) / Double(new.count))
        let least = Double(min(old.count, new.count) - 1)
        let spread = a * a / Double(old.count - 1) + b * b / Double(new.count - 1)
        let degrees = spread > 0 ? max(least, (a + b) * (a + b) / spread) : Double(old.count + new.count - 2)
        let error = (a + b + 2 * self.sessionDeviation * self.sessionDeviation).squareRoot()
        let half = error * SpecialFunctions.studentQuantile(0.975, degrees: degrees)
        interval = RatioInterval(estimate: exp(change), lower: exp(change - half), upper: exp(change + half))
    }

    public var verdict: Verdict { interval.upper < 1 ? .better : interval.lower > 1 ? .worse : .unclear }

    private static func logarithms(_ launches: [(times: [Int64], iterations: Int64)]) -> [Double] {
        launches.compactMap { launch in
            guard launch.iterations > 0, !launch.times.isEmpty else { return nil }
            let middle = Quantile.median(launch.times.map { Double($0) / Double(launch.iterations) })
            return middle > 0 ? log(middle) : nil
        }
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private static func variance(_ values: [Double]) -> Double {
        let middle = mean(values)
        return values.reduce(0) { $0 + ($1 - middle) * ($1 - middle) } / Double(values.count - 1)
    }
}
