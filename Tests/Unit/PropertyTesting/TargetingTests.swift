import Determinism
import Testing

@testable import PropertyTesting

struct TargetingTests {
    private func casesToFailure(isTargeted: Bool, seed: UInt64) -> Int? {
        var settings = PropertySettings(cases: 4000, seed: seed)
        settings.shrinkLimit = 0
        let result = PropertyEngine.run(settings) { draws -> Int in
            let distance = [70_000, 60_000, 30_000].map { abs(draws.int(in: 0...100_000) - $0) }.reduce(0, +)
            if isTargeted { draws.target(-Double(distance), label: "near") }
            return distance
        } holds: {
            $0 > 600
        }
        return result.report.failures.first?.casesToFailure
    }

    @Test("a place that plain cases never reach is reached by raising a score")
    func place() {
        for seed in 1...10 as ClosedRange<UInt64> {
            #expect(casesToFailure(isTargeted: true, seed: seed) != nil)
            #expect(casesToFailure(isTargeted: false, seed: seed) == nil)
        }
    }

    @Test("a local maximum is left")
    func localMaximum() {
        for seed in 1...10 as ClosedRange<UInt64> {
            var settings = PropertySettings(cases: 4000, seed: seed)
            settings.shrinkLimit = 0
            let result = PropertyEngine.run(settings) { draws -> (Int, Int) in
                let pair = (draws.int(in: 0...100_000), draws.int(in: 0...100_000))
                // A ridge towards (70,000, 60,000), with a hill beside it.
                let ridge = -Double(abs(pair.0 - 70_000) + abs(pair.1 - 60_000))
                draws.target(max(ridge, -20_000 - Double(abs(pair.0 - 10_000))), label: "near")
                return pair
            } holds: {
                abs($0.0 - 70_000) + abs($0.1 - 60_000) > 200
            }
            #expect(result.casesToFailure > 0, "seed \(seed)")
        }
    }

    @Test("two scores that pull against each other are both raised, and neither is lost")
    func front() {
        var search = TargetSearch()
        var random = SeededGenerator(seed: 1)
        let draws = Draws()
        for number in 0..<2000 as Range<UInt64> {
            let plan = search.plan(random: &random)
            draws.begin(seed: number, prefix: plan?.prefix ?? [], misfit: .random)
            let value = Double(draws.int(in: 0...10_000))
            search.take([(label: "down", score: -value), (label: "up", score: value)], sequence: draws.sequence, number: number)
            if number % 64 == 63 { search.cool() }
        }
        #expect(search.bestScores.map(\.label) == ["down", "up"])
        #expect(search.bestScores[0].score == 0 && search.bestScores[1].score > 9_900)
    }

    @Test("infinite scores are taken for what they are, and too many labels are ignored")
    func odd() {
        var search = TargetSearch()
        search.take([(label: "a", score: .infinity)], sequence: ChoiceSequence(), number: 0)
        #expect(search.isEmpty)
        for label in 0..<100 { search.take([(label: "\(label)", score: 1)], sequence: ChoiceSequence(), number: 1) }
        #expect(search.bestScores.count == TargetSearch.maximumLabels)
        var random = SeededGenerator(seed: 2)
        for _ in 0..<100 { #expect(search.plan(random: &random)?.prefix == []) }
    }
}
