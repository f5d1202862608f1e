#if canImport(Glibc)
    import Glibc
#endif

/// Findings on the disk as a campaign leaves them: one folder for each place where the code under test ended, `crashes/<place>/`, with the shortest
/// `input` and what the runner left in `death`. ``CrashTriage`` makes buckets of them.
struct CrashFolder {
    let path: String
    private let table: DeathTable?

    init(path: String, table: String? = nil) {
        self.path = path
        self.table = table.flatMap { DeathTable(path: $0) }
    }

    /// Keeps the input of a finding; `true` where its place is new. Of a place that is known, a shorter input takes the longer one's place.
    ///
    /// The place counts as known when its input is written and not before: who is killed in between is told of the death again.
    func keep(_ record: CrashRecord) -> Bool {
        let folder = "\(path)/\(SuiteOutput.hexadecimal(record.place))"
        let known = table?.entry(at: record.place)
        func count() { _ = table?.count(record, now: UInt64(max(0, time(nil)))) }
        if let known, known.shortest <= UInt64(record.input.count) {
            count()
            return false
        }
        let file = "\(folder)/input"
        if let there = SuiteFiles.read(file, limit: 1 << 20), there.count <= record.input.count {
            count()
            return known == nil
        }
        SuiteFiles.makeFolder(folder)
        SuiteFiles.write(Array(DeathNote(record).text.utf8), to: "\(folder)/death")
        guard SuiteFiles.write(record.input, to: file) else { return false }
        count()
        return known == nil
    }
}

/// A death on the disk, for findings that do not happen again.
struct DeathNote {
    let record: CrashRecord

    init(_ record: CrashRecord) { self.record = record }

    var text: String {
        let frames = record.frames.map { String($0, radix: 16) }.joined(separator: " ")
        return
            "\(record.kind.rawValue)\n\(record.signal)\n\(frames)\n\(record.execution) \(record.parent) \(record.operators)\n\(record.output)"
    }

    /// `nil` where the text is not a note.
    init?(_ text: String, input: [UInt8]) {
        let lines = text.split(separator: "\n", maxSplits: 4, omittingEmptySubsequences: false)
        guard lines.count == 5, let kind = CrashRecord.Kind(rawValue: String(lines[0])), let signal = Int(lines[1]) else { return nil }
        let numbers = lines[3].split(separator: " ")
        guard numbers.count == 3, let execution = UInt64(numbers[0]), let parent = Int(numbers[1]), let operators = UInt32(numbers[2])
        else {
            return nil
        }
        record = CrashRecord(
            kind: kind, signal: signal, frames: lines[2].split(separator: " ").compactMap { UInt64($0, radix: 16) },
            output: String(lines[4]), input: input, execution: execution, parent: parent, operators: operators)
    }
}
