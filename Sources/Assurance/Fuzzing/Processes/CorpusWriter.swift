#if canImport(Glibc)
    import Glibc
#endif

/// Writes the entries of a campaign's shards to its corpus folder, each input once, under a name made of its content.
///
/// An entry may grow shorter while the campaign runs. What it was before is taken away again: else the folder would hold one form or the other by when it
/// was looked at, and one seed would not give one corpus. Files that were there before stay.
struct CorpusWriter {
    let folder: String
    /// For each worker and entry the number of the bytes that are in the folder; 0 for what is not written.
    private var written: [[UInt64]]
    /// How many entries have these bytes.
    private var uses: [UInt64: Int] = [:]
    private var made: Set<UInt64> = []

    init(folder: String, workers: Int) {
        self.folder = folder
        written = [[UInt64]](repeating: [], count: workers)
    }

    /// Brings the folder up to what a worker's shard holds. O(entries), and what is new or shorter.
    mutating func keep(_ shard: Shard, worker: Int) {
        let count = shard.entryCount
        written[worker] += [UInt64](repeating: 0, count: max(0, count - written[worker].count))
        for index in 0..<count {
            let entry = shard.entries[index]
            guard EntryFlags(rawValue: entry.flags).contains(.edges), written[worker][index] != entry.hash else { continue }
            let bytes = Array(shard.bytes(ofEntry: index))
            let number = bytes.withUnsafeBufferPointer(ContentNumber.of)
            let before = written[worker][index]
            guard number != before else { continue }
            if access(path(number), F_OK) != 0 {
                guard SuiteFiles.write(bytes, to: path(number)) else { continue }
                made.insert(number)
            }
            written[worker][index] = number
            uses[number, default: 0] += 1
            if before != 0 { leave(before) }
        }
    }

    private mutating func leave(_ number: UInt64) {
        uses[number, default: 1] -= 1
        if uses[number] == 0, made.remove(number) != nil { unlink(path(number)) }
    }

    private func path(_ number: UInt64) -> String { "\(folder)/\(SuiteOutput.hexadecimal(number))" }
}
