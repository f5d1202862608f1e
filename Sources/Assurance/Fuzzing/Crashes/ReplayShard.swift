import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// The memory between a process and the runners in which it tries inputs outside of a campaign: a shard without a corpus, on no disk.
struct ReplayShard {
    let shard: Shard

    /// `nil` where there is no memory.
    init?(maximumInput: Int) {
        let path = "/dev/shm/pulsegate-replay-\(getpid())-\(pulsegate_fuzz_clock())"
        defer { unlink(path) }
        var layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: maximumInput)
        layout.entryCapacity = 16
        layout.listCapacity = 4096
        layout.arenaCapacity = 4096
        guard let shard = try? Shard(path: path, layout: layout, build: pulsegate_fuzz_build_number(), seed: 0) else { return nil }
        self.shard = shard
    }

    var header: UnsafeMutablePointer<pulsegate_fuzz_shard> { shard.header }

    func close() { shard.unmap() }

    /// Does `work` in a runner, and again after each death that `died` wants to go on from.
    func serve(_ limits: Zygote.Limits, capture: Int32, _ work: @escaping (Shard) -> Void, died: @escaping (CrashRecord) -> Zygote.Verdict) {
        header.pointee.in_flight = 0
        header.pointee.stop = 0
        Zygote(shard: shard, limits: limits, capture: capture, work: work, died: died).serve(until: nil)
    }

    /// How a target ends on one input: `nil` where it returns.
    static func end(on input: [UInt8], limits: Zygote.Limits, make: @escaping (Shard) -> (UnsafeBufferPointer<UInt8>) -> Void) -> CrashRecord? {
        guard let memory = ReplayShard(maximumInput: max(64, input.count)) else { return nil }
        defer { memory.close() }
        let capture = pulsegate_fuzz_capture()
        defer { pulsegate_fuzz_close(capture) }
        var found: CrashRecord?
        memory.serve(limits, capture: capture) { shard in
            input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: input.count) } }
            shard.header.pointee.input_length = UInt64(input.count)
            let function = make(shard)
            shard.header.pointee.in_flight = 1
            pulsegate_fuzz_mark_stack()
            function(UnsafeBufferPointer(start: shard.input, count: input.count))
            shard.header.pointee.in_flight = 0
        } died: { record in
            found = record
            return .stop
        }
        return found
    }
}
