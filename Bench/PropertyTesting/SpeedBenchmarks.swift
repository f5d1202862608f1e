import Determinism
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// How fast cases are made: lists a second and core, integers a second, and a whole small property.
///
/// Each figure is the best of several rounds, since the machine does other things too; the rounds of different figures alternate.
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
        var listsASecond = 0.0
        var lengths = 0.0
        var integers = 0.0
        var property = Double.infinity
        for round in 0..<UInt64(rounds) {
            let (cases, elements, listSeconds) = lists(seed: round)
            listsASecond = max(listsASecond, Double(cases) / listSeconds)
            lengths = Double(elements) / Double(cases)
            integers = max(integers, integersASecond(seed: round))
            property = min(property, smallProperty(seed: round))
        }
        return [
            Figure(
                name: "lists of Int64, 0…20 long (mean \(rounded(lengths)))", value: listsASecond, unit: "cases/s", floor: 1e6,
                isMoreBetter: true),
            Figure(name: "Int64", value: integers, unit: "values/s", floor: 5e6, isMoreBetter: true),
            Figure(name: "a property of 100 cases, whole", value: property * 1e3, unit: "ms", floor: 0.25, isMoreBetter: false),
        ]
    }

    /// Cases of one property, recorded, with spans, none twice.
    private static func lists(seed: UInt64) -> (cases: Int, elements: Int, seconds: Double) {
        var elements = 0
        let start = cpuNanoseconds()
        let result = PropertyEngine.run(PropertySettings(cases: 100_000, seed: seed)) { draws in
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

    static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
