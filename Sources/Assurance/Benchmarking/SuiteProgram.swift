import BenchmarkingRuntime
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// The command line of a suite: what `pulsegate bench` drives, one JSON object a line on standard output.
///
/// | command | what it does |
/// |---|---|
/// | `list` | the benchmarks, and what the build knows of itself |
/// | `launch [NAME…] [--base P --head P --plan library\|process] [--head-first] [--cpu K] [--batch-us N] [--ms N] [--head-work PPM] [--padding N]` | one launch |
/// | `serve` | the other end of a launch with two processes |
/// | `once NAME` | one first iteration, cold |
/// | `iterate NAME N` | so many iterations and nothing else, for callgrind |
/// | `count NAME [--iterations N]` | what so many iterations allocate, call and execute |
struct SuiteProgram {
    let benchmarks: [Benchmark]
    static let protocolVersion = 1
    static let paddingVariable = "PULSEGATE_BENCH_PADDING"

    func main(_ arguments: [String]) -> Never {
        var seen: Set<String> = []
        for benchmark in benchmarks where !seen.insert(benchmark.name).inserted {
            Self.stop("two benchmarks are named '\(benchmark.name)'")
        }
        var options = SuiteOptions(Array(arguments.dropFirst()))
        switch arguments.first {
        case "list":
            options.end()
            list()
        case "launch":
            settle()
            launch(&options)
        case "serve":
            settle()
            ProcessSide.serve(HostedSuite(benchmarks), padding: 16 * (getenv(Self.paddingVariable).map { strlen($0) } ?? 0))
        case "once": once(&options)
        case "iterate": iterate(&options)
        case "count":
            settle()
            count(&options)
        default:
            Self.stop("usage: list | launch … | serve | once NAME | iterate NAME N | count NAME; `pulsegate bench` drives this program")
        }
        fflush(nil)
        exit(0)
    }

    /// Fixed addresses, a fixed hash seed and a heap that keeps what it has: causes for launches to differ that need not be.
    func settle() {
        pulsegate_bench_settle_heap()
        // Where it may: less to be interrupted by.
        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, -20)
        if getenv("SWIFT_DETERMINISTIC_HASHING") == nil || !pulsegate_bench_addresses_are_fixed() {
            guard getenv("PULSEGATE_BENCH_SETTLED") == nil else { return }
            // valgrind fixes addresses itself, and would be what /proc/self/exe starts.
            if let preloaded = getenv("LD_PRELOAD"), strstr(preloaded, "vgpreload") != nil { return }
            setenv("PULSEGATE_BENCH_SETTLED", "1", 1)
            setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
            pulsegate_bench_fix_addresses(CommandLine.unsafeArgv)
            // Where addresses cannot be fixed the seed can.
            execv("/proc/self/exe", CommandLine.unsafeArgv)
        }
    }

    private func list() {
        var isDebug = false
        assert(
            {
                isDebug = true
                return true
            }())
        let counter = pulsegate_bench_open_instructions()
        Self.write([
            "event": "suite", "version": .int(Int64(Self.protocolVersion)), "debug": .bool(isDebug),
            "allocations": .bool(pulsegate_bench_counts_allocations()), "instructions": .bool(counter >= 0),
            "regions": .bool(pulsegate_bench_region_count() >= 0), "loop_ps": .int(Self.loopPicoseconds()),
        ])
        for benchmark in benchmarks {
            var fields: [String: JSONValue] = [
                "event": "benchmark", "name": .string(benchmark.name), "tags": .array(benchmark.tags.map { .string($0) }),
                "clock": .string(benchmark.clock.rawValue),
            ]
            switch benchmark.throughput {
            case .elements(let count): fields["elements"] = .int(Int64(count))
            case .bytes(let count): fields["bytes"] = .int(Int64(count))
            case nil: break
            }
            if let reference = benchmark.reference { fields["reference"] = .string(reference) }
            if let series = benchmark.series {
                fields["series"] = .string(series.series)
                fields["size"] = .int(Int64(series.size))
            }
            if let cold = benchmark.cold { fields["cold"] = .array(cold.evicting.map { .string($0) }) }
            Self.write(.object(fields))
        }
    }

    /// What the loop around a body costs an iteration, in picoseconds: the median of batches of an empty body.
    static func loopPicoseconds() -> Int64 {
        let empty = Benchmark("empty") {}
        guard let body = try? empty.prepare() else { return 0 }
        let iterations: UInt64 = 400_000
        var times: [UInt64] = []
        for _ in 0..<31 {
            var meter = BatchMeter()
            try? body.run(iterations, &meter)
            times.append(meter.total.cpu * 1000 / iterations)
        }
        times.sort()
        return Int64(times[times.count / 2])
    }

    private func launch(_ options: inout SuiteOptions) {
        var plan = Launch.Plan()
        plan.headFirst = options.flag("--head-first")
        if let value = options.number("--batch-us") { plan.batchNanoseconds = max(1, value) * 1000 }
        if let value = options.number("--ms") { plan.benchmarkNanoseconds = max(1, value) * 1_000_000 }
        if let value = options.number("--head-work") { plan.headWork = max(1, value) }
        let cpu = options.number("--cpu").map { pulsegate_bench_allowed_cpu(Int32(clamping: $0)) }
        // Of the environment, and so of the stack; a page of sixteen-byte steps. `serve` takes sixteen times as much of the heap.
        if let padding = options.number("--padding") { setenv(Self.paddingVariable, String(repeating: "p", count: Int(padding % 4096)), 1) }
        let basePath = options.value("--base")
        let headPath = options.value("--head")
        let isLibrary = options.value("--plan") != "process"
        let baseEnvironment = options.pairs("--base-env")
        let headEnvironment = options.pairs("--head-env")
        let names = options.rest()
        let hasThreads = benchmarks.contains { names.contains($0.name) && $0.clock != .threadCPU }
        if let cpu, !hasThreads { _ = pulsegate_bench_pin(cpu) }
        do {
            func side(_ path: String?, _ environment: [(String, String)]) throws -> any Side {
                guard let path else { return HostedSuite(benchmarks) }
                if !isLibrary { return try ProcessSide(path: path, environment: environment) }
                return try withEnvironment(environment) { try LibrarySide(path: path) }
            }
            let base: (any Side)?
            let head: any Side
            if plan.headFirst {
                head = SettingSide(try side(headPath, headEnvironment), headEnvironment)
                base = try basePath.map { SettingSide(try side($0, baseEnvironment), baseEnvironment) }
            } else {
                base = try basePath.map { SettingSide(try side($0, baseEnvironment), baseEnvironment) }
                head = SettingSide(try side(headPath, headEnvironment), headEnvironment)
            }
            let launch = Launch(
                base: base, head: head, plan: plan,
                benchmarks: Dictionary(benchmarks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
            for name in names {
                let before = Self.usage()
                var fields = launch.measure(name).objectValue ?? [:]
                fields["usage"] = Self.json(before, Self.usage())
                Self.write(.object(fields))
            }
        } catch {
            Self.write(["event": "failed", "message": .string(String(describing: error))])
            exit(3)
        }
    }

    private func once(_ options: inout SuiteOptions) {
        guard let name = options.rest().first, let benchmark = benchmarks.first(where: { $0.name == name }) else {
            Self.stop("once NAME, of \(benchmarks.map(\.name))")
        }
        do {
            let body = try benchmark.prepare()
            for file in benchmark.cold?.evicting ?? [] { _ = pulsegate_bench_evict(file) }
            var meter = BatchMeter(clock: benchmark.clock)
            try body.run(1, &meter)
            Self.write([
                "event": "once", "benchmark": .string(name), "ns": .int(Int64(clamping: Launch.time(of: meter.total, benchmark.clock))),
                "wall_ns": .int(Int64(clamping: meter.total.wall)), "allocations": .int(Int64(clamping: meter.total.allocations)),
                "allocated_bytes": .int(Int64(clamping: meter.total.allocated_bytes)),
                "usage": Self.json(pulsegate_bench_usage(), Self.usage()),
            ])
        } catch {
            Self.write(["event": "failed", "benchmark": .string(name), "message": .string(String(describing: error))])
            exit(3)
        }
    }

    private func iterate(_ options: inout SuiteOptions) {
        let words = options.rest()
        guard words.count == 2, let count = UInt64(words[1]), let benchmark = benchmarks.first(where: { $0.name == words[0] }) else {
            Self.stop("iterate NAME N, of \(benchmarks.map(\.name))")
        }
        final class Run {
            let body: PreparedBenchmark
            let count: UInt64
            init(body: PreparedBenchmark, count: UInt64) { (self.body, self.count) = (body, count) }
        }
        do {
            let run = Run(body: try benchmark.prepare(), count: count)
            // Once before, so that what is made lazily is there.
            var meter = BatchMeter(clock: benchmark.clock)
            try run.body.run(1, &meter)
            let regions = pulsegate_bench_region_count()
            pulsegate_bench_measured(
                { context in
                    guard let context else { return }
                    let run = Unmanaged<Run>.fromOpaque(context).takeUnretainedValue()
                    var meter = BatchMeter()
                    try? run.body.run(run.count, &meter)
                }, Unmanaged.passUnretained(run).toOpaque())
            Self.write([
                "event": "iterated", "benchmark": .string(words[0]), "iterations": .int(Int64(clamping: count)),
                "regions": regions < 0 ? .null : .int(pulsegate_bench_region_count() - regions),
            ])
        } catch {
            Self.write(["event": "failed", "benchmark": .string(words[0]), "message": .string(String(describing: error))])
            exit(3)
        }
    }

    // MARK: Output

    static func usage() -> pulsegate_bench_usage {
        var usage = pulsegate_bench_usage()
        pulsegate_bench_usage_of_thread(&usage)
        return usage
    }

    static func json(_ before: pulsegate_bench_usage, _ after: pulsegate_bench_usage) -> JSONValue {
        [
            "involuntary_switches": .int(Int64(clamping: after.involuntary_switches &- before.involuntary_switches)),
            "voluntary_switches": .int(Int64(clamping: after.voluntary_switches &- before.voluntary_switches)),
            "minor_faults": .int(Int64(clamping: after.minor_faults &- before.minor_faults)),
            "major_faults": .int(Int64(clamping: after.major_faults &- before.major_faults)),
            "peak_resident_bytes": .int(Int64(clamping: after.peak_resident_bytes)),
            "read_calls": .int(Int64(clamping: after.read_calls &- before.read_calls)),
            "write_calls": .int(Int64(clamping: after.write_calls &- before.write_calls)),
            "migrated": .bool(before.cpu != after.cpu), "fixed_addresses": .bool(pulsegate_bench_addresses_are_fixed()),
        ]
    }

    static func write(_ value: JSONValue) {
        print(value.canonicalText())
        fflush(nil)
    }

    static func stop(_ problem: String) -> Never {
        let text = Array("error: \(problem)\n".utf8)
        _ = Glibc.write(2, text, text.count)
        exit(2)
    }
}

/// Sets variables while something is done, and no longer: the other side must not have them.
func withEnvironment<Answer>(_ variables: [(String, String)], _ body: () throws -> Answer) rethrows -> Answer {
    let before = variables.map { ($0.0, getenv($0.0).map { String(cString: $0) }) }
    for (key, value) in variables { setenv(key, value, 1) }
    defer {
        for (key, value) in before.reversed() {
            if let value { setenv(key, value, 1) } else { unsetenv(key) }
        }
    }
    return try body()
}

/// A side that sees an environment of its own while it is set up: so one program can be two.
private final class SettingSide: Side {
    private let side: any Side
    private let environment: [(String, String)]

    init(_ side: any Side, _ environment: [(String, String)]) { (self.side, self.environment) = (side, environment) }

    func prepare(_ name: String) throws -> Int32 {
        try withEnvironment(environment) { try side.prepare(name) }
    }
    func run(_ handle: Int32, iterations: UInt64, spins: UInt64) throws -> pulsegate_bench_batch {
        try side.run(handle, iterations: iterations, spins: spins)
    }
    func release(_ handle: Int32) { side.release(handle) }
}
