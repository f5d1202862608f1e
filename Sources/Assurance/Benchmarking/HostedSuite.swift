import BenchmarkingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The benchmarks of one build, set up and run by handle: by a host that has loaded the build as a library, or by a pipe.
final class HostedSuite {
    private let benchmarks: [String: Benchmark]
    private var prepared: [Int32: (benchmark: Benchmark, body: PreparedBenchmark)] = [:]
    private var nextHandle: Int32 = 0
    /// The text of the last problem, alive until the next.
    private var message: UnsafeMutablePointer<CChar>?

    init(_ benchmarks: [Benchmark]) {
        self.benchmarks = Dictionary(benchmarks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    struct Missing: Error, CustomStringConvertible {
        var name: String
        var description: String { "there is no benchmark '\(name)' in this build" }
    }

    func prepare(_ name: String) throws -> Int32 {
        guard let benchmark = benchmarks[name] else { throw Missing(name: name) }
        let handle = nextHandle
        prepared[handle] = (benchmark, try benchmark.prepare())
        nextHandle += 1
        return handle
    }

    func run(_ handle: Int32, iterations: UInt64, spins: UInt64) throws -> pulsegate_bench_batch {
        guard let (benchmark, body) = prepared[handle] else { throw Missing(name: "handle \(handle)") }
        var meter = BatchMeter(clock: benchmark.clock)
        try body.run(iterations, &meter)
        var batch = meter.total
        batch.add(spins: spins)
        return batch
    }

    func release(_ handle: Int32) { prepared[handle] = nil }

    private func note(_ error: any Error) -> UnsafePointer<CChar>? {
        free(message)
        message = strdup(String(describing: error))
        return UnsafePointer(message)
    }

    /// Offers the benchmarks to a host and lives as long as the process.
    static func offer(_ benchmarks: [Benchmark]) {
        let suite = Unmanaged.passRetained(HostedSuite(benchmarks))
        var table = pulsegate_bench_table(
            version: UInt32(PULSEGATE_BENCH_TABLE_VERSION), context: suite.toOpaque(),
            prepare: { context, name, message in
                guard let context, let name else { return -1 }
                let suite = Unmanaged<HostedSuite>.fromOpaque(context).takeUnretainedValue()
                do {
                    return try suite.prepare(String(cString: name))
                } catch {
                    message?.pointee = suite.note(error)
                    return -1
                }
            },
            run: { context, handle, iterations, batch, message in
                guard let context else { return 1 }
                let suite = Unmanaged<HostedSuite>.fromOpaque(context).takeUnretainedValue()
                do {
                    batch?.pointee = try suite.run(handle, iterations: iterations, spins: 0)
                    return 0
                } catch {
                    message?.pointee = suite.note(error)
                    return 1
                }
            },
            release: { context, handle in
                guard let context else { return }
                Unmanaged<HostedSuite>.fromOpaque(context).takeUnretainedValue().release(handle)
            })
        pulsegate_bench_offer(&table)
    }
}
