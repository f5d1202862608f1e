import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

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
        // A death that nobody was told of: this worker's last zygote was killed before it could.
        if pulsegate_fuzz_observe(&header.pointee.death) != 0, tell(status: 0) == .stop { return }
        // What earlier campaigns on this shard used; that of the runners of this one is added to it.
        let before = header.pointee.cpu_nanoseconds &- Self.reapedNanoseconds()
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
            let status = watch(runner, until: end, before: before)
            header.pointee.cpu_nanoseconds = before &+ Self.reapedNanoseconds()
            // Done, or asked to stop; else the target itself left, by _exit(0).
            if status == 0, header.pointee.in_flight == 0 || pulsegate_fuzz_observe(&header.pointee.stop) != 0 { return }
            if pulsegate_fuzz_observe(&header.pointee.stop) != 0, header.pointee.death == 0 { return }
            if tell(status: status) == .stop { return }
            if let end, pulsegate_fuzz_clock() >= end { return }
        }
    }

    /// Tells of the death that stands in the slot, and empties it afterwards: told twice is better than never.
    private func tell(status: Int32) -> Verdict {
        let header = shard.header
        let record = CrashRecord(shard: shard, status: status)
        let verdict = died(record)
        header.pointee.restarts &+= 1
        header.pointee.crashes &+= 1
        header.pointee.executions &+= 1
        if record.parent < shard.entryCount { shard.entries[record.parent].crashes &+= 1 }
        // What it ran is told of: a next runner that finds nothing left to do has not died of it.
        header.pointee.in_flight = 0
        pulsegate_fuzz_publish(&header.pointee.death, 0)
        return verdict
    }

    /// CPU time of the children of this process that have been waited for.
    private static func reapedNanoseconds() -> UInt64 {
        var usage = rusage()
        getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        let microseconds = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return UInt64(seconds) &* 1_000_000_000 &+ UInt64(microseconds) &* 1000
    }

    private func watch(_ runner: Int32, until end: Int64?, before: UInt64) -> Int32 {
        let header = shard.header
        let reaped = Self.reapedNanoseconds()
        var status: Int32 = 0
        var lastCount = header.pointee.executions
        var since: (cpu: Int64, wall: Int64)?
        while true {
            let got = pulsegate_fuzz_await(runner, Self.glance, &status)
            if got == 1 { return status }
            if got < 0 {
                // There is no child to wait for: nothing would ever be known of another either.
                pulsegate_fuzz_publish(&header.pointee.stop, 1)
                return 0
            }
            let now = pulsegate_fuzz_clock()
            if let end, now >= end { pulsegate_fuzz_publish(&header.pointee.stop, 1) }
            let cpu = pulsegate_fuzz_cpu(runner)
            header.pointee.cpu_nanoseconds = before &+ reaped &+ UInt64(max(0, cpu))
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

}
