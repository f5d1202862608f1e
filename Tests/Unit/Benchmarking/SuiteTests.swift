import BenchmarkingRuntime
import Glibc
import Testing

@testable import Benchmarking

struct SuiteTests {
    struct Planted: Error {}

    @BenchmarkBuilder private static var benchmarks: [Benchmark] {
        Benchmark("plain") { opaque(3) &* 5 }
        Benchmark("state", throughput: .elements(10)) { (numbers: inout [Int]) in
            numbers.reduce(0, &+)
        } setup: {
            Array(0..<10)
        }
        Benchmark("allocating") { Array(repeating: UInt8(opaque(1)), count: opaque(100)) }
        Benchmark("consuming", consuming: { (numbers: [Int]) in numbers.sorted() }, input: { [3, 1, 2] })
        Benchmark("broken") { throw Planted() }
        for size in [1, 2] { Benchmark("loop.\(size)") { opaque(size) } }
        Benchmark.series("grown", sizes: [10, 20]) { name, size in Benchmark(name) { (0..<opaque(size)).reduce(0, &+) } }
    }

    @Test("the builder keeps order, loops and series")
    func builder() {
        #expect(
            Self.benchmarks.map(\.name) == [
                "plain", "state", "allocating", "consuming", "broken", "loop.1", "loop.2", "grown/10", "grown/20",
            ])
        #expect(Self.benchmarks.last?.series == SeriesMember(series: "grown", size: 20))
    }

    @Test("a batch runs each iteration once, and its time grows with their number", arguments: ["plain", "state", "consuming"])
    func batches(name: String) throws {
        let suite = HostedSuite(Self.benchmarks)
        let handle = try suite.prepare(name)
        _ = try suite.run(handle, iterations: 10)
        let few = try (0..<5).map { _ in try suite.run(handle, iterations: 50).wall }.min() ?? 0
        let many = try (0..<5).map { _ in try suite.run(handle, iterations: 5000).wall }.min() ?? 0
        #expect(many > few)
        suite.release(handle)
        #expect(throws: HostedSuite.Missing.self) { try suite.run(handle, iterations: 1) }
    }

    @Test("iterations are counted exactly")
    func counts() throws {
        final class Counter: @unchecked Sendable { var value = 0 }
        let counter = Counter()
        let suite = HostedSuite([
            Benchmark("count") { counter.value += 1 },
            Benchmark("consume", consuming: { (_: Int) in counter.value += 1 }, input: { 1 }),
        ])
        for name in ["count", "consume"] {
            counter.value = 0
            let handle = try suite.prepare(name)
            _ = try suite.run(handle, iterations: 1000)
            #expect(counter.value == 1000)
        }
    }

    @Test("an error of a body and an unknown name are answers, not the end of the launch")
    func failures() throws {
        let suite = HostedSuite(Self.benchmarks)
        let launch = Launch(
            base: nil, head: suite, plan: .init(), benchmarks: Dictionary(uniqueKeysWithValues: Self.benchmarks.map { ($0.name, $0) }))
        for name in ["broken", "nonsense"] { #expect(launch.measure(name).objectValue?["event"]?.stringValue == "failed") }
    }

    @Test("a launch of two sides has two batches of each in a quad, and head with more work takes longer")
    func pairs() throws {
        let suite = HostedSuite(Self.benchmarks)
        var plan = Launch.Plan()
        plan.benchmarkNanoseconds = 4_000_000
        plan.batchNanoseconds = 50_000
        plan.headWork = 3_000_000
        let launch = Launch(
            base: suite, head: suite, plan: plan, benchmarks: Dictionary(uniqueKeysWithValues: Self.benchmarks.map { ($0.name, $0) }))
        let fields = try #require(launch.measure("state").objectValue)
        func times(_ side: String) throws -> [Int64] {
            try #require(fields[side]?.objectValue?["ns"]?.arrayValue).compactMap(\.intValue).sorted()
        }
        let (base, head) = (try times("base"), try times("head"))
        #expect(base.count == head.count && base.count.isMultiple(of: 2) && base.count >= 6)
        // Three times the work: more than one and a half times the time on the worst of machines.
        #expect(Double(head[head.count / 2]) > 1.5 * Double(base[base.count / 2]))
    }

    @Test("work that is added is whole iterations, and arithmetic for the rest of one")
    func addedWork() {
        let long = Launch.Work(1, parts: 1_050_000) { 1_000_000 }
        #expect(long.iterations == 1)
        #expect(abs(Double(long.spins) * Spinning.nanosecondsPerRound - 50_000) <= Spinning.nanosecondsPerRound)
        let few = Launch.Work(44, parts: 1_050_000) { 10_000 }
        #expect(few.iterations == 46)
        #expect(abs(Double(few.spins) * Spinning.nanosecondsPerRound - 2000) <= Spinning.nanosecondsPerRound)
        var many = Launch.Work(iterations: 105_000)
        #expect(Launch.Work(100_000, parts: 1_050_000) { 0 } == many)
        many.iterations = 100
        #expect(Launch.Work(200, parts: 500_000) { 1 } == many)
        #expect(Launch.Work(.max, parts: 2_000_000) { 1 } == Launch.Work(iterations: .max))
    }

    @Test("a body that is a batch by itself is slowed down by a share, too")
    func addedWorkOfLongBodies() throws {
        let long = Benchmark("long") { pulsegate_bench_spin(400_000) }
        let suite = HostedSuite([long])
        var plan = Launch.Plan()
        (plan.benchmarkNanoseconds, plan.batchNanoseconds, plan.headWork) = (4_000_000, 50_000, 1_900_000)
        let launch = Launch(base: suite, head: suite, plan: plan, benchmarks: ["long": long])
        let fields = try #require(launch.measure("long").objectValue)
        #expect(fields["iterations"]?.intValue == 1)
        func least(_ side: String) throws -> Int64 {
            try #require(fields[side]?.objectValue?["ns"]?.arrayValue?.compactMap(\.intValue).min())
        }
        #expect(Double(try least("head")) > 1.4 * Double(try least("base")))
    }

    @Test("variables of one side are gone when the other is asked")
    func environments() throws {
        struct Stop: Error {}
        let (set, unset) = ("PULSEGATE_TEST_SET", "PULSEGATE_TEST_UNSET")
        setenv(set, "before", 1)
        defer { unsetenv(set) }
        func value(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
        #expect(throws: Stop.self) {
            try withEnvironment([(set, "once"), (unset, "once"), (set, "twice")]) {
                #expect(value(set) == "twice" && value(unset) == "once")
                throw Stop()
            }
        }
        #expect(value(set) == "before" && value(unset) == nil)
    }
}
