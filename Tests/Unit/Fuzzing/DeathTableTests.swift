import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("counts of deaths")
struct DeathTableTests {
    private final class Path {
        let path = ShardFile().path + "-deaths"
        deinit { unlink(path) }
    }

    private func record(_ frame: UInt64, length: Int = 4, execution: UInt64 = 1) -> CrashRecord {
        var record = CrashRecord(kind: .crash, signal: 4, frames: [frame], output: "", input: [UInt8](repeating: 1, count: length))
        record.execution = execution
        return record
    }

    @Test("each place is counted by itself, with when it was first and last met and its shortest input")
    func counted() throws {
        let file = Path()
        let table = try #require(DeathTable(path: file.path))
        #expect(table.count(record(0x10, length: 9, execution: 5), now: 100) == nil, "new")
        #expect(table.count(record(0x20), now: 110) == nil)
        let before = try #require(table.count(record(0x10, length: 3, execution: 8), now: 120))
        #expect(before.count == 1 && before.shortest == 9)
        _ = table.count(record(0x10, length: 30, execution: 9), now: 130)
        let entry = try #require(table.all.first { $0.place == record(0x10).place })
        #expect(
            entry
                == .init(
                    place: record(0x10).place, count: 3, firstExecution: 5, lastExecution: 9, firstSeen: 100, lastSeen: 130, shortest: 3))
        #expect(table.all.count == 2)
    }

    @Test("who opens the file again finds the counts, and goes on with them")
    func reopened() throws {
        let file = Path()
        do { _ = try #require(DeathTable(path: file.path)).count(record(0x10), now: 100) }
        let again = try #require(DeathTable(path: file.path))
        #expect(again.count(record(0x10), now: 200)?.count == 1)
        #expect(again.all.map(\.count) == [2])
    }

    @Test("more places than there is room for are not counted, and those that are keep their counts")
    func full() throws {
        let file = Path()
        let table = try #require(DeathTable(path: file.path))
        for frame in 1...UInt64(2 * DeathTable.capacity) { _ = table.count(record(frame), now: frame) }
        let kept = table.all
        #expect(kept.count <= DeathTable.capacity && kept.count > DeathTable.capacity * 9 / 10, "\(kept.count)")
        #expect(Set(kept.map(\.place)).count == kept.count && kept.allSatisfy { $0.count == 1 })
    }

    @Test("a file that cannot be mapped is no table")
    func unmapped() { #expect(DeathTable(path: "/nowhere/at/all") == nil) }
}
