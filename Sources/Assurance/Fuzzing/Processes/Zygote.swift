import FuzzingRuntime

/// Forks the runner of one worker, watches it, and forks the next when it dies.
///
/// A zygote runs no code under test itself. It is forked before any thread exists, and what it has set up (the harvest, the target's closure) is
/// shared with its runners without copying, so that a death costs one fork.
struct Zygote {
    struct Limits {
        /// CPU time of one input, in nanoseconds.
        var time: Int64 = 1_000_000_000
        /// Bytes an input may use beyond what the runner began with; 0 for no limit.
        var memory: UInt64 = 512 << 20
    }

    enum Verdict {
        case goOn, stop
    }

    let shard: Shard
    let limits: Limits
    let capture: Int32
    /// What runs in the runner.
    let work: (Shard) -> Void
    /// Told of each death.
    let died: (CrashRecord) -> Verdict

    /// How long a runner may show no progress before its clock is looked at, in nanoseconds.
    private static let glance: Int64 = 20_000_000

    /// Serves until the shard says stop, `died` says so, or the work is done. `until` is a time of the monotonic clock, in nanoseconds.
    func serve(until end: Int64?) {
        let header = shard.header
        pulsegate_fuzz_prepare_runners()
        _ = pulsegate_fuzz_share_compares()
        while pulsegate_fuzz_observe(&header.pointee.stop) == 0 {
            header.pointee.frame_count = 0
            header.pointee.output_length = 0
            pulsegate_fuzz_publish(&header.pointee.death, 0)
            let runner = pulsegate_fuzz_fork()
            if runner == 0 {
                pulsegate_fuzz_become_runner(shard.header, capture, limits.memory)
                work(shard)
                pulsegate_fuzz_leave(0)
            }
            guard runner > 0 else {
                pulsegate_fuzz_pause(50_000_000)
                continue
            }
            let status = watch(runner, until: end)
            if status == 0 { return }  // done, or asked to stop
            if pulsegate_fuzz_observe(&header.pointee.stop) != 0, header.pointee.death == 0 { return }
            header.pointee.restarts &+= 1
            header.pointee.crashes &+= 1
            let record = CrashRecord(shard: shard, status: status)
            header.pointee.executions &+= 1
            let parent = record.parent
            if parent < shard.entryCount { shard.entries[parent].crashes &+= 1 }
            if died(record) == .stop { return }
            if let end, pulsegate_fuzz_clock() >= end { return }
        }
    }

    private func watch(_ runner: Int32, until end: Int64?) -> Int32 {
        let header = shard.header
        var status: Int32 = 0
        var lastCount = header.pointee.executions
        var since: (cpu: Int64, wall: Int64)?
        while true {
            let got = pulsegate_fuzz_await(runner, Self.glance, &status)
            if got == 1 { return status }
            if got < 0 { return 0 }
            let now = pulsegate_fuzz_clock()
            if let end, now >= end { pulsegate_fuzz_publish(&header.pointee.stop, 1) }
            let cpu = pulsegate_fuzz_cpu(runner)
            header.pointee.cpu_nanoseconds = UInt64(max(0, cpu))
            let count = header.pointee.executions
            guard count == lastCount, header.pointee.in_flight != 0 else {
                lastCount = count
                since = nil
                continue
            }
            guard let begun = since else {
                since = (cpu, now)
                continue
            }
            // CPU time, so that a busy machine makes no timeouts; for those that sleep, ten times as long on the wall's clock.
            if cpu - begun.cpu >= limits.time || now - begun.wall >= 10 * limits.time {
                pulsegate_fuzz_kill(runner, SIGXCPU)
                if pulsegate_fuzz_await(runner, 500_000_000, &status) != 1 {
                    pulsegate_fuzz_kill(runner, SIGKILL)
                    _ = pulsegate_fuzz_wait(runner, true, &status)
                    if header.pointee.death == 0 {
                        pulsegate_fuzz_publish(&header.pointee.death, UInt64(PULSEGATE_FUZZ_TIMEOUT.rawValue))
                    }
                }
                return status == 0 ? SIGXCPU : status
            }
            if pulsegate_fuzz_observe(&header.pointee.stop) != 0, now - begun.wall > 2_000_000_000 {
                pulsegate_fuzz_kill(runner, SIGKILL)
                _ = pulsegate_fuzz_wait(runner, true, &status)
                return 0
            }
        }
    }

    private var SIGXCPU: Int32 { 24 }
    private var SIGKILL: Int32 { 9 }
}
