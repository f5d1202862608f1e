import FuzzingRuntime
import StrictDocuments
import Testing

@testable import Fuzzing

@Suite("the corpus folder of a campaign")
struct CorpusWriterTests {
    private final class Folder {
        let file = ShardFile()
        var path: String { file.path + "-corpus" }
        init() { SuiteFiles.makeFolder(path) }
        deinit { SuiteFiles.removeTree(path) }
        var inputs: Set<[UInt8]> { Set(SuiteFiles.names(path).compactMap { SuiteFiles.read("\(path)/\($0)", limit: 64) }) }
    }

    private func engine(_ shard: Shard, _ inputs: [[UInt8]]) -> FuzzEngine {
        var engine = FuzzEngine(shard: shard, options: .init(), harvest: []) { _ in }
        for input in inputs { engine.keep(engine.load(input), parent: 0, operators: 0, depth: 0, flags: [.edges]) }
        return engine
    }

    @Test("the folder holds what the entries are now, not what they were")
    func shortened() throws {
        let folder = Folder()
        let shard = try folder.file.open()
        defer { shard.unmap() }
        let engine = engine(shard, [[1, 2, 3], [4, 5]])
        var writer = CorpusWriter(folder: folder.path, workers: 1)
        writer.keep(shard, worker: 0)
        #expect(folder.inputs == [[1, 2, 3], [4, 5]])
        engine.shorten(0, to: engine.load([1, 3]))
        writer.keep(shard, worker: 0)
        #expect(folder.inputs == [[1, 3], [4, 5]])
        let names = SuiteFiles.names(folder.path)
        writer.keep(shard, worker: 0)
        #expect(SuiteFiles.names(folder.path) == names)
        for name in names {
            let bytes = try #require(SuiteFiles.read("\(folder.path)/\(name)", limit: 64))
            #expect(SuiteOutput.hexadecimal(bytes.withUnsafeBufferPointer(ContentNumber.of)) == name)
        }
    }

    @Test("what another entry still is, and what was there before, stays")
    func kept() throws {
        let (folder, other) = (Folder(), ShardFile())
        let (shard, peer) = (try folder.file.open(), try other.open())
        defer {
            shard.unmap()
            peer.unmap()
        }
        let before: [UInt8] = [7, 7, 7]
        #expect(SuiteFiles.write(before, to: "\(folder.path)/\(SuiteOutput.hexadecimal(before.withUnsafeBufferPointer(ContentNumber.of)))"))
        let engine = engine(shard, [before, [1, 2, 3]])
        _ = self.engine(peer, [[1, 2, 3]])
        var writer = CorpusWriter(folder: folder.path, workers: 2)
        for (worker, shard) in [shard, peer].enumerated() { writer.keep(shard, worker: worker) }
        engine.shorten(0, to: engine.load([7]))
        engine.shorten(1, to: engine.load([2]))
        writer.keep(shard, worker: 0)
        #expect(folder.inputs == [before, [7], [2], [1, 2, 3]])
    }

    @Test("entries that are none of the corpus are not written")
    func others() throws {
        let folder = Folder()
        let shard = try folder.file.open()
        defer { shard.unmap() }
        var engine = engine(shard, [[1]])
        engine.keep(engine.load([2]), parent: 0, operators: 0, depth: 9, flags: [.depth])
        var writer = CorpusWriter(folder: folder.path, workers: 1)
        writer.keep(shard, worker: 0)
        #expect(folder.inputs == [[1]])
    }
}
