import FuzzingRuntime
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// Sorts what a campaign found into bugs: each once, minimal, with a report and a test.
///
/// ```
/// crashes/<place>/{input, death}  ──▶  crashes/<bucket>/{input, minimised, report.json, Repro.swift}
/// ```
///
/// Each new place is replayed three times; what it died of, in names (``CrashKey``), is its bucket. Places with one key become one bucket. Deaths of another
/// key that minimising comes upon are places as well, and are sorted in their turn: nothing that killed the target is dropped. Buckets that are there
/// stay as they are but for the counts, so that triage may be interrupted and run again at any time.
final class CrashTriage {
    let target: FuzzTarget
    /// The suite's type with its module.
    let suite: String
    let folder: String
    let limits: Zygote.Limits
    let minimising: InputMinimiser.Limits

    private var keys: [UInt64: (CrashKey, [CodeFrame])] = [:]
    private var fault: UInt64 = 0
    private let memory: ReplayShard
    private let capture: Int32

    static let replays = 3
    /// Places sorted in one go; those beyond wait for the next.
    static let mostPlaces = 512

    init?(target: FuzzTarget, suite: String, folder: String, limits: Zygote.Limits, minimising: InputMinimiser.Limits) {
        guard let memory = ReplayShard(maximumInput: max(1 << 16, target.maximumLength)) else { return nil }
        self.target = target
        self.suite = suite
        self.folder = folder
        self.limits = limits
        self.minimising = minimising
        self.memory = memory
        capture = pulsegate_fuzz_capture()
    }

    deinit {
        memory.close()
        pulsegate_fuzz_close(capture)
    }

    private var crashes: String { "\(folder)/crashes" }

    // MARK: The whole

    /// Sorts all that is new. `told` is called with each bucket and whether it is new.
    func run(_ told: (CrashReport, Bool) -> Void) {
        let deaths = counts()
        var known: [UInt64: String] = [:]
        for bucket in SuiteFiles.names(crashes) {
            guard let places = report(of: bucket) else { continue }
            for place in places { known[place] = bucket }
        }
        var sorted: Set<String> = []
        // Minimising may find more places: look again until there are none. Each once: where nothing can be written it stays what it was.
        while sorted.count < Self.mostPlaces,
            let place = SuiteFiles.names(crashes).first(where: { !sorted.contains($0) && isUnsorted($0) })
        {
            sorted.insert(place)
            sort(place, &known, deaths, told)
        }
    }

    /// Whether a folder of `crashes` holds a finding that has no report, or one that cannot be read.
    static func isUnsorted(_ name: String, in crashes: String) -> Bool {
        access("\(crashes)/\(name)/input", F_OK) == 0 && report(of: name, in: crashes) == nil
    }

    private static func report(of bucket: String, in crashes: String) -> [UInt64]? {
        let path = "\(crashes)/\(bucket)/report.json"
        // Not read into four megabytes for each folder without one.
        guard access(path, F_OK) == 0 else { return nil }
        return SuiteFiles.read(path, limit: 4 << 20).flatMap(CrashReport.places)
    }

    private func isUnsorted(_ name: String) -> Bool { Self.isUnsorted(name, in: crashes) }
    private func report(of bucket: String) -> [UInt64]? { Self.report(of: bucket, in: crashes) }

    private func sort(
        _ name: String, _ known: inout [UInt64: String], _ deaths: [UInt64: DeathTable.Entry], _ told: (CrashReport, Bool) -> Void
    ) {
        let path = "\(crashes)/\(name)"
        guard let input = SuiteFiles.read("\(path)/input", limit: 1 << 20) else { return remove(path) }
        let note = SuiteFiles.read("\(path)/death", limit: 1 << 16).flatMap { DeathNote(String(decoding: $0, as: UTF8.self), input: input) }
        let ends = (0..<Self.replays).map { _ in end(of: input) }
        // Somebody else's kill -9, or the system's for want of memory: the input has nothing to do with it.
        if let note, note.record.signal == Int(SIGKILL), note.record.frames.isEmpty, ends.allSatisfy({ $0 == nil }) { return remove(path) }
        guard var record = ends.compactMap({ $0?.0 }).first ?? note?.record else {
            // Neither happens again nor left a note: kept as a flaky exit rather than lost.
            var lost = CrashRecord(kind: .exit, signal: 0, frames: [], output: "did not happen again", input: input)
            lost.input = input
            return settle(lost, name, isFlaky: true, &known, deaths, told)
        }
        record.input = input
        fault = ends.compactMap { $0?.1 }.first ?? 0
        let (first, _) = key(of: record)
        let isFlaky = !ends.allSatisfy { $0.map { key(of: $0.0).0 == first } ?? false }
        if let note {
            record.execution = note.record.execution
            record.parent = note.record.parent
            record.operators = note.record.operators
        }
        settle(record, name, isFlaky: isFlaky, &known, deaths, told)
    }

    /// Makes a bucket of a place, or adds it to the one that there is.
    private func settle(
        _ record: CrashRecord, _ name: String, isFlaky: Bool, _ known: inout [UInt64: String], _ deaths: [UInt64: DeathTable.Entry],
        _ told: (CrashReport, Bool) -> Void
    ) {
        let (key, frames) = key(of: record)
        let bucket = key.bucket
        let path = "\(crashes)/\(bucket)"
        var places = Set([record.place])
        if let place = UInt64(name, radix: 16) { places.insert(place) }
        if let before = report(of: bucket) { places.formUnion(before) }
        let isNew = report(of: bucket) == nil
        SuiteFiles.makeFolder(path)
        var shown = record
        if !isNew, let there = SuiteFiles.read("\(path)/input", limit: 1 << 20), there.count <= record.input.count { shown.input = there }
        SuiteFiles.write(shown.input, to: "\(path)/input")
        var small = isNew ? nil : SuiteFiles.read("\(path)/minimised", limit: 1 << 20)
        if small == nil { small = isFlaky ? record.input : minimised(record, key, &places) }
        let minimal = small ?? record.input
        SuiteFiles.write(minimal, to: "\(path)/minimised")
        let entries = places.compactMap { deaths[max(1, $0)] }
        var report = CrashReport(
            bucket: bucket, target: target.name, record: shown, faultAddress: fault, frames: frames, places: Array(places),
            count: max(1, entries.reduce(0) { $0 + $1.count }), firstSeen: entries.map(\.firstSeen).min() ?? now,
            lastSeen: entries.map(\.lastSeen).max() ?? now, isFlaky: isFlaky, build: pulsegate_fuzz_build_number(),
            minimisedBytes: minimal.count)
        var declaration: String?
        if case .drawn(let make) = target.body {
            report.value = make().literal(minimal)
            declaration = make().declaration(minimal, named: "value") ?? report.value
        }
        let source = ReproSource.text(
            suite: suite, target: target.name, bucket: bucket, title: report.title, input: minimal, value: declaration)
        SuiteFiles.write(Array(source.utf8), to: "\(path)/Repro.swift")
        // Last: a bucket with a report is whole.
        SuiteFiles.write(report.json.prettyBytes(), to: "\(path)/report.json")
        for place in places { known[place] = bucket }
        if name != bucket { remove("\(crashes)/\(name)") }
        told(report, isNew)
    }

    private var now: UInt64 { UInt64(max(0, time(nil))) }

    // MARK: Parts

    /// How an input ends, with the address at fault.
    private func end(of input: [UInt8]) -> (CrashRecord, UInt64)? {
        let target = target
        return memory.end(on: input, limits: limits, capture: capture) { TargetRunner(target: target).function($0) }
            .map { ($0, memory.header.pointee.fault_address) }
    }

    /// What a death is called; asked once for each place.
    func key(of record: CrashRecord) -> (CrashKey, [CodeFrame]) {
        let place = record.place
        if let known = keys[place] { return known }
        let frames = CodeNames.frames(at: Array(record.frames.prefix(24)))
        let made = (CrashKey(record, frames: frames), frames)
        keys[place] = made
        return made
    }

    /// The smallest input with this key; other deaths on the way become places of their own.
    private func minimised(_ record: CrashRecord, _ key: CrashKey, _ places: inout Set<UInt64>) -> [UInt8] {
        var met: Set<UInt64> = []
        var others: Set<UInt64> = []
        let folder = CrashFolder(path: crashes)
        func isSame(_ other: CrashRecord) -> Bool {
            // A death by time is stopped at ever other addresses: its name is asked for at the end.
            if record.kind == .timeout { return other.kind == .timeout }
            guard other.kind == record.kind, self.key(of: other).0 == key else { return false }
            met.insert(other.place)
            return true
        }
        func keep(_ other: CrashRecord) {
            guard others.insert(other.place).inserted, record.kind != .timeout || other.kind != .timeout else { return }
            if report(of: self.key(of: other).0.bucket) == nil, self.key(of: other).0 != key { _ = folder.keep(other) }
        }
        var small: [UInt8]
        let target = target
        if case .drawn(let make) = target.body {
            small = make().minimised(record.input) { candidate in
                guard let (other, _) = self.end(of: candidate) else { return false }
                if isSame(other) { return true }
                keep(other)
                return false
            }
        } else {
            let minimiser = InputMinimiser(
                record.input, kind: record.kind, process: limits, limits: minimising, isSame: isSame, other: keep,
                make: { TargetRunner(target: target).function($0) })
            small = minimiser.run()
        }
        places.formUnion(met)
        // What was judged by less than its name is judged by it now.
        guard let (last, _) = end(of: small), self.key(of: last).0 == key else { return record.input }
        return small
    }

    private func counts() -> [UInt64: DeathTable.Entry] {
        var sums: [UInt64: DeathTable.Entry] = [:]
        for name in SuiteFiles.names("\(folder)/shards") where name.hasSuffix(".deaths") {
            guard let table = DeathTable(path: "\(folder)/shards/\(name)") else { continue }
            for entry in table.all {
                guard var sum = sums[entry.place] else {
                    sums[entry.place] = entry
                    continue
                }
                sum.count += entry.count
                sum.firstSeen = min(sum.firstSeen, entry.firstSeen)
                sum.lastSeen = max(sum.lastSeen, entry.lastSeen)
                sums[entry.place] = sum
            }
        }
        return sums
    }

    private func remove(_ path: String) {
        for name in ["input", "death", "minimised", "report.json", "Repro.swift"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
