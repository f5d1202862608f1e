@testable import BenchmarkStatistics
@testable import pulsegate

/// Verdicts of every kind, made by hand.
enum PerformanceFixture {
    static let rule = PairedDecision.Rule(budget: 0.05)

    static func benchmark(_ name: String, nanoseconds: Double = 250_000) -> BenchmarkVerdict {
        var benchmark = BenchmarkVerdict(name: name)
        benchmark.head = estimate(nanoseconds)
        benchmark.base = estimate(nanoseconds)
        benchmark.time = TimeVerdict(
            outcome: .pass, cause: .votes, interval: .init(estimate: 1.0004, lower: 0.998, upper: 1.003), launches: 3, slower: 0,
            notSlower: 3,
            rule: rule)
        benchmark.counts = [CountComparison(metric: "allocations", base: [12, 12], head: [12, 12])]
        benchmark.limits = [.init(kind: .slowdown, outcome: .pass, text: "1.000 x base, at most 1.05 x")]
        benchmark.peakBytes = 9_437_184
        return benchmark
    }

    static func estimate(_ nanoseconds: Double) -> TimeEstimate? {
        TimeEstimate((0..<4).map { launch in ([Int64(nanoseconds) * (100 + launch)], 100) })
    }

    static var slower: BenchmarkVerdict {
        var slower = benchmark("macd.1000")
        slower.time = TimeVerdict(
            outcome: .fail, cause: .votes, interval: .init(estimate: 1.083, lower: 1.071, upper: 1.096), launches: 6, slower: 6,
            notSlower: 0,
            rule: rule)
        slower.limits = [.init(kind: .slowdown, outcome: .fail, text: "1.083 x base (1.071 to 1.096), at most 1.05 x")]
        slower.knowledge = .init(falseAlarms: ExactInterval(found: 0, of: 300), detections: ExactInterval(found: 298, of: 300))
        return slower
    }

    static var faster: BenchmarkVerdict {
        var faster = benchmark("json.parse")
        faster.time?.interval = .init(estimate: 0.8, lower: 0.79, upper: 0.81)
        faster.counts = [CountComparison(metric: "allocations", base: [40, 40], head: [28, 28])]
        faster.rate = .init(perSecond: 1.5 * 1024 * 1024 * 1024, unit: "bytes")
        return faster
    }

    static var undecided: BenchmarkVerdict {
        var undecided = benchmark("memory.walk")
        undecided.time = TimeVerdict(
            outcome: .inconclusive, cause: .notConfirmed, interval: .init(estimate: 1.04, lower: 0.97, upper: 1.12), launches: 18,
            slower: 7,
            notSlower: 5, rule: rule)
        undecided.limits = [.init(kind: .slowdown, outcome: .inconclusive, text: "undecided")]
        return undecided
    }

    static var distrusted: BenchmarkVerdict {
        var distrusted = slower
        distrusted.name = "jittery"
        distrusted.knowledge = .init(falseAlarms: ExactInterval(found: 30, of: 300))
        return distrusted
    }

    static var expired: BenchmarkVerdict {
        var expired = benchmark("ledger.append")
        expired.budget = BenchmarkBudget(slowdown: 0.1, reason: "new index, issue 7", expires: "2026-10-01")
        expired.limits.append(.init(kind: .allocationGrowth, outcome: .expired, text: "loosened until 2026-10-01"))
        return expired
    }

    static var broken: BenchmarkVerdict {
        var broken = BenchmarkVerdict(name: "throws")
        broken.problem = "the body threw: no such file"
        return broken
    }

    static var new: BenchmarkVerdict {
        var new = BenchmarkVerdict(name: "limiter.new")
        new.head = estimate(80)
        return new
    }

    static func sorts() -> [BenchmarkVerdict] {
        [1000, 10_000, 100_000].map { size in
            var one = benchmark("sort.\(size)", nanoseconds: 3 * Double(size))
            one.series = ("sort", size)
            return one
        }
    }

    static func suite(_ benchmarks: [BenchmarkVerdict], base: String? = "def5678") -> SuiteVerdict {
        var suite = SuiteVerdict(
            suite: "Bench", base: base, head: "abc1234+", toolchain: "Swift 6.3.1", machine: "EPYC, 2 CPUs, Linux 6.18",
            benchmarks: benchmarks)
        suite.seconds = 58.2
        suite.load = (1.25, 3)
        suite.disturbed = 0.041
        suite.stolenMilliseconds = 120
        suite.migrated = 2
        return suite
    }

    static var all: SuiteVerdict {
        var suite = suite([faster, slower, undecided, distrusted, expired, broken, new] + sorts())
        suite.missing = ["gone"]
        suite.problems = ["a debug build"]
        return suite
    }

    static func launches(_ name: String, count: Int = 6) -> [LaunchRecord] {
        (0..<count).map { launch in
            func times(_ centre: Int, _ salt: Int) -> [Int64] {
                (0..<40).map { Int64(centre + (($0 * 37 + launch * 11 + salt) % 41) * 100 + ($0 % 13 == 0 ? 20_000 : 0)) }
            }
            return LaunchRecord(
                benchmark: name, stage: .first, iterations: 4, clock: "thread-cpu", headFirst: launch % 2 == 0,
                base: .init(times: times(1_000_000, 3), wall: times(1_010_000, 3)),
                head: .init(times: times(1_083_000, 17), wall: times(1_090_000, 17)))
        }
    }

    static var history: PerformanceHistory {
        PerformanceHistory(
            benchmark: "macd.1000",
            points: (0..<40).map { index in
                let level = index < 18 ? 250_000.0 : 263_000
                let time = level + Double((index * 7919) % 13 - 6) * 400
                return .init(commit: "c\(1000 + index)", time: time, lowest: time * 0.99, highest: time * 1.02)
            })
    }
}
