import Determinism
import Testing

@testable import PropertyTesting

struct ShrinkerKnowledgeTests {
    @Test("the value of every index leads back to the index, for every kind of number")
    func values() {
        let shapes = [
            ChoiceShape(kind: .integer, bound: .max, below: 1 << 63, origin: 0), ChoiceShape(kind: .integer, bound: .max),
            ChoiceShape(kind: .integer, bound: 9, below: 2, origin: 5), ChoiceShape(kind: .integer, bound: 9, below: 9, origin: -3),
            ChoiceShape(kind: .selector, bound: 7), ChoiceShape(kind: .boolean, bound: 1),
        ]
        var random = SeededGenerator(seed: 1)
        for shape in shapes {
            for attempt in 0..<300 as Range<UInt64> {
                let index =
                    attempt < 150
                    ? min(attempt, shape.bound) : shape.bound == .max ? random.next() : random.next() % (shape.bound + 1)
                let value = shape.value(of: index)
                #expect(value.flatMap { shape.index(of: $0) } == index)
                #expect(value.map { shape.clamped($0) } == value)
            }
        }
        #expect(shapes[2].index(of: 13) == nil && shapes[2].index(of: 2) == nil && shapes[2].clamped(99) == 12)
    }

    private func learn(_ known: inout KnownVerdicts, _ indices: [UInt64], bounds: [UInt64], next: UInt64? = nil) {
        let shapes = bounds.map { ChoiceShape(kind: .selector, bound: $0) }
        indices.withUnsafeBufferPointer { indices in
            shapes.withUnsafeBufferPointer { shapes in
                known.learn(indices, shapes, next: next.map { ChoiceShape(kind: .selector, bound: $0) })
            }
        }
    }

    @Test("what was drawn answers for all that is drawn alike: what is left over, what does not fit, what ends early")
    func answers() {
        var known = KnownVerdicts()
        #expect(known.answer([1]) == .unknown)
        learn(&known, [1, 0], bounds: [3, 5])
        #expect(known.answer([1, 0]) == .settled(length: 2))
        #expect(known.answer([1, 0, 9, 9]) == .settled(length: 2))
        #expect(known.answer([1, 6]) == .settled(length: 2))
        #expect(known.answer([1]) == .overrun)
        #expect(known.answer([1, 1]) == .unknown && known.answer([2]) == .unknown)
        learn(&known, [2], bounds: [3], next: 1)
        #expect(known.answer([2]) == .overrun && known.answer([2, 0]) == .unknown)
    }

    @Test("a part all of whose choices are known is exhausted, however large the table grew")
    func exhaustion() {
        var known = KnownVerdicts()
        for first in 0..<40 as Range<UInt64> {
            for second in 0..<50 as Range<UInt64> {
                #expect(known.answer([first, second]) == .unknown)
                learn(&known, [first, second], bounds: [40, 49])
            }
            #expect(known.answer([first]) == .settled(length: 1))
        }
        #expect(known.answer([]) == .overrun)
        learn(&known, [40], bounds: [40])
        #expect(known.answer([]) == .settled(length: 0))
    }

    @Test("the shrinker ends at its limit")
    func limit() {
        let draws = Draws()
        func total() -> Int { draws.array(3...20) { $0.int() }.count }
        draws.begin(seed: 3)
        _ = total()
        var runs = 0
        var shrinker = Shrinker(draws.sequence, seed: 1, limit: 7, reading: draws) { prefix, completion in
            runs += 1
            draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random)
            _ = total()
            return draws.isOverrun ? .overrun(nextBound: draws.missingBound) : .fails(draws.sequence)
        }
        shrinker.shrink()
        #expect(runs <= 7 && shrinker.tries == runs)
    }

    @Test("another failing case lends what it has behind a branch, where chance would hardly find it")
    func donors() {
        let draws = Draws()
        func generate(_ draws: Draws) -> [Int] {
            draws.oneOf([{ [$0.int(in: 0...1_000_000)] }, { draws in (0..<8).map { _ in draws.int(in: 0...1000) } }])
        }
        func shrunk(_ first: [UInt64], donors: [ChoiceSequence]) -> [Int] {
            draws.begin(seed: 0, prefix: first, tail: .none)
            _ = generate(draws)
            var shrinker = Shrinker(draws.sequence, seed: 1, reading: draws, donors: donors) { prefix, completion in
                draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: 32)
                let values = generate(draws)
                if draws.isOverrun { return .overrun(nextBound: draws.missingBound) }
                draws.didRunBody = true
                return values.count > 1 || (values[0] > 0 && values[0] % 7919 == 0) ? .fails(draws.sequence) : .passes
            }
            shrinker.shrink()
            draws.begin(seed: 0, prefix: shrinker.best.indices, tail: .none)
            return generate(draws)
        }
        let other: [UInt64] = [1, 5, 5, 5, 5, 5, 5, 5, 5]
        draws.begin(seed: 0, prefix: [0, 7919 * 12], tail: .none)
        _ = generate(draws)
        let donor = draws.sequence
        #expect(shrunk(other, donors: []).count == 8)
        #expect(shrunk(other, donors: [donor]).count == 1)
    }

    @Test("a result with few simpler cases is proved minimal, one with many is not")
    func proofs() {
        func isProved(_ limit: Int, least: Int) -> Bool {
            PropertyEngine.run(PropertySettings(cases: 20_000, seed: 5)) {
                $0.int(in: 0...limit)
            } holds: {
                $0 < least
            }.isProvedMinimal
        }
        #expect(isProved(100_000, least: 100))
        #expect(!isProved(100_000, least: 5000))
        let text = PropertyEngine.run(PropertySettings(cases: 20_000, seed: 5)) {
            $0.text()
        } holds: {
            $0 == $0.uppercased()
        }
        #expect(text.isProvedMinimal)
    }
}
