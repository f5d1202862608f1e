import BenchmarkingRuntime

/// Arithmetic that takes a known time: work that is added to one build, to see whether it is found.
enum Spinning {
    /// Of CPU time, the least of some measurements.
    static let nanosecondsPerRound: Double = {
        let rounds: UInt64 = 200_000
        let times = (0..<7).map { _ in
            let start = pulsegate_bench_thread_cpu()
            pulsegate_bench_spin(rounds)
            return pulsegate_bench_thread_cpu() - start
        }
        return max(0.01, Double(times.min() ?? 0) / Double(rounds))
    }()
}

extension pulsegate_bench_batch {
    /// Spins, and counts what that takes with the batch.
    mutating func add(spins: UInt64) {
        guard spins > 0 else { return }
        let (wall, process, thread) = (pulsegate_bench_wall(), pulsegate_bench_process_cpu(), pulsegate_bench_thread_cpu())
        pulsegate_bench_spin(spins)
        cpu += pulsegate_bench_thread_cpu() - thread
        process_cpu += pulsegate_bench_process_cpu() - process
        self.wall += pulsegate_bench_wall() - wall
    }
}
