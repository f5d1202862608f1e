import BenchmarkingRuntime
import StrictDocuments

/// One launch: the batches of some benchmarks, of one build or of two in turn, in a process that lives only for this.
///
/// The unit of replication is the launch, since addresses and pages differ between processes and stay within one; the driver starts as many as its
/// decision needs.
///
/// Batches of two builds are taken in quads, `A B B A`, so that a drift that is linear over a quad cancels. After each change of sides some iterations
/// run unclocked, since the other side has emptied the caches.
struct Launch {
    struct Plan {
        /// The clocked time that a batch is calibrated to: below the slice after which a busy machine's scheduler looks for someone else.
        var batchNanoseconds: UInt64 = 400_000
        /// About how long one benchmark may take, both sides together.
        var benchmarkNanoseconds: UInt64 = 40_000_000
        static let quads = 3...40
        /// Which side begins.
        var headFirst = false
        /// The head does so many times the work that is counted, in parts per million: a slow-down that is known. For self-tests. Whole iterations
        /// more; of what is less than one, arithmetic for as long as that share of an iteration takes.
        var headWork: UInt64 = 1_000_000
    }

    let base: (any Side)?
    let head: any Side
    let plan: Plan
    let benchmarks: [String: Benchmark]

    /// The raw figures of one benchmark as JSON; or what went wrong, which is a result too.
    func measure(_ name: String) -> JSONValue {
        do {
            return try measured(name)
        } catch {
            return ["event": "failed", "benchmark": .string(name), "message": .string(String(describing: error))]
        }
    }

    private func measured(_ name: String) throws -> JSONValue {
        guard let benchmark = benchmarks[name] else { throw HostedSuite.Missing(name: name) }
        let headHandle: Int32
        var baseHandle: Int32 = -1
        // Whoever is set up first gets the lower addresses: that side changes with the launch.
        if plan.headFirst { headHandle = try head.prepare(name) } else { headHandle = -1 }
        if let base { baseHandle = try base.prepare(name) }
        let handle = plan.headFirst ? headHandle : try head.prepare(name)
        defer {
            head.release(handle)
            base?.release(baseHandle)
        }
        var sides: [(side: any Side, handle: Int32, work: UInt64)] = [(head, handle, plan.headWork)]
        if let base { sides.append((base, baseHandle, 1_000_000)) }
        let iterations = try calibrate(sides[sides.count - 1].side, sides[sides.count - 1].handle, benchmark.clock)
        let single = try Self.time(
            of: sides[sides.count - 1].side.run(sides[sides.count - 1].handle, iterations: iterations), benchmark.clock)
        let work = try sides.map { (side) -> Work in
            guard side.work != 1_000_000 else { return Work(iterations: iterations) }
            return try Work(iterations, parts: side.work) {
                let times = try (0..<5).map { _ in Self.time(of: try side.side.run(side.handle, iterations: iterations), benchmark.clock) }
                return Double(times.min() ?? 0) / Double(iterations)
            }
        }
        let quad = max(1, single) * (sides.count == 2 ? 5 : 4)
        let quads = min(max(Int(plan.benchmarkNanoseconds / quad), Plan.quads.lowerBound), Plan.quads.upperBound)
        var batches: [[pulsegate_bench_batch]] = Array(repeating: [], count: sides.count)
        for index in batches.indices { batches[index].reserveCapacity(quads * 4) }
        let order = sides.count == 2 ? (plan.headFirst ? [0, 1, 1, 0] : [1, 0, 0, 1]) : [0, 0, 0, 0]
        var last = -1
        for _ in 0..<quads {
            for side in order {
                let (build, handle, _) = sides[side]
                if side != last { _ = try build.run(handle, iterations: max(1, iterations / 8)) }
                last = side
                batches[side].append(try build.run(handle, iterations: work[side].iterations, spins: work[side].spins))
            }
        }
        var fields: [String: JSONValue] = [
            "event": "launch", "benchmark": .string(name), "iterations": .int(Int64(clamping: iterations)),
            "clock": .string(benchmark.clock.rawValue), "first": sides.count == 2 ? .string(plan.headFirst ? "head" : "base") : "head",
            "head": Self.json(batches[0], benchmark.clock),
        ]
        if sides.count == 2 { fields["base"] = Self.json(batches[1], benchmark.clock) }
        return .object(fields)
    }

    /// What a batch of one side does.
    struct Work: Equatable {
        var iterations: UInt64
        /// Rounds of arithmetic behind them.
        var spins: UInt64 = 0

        init(iterations: UInt64) { self.iterations = iterations }

        /// - Parameters:
        ///   - parts: millionths of the work of `iterations`.
        ///   - nanoseconds: what one iteration takes.
        init(_ iterations: UInt64, parts: UInt64, nanoseconds: () throws -> Double) rethrows {
            let (whole, rest) =
                iterations.multipliedReportingOverflow(by: parts).overflow
                ? (iterations, 0) : (iterations * parts).quotientAndRemainder(dividingBy: 1_000_000)
            // Of a thousand iterations the rest is beyond what can be measured.
            guard whole < 1000 else {
                self.init(iterations: whole)
                return
            }
            self.init(iterations: max(1, whole))
            guard whole > 0, rest > 0 else { return }
            spins = UInt64(Double(rest) / 1e6 * (try nanoseconds()) / Spinning.nanosecondsPerRound)
        }
    }

    /// So many iterations that a batch takes about the time of the plan; one where an iteration takes longer.
    ///
    /// The least of three batches counts, since a batch that was interrupted looks long enough.
    private func calibrate(_ side: any Side, _ handle: Int32, _ clock: BenchmarkClock) throws -> UInt64 {
        var iterations: UInt64 = 1
        while true {
            var time = Self.time(of: try side.run(handle, iterations: iterations), clock)
            if time >= plan.batchNanoseconds, iterations == 1 { return 1 }
            for _ in 0..<2 { time = min(time, Self.time(of: try side.run(handle, iterations: iterations), clock)) }
            if time >= plan.batchNanoseconds || iterations >= 1 << 40 { return iterations }
            if time >= plan.batchNanoseconds / 8 {
                return max(1, UInt64(Double(iterations) * Double(plan.batchNanoseconds) / Double(time)))
            }
            iterations *= time < plan.batchNanoseconds / 128 ? 8 : 2
        }
    }

    static func time(of batch: pulsegate_bench_batch, _ clock: BenchmarkClock) -> UInt64 {
        switch clock {
        case .threadCPU: batch.cpu
        case .processCPU: batch.process_cpu
        case .wall: batch.wall
        }
    }

    private static func json(_ batches: [pulsegate_bench_batch], _ clock: BenchmarkClock) -> JSONValue {
        func list(_ value: (pulsegate_bench_batch) -> UInt64) -> JSONValue { .array(batches.map { .int(Int64(clamping: value($0))) }) }
        var fields: [String: JSONValue] = [
            "ns": list { time(of: $0, clock) }, "wall_ns": list(\.wall), "switches": list(\.involuntary_switches),
        ]
        if pulsegate_bench_counts_allocations() {
            fields["allocations"] = list(\.allocations)
            fields["allocated_bytes"] = list(\.allocated_bytes)
        }
        return .object(fields)
    }
}
