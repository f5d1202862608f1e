import Determinism
import Testing

@testable import PropertyTesting

struct SwarmTests {
    @Test("a mask lets few branches through, different ones from case to case, and every one in some case")
    func masks() {
        var random = SeededGenerator(seed: 1)
        var everywhere: Set<UInt64> = []
        var sizes: Set<Int> = []
        for key in 1...200 as ClosedRange<UInt64> {
            let seen = Set((0..<300).map { _ in SwarmMask(key: key).pick(9, &random) })
            #expect(seen.allSatisfy { $0 <= 9 } && seen.contains(0))
            sizes.insert(seen.count)
            everywhere.formUnion(seen)
        }
        #expect(everywhere.count == 10)
        #expect(sizes.contains(2) && sizes.contains { $0 > 5 })
        #expect(SwarmMask(key: 5).pick(.max, &random) != 0)
    }

    @Test("some cases have few characters, others many")
    func alphabets() {
        let draws = Draws()
        let counts = (1...400 as ClosedRange<UInt64>).map { seed in
            draws.begin(seed: seed)
            return Set(draws.text(30...30)).count
        }
        #expect(counts.count { $0 <= 4 } > 10)
        #expect(counts.count { $0 > 20 } > 150)
    }

    @Test("a recursion whose first branch ends it ends under every mask")
    func recursion() {
        let draws = Draws()
        func depth(_ draws: Draws) -> Int { draws.oneOf([{ _ in 0 }, { 1 + depth($0) }, { 1 + depth($0) }]) }
        for seed in 1...1000 as ClosedRange<UInt64> {
            draws.begin(seed: seed)
            _ = depth(draws)
            #expect(!draws.isOverrun)
        }
    }

    @Test("a mask is not needed to replay, and does not shape what a shrinker may try")
    func replay() {
        let draws = Draws()
        for seed in 1...200 as ClosedRange<UInt64> {
            draws.begin(seed: seed)
            let text = draws.text()
            let indices = draws.sequence.indices
            draws.begin(seed: 0, prefix: indices, tail: .none)
            #expect(draws.text() == text && draws.temper == CaseTemper())
        }
    }
}
