import Determinism
import GRDB
import TemporaryFolders
import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

/// What was decided is computed again from what was kept.
struct VerdictReplayTests {
    private let now: Instant
    private let folder: String

    init() throws {
        now = try Instant(rfc3339: "2026-11-21T10:00:00Z")
        folder = try #require(TemporaryFolder.make())
    }

    /// A comparison of one benchmark, decided by `rule` on launches that are slower by a tenth, more or less.
    private func comparison(in store: BenchStore, rule: PairedDecision.Rule) throws -> Int64 {
        let number = try store.begin(
            .init(
                kind: "compare", suite: "s", base: "a", baseCommit: nil, head: "b", headCommit: nil, toolchain: "t", machine: "m",
                loopPicoseconds: 250, loadBefore: 0), at: now)
        var decision = PairedDecision(rule: rule)
        var records: [LaunchRecord] = []
        for index in Int64(0)... {
            guard case .measure(let stage) = decision.next else { break }
            let base = (0..<12).map { Int64(1000 + $0) }
            let record = LaunchRecord(
                benchmark: "b", stage: stage, iterations: 1, clock: "thread-cpu", headFirst: false, base: .init(times: base),
                head: .init(times: base.map { $0 + 90 + index * 7 % 20 }))
            records.append(record)
            decision.add(try #require(record.ratio))
        }
        try store.add(records, to: number)
        var verdict = BenchmarkVerdict(name: "b")
        verdict.time = decision.verdict
        let suite = SuiteVerdict(suite: "s", base: "a", head: "b", toolchain: "t", machine: "m", benchmarks: [verdict])
        try store.end(number, suite, outcome: "fail", at: now)
        return number
    }

    private func replay(_ store: BenchStore) throws -> VerdictReplay {
        var replay = VerdictReplay()
        for number in try store.comparisons() {
            for kept in try store.decisions(of: number) { replay.add(kept, of: number, records: try store.launches(of: number)) }
        }
        return replay
    }

    @Test("a verdict comes out the same in every bit, by each version of the rule", arguments: PairedDecision.Rule.versions)
    func equal(version: Int) throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        _ = try comparison(in: store, rule: .init(budget: 0.05, version: version))
        let replay = try replay(store)
        #expect(replay.verdicts == 1 && replay.launches == 6 && replay.differences.isEmpty && replay.exitCode == .pass)
        #expect(try store.decisions(of: 1).first?.rule.version == version)
    }

    @Test("a figure that was changed by its last bit, an outcome and a rule of tomorrow are named")
    func tampered() throws {
        defer { TemporaryFolder.remove(folder) }
        let store = try BenchStore(path: folder + "/launches.sqlite")
        let number = try comparison(in: store, rule: .init(budget: 0.05))
        let estimate = try #require(try store.decisions(of: number).first?.estimate)
        for change in ["estimate = \(estimate.nextUp)", "time_outcome = 'pass'", "rule_version = 99"] {
            try store.write { try $0.execute(sql: "UPDATE verdict SET \(change)") }
            let replay = try replay(store)
            #expect(replay.differences.map(\.benchmark) == ["b"], "\(change)")
            #expect(replay.exitCode == .ledgerBroken && replay.text.contains("1 differ"))
        }
    }

    @Test("no verdict is no success")
    func empty() throws {
        #expect(VerdictReplay().exitCode == .cannotEvaluate)
    }
}
