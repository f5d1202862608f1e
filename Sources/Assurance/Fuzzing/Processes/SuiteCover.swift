import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// Runs every input of some folders and tells which edges they light: what coverage of a corpus is made of.
///
/// | line | holds |
/// |---|---|
/// | `cover` | inputs run, how many ended their process, edges in all and lit |
/// | `edges` | for a stretch of edges: addresses relative to the image, inputs that ran each, and which begin a function |
///
/// An input that ends its process keeps the edges it lit to itself: the counters die with it. They are counted as `ended`.
struct SuiteCover {
    let target: FuzzTarget
    let folders: [String]

    /// Edges a line tells of.
    private static let stretch = 256

    init(target: FuzzTarget, options: inout SuiteArguments) {
        self.target = target
        folders = options.values("--corpus")
    }

    func run() {
        let files = folders.flatMap { folder in SuiteFiles.names(folder).map { "\(folder)/\($0)" } }
        let edges = Int(pulsegate_fuzz_edge_count())
        guard edges > 0, pulsegate_fuzz_instrumentation_fault() == 0 else {
            SuiteProgram.stop("this build counts no edges: build the suite with PULSEGATE_FUZZ=1 in a scratch path of its own")
        }
        let path = "/dev/shm/pulsegate-cover-\(getpid())"
        defer { unlink(path) }
        unlink(path)
        var layout = Shard.Layout(edges: edges, maximumInput: target.maximumLength)
        layout.entryCapacity = 16
        layout.listCapacity = 4096
        layout.arenaCapacity = 4096
        let shard: Shard
        do { shard = try Shard(path: path, layout: layout, build: pulsegate_fuzz_build_number(), seed: 0) } catch {
            SuiteProgram.stop("\(error)")
        }
        let zygote = Zygote(
            shard: shard, limits: Zygote.Limits(), capture: pulsegate_fuzz_capture(), work: { work($0, files) }, died: { _ in .goOn })
        zygote.serve(until: nil)
        tell(shard, inputs: files.count)
    }

    private func work(_ shard: Shard, _ files: [String]) {
        let header = shard.header
        let function = TargetRunner(target: target).function(shard)
        let capacity = shard.layout.edges + 16
        let lit = UnsafeMutablePointer<UInt32>.allocate(capacity: capacity)
        defer { lit.deallocate() }
        var scan = pulsegate_fuzz_scan()
        pulsegate_fuzz_clear_counters()
        // An input that ended a runner has been counted by the zygote: the next one begins behind it.
        while Int(header.pointee.executions) < files.count {
            guard let input = SuiteFiles.read(files[Int(header.pointee.executions)], limit: target.maximumLength) else {
                header.pointee.executions &+= 1
                continue
            }
            input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: input.count) } }
            header.pointee.input_length = UInt64(input.count)
            header.pointee.in_flight = 1
            pulsegate_fuzz_mark_stack()
            function(UnsafeBufferPointer(start: shard.input, count: input.count))
            header.pointee.in_flight = 0
            pulsegate_fuzz_collect(shard.virgin, true, lit, UInt32(clamping: capacity), &scan)
            for at in 0..<min(Int(scan.lit), capacity) { shard.hits[Int(lit[at] >> 3)] &+= 1 }
            header.pointee.executions &+= 1
        }
    }

    /// Where the executable lies in memory, this time.
    private static func imageBase() -> UInt {
        let address = pulsegate_fuzz_edge_address(0, nil)
        var offset: UInt64 = 0
        var relative: UInt64 = 0
        return pulsegate_fuzz_symbol(address, nil, 0, &offset, nil, 0, &relative) ? address &- UInt(relative) : 0
    }

    private func tell(_ shard: Shard, inputs: Int) {
        let edges = shard.layout.edges
        let base = Self.imageBase()
        let lit = (0..<edges).count { shard.hits[$0] != 0 }
        SuiteOutput.write([
            ("event", .text("cover")), ("target", .text(target.name)), ("inputs", .number(UInt64(inputs))),
            ("ended", .number(shard.header.pointee.crashes)), ("edges", .number(UInt64(edges))), ("lit", .number(UInt64(lit))),
            ("build", .hexadecimal(pulsegate_fuzz_build_number())),
        ])
        for first in stride(from: 0, to: edges, by: Self.stretch) {
            var addresses: [SuiteOutput.Value] = []
            var counts: [SuiteOutput.Value] = []
            var begins: [SuiteOutput.Value] = []
            for edge in first..<min(edges, first + Self.stretch) {
                var isEntry = false
                addresses.append(.number(UInt64(pulsegate_fuzz_edge_address(UInt32(edge), &isEntry) &- base)))
                counts.append(.number(UInt64(shard.hits[edge])))
                if isEntry { begins.append(.number(UInt64(edge))) }
            }
            SuiteOutput.write([
                ("event", .text("edges")), ("first", .number(UInt64(first))), ("addresses", .list(addresses)), ("inputs", .list(counts)),
                ("begins", .list(begins)),
            ])
        }
    }
}
