import Determinism
import GRDB
import StrictDocuments
import TemporaryFolders
import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

struct BaselineTests {
    private let now: Instant
    private let folder: String

    init() throws {
        now = try Instant(rfc3339: "2026-11-21T10:00:00Z")
        folder = try #require(TemporaryFolder.make())
    }

    private func launches(_ name: String, _ nanoseconds: Int64, count: Int = 5) -> [LaunchRecord] {
        (0..<count).map { launch in
            LaunchRecord(
                benchmark: name, stage: .single, iterations: 10, clock: "thread-cpu", headFirst: false, base: nil,
                head: .init(times: [nanoseconds * 10 + Int64(launch), nanoseconds * 10, nanoseconds * 10 + 3]))
        }
    }

    private func verdict(_ names: [String], allocations: Int64? = nil) -> SuiteVerdict {
        SuiteVerdict(
            suite: "s", base: nil, head: "bbbbbbb+", toolchain: "t", machine: "m",
            benchmarks: names.map { name in
                var benchmark = BenchmarkVerdict(name: name)
                if let allocations {
                    benchmark.counts = [CountComparison(metric: "allocations", base: [], head: [allocations, allocations])]
                }
                return benchmark
            })
    }

    /// A run that is kept in the store.
    private func run(_ store: BenchStore, _ names: [String] = ["b"], head: String = "aaaaaaa", nanoseconds: Int64 = 1000) throws -> Int64 {
        let number = try store.begin(
            .init(
                kind: "run", suite: "s", base: nil, baseCommit: nil, head: head, headCommit: head, toolchain: "t", machine: "m",
                loopPicoseconds: 250, loadBefore: 1), at: now)
        for name in names { try store.add(launches(name, nanoseconds), to: number) }
        try store.end(number, verdict(names, allocations: 3), outcome: "pass", at: now)
        return number
    }

    @Test("a run is found again under its name; keeping another replaces it and says what stood there")
    func replacing() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        let first = try run(store, ["b", "a"])
        #expect(try store.save("before", comparison: first, at: now) == nil)
        #expect(try store.save("other", comparison: first, at: now) == nil)
        let second = try run(store, head: "ccccccc")
        #expect(try store.save("before", comparison: second, at: now)?.head == "aaaaaaa")
        let again = try BenchStore(path: folder + "/launches.sqlite", readOnly: true)
        let all = try again.baselines()
        #expect(all.map(\.name) == ["before", "other"])
        #expect(all.map(\.head) == ["ccccccc", "aaaaaaa"])
        #expect(all.map(\.benchmarks) == [["b"], ["a", "b"]])
        #expect(try again.launches(of: again.baseline("before").comparison) == launches("b", 1000))
        #expect(try again.allocations(of: second) == ["b": 3])
    }

    @Test("an unknown name is refused with those there are; a removed one is gone, and its launches are not")
    func unknown() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        let number = try run(store)
        let none = #expect(throws: Failure.self) { try store.baseline("x") }
        #expect(none?.code == .usage && none?.hint?.contains("none at all") == true)
        try store.save("one", comparison: number, at: now)
        try store.save("two", comparison: number, at: now)
        let failure = #expect(throws: Failure.self) { try store.baseline("three") }
        #expect(failure?.code == .usage && failure?.hint == "there are: one, two")
        #expect(throws: Failure.self) { try store.removeBaseline("three") }
        try store.removeBaseline("one")
        #expect(try store.baselines().map(\.name) == ["two"])
        #expect(try store.launches(of: number).count == 5)
    }

    @Test("names are plain", arguments: ["a", "1", "v1.0", "before-the_index", String(repeating: "n", count: 64)])
    func names(name: String) throws { try BenchStore.checkName(name) }

    @Test("what is no name is refused", arguments: ["", "-x", ".x", "a b", "a/b", "ä", "a\n", String(repeating: "n", count: 65)])
    func badNames(name: String) {
        let failure = #expect(throws: Failure.self) { try BenchStore.checkName(name) }
        #expect(failure?.code == .usage)
    }

    @Test("records of version 1 get the table of names and keep what they hold")
    func migration() throws {
        defer { TemporaryFolder.remove(folder) }
        let path = folder + "/launches.sqlite"
        let number = try run(BenchStore(path: path))
        try DatabaseQueue(path: path).inDatabase {
            try $0.execute(sql: "DROP TABLE baseline; ALTER TABLE trial DROP COLUMN allowed; PRAGMA user_version = 1")
        }
        let store = try BenchStore(path: path)
        try store.save("kept", comparison: number, at: now)
        #expect(try store.baselines().first?.benchmarks == ["b"])
    }

    @Test("what was kept on another machine, by another toolchain or of another suite is refused by name, with a hint")
    func elsewhere() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        try store.save("before", comparison: try run(store), at: now)
        let saved = try store.baseline("before")
        try BaselineComparison.check(saved, suite: "s", machine: "m", toolchain: "t")
        for (suite, machine, toolchain, word) in [
            ("s", "n", "t", "machine: m"), ("s", "m", "u", "toolchain: t"), ("r", "m", "t", "suite 's'"),
        ] {
            let failure = #expect(throws: Failure.self) {
                try BaselineComparison.check(saved, suite: suite, machine: machine, toolchain: toolchain)
            }
            #expect(failure?.message.contains("'before'") == true && failure?.message.contains(word) == true)
            #expect(failure?.hint?.contains("--save before") == true)
        }
    }

    private func difference(isWhole: Bool = true) throws -> BaselineComparison {
        let saved = BenchStore.Baseline(
            name: "before", comparison: 1, savedAt: "2026-11-20T09:00:00Z", suite: "s", head: "aaaaaaa", machine: "m", toolchain: "t",
            benchmarks: ["fast", "gone", "same", "slow"])
        let base = launches("slow", 1000) + launches("fast", 1000) + launches("same", 1000) + launches("gone", 5)
        let head = launches("slow", 1300) + launches("fast", 700) + launches("same", 1040) + launches("added", 5)
        return BaselineComparison(
            saved: saved, base: base, baseAllocations: ["slow": 10, "same": 10],
            earlier: Dictionary(
                uniqueKeysWithValues: ["slow", "fast", "same"].map { name in (name, (0..<6).map { _ in launches(name, 1000) }) }),
            head: head,
            verdict: verdict(["slow", "fast", "same", "added"], allocations: 12), isWhole: isWhole)
    }

    @Test("each benchmark is better, worse or unclear, or in one of the two only")
    func verdicts() throws {
        let rows = try difference().rows
        #expect(rows.map(\.name) == ["slow", "fast", "same", "added", "gone"])
        #expect(rows.map(\.word) == ["worse", "better", "unclear", "new", "missing"])
        // A run of some benchmarks misses none.
        #expect(try difference(isWhole: false).rows.map(\.name) == ["slow", "fast", "same", "added"])
    }

    @Test("the deviation of times is that of the runs on the same machine, oldest first; without them a third is unclear")
    func deviation() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        for nanoseconds: Int64 in [1000, 1001, 1002, 1003, 1004] { _ = try run(store, nanoseconds: nanoseconds) }
        try store.save("before", comparison: try run(store, nanoseconds: 1005), at: now)
        let saved = try store.baseline("before")
        let earlier = try store.earlierRuns(like: saved)
        #expect(earlier["b"]?.map { $0[0].head.times[1] } == [10_000, 10_010, 10_020, 10_030, 10_040, 10_050])
        #expect(try store.earlierRuns(like: saved, limit: 2)["b"]?.count == 2)
        var other = saved
        other.machine = "n"
        #expect(try store.earlierRuns(like: other).isEmpty)
        func word(_ earlier: [String: [[LaunchRecord]]]) -> String? {
            BaselineComparison(
                saved: saved, base: launches("b", 1000), baseAllocations: [:], earlier: earlier, head: launches("b", 1300),
                verdict: verdict(["b"]), isWhole: true
            ).rows.first?.word
        }
        #expect(word(earlier) == "worse")
        #expect(word([:]) == "unclear")
        var broken = verdict(["b"])
        broken.benchmarks[0].problem = "threw"
        let row = BaselineComparison(
            saved: saved, base: launches("b", 1000), baseAllocations: [:], earlier: [:], head: [], verdict: broken, isWhole: true
        ).rows.first
        #expect(row?.word == "broken")
    }

    @Test("what is judged by another clock now, or cold, is another figure")
    func kinds() {
        let saved = BenchStore.Baseline(
            name: "before", comparison: 1, savedAt: "2026-11-20T09:00:00Z", suite: "s", head: "aaaaaaa", machine: "m", toolchain: "t",
            benchmarks: ["b", "c"])
        var head = launches("b", 1000) + launches("c", 1000)
        for index in head.indices {
            if head[index].benchmark == "b" { head[index].clock = "wall" } else { head[index].head.times = [7] }
        }
        let rows = BaselineComparison(
            saved: saved, base: launches("b", 1000) + launches("c", 1000), baseAllocations: [:], earlier: [:], head: head,
            verdict: verdict(["b", "c"]),
            isWhole: true
        ).rows
        #expect(rows.map(\.word) == ["changed", "changed"])
        #expect(rows.allSatisfy { $0.comparison == nil })
    }

    @Test("the table says what was kept, shows both figures with the interval, and that they are unpaired")
    func text() throws {
        let text = try difference().text(width: 140, colour: .plain)
        #expect(text.contains("against 'before'"))
        let slow = try #require(text.split(separator: "\n").first { $0.hasPrefix("slow") })
        #expect(slow.contains("worse") && slow.contains("1 µs") && slow.contains("1.3 µs") && slow.contains("+30 % (+"))
        #expect(slow.contains("10 → 12"))
        #expect(text.contains("'before' is aaaaaaa, saved on 2026-11-20\nunpaired: "))
        #expect(text.contains("changes below 6 % never show. Nothing fails by this"))
    }

    @Test("the documents have exactly the keys of their schemas")
    func documents() throws {
        let result = try SchemaCheck.schema("benchmark-result")
        SchemaCheck.check(PerformanceJSON.document(verdict(["b"]), against: try difference()), result, result, at: "#")
        let against = try #require(PerformanceJSON.document(verdict([]), against: try difference())["against"])
        #expect(try abs(#require(against["benchmarks"]?.arrayValue?.first?["ratio_ppm"]?.intValue) - 1_300_000) < 200)
        #expect(against["benchmarks"]?.arrayValue?.last?["head"] == .null)
        let list = try SchemaCheck.schema("benchmark-baselines")
        let saved = try difference().saved
        SchemaCheck.check(BenchBaselines.document([saved]), list, list, at: "#")
        SchemaCheck.check(BenchBaselines.document([]), list, list, at: "#")
        #expect(BenchBaselines.text([saved], width: 120, colour: .plain).contains("before  aaaaaaa  2026-11-20           4  s"))
    }
}
