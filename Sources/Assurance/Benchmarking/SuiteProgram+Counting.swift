import BenchmarkingRuntime
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// `count NAME [--iterations N]`: the counts of a fixed run, which repeat exactly from process to process where the body is deterministic.
///
/// Set-up and one iteration to warm up, then N iterations in one go; what an input costs to make is not counted. Addresses and the hash seed are
/// fixed before (``SuiteProgram/settle()``). A metric that cannot be had here is null, never 0.
extension SuiteProgram {
    static let countedIterations: UInt64 = 8
    static let countedIterationsLimit: UInt64 = 1 << 32

    func count(_ options: inout SuiteOptions) {
        let iterations = options.number("--iterations") ?? Self.countedIterations
        guard (1...Self.countedIterationsLimit).contains(iterations) else {
            Self.stop("--iterations is from 1 to \(Self.countedIterationsLimit)")
        }
        let words = options.rest()
        guard words.count == 1, let benchmark = benchmarks.first(where: { $0.name == words[0] }) else {
            Self.stop("count NAME, of \(benchmarks.map(\.name))")
        }
        do {
            let body = try benchmark.prepare()
            var warming = BatchMeter(clock: benchmark.clock)
            try body.run(1, &warming)
            let counts = IterationCounts(ofProcess: benchmark.clock != .threadCPU)
            var meter = BatchMeter(clock: benchmark.clock, counts: counts)
            let hasPeak = pulsegate_bench_reset_peak()
            try body.run(iterations, &meter)
            let peak = hasPeak ? Int64(clamping: Self.usage().peak_resident_bytes) : nil
            Self.write(
                counts.json(merging: [
                    "event": "counted", "benchmark": .string(benchmark.name), "iterations": .int(Int64(clamping: iterations)),
                    "clock": .string(benchmark.clock.rawValue), "peak_resident_bytes": peak.map { .int($0) } ?? .null,
                    "settled": .bool(pulsegate_bench_addresses_are_fixed()),
                ]))
        } catch {
            Self.write(["event": "failed", "benchmark": .string(benchmark.name), "message": .string(String(describing: error))])
            exit(3)
        }
    }
}

/// Adds up counts between `start` and `stop` of a meter. Nothing of its own stands between the two: no allocation, no system call.
final class IterationCounts {
    private let ofProcess: Bool
    private let instructionCounter: Int32
    private var before = Reading()
    private var sum = Reading()
    /// What two readings in a row differ by: the files of /proc that they read.
    private var own = pulsegate_bench_usage()
    /// What a section without a body counts: regions and instructions of this type itself.
    private var empty = Reading()

    private struct Reading {
        var allocations = pulsegate_bench_allocations()
        var usage = pulsegate_bench_usage()
        var regions: Int64 = 0
        var instructions: Int64 = 0
    }

    init(ofProcess: Bool) {
        self.ofProcess = ofProcess
        instructionCounter = pulsegate_bench_open_instructions()
        // The first reading makes what is made lazily.
        for _ in 0..<2 {
            let first = SuiteProgram.usage()
            own = Self.difference(SuiteProgram.usage(), first)
        }
        for _ in 0..<2 {
            sum = Reading()
            start()
            stop()
        }
        empty = sum
        sum = Reading()
    }

    deinit { if instructionCounter >= 0 { close(instructionCounter) } }

    @inline(never)
    func start() {
        before.usage = SuiteProgram.usage()
        before.regions = pulsegate_bench_region_count()
        if instructionCounter >= 0 { before.instructions = pulsegate_bench_read_counter(instructionCounter) }
        pulsegate_bench_mark_system_calls(true)
        before.allocations = ofProcess ? pulsegate_bench_allocations_of_process() : pulsegate_bench_allocations_of_thread()
    }

    @inline(never)
    func stop() {
        let allocations = ofProcess ? pulsegate_bench_allocations_of_process() : pulsegate_bench_allocations_of_thread()
        pulsegate_bench_mark_system_calls(false)
        if instructionCounter >= 0 {
            sum.instructions += pulsegate_bench_read_counter(instructionCounter) - before.instructions - empty.instructions
        }
        sum.regions += pulsegate_bench_region_count() - before.regions - empty.regions
        let usage = Self.difference(SuiteProgram.usage(), before.usage)
        sum.allocations.count += allocations.count &- before.allocations.count
        sum.allocations.bytes += allocations.bytes &- before.allocations.bytes
        sum.allocations.releases += allocations.releases &- before.allocations.releases
        sum.usage.read_calls += usage.read_calls &- min(own.read_calls, usage.read_calls)
        sum.usage.write_calls += usage.write_calls &- min(own.write_calls, usage.write_calls)
        sum.usage.voluntary_switches += usage.voluntary_switches
    }

    private static func difference(_ after: pulsegate_bench_usage, _ before: pulsegate_bench_usage) -> pulsegate_bench_usage {
        var usage = pulsegate_bench_usage()
        usage.read_calls = after.read_calls &- before.read_calls
        usage.write_calls = after.write_calls &- before.write_calls
        usage.voluntary_switches = after.voluntary_switches &- before.voluntary_switches
        return usage
    }

    func json(merging fields: [String: JSONValue]) -> JSONValue {
        func number(_ value: UInt64, if isKnown: Bool = true) -> JSONValue { isKnown ? .int(Int64(clamping: value)) : .null }
        let counted = pulsegate_bench_counts_allocations()
        let counts: [String: JSONValue] = [
            "allocations": number(sum.allocations.count, if: counted), "allocated_bytes": number(sum.allocations.bytes, if: counted),
            "releases": number(sum.allocations.releases, if: counted),
            "regions": pulsegate_bench_region_count() >= 0 ? .int(sum.regions) : .null,
            "instructions": instructionCounter >= 0 ? .int(sum.instructions) : .null,
            "read_calls": number(sum.usage.read_calls), "write_calls": number(sum.usage.write_calls),
            "voluntary_switches": number(sum.usage.voluntary_switches),
        ]
        return .object(fields.merging(counts) { own, _ in own })
    }
}
