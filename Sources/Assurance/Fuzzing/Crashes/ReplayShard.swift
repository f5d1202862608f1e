import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The memory between a process and the runners in which it tries inputs outside of a campaign: a shard without a corpus, on no disk.
struct ReplayShard {
    let shard: Shard

    /// `nil` where there is no memory.
    init?(maximumInput: Int, features: Int = 0) {
        let path = "/dev/shm/pulsegate-replay-\(getpid())-\(pulsegate_fuzz_clock())"
        defer { unlink(path) }
        var layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: maximumInput)
        layout.entryCapacity = 16
        layout.listCapacity = max(4096, features)
        layout.arenaCapacity = 4096
        guard let shard = try? Shard(path: path, layout: layout, build: pulsegate_fuzz_build_number(), seed: 0) else { return nil }
        self.shard = shard
    }

    var header: UnsafeMutablePointer<pulsegate_fuzz_shard> { shard.header }

    func close() { shard.unmap() }

    /// Does `work` in a runner, and again after each death that `died` wants to go on from.
    func serve(_ limits: Zygote.Limits, capture: Int32, _ work: @escaping (Shard) -> Void, died: @escaping (CrashRecord) -> Zygote.Verdict)
    {
        header.pointee.in_flight = 0
        header.pointee.stop = 0
        Zygote(shard: shard, limits: limits, capture: capture, work: work, died: died).serve(until: nil)
    }

    /// How a target ends on one input: `nil` where it returns.
    func end(
        on input: [UInt8], limits: Zygote.Limits, capture: Int32, make: @escaping (Shard) -> (UnsafeBufferPointer<UInt8>) -> Void
    ) -> CrashRecord? {
        var found: CrashRecord?
        let length = min(input.count, shard.layout.maximumInput)
        serve(limits, capture: capture) { shard in
            input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: length) } }
            shard.header.pointee.input_length = UInt64(length)
            let function = make(shard)
            shard.header.pointee.in_flight = 1
            pulsegate_fuzz_mark_stack()
            function(UnsafeBufferPointer(start: shard.input, count: length))
            shard.header.pointee.in_flight = 0
        } died: { record in
            found = record
            return .stop
        }
        return found
    }

    /// What an input lights (edge × 8 + hit class); `nil` where it ends the process.
    func features(
        of input: [UInt8], limits: Zygote.Limits, capture: Int32, make: @escaping (Shard) -> (UnsafeBufferPointer<UInt8>) -> Void
    ) -> [UInt32]? {
        let capacity = UInt32(shard.layout.listCapacity)
        header.pointee.lists_used = 0
        var didDie = false
        let length = min(input.count, shard.layout.maximumInput)
        serve(limits, capture: capture) { shard in
            input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: length) } }
            shard.header.pointee.input_length = UInt64(length)
            let function = make(shard)
            // Once before it counts: what is made at first use is lit by whichever input comes first.
            for round in 0..<2 {
                pulsegate_fuzz_clear_counters()
                shard.header.pointee.in_flight = 1
                pulsegate_fuzz_mark_stack()
                function(UnsafeBufferPointer(start: shard.input, count: length))
                shard.header.pointee.in_flight = 0
                var scan = pulsegate_fuzz_scan()
                if round == 1 {
                    pulsegate_fuzz_collect(shard.virgin, false, shard.lists, capacity, &scan)
                    shard.header.pointee.lists_used = UInt64(min(scan.lit, capacity))
                }
            }
        } died: { _ in
            didDie = true
            return .stop
        }
        return didDie ? nil : (0..<Int(header.pointee.lists_used)).map { shard.lists[$0] }
    }

    /// How a target ends on one input, once, with memory of its own.
    static func end(on input: [UInt8], limits: Zygote.Limits, make: @escaping (Shard) -> (UnsafeBufferPointer<UInt8>) -> Void)
        -> CrashRecord?
    {
        guard let memory = ReplayShard(maximumInput: max(64, input.count)) else { return nil }
        defer { memory.close() }
        let capture = pulsegate_fuzz_capture()
        defer { pulsegate_fuzz_close(capture) }
        return memory.end(on: input, limits: limits, capture: capture, make: make)
    }
}
