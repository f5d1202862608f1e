import Testing

@testable import Fuzzing

@Suite("choices changed for an engine that knows bytes")
struct ChoiceMutatorTests {
    @Test("the same seed changes the same choices in the same way")
    func repeatable() {
        for seed in 0..<200 as Range<UInt32> {
            var (first, second) = (ChoiceMutator(seed: seed), ChoiceMutator(seed: seed))
            #expect(first.mutated([1, 2, 300, 4]) == second.mutated([1, 2, 300, 4]))
        }
    }

    @Test("nearly every change changes something, from nothing something comes, and no number is too large to change")
    func changes() {
        var (same, begun) = (0, 0)
        for seed in 0..<1000 as Range<UInt32> {
            var mutator = ChoiceMutator(seed: seed)
            if mutator.mutated([0, 7, .max, 1 << 40]) == [0, 7, .max, 1 << 40] { same += 1 }
            var other = ChoiceMutator(seed: seed)
            if !other.mutated([]).isEmpty { begun += 1 }
        }
        #expect(same < 150, "\(same) of 1000")
        #expect(begun > 950, "\(begun) of 1000")
    }

    @Test("each way of changing is used: choices grow, shrink, rise and fall")
    func ways() {
        let from: [UInt64] = [10, 20, 30, 40, 50]
        let results = (0..<2000 as Range<UInt32>).map { seed in
            var mutator = ChoiceMutator(seed: seed)
            return mutator.mutated(from)
        }
        #expect(results.contains { $0.count < from.count } && results.contains { $0.count == from.count + 1 })
        #expect(results.contains { $0 == [11, 20, 30, 40, 50] } && results.contains { $0 == [10, 20, 30, 39, 50] })
        #expect(results.contains { $0.count == from.count && $0 != from && $0.sorted() == from })
        #expect(results.contains { $0.starts(with: from) && $0.count > from.count } || results.contains { $0.suffix(5) == from[...] })
    }

    @Test("a sequence does not grow past the limit")
    func limit() {
        let long = [UInt64](repeating: 1, count: ChoiceMutator.longest)
        for seed in 0..<50 as Range<UInt32> {
            var mutator = ChoiceMutator(seed: seed)
            #expect(mutator.mutated(long).count <= ChoiceMutator.longest)
        }
    }
}
