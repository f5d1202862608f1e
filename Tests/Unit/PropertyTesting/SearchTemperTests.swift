import Determinism
import Testing

@testable import PropertyTesting

struct SearchTemperTests {
    /// What 600 cases of a generator look like.
    private func cases<Value>(_ generate: (Draws) -> Value) -> [Value] {
        let draws = Draws()
        return (1...600 as ClosedRange<UInt64>).map { seed in
            draws.begin(seed: seed)
            return generate(draws)
        }
    }

    @Test("independent wide integers meet, are neighbours, and are far apart, each in a fair share of the cases")
    func pairs() {
        let pairs = cases { ($0.int(), $0.int()) }
        #expect(pairs.count { $0.0 == $0.1 } > 40)
        #expect(pairs.count { $0.0 != $0.1 && $0.0.subtractingReportingOverflow($0.1).partialValue.magnitude == 1 } > 10)
        #expect(pairs.count { $0.0.magnitude > 1 << 32 && $0.1.magnitude > 1 << 32 && $0.0 != $0.1 } > 10)
    }

    @Test("what is looked up in a list is there, and is not, each in a fair share of the cases")
    func lookups() {
        let samples = cases { draws in (draws.array(1...20) { $0.int() }, draws.int()) }
        let found = samples.count { $0.0.contains($0.1) }
        #expect((100...500).contains(found), "\(found) of \(samples.count)")
    }

    @Test("lists come in order by steps of one, upwards and downwards, and hardly ever where elements are drawn without a walk")
    func walks() {
        let lists = cases { draws in draws.array(5...20) { $0.int() } }
        func runs(_ list: [Int], by step: Int) -> Bool {
            zip(list, list.dropFirst()).count { $0.addingReportingOverflow(step).partialValue == $1 } * 2 > list.count
        }
        #expect(lists.count { runs($0, by: 1) } > 20)
        #expect(lists.count { runs($0, by: -1) } > 20)
        #expect(lists.count { !runs($0, by: 1) && !runs($0, by: -1) } > 300)
    }

    @Test("several values of a case stand at the ends of their ranges at once")
    func edges() {
        let triples = cases { [$0.int(in: 1...1000), $0.int(in: -90...90), $0.int(in: 0...77)] }
        let ends: Set<Int> = [1, 2, 999, 1000, 0, 90, -90, 1, 76, 77]
        #expect(triples.count { $0.allSatisfy(ends.contains) } > 10)
        #expect(triples.count { $0[0] >= 999 && $0[2] >= 76 } > 3)
    }

    @Test("texts are equal to others of their case or begin like them, in a fair share of the cases")
    func echoes() {
        let lists = cases { draws in draws.array(4...8) { $0.text(4...10) } }
        func pairs(_ texts: [String], _ areAlike: (String, String) -> Bool) -> Bool {
            texts.indices.contains { a in texts.indices.contains { b in a < b && areAlike(texts[a], texts[b]) } }
        }
        #expect(lists.count { pairs($0) { $0 == $1 } } > 60)
        #expect(lists.count { pairs($0) { $0 != $1 && $0.prefix(3) == $1.prefix(3) } } > 60)
        #expect(lists.count { !pairs($0) { $0.prefix(3) == $1.prefix(3) } } > 200)
    }

    @Test("lists are empty, short, and as long as allowed")
    func lists() {
        let counts = cases { $0.array { $0.int() }.count }
        #expect(counts.count { $0 == 0 } > 20)
        #expect(counts.count { (1...4).contains($0) } > 60)
        #expect(counts.count { $0 == 20 } > 150)
    }

    @Test("lists within lists within lists stay within the budget")
    func nested() {
        let draws = Draws()
        for seed in 1...300 as ClosedRange<UInt64> {
            draws.begin(seed: seed)
            _ = draws.array { $0.array { $0.array { $0.int() } } }
            #expect(!draws.isOverrun)
        }
    }

    @Test("the first cases of a run are not large")
    func ramp() {
        var sizes: [Int] = []
        _ = PropertyEngine.run(PropertySettings(cases: 200, seed: 9)) {
            $0.array(0...200) { $0.int() }
        } holds: {
            sizes.append($0.count)
            return true
        }
        #expect(sizes.prefix(10).max() ?? 0 < 60)
        #expect(sizes.dropFirst(10).max() ?? 0 > 60)
    }

    @Test("what is drawn with a temper replays without one")
    func replay() {
        let draws = Draws()
        for seed in 1...200 as ClosedRange<UInt64> {
            draws.begin(seed: seed)
            func generate() -> [[Int]] {
                draws.array { draws in draws.array(0...3) { $0.int() } + [draws.int(), draws.int(in: -9...900)] } + [[draws.int()]]
            }
            let value = generate()
            let sequence = draws.sequence
            draws.begin(seed: 0, prefix: sequence.indices, tail: .none)
            #expect(generate() == value)
            #expect(draws.sequence == sequence)
            #expect(!draws.isMisaligned && !draws.isOverrun)
        }
    }

    @Test("a full list without one of its elements is still a list that ends")
    func fullLists() {
        let draws = Draws()
        var full = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            draws.begin(seed: seed)
            let list = draws.array(0...5) { $0.int() }
            guard list.count == 5 else { continue }
            full += 1
            draws.begin(seed: 0, prefix: Array(draws.sequence.indices.dropFirst(2)), tail: .none)
            #expect(draws.array(0...5) { $0.int() } == Array(list.dropFirst()))
            #expect(!draws.isOverrun)
        }
        #expect(full > 50)
    }
}
