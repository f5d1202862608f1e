import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

struct BenchJudgeTests {
    private func account(_ entry: BenchDriver.Account.Entry) -> BenchDriver.Account {
        .init(version: 1, isDebug: false, countsAllocations: true, loopPicoseconds: 500, entries: [entry])
    }

    private func entry(elements: Int64? = nil, reference: String? = nil) -> BenchDriver.Account.Entry {
        .init(name: "b", tags: [], clock: "thread-cpu", elements: elements, bytes: nil, reference: reference, series: nil, cold: nil)
    }

    private func records(_ nanoseconds: Int64) -> [LaunchRecord] {
        (0..<3).map { _ in
            LaunchRecord(
                benchmark: "b", stage: .single, iterations: 100, clock: "thread-cpu", headFirst: false, base: nil,
                head: .init(times: Array(repeating: nanoseconds * 100, count: 8)), usage: ["peak_resident_bytes": 5 << 20])
        }
    }

    private func judge(
        _ budget: BenchmarkBudget, _ entry: BenchDriver.Account.Entry, counts: [CountComparison] = [], time: TimeVerdict? = nil,
        knowledge: BenchmarkVerdict.Knowledge = .init(), reference: TimeEstimate? = nil, today: String = "2026-11-21"
    ) -> BenchmarkVerdict {
        BenchJudge(account: account(entry), baseNames: nil, budget: { _ in budget }, knowledge: { _ in knowledge }, today: today).verdict(
            entry, records: records(50), time: time, counts: counts, problem: nil, reference: reference)
    }

    private func slower() -> TimeVerdict {
        var decision = PairedDecision(rule: .init(budget: 0.05))
        for _ in 0..<6 {
            if let ratio = LaunchRatio(base: (0..<12).map { 1000 + $0 }, head: (0..<12).map { 1200 + $0 }) { decision.add(ratio) }
        }
        return decision.verdict
    }

    @Test("what one iteration costs is shown without the loop, with a rate of what it handles")
    func figures() {
        let verdict = judge(BenchmarkBudget(), entry(elements: 10))
        #expect(verdict.head?.nanoseconds == 49.5 && verdict.rate?.unit == "elements")
        #expect(abs((verdict.rate?.perSecond ?? 0) - 10e9 / 49.5) < 1)
        #expect(verdict.outcome == .new && verdict.limits.isEmpty)
    }

    @Test("each limit of a budget fails by itself and says by how much")
    func limits() {
        let allocations = CountComparison(metric: "allocations", base: [3, 3], head: [4, 4])
        let cases: [(BenchmarkBudget, BenchmarkVerdict.LimitVerdict.Kind)] = [
            (BenchmarkBudget(time: 49), .time), (BenchmarkBudget(ratio: 1.5), .ratio),
            (BenchmarkBudget(allocations: 3, allocationGrowth: 1), .allocations),
            (BenchmarkBudget(), .allocationGrowth), (BenchmarkBudget(allocationGrowth: 1, peakBytes: 4 << 20), .peakBytes),
        ]
        for (budget, kind) in cases {
            let counts = kind == .allocations || kind == .allocationGrowth ? [allocations] : []
            let verdict = judge(budget, entry(), counts: counts)
            #expect(verdict.limits.filter { $0.outcome == .fail }.map(\.kind) == [kind], "\(kind): \(verdict.limits)")
            #expect(verdict.outcome == .fail)
        }
        let wide = BenchmarkBudget(time: 50, allocations: 4, allocationGrowth: 1, peakBytes: 6 << 20)
        #expect(judge(wide, entry(), counts: [allocations]).outcome == .new)
    }

    @Test("a ratio is to the reference kernel of the same launches")
    func ratio() throws {
        let reference = try #require(TimeEstimate([([100], 10)]))
        #expect(judge(BenchmarkBudget(ratio: 5), entry(reference: "r"), reference: reference).outcome == .new)
        #expect(judge(BenchmarkBudget(ratio: 4.9), entry(reference: "r"), reference: reference).outcome == .fail)
    }

    @Test("a loosened budget fails by name once its day is over")
    func expired() {
        let budget = BenchmarkBudget(slowdown: 0.2, reason: "new checks", expires: "2026-11-20")
        let verdict = judge(budget, entry())
        #expect(verdict.limits.first?.outcome == .expired && verdict.limits.first?.text.contains("new checks") == true)
        #expect(verdict.outcome == .fail)
        #expect(judge(budget, entry(), today: "2026-11-20").outcome == .new)
    }

    @Test("a slow-down fails, unless the benchmark is known for false alarms: then it is inconclusive")
    func knowledge() {
        #expect(judge(BenchmarkBudget(), entry(), time: slower()).outcome == .fail)
        let poor = BenchmarkVerdict.Knowledge(falseAlarms: ExactInterval(found: 10, of: 100))
        #expect(poor.hasLostItsRight)
        #expect(judge(BenchmarkBudget(), entry(), time: slower(), knowledge: poor).outcome == .inconclusive)
        // Two of a hundred may be chance.
        let fair = BenchmarkVerdict.Knowledge(falseAlarms: ExactInterval(found: 2, of: 100))
        #expect(judge(BenchmarkBudget(), entry(), time: slower(), knowledge: fair).outcome == .fail)
    }
}
