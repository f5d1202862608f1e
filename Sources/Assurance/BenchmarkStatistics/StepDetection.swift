#if canImport(Glibc)
    import Glibc
#endif

/// Steps in a history: between which commits a time, or a ratio, went to another level and stayed there.
///
/// ```swift
/// for step in StepDetection().steps(in: times) { print(commits[step.index], step.ratio) }      // 4f2c1ab 1.052
/// ```
///
/// Logarithms of the values are split where the two sides differ most for their spread, by Student's t with pooled variance; what chance
/// would show is computed, not drawn by permutations, so that the same history has the same steps (as in M. Fleming et al., "Hunter", ICPE
/// 2023, which took the t-test into the E-divisive search for this). A search that only ever halves the whole does not see a level that
/// comes back; so the intervals of seeded binary segmentation (S. Kovács et al., Biometrika 110, 2023) are searched too: they depend on the
/// length alone. Steps found are placed anew between their neighbours, and one that is no longer sure there goes.
///
/// **Its rate.** The p of a step is multiplied by the number of all splits of all intervals (Bonferroni): of histories whose noise is
/// bell-shaped and independent, with no step, at most a share of ``significance`` shows one. A machine that is busy for days is a step:
/// what is found is shown, never held against anybody.
///
/// Values that are not above 0 are passed over, and of more than ``maximumPoints`` the newest count. Complexity: O(n log n) for the
/// intervals, and O(n) more for each step.
public struct StepDetection: Sendable, Equatable {
    public struct Step: Sendable, Equatable {
        /// The first value of the new level, in the history as it was given.
        public let index: Int
        /// The levels: geometric means from the step before, and up to the next.
        public let before: Double
        public let after: Double
        /// after / before: 1.05 is 5 % slower.
        public let ratio: Double
        /// How likely noise alone would show such a step anywhere in the history, at most.
        public let p: Double
    }

    /// The share of histories without a step in which one is found, at most.
    public let significance: Double
    /// Smaller steps are not shown, as a share.
    public let leastChange: Double
    /// Values of a level, at least; 2 or more.
    public let leastLevel: Int

    public static let maximumPoints = 2000

    public init(significance: Double = 0.001, leastChange: Double = 0.02, leastLevel: Int = 4) {
        self.significance = significance
        self.leastChange = max(0, leastChange)
        self.leastLevel = max(2, leastLevel)
    }

    public func steps(in history: [Double]) -> [Step] {
        let usable = history.indices.filter { history[$0] > 0 && history[$0].isFinite }.suffix(Self.maximumPoints)
        let indices = Array(usable)
        guard indices.count >= 2 * leastLevel else { return [] }
        let levels = Levels(indices.map { log(history[$0]) })
        let intervals = intervals(levels.count)
        // Splits of all intervals.
        let tests = Double(intervals.reduce(0) { $0 + max(0, $1.high - $1.low - 2 * leastLevel + 1) })
        let limit = significance / tests
        let places = settled(segmented(levels, intervals, limit), levels, limit)
        return places.indices.map { position in
            let (low, high) = Self.neighbours(position, places, levels.count)
            let place = places[position]
            let (before, after) = (exp(levels.mean(low, place)), exp(levels.mean(place, high)))
            let p = Levels.p(levels.t(low, place, high), degrees: high - low - 2)
            return Step(index: indices[place], before: before, after: after, ratio: after / before, p: min(1, p * tests))
        }
    }

    // MARK: The search

    private struct Split {
        var place: Int
        var p: Double
    }

    /// Places of steps, in order.
    private func segmented(_ levels: Levels, _ intervals: [(low: Int, high: Int)], _ limit: Double) -> [Int] {
        let candidates = intervals.map { (low: $0.low, high: $0.high, split: best(levels, $0.low, $0.high, limit)) }
        var places: [Int] = []
        var open = [(low: 0, high: levels.count)]
        while let (low, high) = open.popLast() {
            var found = best(levels, low, high, limit)
            for candidate in candidates where candidate.low >= low && candidate.high <= high {
                guard let split = candidate.split else { continue }
                // Of equals the first: the longest interval, and of those the leftmost.
                if split.p < found?.p ?? .infinity { found = split }
            }
            guard let split = found else { continue }
            places.append(split.place)
            open.append((low, split.place))
            open.append((split.place, high))
        }
        return places.sorted()
    }

    /// The steps, each at the best place between its neighbours, without those that are not sure there; what goes changes its neighbours,
    /// so again until nothing changes.
    private func settled(_ found: [Int], _ levels: Levels, _ limit: Double) -> [Int] {
        var places = found
        for _ in 0...found.count {
            let before = places
            for position in places.indices {
                let (low, high) = Self.neighbours(position, places, levels.count)
                if let split = best(levels, low, high, limit) { places[position] = split.place }
            }
            let splits = places.indices.map { position in
                let (low, high) = Self.neighbours(position, places, levels.count)
                return best(levels, low, high, limit)?.p ?? 1
            }
            if let weakest = splits.indices.max(by: { splits[$0] < splits[$1] }), splits[weakest] > limit { places.remove(at: weakest) }
            if places == before { break }
        }
        return places
    }

    private static func neighbours(_ position: Int, _ places: [Int], _ count: Int) -> (low: Int, high: Int) {
        (position > 0 ? places[position - 1] : 0, position + 1 < places.count ? places[position + 1] : count)
    }

    /// Layers of intervals that overlap by half, each shorter than the one before by √2.
    private func intervals(_ count: Int) -> [(low: Int, high: Int)] {
        var intervals: [(low: Int, high: Int)] = []
        var length = Double(count)
        while length >= Double(2 * leastLevel) {
            let number = 2 * Int((Double(count) / length).rounded(.up)) - 1
            for index in 0..<number {
                let start = number == 1 ? 0 : (Double(count) - length) * Double(index) / Double(number - 1)
                intervals.append((Int(start.rounded(.down)), min(count, Int((start + length).rounded(.up)))))
            }
            length /= 2.0.squareRoot()
        }
        return intervals
    }

    /// The split of low..<high with the least p, of those whose sides differ enough; nil where that is above the limit.
    private func best(_ levels: Levels, _ low: Int, _ high: Int, _ limit: Double) -> Split? {
        guard high - low >= 2 * leastLevel else { return nil }
        let least = log1p(leastChange)
        var best: (place: Int, t: Double)?
        for place in (low + leastLevel)...(high - leastLevel) {
            let t = levels.t(low, place, high)
            guard abs(levels.mean(place, high) - levels.mean(low, place)) >= least, t > best?.t ?? 0 else { continue }
            best = (place, t)
        }
        // Student's tails are never lighter than the bell's, which are cheap.
        guard let best, erfc(best.t / 2.0.squareRoot()) <= limit else { return nil }
        let p = Levels.p(best.t, degrees: high - low - 2)
        return p <= limit ? Split(place: best.place, p: p) : nil
    }
}

/// Means and variances of any stretch of a list at once, from running sums.
private struct Levels {
    private let sums: [Double]
    private let squares: [Double]
    let count: Int

    init(_ values: [Double]) {
        count = values.count
        // About the middle value, so that sums of squares lose no digits.
        let middle = Quantile.median(values)
        var (sum, square) = (0.0, 0.0)
        var (sums, squares) = ([0.0], [0.0])
        for value in values {
            sum += value - middle
            square += (value - middle) * (value - middle)
            sums.append(sum)
            squares.append(square)
        }
        self.sums = sums
        self.squares = squares
        offset = middle
    }

    private let offset: Double

    func mean(_ low: Int, _ high: Int) -> Double { offset + (sums[high] - sums[low]) / Double(high - low) }

    private func rest(_ low: Int, _ high: Int) -> Double {
        let sum = sums[high] - sums[low]
        return max(0, squares[high] - squares[low] - sum * sum / Double(high - low))
    }

    /// |t| of the two sides with pooled variance; a spread below a part in a million counts as one, so that figures which repeat exactly
    /// divide by no zero.
    func t(_ low: Int, _ place: Int, _ high: Int) -> Double {
        let (left, right) = (Double(place - low), Double(high - place))
        let variance = max(1e-12, (rest(low, place) + rest(place, high)) / (left + right - 2))
        return abs(mean(place, high) - mean(low, place)) / (variance * (1 / left + 1 / right)).squareRoot()
    }

    /// How likely Student's t with so many degrees is as far from 0, on either side.
    static func p(_ t: Double, degrees: Int) -> Double {
        let degrees = Double(max(1, degrees))
        return SpecialFunctions.incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5)
    }
}
