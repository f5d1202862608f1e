import Determinism
import Gates
import Testing

@testable import pulsegate

@Suite("what the records tell of a target")
struct CampaignHistoryTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sample(_ executions: UInt64) -> CampaignEvent {
        .sample(
            CampaignSample(
                seconds: 0, executions: executions, edges: 3, features: 4, corpus: 5, crashes: 1, cpuNanoseconds: executions * 10, once: 2,
                looked: 9))
    }

    private func stuck(_ sites: [UInt64]) -> CampaignEvent {
        .stuck(
            sites.map {
                UnsolvedCompare(
                    location: "0x" + String($0, radix: 16), left: "0", right: "1", reached: $0, form: "case", site: $0)
            })
    }

    @Test("the newest campaign that ran the target is told, in the target's own time, with the last list of unmet compares")
    func newest() throws {
        let store = try CampaignStore(path: folder.path + "/campaigns.sqlite")
        func begin(_ seed: UInt64) throws -> Int64 {
            let plan = CampaignPlan(suite: "Fuzz", targets: [], workers: 2, seed: seed, time: 60, folder: "f")
            return try store.begin(
                executable: "aa", build: BlindnessTests.sound, flags: "{}", sanitizer: nil, plan: plan, at: Instant.epoch)
        }
        let second: Int64 = 1_000_000_000
        let old = try begin(1)
        try store.add([(sample(1), "json", second, nil)], campaign: old)
        let new = try begin(7)
        let crash = CampaignEvent.crash(CampaignCrash(place: "77", kind: "crash", execution: 12, length: 3))
        try store.add(
            [
                (sample(10), "json", 1 * second, nil), (sample(20), "json", 2 * second, nil),
                (stuck([0x10, 0x20]), "json", 2 * second, nil),
                // Another target has its turn for a minute.
                (sample(30), "json", 62 * second, nil), (sample(40), "json", 63 * second, nil), (crash, "json", 63 * second + 5, nil),
                (crash, "json", 64 * second, nil), (stuck([0x20, 0x30]), "json", 64 * second, nil), (sample(5), "csv", 30 * second, nil),
            ], campaign: new)
        let later = try begin(8)
        try store.add([(sample(6), "csv", second, nil)], campaign: later)

        let history = try #require(try store.history("json"))
        #expect(history.seed == 7)
        #expect(history.workers == 2)
        #expect(history.samples.map(\.elapsed) == [0, second, second, 2 * second])
        #expect(history.samples.last?.sample.executions == 40)
        #expect(history.samples.last?.sample.cpuNanoseconds == 400)
        #expect(history.samples.last?.sample.looked == 9)
        #expect(history.foundAt == ["77": 2 * second])
        #expect(history.stuck.map(\.site) == [0x30, 0x20])
        #expect(history.stuck.first?.form == "case")
        #expect(try store.history("csv")?.seed == 8)
        #expect(try store.history("never") == nil)
    }
}
