import Determinism
import Testing

@testable import BenchmarkStatistics

struct UnpairedComparisonTests {
    private typealias Launches = [(times: [Int64], iterations: Int64)]

    /// Launches of three batches each, `spread` thousandths apart.
    private func launches(_ nanoseconds: Int64, count: Int = 5, spread: Int64 = 2) -> Launches {
        (0..<Int64(count)).map { launch in
            let middle = nanoseconds * 100 * (1000 + launch * spread) / 1000
            return ([middle * 9 / 10, middle, middle * 3], 100)
        }
    }

    @Test("a launch counts by its middle batch, and the estimate is the ratio of the launches' geometric means")
    func estimate() throws {
        let comparison = try #require(UnpairedComparison(base: launches(1000), head: launches(1200), sessionDeviation: 0))
        #expect(abs(comparison.interval.estimate - 1.2) < 1e-6)
        #expect((comparison.baseLaunches, comparison.headLaunches) == (5, 5))
        #expect(comparison.verdict == .worse)
        #expect(UnpairedComparison(base: launches(1200), head: launches(1000), sessionDeviation: 0)?.verdict == .better)
    }

    @Test("launches that agree perfectly still leave the times' own deviation: 5 % is unclear, either way")
    func wide() throws {
        for head: Int64 in [1050, 1000, 950] {
            let comparison = try #require(
                UnpairedComparison(base: launches(1000, spread: 0), head: launches(head, spread: 0), sessionDeviation: 0))
            #expect(comparison.verdict == .unclear, "\(head): \(comparison.interval)")
            #expect(comparison.interval.resolution > 0.06)
        }
        // As a user is told.
        let many = try #require(
            UnpairedComparison(
                base: launches(1000, count: 100, spread: 0), head: launches(1000, count: 100, spread: 0), sessionDeviation: 0))
        #expect(many.interval.resolution > 0.055)
    }

    @Test("launches that differ among themselves widen the interval, and swapping the sides inverts it")
    func spread() throws {
        let narrow = try #require(UnpairedComparison(base: launches(1000), head: launches(1100), sessionDeviation: 0))
        let broad = try #require(UnpairedComparison(base: launches(1000, spread: 80), head: launches(1100), sessionDeviation: 0))
        #expect(broad.interval.resolution > 1.5 * narrow.interval.resolution)
        let back = try #require(UnpairedComparison(base: launches(1100), head: launches(1000), sessionDeviation: 0))
        #expect(abs(back.interval.lower * narrow.interval.upper - 1) < 1e-9)
        #expect(abs(back.interval.upper * narrow.interval.lower - 1) < 1e-9)
    }

    @Test("one launch has no interval, and what took no time no figure")
    func little() throws {
        let one = try #require(UnpairedComparison(base: launches(1000, count: 1), head: launches(9000)))
        #expect(one.interval.lower == 0 && one.interval.upper == .infinity && one.verdict == .unclear)
        #expect(UnpairedComparison(base: [], head: launches(1)) == nil)
        #expect(UnpairedComparison(base: [([0, 0], 5)], head: launches(1)) == nil)
        #expect(UnpairedComparison(base: [([5], 0), ([], 3)], head: launches(1)) == nil)
    }

    @Test("runs say by how much times differ: by the middle difference, which one step does not move; too few are not believed")
    func deviation() {
        let still = (0..<10).map { _ in launches(1000) }
        #expect(UnpairedComparison.deviation(of: still) == UnpairedComparison.leastDeviation)
        let step = (0..<10).map { launches($0 < 6 ? 1000 : 1500) }
        #expect(UnpairedComparison.deviation(of: step) == UnpairedComparison.leastDeviation)
        let turns = (0..<10).map { launches($0 % 2 == 0 ? 1000 : 1100) }
        #expect(abs(UnpairedComparison.deviation(of: turns) - 0.0999) < 0.001)
        #expect(UnpairedComparison.deviation(of: Array(still.prefix(4))) == UnpairedComparison.assumedDeviation)
        #expect(UnpairedComparison.deviation(of: still.prefix(4) + [[], []]) == UnpairedComparison.assumedDeviation)
        // Unless told otherwise nothing is known: a fifth is unclear then.
        #expect(UnpairedComparison(base: launches(1000), head: launches(1200))?.verdict == .unclear)
        #expect(UnpairedComparison(base: launches(1000), head: launches(1400))?.verdict == .worse)
    }

    @Test("of two times that differ by the deviation that is reckoned with, one in twenty is taken for a change, or fewer")
    func coverage() {
        let deviation = 0.05
        var random = SeededGenerator(seed: 7)
        /// Bell-shaped enough: the sum of twelve.
        func bell() -> Double { (0..<12).reduce(-6.0) { sum, _ in sum + Double(random.next() >> 11) / 0x1p53 } }
        func session() -> Launches {
            let speed = 1 + deviation * bell()
            return (0..<5).map { _ in ([Int64(1_000_000 * speed * (1 + 0.01 * bell()))], 1) }
        }
        var alarms = 0
        for _ in 0..<2000 where UnpairedComparison(base: session(), head: session(), sessionDeviation: deviation)?.verdict != .unclear {
            alarms += 1
        }
        #expect((20...110).contains(alarms))
    }
}
