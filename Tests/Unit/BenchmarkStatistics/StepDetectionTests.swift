import Determinism
import Testing

@testable import BenchmarkStatistics

#if canImport(Glibc)
    import Glibc
#endif

struct StepDetectionTests {
    /// A history of levels, each for so many commits, under bell-shaped noise.
    private func history(_ levels: [(count: Int, level: Double)], noise: Double, seed: UInt64, outliers: Double = 0) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return levels.flatMap { level in
            (0..<level.count).map { _ -> Double in
                let bell = (-2 * log(1 - generator.uniform())).squareRoot() * cos(2 * .pi * generator.uniform())
                let wild = outliers > 0 && generator.uniform() < outliers
                return level.level * exp(noise * bell * (wild ? 6 : 1))
            }
        }
    }

    @Test("a step of 5 % in 40 points of 1.5 % noise is found where it is, with its size, up and down", arguments: [1.05, 1 / 1.05])
    func one(ratio: Double) throws {
        var exact = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            let steps = StepDetection().steps(in: history([(22, 250), (18, 250 * ratio)], noise: 0.015, seed: seed))
            let step = try #require(steps.count == 1 ? steps.first : nil, "seed \(seed): \(steps)")
            #expect(abs(step.index - 22) <= 3, "seed \(seed)")
            #expect(abs(step.ratio / ratio - 1) < 0.025 && step.p <= 0.001, "seed \(seed): \(step)")
            #expect(abs(step.after / step.before - step.ratio) < 1e-12)
            if step.index == 22 { exact += 1 }
        }
        #expect(exact > 140)
    }

    @Test("two steps are found, also where the level comes back and halving the whole shows nothing")
    func two() {
        var bumps = 0
        for seed in 1...200 as ClosedRange<UInt64> {
            let stairs = StepDetection().steps(in: history([(14, 100), (13, 105), (13, 112)], noise: 0.012, seed: seed))
            #expect(stairs.count == 2, "seed \(seed): \(stairs)")
            let bump = StepDetection().steps(in: history([(25, 100), (10, 106), (25, 100)], noise: 0.015, seed: seed))
            if bump.count == 2, bump[0].ratio > 1, bump[1].ratio < 1 { bumps += 1 }
        }
        #expect(bumps >= 195)
    }

    @Test("noise alone shows a step in no more histories than is promised", arguments: [(12, 1000), (40, 1000), (150, 100)])
    func silence(count: Int, histories: UInt64) {
        // Without a least change: the test alone keeps its promise. Of 1,000 histories at 1 %, 10 are expected at most; 20 is beyond chance.
        let strict = StepDetection(significance: 0.01, leastChange: 0)
        let found = (1...histories).count { !strict.steps(in: history([(count, 70)], noise: 0.015, seed: $0)).isEmpty }
        #expect(found <= 20 * histories / 1000 + 1, "\(found) of \(histories)")
        let usual = StepDetection()
        let usually = (1...histories).count {
            !usual.steps(in: history([(count, 70)], noise: 0.015, seed: $0 &+ 5000, outliers: 0.05)).isEmpty
        }
        #expect(usually <= 3 * histories / 1000, "\(usually) of \(histories)")
    }

    @Test("a unit of time changes no step, and a history read backwards has its steps mirrored")
    func symmetry() {
        let plain = history([(20, 100), (20, 108)], noise: 0.01, seed: 3)
        let one = StepDetection().steps(in: plain)
        #expect(one.count == 1)
        let scaled = StepDetection().steps(in: plain.map { $0 * 1024 })
        #expect(scaled.map(\.index) == one.map(\.index))
        let back = StepDetection().steps(in: plain.reversed())
        #expect(back.map { plain.count - $0.index } == one.map(\.index))
        #expect(StepDetection().steps(in: plain) == one)
    }

    @Test("smaller steps than asked for are not shown, and an outlier is no step")
    func size() {
        let small = history([(100, 100), (100, 101)], noise: 0.003, seed: 5)
        #expect(StepDetection().steps(in: small).isEmpty)
        #expect(StepDetection(leastChange: 0.005).steps(in: small).count == 1)
        var wild = history([(40, 100)], noise: 0.01, seed: 6)
        wild[17] = 180
        wild[18] = 175
        #expect(StepDetection().steps(in: wild).isEmpty)
    }

    @Test("figures that repeat exactly are levels, values that are none are passed over, and little history has no steps")
    func edges() {
        let exact = Array(repeating: 12.0, count: 6) + Array(repeating: 13.0, count: 5)
        #expect(StepDetection().steps(in: exact).map(\.index) == [6])
        let holes = exact.flatMap { [$0, .nan, 0, -1, .infinity] }
        #expect(StepDetection().steps(in: holes).map(\.index) == [30])
        #expect(StepDetection().steps(in: []).isEmpty)
        #expect(StepDetection().steps(in: Array(exact.dropFirst(4).dropLast(1))).isEmpty)
        #expect(StepDetection(leastLevel: -4).steps(in: [1, 1, 2, 2]).count == 1)
    }

    @Test("of a very long history the newest points count, at indices of the whole")
    func long() {
        let values = Array(repeating: 50.0, count: 3000) + history([(1000, 100), (1000, 107)], noise: 0.01, seed: 8)
        #expect(StepDetection().steps(in: values).map(\.index) == [4000])
    }
}
