import FuzzingRuntime

#if canImport(Glibc)
    import Glibc
#endif

/// How often a worker's runners died at each place: a file that is mapped, so that the counts survive whoever kills the campaign.
///
/// One writer, the zygote of the worker. ``capacity`` places are counted; those beyond are kept as inputs, but not counted.
final class DeathTable {
    struct Entry: Equatable {
        var place: UInt64 = 0
        var count: UInt64 = 0
        /// Executions of the worker.
        var firstExecution: UInt64 = 0
        var lastExecution: UInt64 = 0
        /// Seconds since 1970.
        var firstSeen: UInt64 = 0
        var lastSeen: UInt64 = 0
        /// Bytes of the shortest input.
        var shortest: UInt64 = 0
    }

    static let capacity = 4096
    private static let size = capacity * MemoryLayout<Entry>.stride
    private let entries: UnsafeMutablePointer<Entry>

    /// `nil` where the file cannot be mapped.
    init?(path: String) {
        guard let memory = pulsegate_fuzz_map(path, UInt64(Self.size)) else { return nil }
        entries = memory.bindMemory(to: Entry.self, capacity: Self.capacity)
    }

    deinit { pulsegate_fuzz_unmap(entries, UInt64(Self.size)) }

    /// Counts a death; what was known of its place before.
    func count(_ record: CrashRecord, now: UInt64) -> Entry? {
        // 0 is a free slot.
        let place = max(1, record.place)
        var slot = Int(truncatingIfNeeded: place & UInt64(Self.capacity - 1))
        for _ in 0..<64 {
            if entries[slot].place == place {
                let before = entries[slot]
                entries[slot].count += 1
                entries[slot].lastExecution = record.execution
                entries[slot].lastSeen = now
                entries[slot].shortest = min(before.shortest, UInt64(record.input.count))
                return before
            }
            if entries[slot].place == 0 {
                entries[slot] = Entry(
                    place: 0, count: 1, firstExecution: record.execution, lastExecution: record.execution, firstSeen: now, lastSeen: now,
                    shortest: UInt64(record.input.count))
                entries[slot].place = place
                return nil
            }
            slot = (slot + 1) % Self.capacity
        }
        return nil
    }

    /// What is known of a place.
    func entry(at place: UInt64) -> Entry? {
        let place = max(1, place)
        var slot = Int(truncatingIfNeeded: place & UInt64(Self.capacity - 1))
        for _ in 0..<64 {
            if entries[slot].place == place { return entries[slot] }
            if entries[slot].place == 0 { return nil }
            slot = (slot + 1) % Self.capacity
        }
        return nil
    }

    var all: [Entry] { (0..<Self.capacity).map { entries[$0] }.filter { $0.place != 0 } }
}
