import Benchmarking
import Glibc

/// What the gate's own errors are measured on: kernels bound by arithmetic, memory, the allocator, branches and short bodies, and fifty of them as a suite.
///
/// `KERN_SCALE` in the environment multiplies what each does, so that one program is two.
@main
struct Kernels: BenchmarkSuite {
    static var benchmarks: [Benchmark] {
        Benchmark("alu", tags: ["kernel"]) { rounds in
            arithmetic(rounds)
        } setup: {
            scaled(250_000)
        }
        Benchmark("short", tags: ["kernel"]) { rounds in
            arithmetic(rounds)
        } setup: {
            scaled(100)
        }
        Benchmark("alloc", tags: ["kernel"]) { rounds in
            allocations(rounds)
        } setup: {
            scaled(1_500)
        }
        // One allocation more with KERN_EXTRA=1.
        Benchmark("boxes") { boxes in
            for box in 0..<boxes { blackHole(Node(box, nil)) }
        } setup: {
            100 + extra
        }
        Benchmark("mem", tags: ["kernel"]) { walk in
            walk.chain.run(walk.steps)
        } setup: {
            (chain: Chain(count: 1 << 20), steps: scaled(60_000))
        }
        // Twenty of them: the time of one does not follow its length, which decides how the library merges.
        Benchmark(
            "sort", tags: ["kernel"], consuming: { (batches: [[Int]]) in batches.map { $0.sorted() } },
            input: { Array(repeating: numbers(50), count: scaled(20)) })
        Benchmark("growing") { growing(UInt64(opaque(3))) }
        for number in 0..<10 {
            Benchmark("fifty.alu.\(number)", tags: ["fifty"]) { rounds in
                arithmetic(rounds)
            } setup: {
                100 << number
            }
            Benchmark("fifty.alloc.\(number)", tags: ["fifty"]) { rounds in
                allocations(rounds)
            } setup: {
                10 + 100 * number
            }
            Benchmark("fifty.mem.\(number)", tags: ["fifty"]) { chain in
                chain.run(2_000)
            } setup: {
                Chain(count: 1_000 << number)
            }
            Benchmark(
                "fifty.sort.\(number)", tags: ["fifty"], consuming: { (all: [Int]) in all.sorted() }, input: { numbers(20 + 50 * number) })
            Benchmark("fifty.text.\(number)", tags: ["fifty"]) { text in
                text.split(separator: " ").count
            } setup: {
                String(repeating: "a word and another ", count: 1 + 4 * number)
            }
        }
    }

    private static var extra: Int { getenv("KERN_EXTRA").flatMap { Int(String(cString: $0)) } ?? 0 }

    private static func scaled(_ count: Int) -> Int {
        Int(Double(count) * (getenv("KERN_SCALE").flatMap { Double(String(cString: $0)) } ?? 1))
    }
    private static func numbers(_ count: Int) -> [Int] { (0..<count).map { ($0 &* 7919) % 1009 } }
}

/// Where a trial of layouts makes code grow: no kernel calls it, and everything behind it moves.
@inline(never) func growing(_ seed: UInt64) -> UInt64 {
    var state = seed | 1
    // GROWS HERE
    state ^= state >> 7
    return state
}

@inline(never) func arithmetic(_ rounds: Int) -> UInt64 {
    var state: UInt64 = 88_172_645_463_325_252
    var sum: UInt64 = 0
    for _ in 0..<rounds {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        sum &+= state
    }
    return sum
}

/// A walk through memory in an order that no prefetcher foresees.
struct Chain: Sendable {
    let next: [UInt32]

    init(count: Int) {
        var order = [UInt32](0..<UInt32(count))
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        // One cycle through all (Sattolo).
        for last in stride(from: count - 1, to: 0, by: -1) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            order.swapAt(last, Int(state % UInt64(last)))
        }
        next = order
    }

    @inline(never) func run(_ steps: Int) -> UInt64 {
        next.withUnsafeBufferPointer { chain in
            var place: UInt32 = 0
            var sum: UInt64 = 0
            for _ in 0..<steps {
                place = chain[Int(place)]
                sum &+= UInt64(place)
            }
            return sum
        }
    }
}

final class Node {
    let key: Int
    let below: Node?

    init(_ key: Int, _ below: Node?) { (self.key, self.below) = (key, below) }
}

@inline(never) func allocations(_ rounds: Int) -> UInt64 {
    var sum: UInt64 = 0
    var table: [String: Node] = [:]
    for round in 0..<rounds {
        let name = "identifier-\(round & 255)-longer-than-fifteen"
        table[name] = Node(round, table[name]?.below)
        sum &+= UInt64(table.count)
    }
    return sum
}
