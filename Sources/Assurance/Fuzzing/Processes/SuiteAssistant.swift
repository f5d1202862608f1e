import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// What is done beside the search while a campaign runs, in a process of its own: findings are sorted into bugs as they come, so that who looks on reads
/// a title and a minimal value, and inputs of the corpus are run again, to see whether they still light what they lit.
///
/// The search does not notice: nothing of it depends on what stands here. One process at a time; when the campaign ends it is killed, and what it had not
/// done is left to the command `triage`.
struct SuiteAssistant {
    let target: FuzzTarget
    let suite: String
    let folder: String
    let limits: Zygote.Limits
    /// Whose inputs are run again, and whose header tells the result.
    let shard: Shard
    private var child: Int32 = 0
    private var nextCheck: Int64
    /// What was unsorted when findings were last looked at: not looked at again for ever where it cannot be sorted.
    private var seen: [String] = []

    /// Nanoseconds between two checks of stability.
    private static let checkInterval: Int64 = 15_000_000_000
    private static let firstCheck: Int64 = 2_000_000_000

    init(target: FuzzTarget, suite: String, folder: String, limits: Zygote.Limits, shard: Shard, begun: Int64) {
        self.target = target
        self.suite = suite
        self.folder = folder
        self.limits = limits
        self.shard = shard
        nextCheck = begun + Self.firstCheck
    }

    /// Starts what is due, where nothing runs.
    mutating func look(at now: Int64) {
        var status: Int32 = 0
        if child > 0, pulsegate_fuzz_wait(child, false, &status) == 0 { return }
        child = 0
        let unsorted = SuiteFiles.names("\(folder)/crashes").filter { CrashTriage.isUnsorted($0, in: "\(folder)/crashes") }
        let sorts = !unsorted.isEmpty && unsorted != seen
        seen = unsorted
        let checks = now >= nextCheck && shard.entryCount > 0
        guard sorts || checks else { return }
        if checks { nextCheck = now + Self.checkInterval }
        child = pulsegate_fuzz_fork()
        guard child == 0 else { return }
        if checks { StabilityCheck(target: target, limits: limits).run(shard) }
        if sorts {
            CrashTriage(target: target, suite: suite, folder: folder, limits: limits, minimising: InputMinimiser.Limits())?
                .run(SuiteTriage.tell)
        }
        pulsegate_fuzz_leave(0)
    }

    /// Ends what runs.
    mutating func end() {
        guard child > 0 else { return }
        var status: Int32 = 0
        pulsegate_fuzz_kill(child, SIGKILL)
        _ = pulsegate_fuzz_wait(child, true, &status)
        child = 0
    }
}

/// Whether inputs of a corpus light the same edges whenever they are run: each is run twice, with another one in between.
///
/// What keeps a state between calls, looks at the clock or draws lots lights other edges the second time. A campaign on such a target finds what is not
/// there, and its findings are flaky. The share of edges that both runs lit is the stability; `stability_checks` counts the edges that either lit,
/// `unstable` those that one of them did not.
struct StabilityCheck {
    let target: FuzzTarget
    let limits: Zygote.Limits

    /// Inputs looked at, spread over the corpus.
    static let sample = 48

    func run(_ shard: Shard) {
        let count = shard.entryCount
        guard count > 0, let memory = ReplayShard(maximumInput: shard.layout.maximumInput, features: 2 * shard.layout.edges + 32) else {
            return
        }
        defer { memory.close() }
        let inputs = (0..<min(count, Self.sample)).map { Array(shard.bytes(ofEntry: $0 * count / min(count, Self.sample))) }
        let capture = pulsegate_fuzz_capture()
        defer { pulsegate_fuzz_close(capture) }
        let header = memory.header
        memory.serve(limits, capture: capture) { shard in
            let function = TargetRunner(target: target).function(shard)
            while header.pointee.planted < UInt64(inputs.count) {
                let index = Int(header.pointee.planted)
                // Counted before it runs: the next runner goes on behind one that kills.
                header.pointee.planted += 1
                // Once before it counts: what is made at first use is lit by whichever input comes first.
                _ = Self.edges(inputs[index], shard, function)
                let first = Self.edges(inputs[index], shard, function)
                // Once or twice, so that who counts to two is noticed as well.
                for _ in 0...index & 1 { _ = Self.edges(inputs[(index + 1) % inputs.count], shard, function) }
                let second = Self.edges(inputs[index], shard, function)
                header.pointee.stability_checks += UInt64(first.union(second).count)
                header.pointee.unstable += UInt64(first.symmetricDifference(second).count)
            }
        } died: { _ in
            .goOn
        }
        // The checks last: who reads in between sees an older share of more.
        shard.header.pointee.unstable = header.pointee.unstable
        shard.header.pointee.stability_checks = header.pointee.stability_checks
    }

    private static func edges(_ input: [UInt8], _ shard: Shard, _ function: (UnsafeBufferPointer<UInt8>) -> Void) -> Set<UInt32> {
        let length = min(input.count, shard.layout.maximumInput)
        input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: length) } }
        shard.header.pointee.input_length = UInt64(length)
        pulsegate_fuzz_clear_counters()
        shard.header.pointee.in_flight = 1
        pulsegate_fuzz_mark_stack()
        function(UnsafeBufferPointer(start: shard.input, count: length))
        shard.header.pointee.in_flight = 0
        shard.header.pointee.executions &+= 1
        var scan = pulsegate_fuzz_scan()
        let capacity = UInt32(shard.layout.listCapacity)
        pulsegate_fuzz_collect(shard.virgin, false, shard.lists, capacity, &scan)
        return Set((0..<Int(min(scan.lit, capacity))).map { shard.lists[$0] >> 3 })
    }
}
