import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// Runs inputs and counts the edges they light together: the measure by which one engine's corpus is held against another's.
///
/// `{"event":"edges","count":412,"of":5336,"inputs":37,"deaths":0}`. Inputs that end the process count for nothing but `deaths`: what they lit before
/// dies with them. The number is what libFuzzer calls `cov` when it runs the same inputs on the same objects.
struct SuiteEdges {
    let target: FuzzTarget

    /// - Parameter paths: files, and folders whose files are meant.
    func run(_ paths: [String]) {
        let inputs = Self.files(paths).compactMap { SuiteFiles.read($0, limit: target.maximumLength) }
        guard let (edges, deaths) = count(inputs) else { SuiteProgram.stop("no memory to share: is there room in /dev/shm?") }
        SuiteOutput.write([
            ("event", .text("edges")), ("count", .number(UInt64(edges))), ("of", .number(UInt64(pulsegate_fuzz_edge_count()))),
            ("inputs", .number(UInt64(inputs.count))), ("deaths", .number(UInt64(deaths))),
        ])
    }

    private static func files(_ paths: [String]) -> [String] {
        paths.flatMap { path in
            var status = stat()
            guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [path] }
            return SuiteFiles.names(path).map { path + "/" + $0 }
        }
    }

    private func count(_ inputs: [[UInt8]]) -> (edges: Int, deaths: Int)? {
        let path = "/dev/shm/pulsegate-edges-\(getpid())"
        unlink(path)
        defer { unlink(path) }
        var layout = Shard.Layout(edges: Int(pulsegate_fuzz_edge_count()), maximumInput: target.maximumLength)
        layout.entryCapacity = 16
        layout.listCapacity = 4096
        layout.arenaCapacity = 4096
        guard let shard = try? Shard(path: path, layout: layout, build: pulsegate_fuzz_build_number(), seed: 0) else { return nil }
        defer { shard.unmap() }
        let target = target
        let zygote = Zygote(
            shard: shard, limits: Zygote.Limits(), capture: pulsegate_fuzz_capture(),
            work: { shard in
                let function = TargetRunner(target: target).function(shard)
                var scan = pulsegate_fuzz_scan()
                pulsegate_fuzz_clear_counters()
                // A runner goes on behind the input that killed the one before.
                while Int(shard.header.pointee.executions) < inputs.count {
                    let input = inputs[Int(shard.header.pointee.executions)]
                    input.withUnsafeBufferPointer { if let base = $0.baseAddress { shard.input.update(from: base, count: input.count) } }
                    shard.header.pointee.input_length = UInt64(input.count)
                    shard.header.pointee.in_flight = 1
                    function(UnsafeBufferPointer(start: shard.input, count: input.count))
                    shard.header.pointee.in_flight = 0
                    shard.header.pointee.executions &+= 1
                    pulsegate_fuzz_collect(shard.virgin, true, nil, 0, &scan)
                }
            },
            died: { _ in .goOn })
        zygote.serve(until: nil)
        let lit = (0..<layout.edges).reduce(0) { $0 + (shard.virgin[$1] == 0 ? 0 : 1) }
        return (lit, Int(shard.header.pointee.crashes))
    }
}
