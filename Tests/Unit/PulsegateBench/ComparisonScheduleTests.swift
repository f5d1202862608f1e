import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

struct ComparisonScheduleTests {
    /// A launch in which head takes `percent` of base's time, the same in every quad.
    private func record(_ name: String, _ stage: LaunchRecord.Stage, percent: Int64) -> LaunchRecord {
        LaunchRecord(
            benchmark: name, stage: stage, iterations: 1, clock: "thread-cpu", headFirst: false,
            base: .init(times: (0..<12).map { 100_000 + $0 }), head: .init(times: (0..<12).map { 1000 * percent + $0 }))
    }

    private func schedule(_ names: [String]) -> ComparisonSchedule {
        ComparisonSchedule(names.map { ($0, PairedDecision.Rule(budget: 0.05)) })
    }

    /// Runs rounds to the end; how many there were, and the groups of all.
    private func run(_ schedule: inout ComparisonSchedule, percent: (String) -> Int64) -> [[ComparisonSchedule.Group]] {
        var rounds: [[ComparisonSchedule.Group]] = []
        while rounds.count < 200 {
            let groups = schedule.nextRound()
            if groups.isEmpty { break }
            for group in groups {
                for name in group.benchmarks { schedule.add(record(name, group.stage, percent: percent(name))) }
            }
            rounds.append(groups)
        }
        return rounds
    }

    @Test("what is unchanged takes three rounds, and what is slower three more in other layouts, by itself")
    func rounds() {
        var schedule = schedule(["same", "slower"])
        let rounds = run(&schedule) { $0 == "slower" ? 110 : 100 }
        #expect(rounds.count == 6)
        #expect(schedule.decisions["same"]?.verdict.outcome == .pass)
        #expect(schedule.decisions["slower"]?.verdict.outcome == .fail)
        let confirming = rounds[3...].flatMap(\.self)
        #expect(confirming.allSatisfy { $0.benchmarks == ["slower"] && $0.stage == .confirmation && $0.layout > 0 })
        #expect(Set(confirming.map(\.layout)).count == ComparisonSchedule.layouts)
        #expect(rounds[..<3].flatMap(\.self).allSatisfy { $0.layout == 0 && $0.stage == .first })
    }

    @Test("of four rounds each side begins two, on each of two CPUs once, and stack and heap never begin where they did before")
    func turns() {
        var schedule = schedule(["open"])
        var groups: [ComparisonSchedule.Group] = []
        for round in 0..<8 {
            guard let group = schedule.nextRound().first else { break }
            groups.append(group)
            // Two votes for each side: nothing leads.
            schedule.add(record("open", .first, percent: round % 2 == 0 ? 110 : 90))
        }
        #expect(groups.count == 8)
        #expect(groups[..<4].count { $0.headFirst } == 2)
        for cpu in [0, 1] { #expect(Set(groups[..<4].filter { $0.cpu % 2 == cpu }.map(\.headFirst)) == [true, false]) }
        #expect(Set(groups.map(\.padding)).count == 8 && groups.allSatisfy { (1...4095).contains($0.padding) })
    }

    @Test("a process holds a few benchmarks, each round holds all that are undecided once, in another order")
    func groups() {
        let names = (0..<20).map { "b\($0)" }
        var schedule = schedule(names)
        var orders: [[String]] = []
        for _ in 0..<3 {
            let groups = schedule.nextRound()
            #expect(groups.allSatisfy { $0.benchmarks.count <= ComparisonSchedule.perLaunch })
            orders.append(groups.flatMap(\.benchmarks))
            #expect(orders.last?.sorted() == names.sorted())
        }
        #expect(Set(orders).count == 3)
    }

    @Test("a benchmark that fails is not launched again, and holds nobody up")
    func failures() {
        var schedule = schedule(["good", "bad"])
        _ = schedule.nextRound()
        schedule.fail("bad", "its process ended")
        let rounds = run(&schedule) { _ in 100 }
        #expect(rounds.flatMap(\.self).allSatisfy { $0.benchmarks == ["good"] })
        #expect(schedule.failures["bad"] == "its process ended" && schedule.undecided == 0)
        var empty = self.schedule([])
        #expect(empty.nextRound().isEmpty)
    }

    @Test("a launch without a whole quad is a failure, not silence")
    func noQuad() {
        var schedule = schedule(["b"])
        _ = schedule.nextRound()
        schedule.add(
            LaunchRecord(
                benchmark: "b", stage: .first, iterations: 1, clock: "wall", headFirst: false, base: .init(times: [1]),
                head: .init(times: [1])))
        #expect(schedule.failures["b"] != nil)
    }
}
