import Determinism
import FaultyStructures
import Testing

@testable import PropertyTesting

struct SearchGuideTests {
    /// Runs a guide by hand over a generator whose features are the values of its list's prefix.
    private func run(cases: UInt64, observing order: (Range<UInt64>) -> [UInt64] = { Array($0) }) -> (
        plans: [CasePlan?], guide: SearchGuide
    ) {
        let draws = Draws()
        var guide = SearchGuide()
        var plans: [CasePlan?] = []
        var start: UInt64 = 0
        while start < cases {
            let end = SearchGuide.blockEnd(from: start)
            var made: [UInt64: CasePlan] = [:]
            for number in start..<end {
                var chance = SeededGenerator(seed: number)
                let plan = guide.plan(number: number, random: &chance)
                plans.append(plan)
                made[number] = plan
            }
            for number in order(start..<end) {
                draws.begin(seed: number, prefix: made[number]?.prefix ?? [], misfit: .random)
                let list = draws.array { $0.int(in: 0...99) }
                var hash: UInt64 = 0
                for value in list where value % 10 == 3 { hash = hash &* 31 &+ UInt64(value) }
                draws.feature(hash % 200)
                draws.target(Double(list.reduce(0, +)), label: "sum")
                guide.observe(
                    number: number, plan: made[number], features: draws.features, targets: draws.targets, isValid: !draws.isOverrun
                ) { draws.sequence }
            }
            #expect(guide.isBlockEnd(after: end - 1) && !guide.isBlockEnd(after: end - 2))
            guide.commitBlock()
            start = end
        }
        return (plans, guide)
    }

    @Test("plans depend on earlier blocks only, whatever the order of cases within a block")
    func order() {
        let forward = run(cases: 1500)
        let backward = run(cases: 1500) { Array($0.reversed()) }
        let halves = run(cases: 1500) { $0.filter { $0 % 2 == 0 } + $0.filter { $0 % 2 == 1 } }
        #expect(forward.plans == backward.plans && forward.plans == halves.plans)
        #expect(forward.guide.entries == backward.guide.entries)
        #expect(forward.plans.count { $0 != nil } > 500 && forward.plans.count { $0 == nil } > 50)
    }

    @Test("without features and targets there is no plan and nothing is kept")
    func idle() {
        var guide = SearchGuide()
        for number in 0..<500 as Range<UInt64> {
            var chance = SeededGenerator(seed: number)
            #expect(guide.plan(number: number, random: &chance) == nil)
            guide.observe(number: number, plan: nil, features: [], targets: [:], isValid: true) {
                Issue.record("nobody needs this sequence")
                return ChoiceSequence()
            }
            if guide.isBlockEnd(after: number) { guide.commitBlock() }
        }
        #expect(guide.entries.isEmpty && !guide.isGuiding)
    }

    @Test("cases that were rejected teach nothing")
    func rejected() {
        var guide = SearchGuide()
        guide.observe(number: 0, plan: nil, features: [1], targets: ["a": 1], isValid: false) { ChoiceSequence() }
        guide.commitBlock()
        #expect(!guide.isGuiding)
    }

    @Test("the corpus has a limit, and keeps each discovery once")
    func limits() {
        var guide = SearchGuide()
        let draws = Draws()
        for number in 0..<2000 as Range<UInt64> {
            draws.begin(seed: number)
            _ = draws.int()
            guide.observe(number: number, plan: nil, features: [number / 2], targets: [:], isValid: true) { draws.sequence }
            if guide.isBlockEnd(after: number) { guide.commitBlock() }
        }
        #expect(guide.entries.count == SearchGuide.maximumEntries)
        #expect(guide.featureCounts.values.allSatisfy { $0 <= 2 })
        #expect(guide.featureCounts.count > 900)
    }

    @Test("compares of four bytes, one within the other, are solved when cases say how far they came; not otherwise")
    func needles() throws {
        let guided = try #require(Needles.properties(isGuided: true).first { $0.mutants.contains("magic4") })
        let blind = try #require(Needles.properties(isGuided: false).first { $0.mutants.contains("magic4") })
        for seed in 1...5 as ClosedRange<UInt64> {
            var settings = PropertySettings(cases: 12_000, seed: seed)
            settings.shrinkLimit = 0
            #expect(guided.run("magic4", settings).outcome == .falsified)
            #expect(guided.run(nil, PropertySettings(cases: 1000, seed: seed)).outcome == .passed)
            #expect(blind.run("magic2", PropertySettings(cases: 1000, seed: seed)).outcome == .passed)
        }
    }

    @Test("a maze is left by way of the cells that were new")
    func maze() throws {
        let guided = try #require(Needles.properties(isGuided: true).first { $0.mutants.contains("maze_small") })
        let blind = try #require(Needles.properties(isGuided: false).first { $0.mutants.contains("maze_small") })
        var settings = PropertySettings(cases: 15_000, seed: 1)
        settings.shrinkLimit = 0
        #expect(guided.run("maze_small", settings).outcome == .falsified)
        #expect(blind.run("maze_small", PropertySettings(cases: 3000, seed: 1)).outcome == .passed)
    }
}
