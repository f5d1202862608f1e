@testable import PropertyTesting

/// What tests of generators ask again and again.
enum Minima {
    /// The simplest failing values of several seeds; a seed that finds none gives nothing.
    static func of<Value>(
        _ generator: Gen<Value>, seeds: ClosedRange<UInt64> = 1...4, cases: Int = 5000, holds: @escaping (Value) -> Bool
    ) -> [Value] {
        seeds.compactMap { seed in
            var settings = PropertySettings(cases: cases, seed: seed)
            settings.discardLimit = 10 * cases
            if case .falsified(let value, _, _) = PropertyEngine.run(settings, generate: generator.body, holds: holds).outcome {
                return value
            }
            return nil
        }
    }

    /// Whether each seed found a counterexample and all of them are this one.
    static func are<Value: Equatable>(
        _ expected: Value, _ generator: Gen<Value>, seeds: ClosedRange<UInt64> = 1...4, cases: Int = 5000, holds: @escaping (Value) -> Bool
    ) -> Bool {
        let found = of(generator, seeds: seeds, cases: cases, holds: holds)
        let isRight = found.count == seeds.count && found.allSatisfy { $0 == expected }
        if !isRight { print("expected \(expected), found \(found)") }
        return isRight
    }

    /// The value of the simplest case: every index 0, as many choices as are asked for.
    static func simplest<Value>(_ generator: Gen<Value>) -> Value {
        let draws = Draws()
        draws.begin(seed: 0, tail: .simplest)
        return generator(draws)
    }

    /// The values of seeded cases that are neither rejected nor overrun.
    static func samples<Value>(_ generator: Gen<Value>, _ count: Int, seed: UInt64 = 1) -> [Value] {
        let draws = Draws()
        return (0..<UInt64(count)).compactMap { number in
            draws.begin(seed: seed &* 1_000_003 &+ number)
            let value = generator(draws)
            return draws.isRejected || draws.isOverrun ? nil : value
        }
    }

    /// Whether every value of seeded cases comes again, with the same choices, from the choices recorded, and all spans are closed.
    static func replays<Value: Equatable>(_ generator: Gen<Value>, _ count: Int = 200) -> Bool {
        let draws = Draws()
        for seed in 0..<UInt64(count) {
            draws.begin(seed: seed)
            let value = generator(draws)
            let recorded = draws.sequence
            if draws.isOverrun { continue }
            guard recorded.spans.allSatisfy({ $0.end >= $0.start }), draws.openCount == 0 else { return false }
            draws.begin(seed: ~seed, prefix: recorded.indices, tail: .none)
            guard generator(draws) == value, draws.sequence == recorded, !draws.isOverrun, !draws.isMisaligned else { return false }
        }
        return true
    }
}
