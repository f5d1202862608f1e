import Testing

@testable import BenchmarkStatistics

struct IntervalTests {
    // Reference values: the roots of the binomial sums, by bisection; Student's from printed tables.
    @Test(
        "exact intervals have the limits of Clopper and Pearson",
        arguments: [
            (0, 300, 0.0, 0.0122209747), (1, 107, 0.000236587037, 0.0509725426), (67, 67, 0.9464303459, 1.0),
            (5, 10, 0.1870860284, 0.8129139716),
        ])
    func exact(found: Int, trials: Int, lower: Double, upper: Double) {
        let interval = ExactInterval(found: found, of: trials)
        #expect(abs(interval.lower - lower) < 1e-9 && abs(interval.upper - upper) < 1e-9, "\(interval)")
    }

    @Test(
        "Student's quantiles are those of the tables",
        arguments: [
            (0.975, 1.0, 12.7062047), (0.975, 4.0, 2.7764451), (0.995, 10.0, 3.1692727), (0.9, 30.0, 1.3104150), (0.025, 4.0, -2.7764451),
        ])
    func student(p: Double, degrees: Double, t: Double) {
        #expect(abs(SpecialFunctions.studentQuantile(p, degrees: degrees) - t) < 1e-6)
    }

    @Test("an interval of ratios is not moved by one wild launch of five, and holds its estimate")
    func robust() throws {
        let calm = try #require(RatioInterval([0.01, 0.011, 0.009, 0.0105, 0.0095]))
        let wild = try #require(RatioInterval([0.01, 0.011, 0.009, 0.0105, 0.5]))
        #expect(abs(calm.estimate - wild.estimate) < 0.002)
        for interval in [calm, wild] { #expect(interval.lower < interval.estimate && interval.estimate < interval.upper) }
        #expect(RatioInterval([]) == nil)
        #expect(RatioInterval([0.1])?.upper == .infinity)
    }

    @Test("a launch's ratio cancels a drift and keeps the quads in which the speed of the core did not change")
    func launch() throws {
        // Head is 4 % slower; the core slows down by a third in the middle of every other quad.
        var (base, head): ([Int64], [Int64]) = ([], [])
        for quad in 0..<20 {
            let slow = quad % 2 == 0 ? 1.5 : 1
            base += [1_000_000, Int64(1_000_000 * slow)]
            head += [1_040_000, Int64(1_040_000 * slow)]
        }
        let steps = try #require(LaunchRatio(base: base, head: head))
        #expect(abs(steps.logRatio - 0.03922) < 1e-4)
        // A drift of 1 % a batch over A B B A, without any change.
        let drift = try #require(
            LaunchRatio(base: [1_000_000, 1_030_000, 1_040_000, 1_070_000], head: [1_010_000, 1_020_000, 1_050_000, 1_060_000]))
        #expect(abs(drift.logRatio) < 2e-4)
        #expect(LaunchRatio(base: [1], head: [1]) == nil)
        #expect(LaunchRatio(base: [0, 1], head: [1, 1]) == nil)
    }

    @Test("sides that change places change the sign and nothing else")
    func symmetry() throws {
        let base: [Int64] = [1000, 1100, 900, 1000, 1300, 1010, 990, 1000]
        let head: [Int64] = [1050, 1060, 1000, 1020, 1400, 1100, 1000, 1001]
        let one = try #require(LaunchRatio(base: base, head: head))
        let other = try #require(LaunchRatio(base: head, head: base))
        #expect(abs(one.logRatio + other.logRatio) < 1e-12 && abs(one.error - other.error) < 1e-12)
    }

    @Test("counts that processes agree on are exact, others are noise")
    func counting() {
        #expect(CountComparison(metric: "allocations", base: [315, 315], head: [316, 316]).verdict == .more)
        #expect(CountComparison(metric: "allocations", base: [315, 315], head: [316, 316]).change == 1)
        #expect(CountComparison(metric: "allocations", base: [315, 315], head: [315, 315]).verdict == .equal)
        #expect(CountComparison(metric: "allocations", base: [315, 314], head: [316, 316]).verdict == .noisy)
        #expect(CountComparison(metric: "allocations", base: [315, 315], head: [1]).verdict == .unknown)
        let close = CountComparison(metric: "instructions", base: [1_000_000, 1_000_090], head: [1_001_500, 1_001_540], tolerance: 0.001)
        #expect(close.verdict == .more)
        #expect(
            CountComparison(metric: "instructions", base: [1_000_000, 1_000_090], head: [1_000_900, 1_000_900], tolerance: 0.001).verdict
                == .equal)
    }

    @Test("the estimate of one build is a low quantile and takes the loop off")
    func estimate() throws {
        let estimate = try #require(TimeEstimate([([1000, 1010, 5000], 10), ([1100, 1105, 1200], 10), ([9000], 10)], loopNanoseconds: 1))
        #expect(estimate.nanoseconds == 99 && estimate.lowest == 99 && estimate.highest == 899)
        #expect(TimeEstimate([]) == nil)
    }
}
