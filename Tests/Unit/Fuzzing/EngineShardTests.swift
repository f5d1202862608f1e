import FuzzingRuntime
import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("the memory that outlives a runner")
struct EngineShardTests {
    @Test("a shard that is opened again goes on where it was")
    func resumes() throws {
        let file = ShardFile()
        let first = try file.open(seed: 5)
        var generator = ShardGenerator(first)
        let before = (0..<10).map { _ in generator.next() }
        generator.save(first)
        first.header.pointee.executions = 41
        first.keepToken([1, 2, 3])
        let expected = (0..<10).map { _ in generator.next() }
        first.unmap()

        let second = try file.open(seed: 999)
        var again = ShardGenerator(second)
        #expect((0..<10).map { _ in again.next() } == expected)
        #expect(second.header.pointee.executions == 41 && second.header.pointee.seed == 5)
        #expect(second.tokenCount == 1 && Array(second.token(0)) == [1, 2, 3])
        let other = ShardFile()
        let same = try other.open(seed: 5)
        var start = ShardGenerator(same)
        #expect((0..<10).map { _ in start.next() } == before, "one seed gives one sequence")
        var fresh = ShardGenerator(seed: 6)
        #expect(before != (0..<10).map { _ in fresh.next() })
        second.unmap()
        same.unmap()
    }

    @Test("an entry that was being shortened when its process was killed is whole when the shard is opened again")
    func tornEntry() throws {
        let file = ShardFile()
        let shard = try file.open()
        let long = Array("a long input".utf8)
        for (at, byte) in (long + Array("short".utf8)).enumerated() { shard.arena[at] = byte }
        shard.entries[0].length = UInt32(long.count)
        shard.entries[0].hash = 1
        shard.header.pointee.arena_used = UInt64(long.count + 5)
        shard.header.pointee.entries = 1
        // Killed behind the first of three words.
        shard.header.pointee.shortened_offset = UInt64(long.count)
        shard.header.pointee.shortened_length = 5
        shard.header.pointee.shortened_hash = 2
        shard.header.pointee.shortening = 1
        shard.entries[0].offset = UInt64(long.count)
        shard.unmap()
        let again = try file.open()
        #expect(Array(again.bytes(ofEntry: 0)) == Array("short".utf8) && again.entries[0].hash == 2)
        #expect(again.header.pointee.shortening == 0)
        // What cannot be an entry changes nothing.
        again.header.pointee.shortened_offset = .max
        again.header.pointee.shortening = 1
        again.unmap()
        let third = try file.open()
        #expect(Array(third.bytes(ofEntry: 0)) == Array("short".utf8) && third.header.pointee.shortening == 0)
        third.unmap()
    }

    @Test("a shard of another build or another size is refused as such and left as it is")
    func otherBuild() throws {
        let file = ShardFile()
        let shard = try file.open(build: 7)
        shard.header.pointee.executions = 3
        shard.unmap()
        #expect(throws: ShardError.otherBuild(path: file.path)) { try file.open(build: 8) }
        #expect(throws: ShardError.otherBuild(path: file.path)) { try file.open(ShardFile.layout(edges: 9000), build: 7) }
        let again = try file.open(build: 7)
        #expect(again.header.pointee.executions == 3)
        again.unmap()
    }

    @Test("a file that is no shard is refused")
    func foreign() throws {
        let file = ShardFile()
        #expect(SuiteFiles.write(Array(repeating: 0x41, count: 20_000), to: file.path))
        #expect(throws: ShardError.foreign(path: file.path)) { try file.open() }
    }

    @Test("a shard that was cut short is refused, the second time too")
    func truncated() throws {
        let file = ShardFile()
        let shard = try file.open()
        shard.unmap()
        let whole = file.size
        #expect(truncate(file.path, off_t(whole - 5000)) == 0)
        for _ in 0..<2 { #expect(throws: ShardError.truncated(path: file.path)) { try file.open() } }
        #expect(file.size == whole - 5000)
    }

    @Test("a folder, and a place where there is none, cannot be mapped")
    func unmappable() {
        let layout = ShardFile.layout()
        for path in ["/tmp", "/tmp/there/is/no/such/folder/x"] {
            #expect(throws: ShardError.unmappable(path: path)) { try Shard(path: path, layout: layout, build: 1, seed: 1) }
        }
    }

    @Test("every error says what to do")
    func messages() {
        for error in [ShardError.unmappable(path: "p"), .foreign(path: "p"), .otherBuild(path: "p"), .truncated(path: "p")] {
            #expect(error.description.hasPrefix("p: ") && error.description.count > 40)
        }
    }

    @Test("words are kept once, of 1 to 64 bytes, up to a limit")
    func tokens() throws {
        let file = ShardFile()
        let shard = try file.open()
        #expect(shard.keepToken([9]) && !shard.keepToken([9]) && !shard.keepToken([]) && !shard.keepToken([UInt8](repeating: 1, count: 65)))
        #expect(shard.keepToken([UInt8](repeating: 2, count: 64)))
        for number in 0..<2000 { shard.keepToken([UInt8(number & 255), UInt8(number >> 8), 7]) }
        #expect(shard.tokenCount == Shard.tokenCapacity)
        shard.unmap()
    }

    @Test("an entry keeps its bytes and what it lit; without room nothing is kept")
    func entries() throws {
        let file = ShardFile()
        let shard = try file.open()
        var engine = FuzzEngine(shard: shard, options: .init(), harvest: []) { _ in }
        for number in 0..<200 {
            let bytes = [UInt8](repeating: UInt8(number), count: 1 + number % 60)
            engine.keep(engine.load(bytes), parent: 0, operators: 0, depth: 0, flags: [.edges])
        }
        #expect(shard.entryCount == 128)
        for number in 0..<shard.entryCount {
            #expect(Array(shard.bytes(ofEntry: number)) == [UInt8](repeating: UInt8(number), count: 1 + number % 60))
        }
        shard.unmap()
    }
}
