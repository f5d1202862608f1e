import Benchmarking
import Glibc

/// A suite with planted costs: what the tests of counting measure. The environment makes another build of it: `PROBE_ALLOCATIONS` and `PROBE_CALLS`
/// more an iteration, `PROBE_WORK` parts in a million more work.
@main
struct BenchProbe: BenchmarkSuite {
    static var benchmarks: [Benchmark] {
        let allocations = planted("PROBE_ALLOCATIONS")
        let calls = planted("PROBE_CALLS")
        let work = Workload.steps + Workload.steps * planted("PROBE_WORK") / 1_000_000
        Benchmark("arithmetic") { Workload.arithmetic(steps: opaque(work)) }
        Benchmark("allocating") { Workload.allocate(opaque(10 + allocations)) }
        Benchmark("calling") { for _ in 0..<opaque(3 + calls) { blackHole(Int(getppid())) } }
        Benchmark("hashing") {
            var seen: Set<String> = []
            for number in 0..<opaque(200) { seen.insert("name \(number &* 7 % 50)") }
            return seen.sorted().count
        }
        Benchmark(
            "consuming", consuming: { (numbers: [Int]) in numbers.sorted() },
            input: { Array((0..<opaque(50)).map { ($0 &* 7919) % 50 }) })
        Benchmark(
            async: "async", { (count: Int) in await Task { Workload.allocate(count) }.value }, setup: { opaque(10 + allocations) })
        Benchmark("writing") { (file: inout Int32) in
            var byte: UInt8 = 0
            return write(file, &byte, 1)
        } setup: {
            open("/dev/null", O_WRONLY | O_CLOEXEC)
        }
        // Its first iteration makes what the others find.
        Benchmark("cold", tags: ["cold"]) { Workload.arithmetic(steps: opaque(50 * work)) + Workload.table.count }
            .cold(evicting: getenv("PROBE_EVICTED").map { [String(cString: $0)] } ?? [])
        Benchmark("cold.broken", tags: ["cold"]) { throw Planted() }.cold()
        Benchmark("cold.crashing", tags: ["cold"]) { if getenv("PROBE_CRASH") != nil { raise(SIGKILL) } }.cold()
        Benchmark("broken") { throw Planted() }
        Benchmark("hanging") {
            // With a child, which must not be left behind; it says who it is on a path that the test names.
            if let path = getenv("PROBE_PIDS") { Workload.hang(noting: String(cString: path)) }
        }
        Benchmark("crashing") { if getenv("PROBE_CRASH") != nil { raise(SIGKILL) } }
    }

    struct Planted: Error {}

    private static func planted(_ name: String) -> Int { getenv(name).flatMap { Int(String(cString: $0)) } ?? 0 }
}
