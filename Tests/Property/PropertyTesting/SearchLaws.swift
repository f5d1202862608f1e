import Determinism
import Testing

@testable import PropertyTesting

/// Laws of the search, over random cases.
struct SearchLaws {
    private func generate(_ draws: Draws) -> [[Int]] { draws.array { $0.array { $0.int() } } }

    private func sequence(_ seed: UInt64, _ draws: Draws) -> ChoiceSequence {
        draws.begin(seed: seed)
        _ = generate(draws)
        return draws.sequence
    }

    @Test("whatever a mutation makes is the beginning of a case that runs to its end")
    func mutations() {
        let draws = Draws()
        var random = SeededGenerator(seed: 1)
        var changed = 0
        for seed in 1...2000 as ClosedRange<UInt64> {
            let original = sequence(seed, draws)
            let donor = sequence(seed &+ 10_000, draws)
            let prefix = SequenceMutation.mutated(original, donor: seed % 3 == 0 ? nil : donor, random: &random)
            #expect(prefix.count <= SequenceMutation.maximumLength)
            draws.begin(seed: seed, prefix: prefix, misfit: .random)
            _ = generate(draws)
            let drawn = draws.sequence
            #expect(!draws.isOverrun)
            for (index, shape) in zip(drawn.indices, drawn.shapes) { #expect(index <= shape.bound) }
            if prefix != Array(original.indices.prefix(prefix.count)) { changed += 1 }
        }
        #expect(changed > 800)
    }

    @Test("equal spans make equal values")
    func equalSpans() throws {
        let draws = Draws()
        var random = SeededGenerator(seed: 2)
        var pairs = 0
        for seed in 1...300 as ClosedRange<UInt64> {
            draws.begin(seed: seed)
            _ = (draws.span(2000) { draws.int() }, draws.span(2000) { draws.int() })
            guard let prefix = SequenceMutation.equalSpans(draws.sequence, &random) else { continue }
            draws.begin(seed: 1, prefix: prefix, tail: .none)
            let pair = (draws.span(2000) { draws.int() }, draws.span(2000) { draws.int() })
            #expect(pair.0 == pair.1 && !draws.isOverrun)
            pairs += 1
        }
        #expect(pairs > 200)
    }

    @Test("mutations of empty sequences and of sequences without spans are harmless")
    func empty() {
        var random = SeededGenerator(seed: 3)
        let draws = Draws()
        for seed in 1...200 as ClosedRange<UInt64> {
            #expect(SequenceMutation.mutated(ChoiceSequence(), donor: nil, random: &random).isEmpty)
            draws.begin(seed: seed)
            _ = (draws.int(), draws.bool())
            let original = draws.sequence
            #expect(SequenceMutation.mutated(original, donor: original, random: &random).count <= 3)
        }
    }

    @Test("a sweep tries every value of every choice that is free, and none twice")
    func sweeps() {
        let draws = Draws()
        draws.begin(seed: 4)
        _ = (draws.int(in: 0...20), draws.bool(), draws.int(in: 0...5))
        var entry = FrontierEntry(number: 0, sequence: draws.sequence, discoveries: [7])
        var seen: Set<[UInt64]> = []
        for _ in 0..<10 {
            while let plan = entry.nextSweep() {
                #expect(seen.insert(plan.prefix).inserted)
                // The first choice is what the discovery needs.
                if let position = plan.position { entry.learn(position: position, prefix: plan.prefix, features: position == 0 ? [] : [7]) }
            }
            entry.beginBlock()
        }
        // One try of the needed choice, 1 and 5 other values of the others.
        #expect(seen.count == 1 + 1 + 5)
    }

    @Test("a guided run is a function of its seed")
    func determinism() {
        func run(_ seed: UInt64) -> [Int] {
            var seen: [Int] = []
            _ = PropertyEngine.run(PropertySettings(cases: 700, seed: seed)) { draws -> Int in
                let x = draws.int(in: 0...100_000)
                draws.feature(UInt64(x / 1000))
                draws.target(Double(x % 777), label: "rest")
                return x
            } holds: {
                seen.append($0)
                return true
            }
            return seen
        }
        for seed in 1...5 as ClosedRange<UInt64> { #expect(run(seed) == run(seed)) }
        #expect(run(1) != run(2))
    }
}
