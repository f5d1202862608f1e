import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

/// A shard in a file of its own, which goes when the test ends.
final class ShardFile {
    let path: String

    init() {
        path = "/tmp/pulsegate-shard-\(getpid())-\(UInt64.random(in: .min ... .max))"
    }

    deinit { unlink(path) }

    static func layout(edges: Int = 64, maximumInput: Int = 64) -> Shard.Layout {
        var layout = Shard.Layout(edges: edges, maximumInput: maximumInput)
        layout.entryCapacity = 128
        layout.listCapacity = 4096
        layout.arenaCapacity = 1 << 16
        return layout
    }

    func open(_ layout: Shard.Layout = ShardFile.layout(), build: UInt64 = 7, seed: UInt64 = 1) throws(ShardError) -> Shard {
        try Shard(path: path, layout: layout, build: build, seed: seed)
    }

    var size: Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : -1
    }
}
