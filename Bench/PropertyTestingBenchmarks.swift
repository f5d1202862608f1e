import Determinism
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// How well and how fast counterexamples shrink: challenges that the field measures itself by, each over many seeds.
///
/// ```
/// Bench property [--seeds 100] [--json]
/// ```
///
/// Counting rules: a body is one call of the property with a whole value; seeds are 1…N; no setting is made for a challenge; candidates
/// that end inside the generator are tries and no bodies; the time is the process's CPU time of generation and shrinking together.
/// The floor of the project is 99 % of the seeds at the listed minimum.
enum PropertyTestingBenchmarks {
    private static let maximumSeeds = 100_000
    private static let floor = 0.99

    private struct Row {
        var name: String
        var minimal: Int
        var seeds: Int
        var medianBodies: Int
        var medianToFailure: Int
        var medianMilliseconds: Double
        var p99Milliseconds: Double
        var proved: Int
        var otherwise: String?

        var share: Double { Double(minimal) / Double(seeds) }
    }

    static func main(_ arguments: [String]) {
        var seeds = 100
        var json = false
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--json": json = true
            case "--seeds":
                guard let text = rest.popFirst(), let value = Int(text), (1...maximumSeeds).contains(value) else {
                    Stop.usage("--seeds takes 1 to \(maximumSeeds)")
                }
                seeds = value
            default: Stop.usage("usage: Bench property [--seeds N] [--json]")
            }
        }
        let rows = pairs(seeds) + lists(seeds) + structures(seeds)
        if json {
            print(JSONValue.array(rows.map(Self.json)).canonicalText())
        } else {
            for row in rows {
                var line =
                    "\(row.name): minimum \(row.minimal) of \(row.seeds), median bodies \(row.medianBodies), to failure \(row.medianToFailure)"
                line += ", ms \(rounded(row.medianMilliseconds)) (p99 \(rounded(row.p99Milliseconds))), proved \(row.proved)"
                if let otherwise = row.otherwise { line += "; else \(otherwise)" }
                print(line)
            }
        }
        if rows.contains(where: { $0.share < floor }) { Stop.failure("a challenge ends at its minimum in less than 99 % of the seeds") }
    }

    // MARK: Challenges

    private static func pairs(_ seeds: Int) -> [Row] {
        func pair(_ draws: Draws) -> [Int] { [draws.int(in: 1...(1 << 31 - 1)), draws.int(in: 1...(1 << 31 - 1))] }
        func difference(_ pair: [Int]) -> Int { abs(pair[0] - pair[1]) }
        return [
            challenge("difference_not_zero", seeds, minima: ["[10, 10]"], generate: pair) { $0[0] < 10 || difference($0) != 0 },
            challenge("difference_not_small", seeds, minima: ["[10, 6]"], generate: pair) {
                $0[0] < 10 || !(1...4).contains(difference($0))
            },
            challenge("difference_not_one", seeds, minima: ["[10, 9]"], generate: pair) { $0[0] < 10 || difference($0) != 1 },
            challenge("deletion", seeds, minima: ["([0, 0], 0)"]) { draws -> ([Int], Int) in
                let values = draws.array { $0.int() }
                let index = draws.int(in: 0...10)
                draws.assume(index < values.count)
                return (values, index)
            } holds: { values, index in
                var rest = values
                if let first = rest.firstIndex(of: values[index]) { rest.remove(at: first) }
                return !rest.contains(values[index])
            },
            challenge("replacement", seeds, minima: ["(1000000, [])"]) { draws -> (Int, [Int]) in
                (draws.int(in: 0...1_000_000), draws.array { $0.int(in: 2...10) })
            } holds: { start, factors in
                factors.reduce(Double(start)) { $0 * Double($1) } < 1e6
            },
        ]
    }

    private static func lists(_ seeds: Int) -> [Row] {
        func wrappedSum(_ values: [Int16]) -> Int16 { values.reduce(0, &+) }
        return [
            challenge("reverse", seeds, minima: ["[0, 1]"]) {
                $0.array { $0.int() }
            } holds: {
                $0 == $0.reversed()
            },
            challenge("distinct", seeds, minima: ["[0, 1, -1]", "[0, 1, 2]"]) {
                $0.array { $0.int() }
            } holds: {
                Set($0).count < 3
            },
            challenge("large_union_list", seeds, minima: ["[[0, 1, -1, 2, -2]]"]) {
                $0.array { $0.array { $0.int() } }
            } holds: {
                Set($0.flatMap { $0 }).count < 5
            },
            challenge("nestedlists", seeds, minima: ["[\([Int](repeating: 0, count: 11))]"]) {
                $0.array { $0.array { _ in 0 } }
            } holds: {
                $0.reduce(0) { $0 + $1.count } <= 10
            },
            challenge("bound5", seeds, minima: ["[[], [], [], [-1], [-32768]]"]) { draws in
                (0..<5).map { _ in draws.filtered({ wrappedSum($0) < 256 }) { $0.array(0...10) { $0.integer(Int16.self) } } }
            } holds: {
                wrappedSum($0.flatMap { $0 }) < 1280
            },
            challenge("coupling", seeds, minima: ["[1, 0]"]) { draws -> [Int] in
                let values = draws.array { $0.int(in: 0...10) }
                draws.assume(values.allSatisfy { $0 < values.count })
                return values
            } holds: { values in
                values.indices.allSatisfy { values[$0] == $0 || values[values[$0]] != $0 }
            },
            challenge("lengthlist", seeds, minima: ["[900]"]) { draws -> [Int] in
                let count = draws.int(in: 1...100)
                return (0..<count).map { _ in draws.int(in: 0...1000) }
            } holds: {
                ($0.max() ?? 0) < 900
            },
        ]
    }

    private static func structures(_ seeds: Int) -> [Row] {
        [
            challenge("calculator", seeds, minima: ["/(0, +(0, 0))"]) { draws in
                draws.recursive(
                    leaf: { Expression.literal($0.int()) },
                    node: { draws, inner in draws.bool() ? .quotient(inner(), inner()) : .sum(inner(), inner()) })
            } holds: {
                $0.dividesByLiteralZero || $0.value != nil
            }
        ]
    }

    private indirect enum Expression: CustomStringConvertible {
        case literal(Int)
        case sum(Expression, Expression)
        case quotient(Expression, Expression)

        /// nil where it divides by zero.
        var value: Int? {
            switch self {
            case .literal(let value): return value
            case .sum(let a, let b):
                guard let x = a.value, let y = b.value else { return nil }
                return x &+ y
            case .quotient(let a, let b):
                guard let x = a.value, let y = b.value, y != 0 else { return nil }
                return x.dividedReportingOverflow(by: y).partialValue
            }
        }

        var dividesByLiteralZero: Bool {
            switch self {
            case .literal: return false
            case .sum(let a, let b): return a.dividesByLiteralZero || b.dividesByLiteralZero
            case .quotient(let a, let b):
                if case .literal(0) = b { return true }
                return a.dividesByLiteralZero || b.dividesByLiteralZero
            }
        }

        var description: String {
            switch self {
            case .literal(let value): "\(value)"
            case .sum(let a, let b): "+(\(a), \(b))"
            case .quotient(let a, let b): "/(\(a), \(b))"
            }
        }
    }

    // MARK: Measuring

    private static func challenge<Value>(
        _ name: String, _ seeds: Int, minima: Set<String>, generate: @escaping (Draws) -> Value, holds: @escaping (Value) -> Bool
    ) -> Row {
        var bodies: [Int] = []
        var toFailure: [Int] = []
        var milliseconds: [Double] = []
        var minimal = 0
        var proved = 0
        var others: [String: Int] = [:]
        for seed in 1...UInt64(seeds) {
            var settings = PropertySettings(cases: 20_000, seed: seed)
            settings.discardLimit = 200_000
            let start = cpuNanoseconds()
            let result = PropertyEngine.run(settings, generate: generate, holds: holds)
            milliseconds.append(Double(cpuNanoseconds() - start) / 1e6)
            var shown = "not falsified"
            if case .falsified(let value, _, _) = result.outcome { shown = "\(value)" }
            if minima.contains(shown) { minimal += 1 } else { others[shown, default: 0] += 1 }
            if result.isProvedMinimal { proved += 1 }
            bodies.append(result.shrinkBodies)
            toFailure.append(result.casesToFailure)
        }
        bodies.sort()
        toFailure.sort()
        milliseconds.sort()
        let other = others.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return Row(
            name: name, minimal: minimal, seeds: seeds, medianBodies: bodies[seeds / 2], medianToFailure: toFailure[seeds / 2],
            medianMilliseconds: milliseconds[seeds / 2], p99Milliseconds: milliseconds[seeds * 99 / 100], proved: proved,
            otherwise: other.map { "\($0.value) x \($0.key.prefix(80))" })
    }

    private static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static func json(_ row: Row) -> JSONValue {
        [
            "challenge": .string(row.name), "minimal": .int(Int64(row.minimal)), "seeds": .int(Int64(row.seeds)),
            "median_bodies": .int(Int64(row.medianBodies)), "median_to_failure": .int(Int64(row.medianToFailure)),
            "median_ns": .int(Int64(row.medianMilliseconds * 1e6)), "p99_ns": .int(Int64(row.p99Milliseconds * 1e6)),
            "proved": .int(Int64(row.proved)),
        ]
    }
}
