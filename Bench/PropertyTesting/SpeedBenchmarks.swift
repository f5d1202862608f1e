import Determinism
import FaultyStructures
import PropertyTesting
import StrictDocuments
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// How fast cases are made: lists a second and core, integers a second, a whole small property, a core more, and a log that is the same every time.
///
/// Rounds of the different figures alternate, and each figure is the best of its rounds, since the machine does other things too. The
/// speed-up on two cores is the best ratio of one round's two runs, which stand next to one another.
enum SpeedBenchmarks {
    struct Figure {
        var name: String
        var value: Double
        var unit: String
        /// What must be reached, and whether more is better.
        var floor: Double
        var isMoreBetter: Bool

        var holds: Bool { isMoreBetter ? value >= floor : value <= floor }
    }

    private static let rounds = 7

    static func figures() -> [Figure] {
        var short = 0.0
        var long = 0.0
        var length = 0.0
        var integers = 0.0
        var property = Double.infinity
        var speedUp = 0.0
        for round in 0..<UInt64(rounds) {
            // A campaign of many small runs, and one long run whose memory of what was drawn outgrows the caches.
            var (cases, elements, seconds) = (0, 0, 0.0)
            for part in 0..<10 as Range<UInt64> {
                let one = lists(seed: round * 10 + part, cases: 10_000)
                (cases, elements, seconds) = (cases + one.cases, elements + one.elements, seconds + one.seconds)
            }
            short = max(short, Double(cases) / seconds)
            length = Double(elements) / Double(cases)
            let one = lists(seed: round, cases: 100_000)
            long = max(long, Double(one.cases) / one.seconds)
            integers = max(integers, integersASecond(seed: round))
            property = min(property, smallProperty(seed: round))
            speedUp = max(speedUp, twoCores(seed: round))
        }
        return [
            Figure(
                name: "lists of Int64, 0…20 long (mean \(rounded(length))), runs of 10,000 cases", value: short, unit: "cases/s",
                floor: 1e6,
                isMoreBetter: true),
            Figure(
                name: "the same in runs of 100,000 cases, whose memory outgrows the caches (no floor)", value: long, unit: "cases/s",
                floor: 0,
                isMoreBetter: true),
            Figure(name: "Int64", value: integers, unit: "values/s", floor: 5e6, isMoreBetter: true),
            Figure(name: "a property of 100 cases, whole", value: property * 1e3, unit: "ms", floor: 0.25, isMoreBetter: false),
            Figure(name: "two cores over one, equal reports", value: speedUp, unit: "x", floor: 1.8, isMoreBetter: true),
            Figure(
                name: "1,000 repetitions of a failing property on 1 and 2 threads, different logs", value: Double(differentLogs()),
                unit: "logs", floor: 0, isMoreBetter: false),
        ]
    }

    /// Cases of one property, recorded, with spans, none twice.
    private static func lists(seed: UInt64, cases: Int) -> (cases: Int, elements: Int, seconds: Double) {
        var elements = 0
        let start = cpuNanoseconds()
        let result = PropertyEngine.run(PropertySettings(cases: cases, seed: seed)) { draws in
            draws.array(0...20) { $0.int() }
        } holds: { xs in
            elements += xs.count
            return true
        }
        return (result.cases, elements, Double(cpuNanoseconds() - start) / 1e9)
    }

    private static func integersASecond(seed: UInt64) -> Double {
        var sum = 0
        let start = cpuNanoseconds()
        let result = PropertyEngine.run(PropertySettings(cases: 20_000, seed: seed)) { draws -> Int in
            var last = 0
            for _ in 0..<50 { last &+= draws.int() }
            return last
        } holds: {
            sum &+= $0
            return true
        }
        let seconds = Double(cpuNanoseconds() - start) / 1e9
        return sum == .max ? 0 : Double(result.cases * 50) / seconds
    }

    private static func smallProperty(seed: UInt64) -> Double {
        let repeats = 200
        let start = cpuNanoseconds()
        for repeated in 0..<UInt64(repeats) {
            let result = PropertyEngine.run(PropertySettings(cases: 100, seed: seed &* 1000 &+ repeated)) { draws in
                draws.array(0...20) { $0.int() }
            } holds: {
                Array($0.reversed().reversed()) == $0
            }
            if result.cases != 100 { Stop.failure("a property of 100 cases ran \(result.cases)") }
        }
        return Double(cpuNanoseconds() - start) / 1e9 / Double(repeats)
    }

    /// Wall time of one worker over that of two, on a property whose body does a little work.
    private static func twoCores(seed: UInt64) -> Double {
        let settings = PropertySettings(cases: 50_000, seed: seed)
        let test: @Sendable (Draws) -> CaseEnd = { draws in
            let xs = draws.array(0...20) { $0.int() }
            return xs.sorted() == xs.sorted().sorted() ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "unsorted")))
        }
        let start = wallNanoseconds()
        let one = PropertyEngine.run(settings, workers: 1, test: test)
        let middle = wallNanoseconds()
        let two = PropertyEngine.run(settings, workers: 2, test: test)
        let end = wallNanoseconds()
        if log(one) != log(two) { Stop.failure("two workers gave another report than one") }
        return Double(middle - start) / Double(end - middle)
    }

    private static func differentLogs() -> Int {
        var logs: Set<String> = []
        for repetition in 0..<1000 {
            let report = PropertyEngine.run(PropertySettings(cases: 300, seed: 11), workers: 1 + repetition % 2) { draws in
                let xs = draws.array { $0.int(in: 0...100) }
                draws.label(xs.isEmpty ? "empty" : "filled")
                return xs.reduce(0, +) > 600 ? .failed(CaseFailure(origin: FailureOrigin(reason: "sum"))) : .passed
            }
            logs.insert(log(report))
        }
        return logs.count - 1
    }

    private static func log(_ report: PropertyReport) -> String {
        let failures = report.failures.map {
            "\($0.failure) \($0.token) \($0.casesToFailure) \($0.shrinkBodies) \($0.shrinkTries) \($0.journal)"
        }
        let labels = report.labels.sorted { $0.key < $1.key }
        return "\(report.outcome) \(report.cases) \(report.discarded) \(report.duplicates) \(labels) \(failures)"
    }

    static func cpuNanoseconds() -> Int64 { nanoseconds(CLOCK_THREAD_CPUTIME_ID) }

    static func wallNanoseconds() -> Int64 { nanoseconds(CLOCK_MONOTONIC) }

    private static func nanoseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// CPU time of runs that are guided by the regions of the code that they reach, over that of the same number of cases without; nil where the
    /// build does not count regions. The properties are those of the bug-finding tasks, with the correct code.
    static func guidanceOverhead() -> (ratio: Double, cases: Int)? {
        guard CoverageRegions.areCounted else { return nil }
        let properties = FaultyProperties.all(keys: .any)
        var best = (plain: 0.0, guided: 0.0)
        var cases = 0
        func seconds(_ property: FaultyProperty, guided: Bool, seed: UInt64) -> Double {
            var settings = PropertySettings(cases: 2000, seed: seed)
            settings.isGuidedByCoverage = guided
            let start = cpuNanoseconds()
            cases += property.run(nil, settings).cases
            return Double(cpuNanoseconds() - start) / 1e9
        }
        for property in properties {
            // The least of some rounds that alternate: the machine does other things too.
            var (plain, guided) = (Double.infinity, Double.infinity)
            for seed in 1...5 as ClosedRange<UInt64> {
                plain = min(plain, seconds(property, guided: false, seed: seed))
                guided = min(guided, seconds(property, guided: true, seed: seed))
            }
            best = (best.plain + plain, best.guided + guided)
        }
        return (best.guided / best.plain, cases)
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
