import Determinism
import Testing

@testable import PropertyTesting

/// The framework held to its own laws, and to minima that are known for problems of very different shapes.
struct ShrinkingLaws {
    private func minimum<Value>(
        _ seeds: ClosedRange<UInt64> = 1...15, generate: @escaping (Draws) -> Value, holds: @escaping (Value) -> Bool
    ) -> [Value] {
        seeds.compactMap { seed in
            var settings = PropertySettings(cases: 20_000, seed: seed)
            settings.discardLimit = 200_000
            if case .falsified(let value, _, _) = PropertyEngine.run(settings, generate: generate, holds: holds).outcome { return value }
            return nil
        }
    }

    @Test("whatever is reported fails, replays, and is no more complex than what was found first")
    func soundness() {
        var random = SeededGenerator(seed: 10)
        for round in 0..<60 {
            let modulus = random.integer(in: 2...9)
            let rest = random.integer(in: 0...(modulus - 1))
            let length = random.integer(in: 0...4)
            func generate(_ draws: Draws) -> [Int] { draws.array(0...8) { $0.int(in: -50...50) } }
            func holds(_ xs: [Int]) -> Bool { xs.count <= length || (xs.reduce(0, +) % modulus + modulus) % modulus != rest }
            let result = PropertyEngine.run(PropertySettings(cases: 2000, seed: UInt64(round)), generate: generate, holds: holds)
            guard case .falsified(let value, _, let sequence) = result.outcome else { continue }
            #expect(!holds(value))
            let (again, isWhole) = PropertyEngine.replay(sequence.indices, generate: generate)
            #expect(again == value && isWhole)
            #expect(value.count == length + 1, "\(value) has more than \(length + 1) elements")
        }
    }

    @Test("the shrinker accepts only what is simpler, step by step")
    func monotone() {
        let draws = Draws()
        draws.begin(seed: 11)
        func generate(_ draws: Draws) -> [Int] { draws.array(5...20) { $0.int(in: 0...1000) } }
        var seed: UInt64 = 11
        while generate(draws).reduce(0, +) < 3000 {
            seed += 1
            draws.begin(seed: seed)
        }
        let first = draws.sequence
        var accepted: [[UInt64]] = [first.indices]
        var shrinker = Shrinker(first, seed: 1) { prefix, seed in
            draws.begin(seed: seed ?? 0, prefix: prefix, tail: seed == nil ? .none : .random)
            let value = generate(draws)
            if draws.isOverrun { return .overrun(nextBound: draws.missingBound) }
            guard value.reduce(0, +) >= 1500 else { return .passes }
            if isSimpler(draws.sequence.indices, than: accepted[accepted.count - 1]) { accepted.append(draws.sequence.indices) }
            return .fails(draws.sequence)
        }
        shrinker.shrink()
        #expect(shrinker.best.indices == accepted.last)
        #expect(accepted.count > 2)
        for (earlier, later) in zip(accepted, accepted.dropFirst()) { #expect(isSimpler(later, than: earlier)) }
    }

    @Test("a proof of minimality is never claimed where something simpler fails")
    func proofs() {
        for seed in 0..<40 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let bad = (0..<3).map { _ in [random.integer(in: 0...3), random.integer(in: 0...3), random.integer(in: 0...3)] }
            func generate(_ draws: Draws) -> [Int] { (0..<3).map { _ in draws.int(in: 0...3) } }
            let result = PropertyEngine.run(PropertySettings(cases: 400, seed: seed), generate: generate) { !bad.contains($0) }
            guard case .falsified(let value, _, _) = result.outcome else {
                Issue.record("64 values and none of \(bad) was found")
                continue
            }
            #expect(result.isProvedMinimal)
            #expect(value == bad.min { $0.lexicographicallyPrecedes($1) })
        }
    }

    // MARK: Known minima

    @Test("sums, orders and distinct values")
    func lists() {
        #expect(
            minimum {
                $0.array { $0.int() }
            } holds: {
                $0 == $0.reversed()
            }.allSatisfy { $0 == [0, 1] })
        #expect(
            minimum {
                $0.array { $0.int() }
            } holds: {
                Set($0).count < 3
            }.allSatisfy { $0 == [0, 1, -1] || $0 == [0, 1, 2] })
        #expect(
            minimum {
                $0.array { $0.array { $0.int() } }
            } holds: {
                Set($0.flatMap { $0 }).count < 5
            }.allSatisfy { $0 == [[0, 1, -1, 2, -2]] })
        #expect(
            minimum {
                $0.array(0...10) { $0.int(in: 0...100) }
            } holds: {
                $0.reduce(0, +) < 250
            }.allSatisfy { $0 == [50, 100, 100] })
    }

    @Test("a value drawn before the list whose length it is")
    func binds() {
        let values = minimum { draws -> [Int] in
            let count = draws.int(in: 1...100)
            return (0..<count).map { _ in draws.int(in: 0...1000) }
        } holds: {
            ($0.max() ?? 0) < 900
        }
        #expect(values.count == 15 && values.allSatisfy { $0 == [900] }, "\(values)")
    }

    @Test("values that hold each other: differences, products, and references into a list")
    func relations() {
        func pair(_ draws: Draws) -> [Int] { [draws.int(in: 1...(1 << 31 - 1)), draws.int(in: 1...(1 << 31 - 1))] }
        #expect(minimum(generate: pair) { $0[0] < 10 || $0[0] != $0[1] }.allSatisfy { $0 == [10, 10] })
        #expect(minimum(generate: pair) { $0[0] < 10 || abs($0[0] - $0[1]) != 1 }.allSatisfy { $0 == [10, 9] })
        let coupled = minimum { draws -> [Int] in
            let xs = draws.array { $0.int(in: 0...10) }
            draws.assume(xs.allSatisfy { $0 < xs.count })
            return xs
        } holds: { xs in
            xs.indices.allSatisfy { xs[$0] == $0 || xs[xs[$0]] != $0 }
        }
        #expect(coupled.count == 15 && coupled.allSatisfy { $0 == [1, 0] }, "\(coupled)")
        let replaced = minimum { draws in
            (draws.int(in: 0...1_000_000), draws.array { $0.int(in: 2...10) })
        } holds: { pair in
            pair.1.reduce(Double(pair.0)) { $0 * Double($1) } < 1e6
        }
        #expect(replaced.count == 15 && replaced.allSatisfy { $0.0 == 1_000_000 && $0.1.isEmpty }, "\(replaced)")
    }

    @Test("doubles end at whole numbers, then at short fractions")
    func doubles() {
        #expect(
            minimum {
                $0.double()
            } holds: {
                !($0 > 1)
            }.allSatisfy { $0 == 2 })
        #expect(
            minimum {
                $0.double(in: 0...1000)
            } holds: {
                $0 <= 10 || $0 == $0.rounded()
            }.allSatisfy { $0 == 10.5 })
    }

    @Test("texts end at the first characters of their alphabet")
    func texts() {
        #expect(
            minimum {
                $0.text()
            } holds: {
                $0 == $0.lowercased()
            }.allSatisfy { $0 == "A" })
        #expect(
            minimum {
                $0.text()
            } holds: {
                $0 == $0.uppercased()
            }.allSatisfy { $0 == "a" })
    }

    @Test("a branch that hides a simpler one is left")
    func branches() {
        let values = minimum { draws in
            draws.oneOf([{ $0.int(in: 101...100_000) }, { $0.int(in: 0...100) }])
        } holds: {
            $0 < 101
        }
        #expect(values.count == 15 && values.allSatisfy { $0 == 101 }, "\(values)")
    }
}
