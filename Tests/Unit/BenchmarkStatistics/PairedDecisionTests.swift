import Determinism
import StrictDocuments
import Testing

@testable import BenchmarkStatistics

struct PairedDecisionTests {
    /// Launches of code that is slower by `shift`, as noisy as measured ones: bell-shaped with now and then one far out.
    struct Noise {
        var generator: SeededGenerator
        var spread = 0.015
        var outliers = 0.05

        mutating func bell() -> Double {
            // Twelve uniform values less six: near enough to normal, bounded.
            (0..<12).reduce(-6.0) { sum, _ in sum + Double(generator.next() >> 11) / Double(1 << 53) }
        }

        mutating func launch(shift: Double) -> LaunchRatio {
            let isOutlier = Double(generator.next() >> 11) / Double(1 << 53) < outliers
            let value = shift + spread * (isOutlier ? 6 : 1) * bell()
            return Self.ratio(value, error: spread / 3)
        }

        /// A launch whose quads all say the same, but for a spread that gives its error.
        static func ratio(_ value: Double, error: Double) -> LaunchRatio {
            LaunchRatio(logRatio: value, error: error, quads: 20, disturbed: 0)
        }
    }

    private func decide(_ rule: PairedDecision.Rule, _ noise: inout Noise, shift: Double) -> TimeVerdict {
        var decision = PairedDecision(rule: rule)
        while case .measure = decision.next { decision.add(noise.launch(shift: shift)) }
        return decision.verdict
    }

    @Test("unchanged code does not fail, and a change of the budget is found, through noise with outliers", arguments: [0.03, 0.05, 0.1])
    func errorRates(budget: Double) {
        var noise = Noise(generator: SeededGenerator(seed: 11))
        let rule = PairedDecision.Rule(budget: budget)
        let unchanged = (0..<2000).map { _ in decide(rule, &noise, shift: 0).outcome }
        #expect(unchanged.count { $0 == .fail } == 0)
        let slower = (0..<2000).map { _ in decide(rule, &noise, shift: 2 * rule.threshold).outcome }
        #expect(slower.count { $0 == .fail } >= 1960)
        #expect(slower.count { $0 == .pass } <= 20)
    }

    @Test("noise that hides the budget is no verdict, and hardly ever a false one")
    func hopeless() {
        var noise = Noise(generator: SeededGenerator(seed: 12), spread: 0.08)
        let outcomes = (0..<1000).map { _ in decide(.init(budget: 0.02, lead: 4, confirmationLead: 4), &noise, shift: 0).outcome }
        #expect(outcomes.count { $0 == .inconclusive } > 200)
        #expect(outcomes.count { $0 == .fail } < 40)
    }

    @Test("three launches that agree decide, and a fail takes three fresh ones more")
    func counts() {
        let rule = PairedDecision.Rule(budget: 0.05)
        var decision = PairedDecision(rule: rule)
        for _ in 0..<3 {
            #expect(decision.next == .measure(.first))
            decision.add(Noise.ratio(0.05, error: 0.001))
        }
        #expect(decision.verdict.outcome == .inconclusive && decision.verdict.cause == .confirmationOpen)
        for _ in 0..<3 {
            #expect(decision.next == .measure(.confirmation))
            decision.add(Noise.ratio(0.06, error: 0.001))
        }
        #expect(decision.next == .decided)
        #expect(decision.verdict.outcome == .fail && decision.verdict.launches == 6)
        // The estimate is that of the fresh launches.
        #expect(abs((decision.verdict.interval?.estimate ?? 0) - 1.0618) < 0.001)
    }

    @Test("a slow-down that fresh launches do not show is inconclusive and says so")
    func notConfirmed() {
        var decision = PairedDecision(rule: .init(budget: 0.05))
        for _ in 0..<3 { decision.add(Noise.ratio(0.05, error: 0.001)) }
        for _ in 0..<3 { decision.add(Noise.ratio(0, error: 0.001)) }
        #expect(decision.next == .decided)
        #expect(decision.verdict.outcome == .inconclusive && decision.verdict.cause == .notConfirmed)
    }

    @Test("votes that the budget is kept do not pass launches that are as wide as the budget, and did in the first version of the rule")
    func passIsShown() {
        let wide = [-0.12, 0.01, -0.03].map { Noise.ratio($0, error: 0.001) }
        var decision = PairedDecision(rule: .init(budget: 0.05))
        var first = PairedDecision(rule: .init(budget: 0.05, version: 1))
        for launch in wide {
            decision.add(launch)
            first.add(launch)
        }
        #expect(first.verdict.outcome == .pass && first.next == .decided)
        #expect(decision.verdict.outcome == .inconclusive && decision.next == .measure(.first))
        // More of the same make the interval narrow, and the lead, that is there already, counts.
        for _ in 0..<8 { decision.add(Noise.ratio(-0.01, error: 0.001)) }
        #expect(decision.next == .decided && decision.verdict.outcome == .pass)
        #expect((decision.verdict.interval?.upper ?? 2) < 1.05)
    }

    @Test("no verdict passes with an interval that reaches the budget, whatever the noise", arguments: [0.01, 0.03, 0.08])
    func passes(spread: Double) {
        var noise = Noise(generator: SeededGenerator(seed: 14), spread: spread)
        for _ in 0..<500 {
            let verdict = decide(.init(budget: 0.05, launches: 20), &noise, shift: 0.02)
            if verdict.outcome == .pass { #expect((verdict.interval?.upper ?? 2) < 1.05) }
        }
    }

    @Test("a launch nearer to the threshold than its own error has no vote", arguments: [0.0, 0.01, .infinity, .nan])
    func abstains(error: Double) {
        let decision = PairedDecision(rule: .init(budget: 0.05))
        let near = decision.vote(Noise.ratio(decision.rule.threshold + 0.005, error: error))
        #expect(near == (error == 0 ? 1 : 0))
    }

    @Test("the launches are bounded whatever they say")
    func bounded() {
        var decision = PairedDecision(rule: .init(budget: 0.05, launches: 7))
        var count = 0
        while case .measure = decision.next {
            decision.add(Noise.ratio(count % 2 == 0 ? 0.1 : -0.1, error: 0))
            count += 1
        }
        #expect(count == 7)
        #expect(decision.verdict.outcome == .inconclusive && decision.verdict.cause == .open)
    }

    @Test("a suite's rule keeps the promise of the suite, and asks for more where votes are known to be poor")
    func suite() {
        for wrong in [0.05, 0.15, 0.3] {
            let rule = PairedDecision.Rule.suite(budget: 0.05, benchmarks: 50, wrongVotes: wrong)
            #expect(rule.falseAlarm(wrongVotes: wrong) * 50 <= 0.01 || rule.confirmationLead == PairedDecision.Rule.leads.upperBound)
        }
        let good = PairedDecision.Rule.suite(budget: 0.05, benchmarks: 50, wrongVotes: 0.05)
        let poor = PairedDecision.Rule.suite(budget: 0.05, benchmarks: 50, wrongVotes: 0.3)
        #expect(good.lead == 3 && poor.confirmationLead > good.confirmationLead)
    }

    @Test("records that were kept give the verdict again, and those behind the decision are left aside")
    func replay() throws {
        func record(_ stage: LaunchRecord.Stage, factor: Int64) -> LaunchRecord {
            LaunchRecord(
                benchmark: "b", stage: stage, iterations: 10, clock: "thread-cpu", headFirst: false,
                base: .init(times: (0..<20).map { 1_000_000 + $0 }), head: .init(times: (0..<20).map { factor * 10_000 + $0 }))
        }
        let records =
            Array(repeating: record(.first, factor: 110), count: 3) + Array(repeating: record(.confirmation, factor: 108), count: 5)
        let kept = try records.map { record in
            try LaunchRecord(JSONDocument.parse(record.json.canonicalBytes(), file: "launch"), file: "launch")
        }
        #expect(kept == records)
        let verdict = PairedDecision.replay(kept, rule: .init(budget: 0.05))
        #expect(verdict.outcome == .fail && verdict.launches == 6)
        #expect(verdict == PairedDecision.replay(records, rule: .init(budget: 0.05)))
    }
}
