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
            let value = draws.array { [$0.int(), $0.int(in: -9...900)] }
            let indices = draws.sequence.indices
            draws.begin(seed: 0, prefix: indices, tail: .none)
            #expect(draws.array { [$0.int(), $0.int(in: -9...900)] } == value)
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
