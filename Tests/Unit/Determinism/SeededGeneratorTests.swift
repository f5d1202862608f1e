import Testing

@testable import Determinism

@Suite("Seeded generators")
struct SeededGeneratorTests {
    @Test("SplitMix64 gives the published sequence for seed 1234567")
    func splitMixKnownAnswers() {
        var generator = SplitMix64(seed: 1_234_567)
        let expected: [UInt64] = [
            6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ]
        #expect(expected.map { _ in generator.next() } == expected)
    }

    @Test("a generator goes on from a state that was kept, with the published sequence for 1, 2, 3, 4")
    func keptState() {
        var known = SeededGenerator(state: (1, 2, 3, 4))
        let expected: [UInt64] = [11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240]
        #expect(expected.map { _ in known.next() } == expected)
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<10 { _ = generator.next() }
        var again = SeededGenerator(state: generator.state)
        #expect(again == generator)
        #expect((0..<100).allSatisfy { _ in again.next() == generator.next() })
    }

    /// xoshiro256** written again from the paper's description, on an array.
    private struct Reference {
        var s: [UInt64]
        mutating func next() -> UInt64 {
            func rotl(_ x: UInt64, _ k: UInt64) -> UInt64 { x << k | x >> (64 - k) }
            let result = rotl(s[1] &* 5, 7) &* 9
            let t = s[1] << 17
            s[2] ^= s[0]
            s[3] ^= s[1]
            s[1] ^= s[2]
            s[0] ^= s[3]
            s[2] ^= t
            s[3] = rotl(s[3], 45)
            return result
        }
    }

    @Test("the reference of this test gives the published sequence of xoshiro256** for the state 1, 2, 3, 4")
    func referenceKnownAnswers() {
        var reference = Reference(s: [1, 2, 3, 4])
        let expected: [UInt64] = [
            11_520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600,
        ]
        #expect(expected.map { _ in reference.next() } == expected)
    }

    @Test("the generator is xoshiro256** seeded by SplitMix64", arguments: [0, 1, 42, UInt64.max])
    func xoshiro(seed: UInt64) {
        var expander = SplitMix64(seed: seed)
        var reference = Reference(s: (0..<4).map { _ in expander.next() })
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<1000 { #expect(generator.next() == reference.next()) }
    }

    @Test("integers reach both bounds, never leave them, and take every width")
    func bounds() {
        var generator = SeededGenerator(seed: 5)
        var seen: Set<Int> = []
        for _ in 0..<1000 {
            let value = generator.integer(in: -3...3)
            #expect((-3...3).contains(value))
            seen.insert(value)
        }
        #expect(seen == Set(-3...3))
        #expect(generator.integer(in: 7...7) == 7)
        #expect(generator.integer(in: Int.max...Int.max) == .max)
        var signs: Set<Int> = []
        for _ in 0..<64 { signs.insert(generator.integer(in: Int.min...Int.max).signum()) }
        #expect(signs == [-1, 1])
        for _ in 0..<100 { #expect(generator.integer(in: Int.min...0) <= 0) }
    }

    @Test("integers are uniform: chi-squared of 70,000 draws over 7 values is small")
    func uniformity() {
        var generator = SeededGenerator(seed: 11)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[generator.integer(in: 0...6)] += 1 }
        let chiSquared = counts.reduce(0.0) { $0 + Double(($1 - 10_000) * ($1 - 10_000)) / 10_000 }
        #expect(chiSquared < 22.46)  // the 99.9 % point for 6 degrees of freedom
    }

    @Test("a wide range is not folded: no remainder bias in a range of three quarters of 64 bits")
    func wideRange() {
        var generator = SeededGenerator(seed: 12)
        let range = Int.min...(1 << 62) - 1  // 3 · 2^62 values
        let lowThird = Int.min + (1 << 62)
        let share = Double((0..<30_000).filter { _ in generator.integer(in: range) < lowThird }.count) / 30_000
        #expect(abs(share - 1.0 / 3) < 0.012)  // "next() % width" would give one half
    }

    @Test("uniform doubles lie in [0, 1)")
    func uniformDoubles() {
        var generator = SeededGenerator(seed: 1)
        let draws = (0..<10_000).map { _ in generator.uniform() }
        #expect(draws.allSatisfy { $0 >= 0 && $0 < 1 })
        #expect(abs(draws.reduce(0, +) / 10_000 - 0.5) < 0.012)
    }

    @Test("a split moves nothing, is named, and is not the parent's stream")
    func split() {
        let parent = SeededGenerator(seed: 9)
        var untouched = parent
        var costs = parent.split("costs")
        var prices = parent.split("prices")
        var again = parent.split("costs")
        var (a, b, c, d): ([UInt64], [UInt64], [UInt64], [UInt64]) = ([], [], [], [])
        for _ in 0..<1000 {
            a.append(costs.next())
            b.append(prices.next())
            c.append(again.next())
            d.append(untouched.next())
        }
        #expect(a == c)
        #expect(Set(a).isDisjoint(with: b) && Set(a).isDisjoint(with: d) && Set(b).isDisjoint(with: d))
        var used = parent
        #expect(d == (0..<1000).map { _ in used.next() })
        #expect(parent == SeededGenerator(seed: 9))
    }

    @Test("splits agree in half of their bits, as independent streams do")
    func splitBits() {
        let parent = SeededGenerator(seed: 10)
        var (left, right) = (parent.split("a"), parent.split("b"))
        let differing = (0..<2000).reduce(0) { sum, _ in sum + (left.next() ^ right.next()).nonzeroBitCount }
        #expect(abs(Double(differing) / 128_000 - 0.5) < 0.006)
    }
}
