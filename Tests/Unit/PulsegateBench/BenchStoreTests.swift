import Determinism
import GRDB
import Glibc
import TemporaryFolders
import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

struct BenchStoreTests {
    private let now: Instant
    private let folder: String

    init() throws {
        now = try Instant(rfc3339: "2026-11-21T10:00:00Z")
        folder = try #require(TemporaryFolder.make())
    }

    private func header(_ kind: String = "compare") -> BenchStore.Header {
        .init(
            kind: kind, suite: "s", base: "aaaaaaa", baseCommit: "aaaaaaa", head: "bbbbbbb+", headCommit: "bbbbbbb", toolchain: "t",
            machine: "m",
            loopPicoseconds: 250, loadBefore: 1.5)
    }

    private func records() -> [LaunchRecord] {
        var records: [LaunchRecord] = []
        for index in 0..<6 {
            let times: [Int64] = (0..<12).map { 1000 + $0 }
            let slower: [Int64] = times.map { $0 + 100 + Int64(index) }
            let isFirst = index < 3
            records.append(
                LaunchRecord(
                    benchmark: index == 5 ? "other" : "b", stage: isFirst ? .first : .confirmation, layout: isFirst ? 0 : 1, iterations: 10,
                    clock: "thread-cpu", headFirst: index % 2 == 0, base: LaunchRecord.Side(times: times),
                    head: LaunchRecord.Side(times: slower), usage: ["minor_faults": 3]))
        }
        return records
    }

    private func trial(_ outcome: String, change: Double = 0, machine: String = "m", budget: Double = 0.05, allowed: Int = 20)
        -> BenchStore.Trial
    {
        .init(
            machine: machine, toolchain: "t", suite: "s", benchmark: "b", budget: budget, change: change, allowed: allowed,
            outcome: outcome, launches: 4, slower: 1, seconds: 0.5, load: 2)
    }

    @Test("launches come back as they were measured, in their order, and give the verdict again")
    func launches() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        let number = try store.begin(header(), at: now)
        try store.add(Array(records()[..<3]), to: number)
        try store.add(Array(records()[3...]), to: number)
        // Another opening, as after the end of the process.
        let again = try BenchStore(path: folder + "/launches.sqlite", readOnly: true)
        #expect(try again.launches(of: number) == records())
        let kept = try again.launches(of: number, benchmark: "b")
        #expect(kept == Array(records()[..<5]))
        let measured = Array(records()[..<5])
        #expect(PairedDecision.replay(kept, rule: .init(budget: 0.05)) == PairedDecision.replay(measured, rule: .init(budget: 0.05)))
        #expect(try again.launches(of: number + 1).isEmpty)
    }

    @Test("a history holds comparisons and runs of a benchmark in their order, and no self-test")
    func history() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        for kind in ["compare", "self-test", "run"] {
            let number = try store.begin(header(kind), at: now)
            var verdict = BenchmarkVerdict(name: "b")
            verdict.head = TimeEstimate([([1000], 10)])
            verdict.counts = [CountComparison(metric: "allocations", base: [3, 3], head: [4, 4])]
            let suite = SuiteVerdict(suite: "s", base: nil, head: "bbbbbbb+", toolchain: "t", machine: "m", benchmarks: [verdict])
            try store.end(number, suite, outcome: "pass", at: now)
        }
        let points = try store.history("b", limit: 10)
        #expect(points.map(\.comparison) == [1, 3])
        #expect(points.first?.headNanoseconds == 100 && points.first?.allocations == 4 && points.first?.outcome == "new")
        #expect(try store.history("b", limit: 1).map(\.comparison) == [3])
        #expect(try store.benchmarks().map(\.name) == ["b"])
    }

    @Test("trials are counted for one machine, budget, change and number of launches that are allowed")
    func tallies() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        for outcome in ["pass", "pass", "fail", "inconclusive"] { try store.add(trial(outcome), at: now) }
        try store.add(trial("fail", change: 0.05, allowed: 20), at: now)
        try store.add(trial("fail", machine: "another"), at: now)
        try store.add(trial("fail", budget: 0.03), at: now)
        try store.add(trial("fail", allowed: 50), at: now)
        let same = try store.tally("b", suite: "s", machine: "m", budget: 0.05, change: 0, allowed: 20)
        #expect(same == .init(trials: 4, failed: 1, inconclusive: 1, passed: 2, launches: 16, slower: 4, seconds: 2))
        #expect(try store.tally("b", suite: "s", machine: "m", budget: 0.05, change: 0.05, allowed: 20).failed == 1)
        #expect(try store.tally("none", suite: "s", machine: "m", budget: 0.05, change: 0, allowed: 20).trials == 0)
    }

    @Test("records of older programs are brought up to date, and their trials, of which less is known, count no more")
    func migration() throws {
        defer { TemporaryFolder.remove(folder) }
        let path = folder + "/launches.sqlite"
        let older = RecordSchema(
            applicationID: RecordSchema.launches.applicationID, steps: Array(RecordSchema.launches.steps.prefix(2)), advice: "")
        let before = try RecordDatabase(path: path, schema: older)
        try before.write { db in
            try db.execute(
                sql: """
                    INSERT INTO trial(at, machine, toolchain, suite, benchmark, rule_version, budget, change, outcome, launches, slower, seconds, load)
                    VALUES ('2026-11-20T10:00:00Z', 'm', 't', 's', 'b', 1, 0.05, 0, 'fail', 4, 1, 0.5, 2)
                    """)
        }
        let store = try BenchStore(path: path)
        try store.add(trial("pass"), at: now)
        let tally = try store.tally("b", suite: "s", machine: "m", budget: 0.05, change: 0, allowed: 20)
        #expect(tally.trials == 1 && tally.passed == 1)
        #expect(try store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM trial") } == 2)
        #expect(try store.read { try Int64.fetchOne($0, sql: "PRAGMA user_version") } == 3)
    }

    @Test("a database of something else, or of a newer version, is left alone and named")
    func foreign() throws {
        defer { TemporaryFolder.remove(folder) }
        let path = folder + "/launches.sqlite"
        _ = try CampaignStore(path: path)
        let failure = #expect(throws: Failure.self) { try BenchStore(path: path) }
        #expect(failure?.code == .usage && failure?.message.contains("something else") == true)
        let other = folder + "/newer.sqlite"
        let store = try BenchStore(path: other)
        try store.queue.inDatabase { try $0.execute(sql: "PRAGMA user_version = 99") }
        let newer = #expect(throws: Failure.self) { try BenchStore(path: other) }
        #expect(newer?.message.contains("99") == true)
        #expect(throws: Failure.self) { try BenchStore(path: folder) }
    }
}
