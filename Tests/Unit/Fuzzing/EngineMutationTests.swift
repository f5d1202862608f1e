import FuzzingRuntime
import Testing

@testable import Fuzzing

@Suite("mutations and the choice of entries")
struct EngineMutationTests {
    /// Bytes behind the longest input, which no mutation may touch.
    private static let guardBytes = 64

    @Test("no mutation makes an input longer than allowed or touches what lies behind it", arguments: [1, 2, 7, 8, 64, 300])
    func limits(limit: Int) throws {
        let file = ShardFile()
        let shard = try file.open(ShardFile.layout(maximumInput: limit), seed: UInt64(limit))
        defer { shard.unmap() }
        var options = FuzzEngine.Options()
        options.maximumLength = limit
        let words: [[UInt8]] = [Array("keyword".utf8), [0xFF, 0xFE], [UInt8](repeating: 0x30, count: 40)]
        var engine = FuzzEngine(shard: shard, options: options, harvest: words) { _ in }
        for length in [1, limit / 2, limit] where length > 0 {
            engine.keep(engine.load((0..<length).map { UInt8(0x30 + $0 % 10) }), parent: 0, operators: 0, depth: 0, flags: [.edges])
        }
        shard.keepToken(Array("a token of the compares".utf8))
        for offset in 0..<Self.guardBytes { shard.input[limit + offset] = 0xA5 }
        var longest = 0
        var changed = 0
        for round in 0..<4000 {
            let start = round % (limit + 1)
            for offset in 0..<start { shard.input[offset] = UInt8(truncatingIfNeeded: 0x2D + offset % 16) }
            let before = (0..<start).map { shard.input[$0] }
            var operators = Operators.havoc
            let length = engine.mutate(start, &operators)
            #expect((0...limit).contains(length))
            longest = max(longest, length)
            if length != start || (0..<start).contains(where: { shard.input[$0] != before[$0] }) { changed += 1 }
            #expect(operators.contains(.havoc))
        }
        #expect((0..<Self.guardBytes).allSatisfy { shard.input[limit + $0] == 0xA5 })
        #expect(longest == limit && changed > 3000)
    }

    @Test("one generator gives one sequence of mutations")
    func deterministic() throws {
        func inputs() throws -> [[UInt8]] {
            let file = ShardFile()
            let shard = try file.open(seed: 3)
            defer { shard.unmap() }
            var options = FuzzEngine.Options()
            options.maximumLength = 64
            var engine = FuzzEngine(shard: shard, options: options, harvest: [[1, 2, 3]]) { _ in }
            engine.keep(engine.load([1, 2, 3, 4]), parent: 0, operators: 0, depth: 0, flags: [.edges])
            return (0..<500).map { _ in
                var operators = Operators.none
                let length = engine.mutate(engine.load([1, 2, 3, 4, 5, 6, 7, 8]), &operators)
                return Array(UnsafeBufferPointer(start: shard.input, count: length))
            }
        }
        let first = try inputs()
        #expect(try inputs() == first)
        #expect(Set(first).count > 300)
    }

    /// Two entries of one edge each, one of which runs a thousand times as often.
    @Test("an entry with rare edges is chosen more often than one with common edges, and both are")
    func rarity() throws {
        let file = ShardFile()
        let shard = try file.open()
        defer { shard.unmap() }
        var engine = FuzzEngine(shard: shard, options: .init(), harvest: []) { _ in }
        for edge in 0..<2 {
            engine.scan.lit = 1
            engine.lit[0] = UInt32(edge * 8)
            engine.keep(engine.load([UInt8(edge)]), parent: 0, operators: 0, depth: 0, flags: [.edges])
        }
        shard.hits[0] = 1000
        shard.hits[1] = 1
        // Entries at the end are favoured whatever they light; many of them make that share small and equal.
        var generator = ShardGenerator(seed: 1)
        var schedule = EntrySchedule()
        var chosen = [0, 0]
        for _ in 0..<4000 { chosen[schedule.choose(shard, &generator)] += 1 }
        #expect(chosen[1] > 5 * chosen[0] && chosen[0] > 50, "\(chosen)")

        // What has been tried a lot gives way.
        shard.entries[1].chosen = 1 << 30
        shard.hits[0] = 1
        schedule = EntrySchedule()
        chosen = [0, 0]
        for _ in 0..<4000 { chosen[schedule.choose(shard, &generator)] += 1 }
        #expect(chosen[0] > 5 * chosen[1], "\(chosen)")
    }
}
