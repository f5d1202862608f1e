import BenchmarkingRuntime

/// Adds up what a batch costs between `start` and `stop`; set-up stands outside of the two.
public struct BatchMeter {
    @usableFromInline var started = pulsegate_bench_batch()
    /// What was measured so far. All times in nanoseconds.
    public internal(set) var total = pulsegate_bench_batch()
    /// Counting allocations costs nothing; reading all clocks costs about two microseconds a batch, none of it between start and stop but one
    /// reading of the clock that counts.
    let clock: BenchmarkClock

    /// Where counts are wanted instead of times: it then does what start and stop would.
    let counts: IterationCounts?

    public init(clock: BenchmarkClock = .threadCPU) { self.init(clock: clock, counts: nil) }

    init(clock: BenchmarkClock, counts: IterationCounts?) { (self.clock, self.counts) = (clock, counts) }

    /// Not inlined: what is measured must not be mixed with it.
    @inline(never)
    public mutating func start() {
        if let counts { return counts.start() }
        started.involuntary_switches = pulsegate_bench_involuntary_switches()
        let counts = clock == .threadCPU ? pulsegate_bench_allocations_of_thread() : pulsegate_bench_allocations_of_process()
        started.allocations = counts.count
        started.allocated_bytes = counts.bytes
        if clock != .threadCPU { started.process_cpu = pulsegate_bench_process_cpu() }
        started.wall = pulsegate_bench_wall()
        started.cpu = pulsegate_bench_thread_cpu()
    }

    @inline(never)
    public mutating func stop() {
        if let counts { return counts.stop() }
        total.cpu += pulsegate_bench_thread_cpu() - started.cpu
        total.wall += pulsegate_bench_wall() - started.wall
        if clock != .threadCPU { total.process_cpu += pulsegate_bench_process_cpu() - started.process_cpu }
        let counts = clock == .threadCPU ? pulsegate_bench_allocations_of_thread() : pulsegate_bench_allocations_of_process()
        total.allocations += counts.count - started.allocations
        total.allocated_bytes += counts.bytes - started.allocated_bytes
        total.involuntary_switches += pulsegate_bench_involuntary_switches() - started.involuntary_switches
    }
}

/// Which time a benchmark is judged by.
public enum BenchmarkClock: String, Sendable, CaseIterable {
    /// CPU time of the thread that runs the body: what computing costs, whoever else is busy. The default.
    case threadCPU = "thread-cpu"
    /// CPU time of the whole process: for bodies that use several threads, or none of their own (async).
    case processCPU = "process-cpu"
    /// Time that passes: for bodies that wait. Budgets for it should be wide.
    case wall
}
