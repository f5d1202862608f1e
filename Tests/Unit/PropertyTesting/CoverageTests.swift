import Determinism
import Testing

@testable import PropertyTesting

struct CoverageTests {
    /// After how many cases there is a verdict.
    private func decide(_ share: CoverageShare, truth: Double, seed: UInt64, limit: Int) -> (CoverageRequirement.Verdict, Int) {
        var random = SeededGenerator(seed: seed)
        var requirement = CoverageRequirement(share: share)
        for number in 1...limit {
            requirement.count(isHit: random.uniform() < truth)
            if requirement.verdict != .undecided { return (requirement.verdict, number) }
        }
        return (.undecided, limit)
    }

    @Test("a share that is far off is decided soon, and rightly", arguments: [1, 5, 30, 90])
    func decided(_ percent: Int) {
        let share = CoverageShare.percent(percent)
        let demanded = Double(percent) / 100
        for seed in 1...8 as ClosedRange<UInt64> {
            let low = decide(share, truth: demanded / 3, seed: seed, limit: 20_000)
            #expect(low.0 == .failed, "\(low)")
            let high = decide(share, truth: min(1, demanded * 2), seed: seed, limit: 20_000)
            #expect(high.0 == .met, "\(high)")
        }
        #expect(decide(share, truth: 0, seed: 1, limit: 20_000).0 == .failed)
        #expect(decide(share, truth: 1, seed: 1, limit: 20_000).0 == .met)
    }

    @Test("a share of exactly what is demanded is never called too small, however long one looks")
    func noFalseAlarm() {
        for percent in [1, 5, 50, 99] {
            for seed in 1...10 as ClosedRange<UInt64> {
                let verdict = decide(.percent(percent), truth: Double(percent) / 100, seed: seed, limit: 3000).0
                #expect(verdict != .failed)
            }
        }
    }

    @Test("the probability of a false alarm, computed exactly over all runs of 300 cases, is at most one in a million")
    func exactFalseAlarm() {
        for percent in [2, 10, 50, 95] {
            let truth = Double(percent) / 100
            let requirement = CoverageRequirement(share: .percent(percent))
            // The probability of each count of hits among runs that were not stopped.
            var alive = [1.0]
            var alarm = 0.0
            for cases in 1...300 {
                var next = [Double](repeating: 0, count: cases + 1)
                for (hits, probability) in alive.enumerated() {
                    next[hits] += probability * (1 - truth)
                    next[hits + 1] += probability * truth
                }
                for hits in next.indices where next[hits] > 0 && Double(hits) < truth * Double(cases) {
                    if requirement.verdict(cases: cases, hits: hits) == .failed {
                        alarm += next[hits]
                        next[hits] = 0
                    }
                }
                alive = next
            }
            #expect(alarm <= 1e-6, "\(percent) %: \(alarm)")
            // At 2 % not even 300 cases without a hit are so improbable.
            #expect(alarm > 0 || percent == 2, "it never fails at all")
        }
    }

    @Test("shares at the ends are decided without a trap")
    func ends() {
        #expect(CoverageRequirement(share: .percent(0)).verdict == .met)
        #expect(CoverageShare(-3, of: 0) == CoverageShare(0, of: 1))
        #expect(CoverageShare(7, of: 5) == CoverageShare(5, of: 5))
        var all = CoverageRequirement(share: .percent(100))
        all.count(isHit: true)
        #expect(all.verdict == .undecided)
        all.count(isHit: false)
        #expect(all.verdict == .failed)
        #expect(CoverageShare.percent(5).description == "5 %" && CoverageShare(1, of: 3).description == "1/3")
        #expect(CoverageRequirement.extendedCases(100) == 10_000 && CoverageRequirement.extendedCases(.max) == .max)
    }

    @Test("the requirements of a run are counted by label, once for each case")
    func tally() {
        var tally = CoverageTally()
        #expect(tally.verdict == .met)
        for number in 0..<400 {
            tally.count([
                CoverageObservation(label: "even", share: .percent(20), isHit: number % 2 == 0),
                CoverageObservation(label: "even", share: .percent(20), isHit: false),
                CoverageObservation(label: "rare", share: .percent(20), isHit: false),
            ])
            if number == 0 { #expect(tally.verdict == .undecided) }
        }
        #expect(tally.entries.map(\.label) == ["even", "rare"])
        #expect(tally.entries.map(\.requirement.hits) == [200, 0] && tally.entries.map(\.requirement.cases) == [400, 400])
        #expect(tally.entries.map(\.requirement.verdict) == [.met, .failed] && tally.verdict == .failed)
        for number in 0..<300 { tally.count([CoverageObservation(label: "\(number)", share: .percent(1), isHit: true)]) }
        #expect(tally.isTruncated && tally.entries.count == CoverageTally.maximumRequirements)
    }

    @Test("logarithms are within their bounds")
    func logarithms() {
        #expect(FixedLogarithm.lower(1 << 20) == 20 << 32 && FixedLogarithm.upper(1 << 20) == 20 << 32)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2000 {
            let value = random.next() >> (random.next() % 63)
            let (low, high) = (FixedLogarithm.lower(max(1, value)), FixedLogarithm.upper(max(1, value)))
            // x^2 doubles the logarithm exactly; compare with the double's exponent for a coarse check.
            #expect(low <= high && low >> 32 == Int64(63 - max(1, value).leadingZeroBitCount))
        }
        // log2(3) = 1.584962500721156…
        #expect(abs(Double(FixedLogarithm.lower(3)) / 0x1p32 - 1.584962500721156) < 1e-9)
    }

    @Test("a case keeps what it says about coverage, and the next one begins anew")
    func draws() {
        let draws = Draws()
        draws.begin(seed: 1)
        draws.cover("even", atLeast: .percent(30), when: true)
        #expect(draws.coverage == [CoverageObservation(label: "even", share: .percent(30), isHit: true)])
        for _ in 0..<1000 { draws.cover("x", atLeast: .percent(1), when: false) }
        #expect(draws.coverage.count == Draws.maximumNotes)
        draws.begin(seed: 2)
        #expect(draws.coverage.isEmpty)
    }

    @Test("exact intervals have their published values, and hold the truth as often as they say")
    func intervals() {
        func close(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 5e-5 }
        let three = BinomialInterval(hits: 3, of: 100)
        #expect(close(three.lower, 0.0062) && close(three.upper, 0.0852), "\(three)")
        let half = BinomialInterval(hits: 5, of: 10)
        #expect(close(half.lower, 0.1871) && close(half.upper, 0.8129), "\(half)")
        #expect(BinomialInterval(hits: 0, of: 0) == BinomialInterval(hits: 9, of: 0))
        #expect(BinomialInterval(hits: 0, of: 0).lower == 0 && BinomialInterval(hits: 0, of: 0).upper == 1)
        #expect(BinomialInterval(hits: 10, of: 10).upper == 1 && BinomialInterval(hits: 0, of: 10).lower == 0)
        let many = BinomialInterval(hits: 400_000, of: 1_000_000)
        #expect(abs(many.lower - 0.39904) < 1e-4 && abs(many.upper - 0.40096) < 1e-4, "\(many)")
    }

    @Test("the failure bound is the rule of three")
    func ruleOfThree() {
        #expect(abs(ResidualRisk.failureBound(cases: 100) - 0.029513) < 1e-5)
        #expect(abs(ResidualRisk.failureBound(cases: 1_000_000) - 2.9957e-6) < 1e-9)
        #expect(ResidualRisk.failureBound(cases: 0) == 1)
    }

    @Test("the chance of something new is within a factor of two of the truth, on distributions of very different shapes")
    func calibrated() {
        let shapes: [(String, [Double])] = [
            ("even", [Double](repeating: 1, count: 2000)), ("Zipf", (1...5000).map { 1 / Double($0) }),
            ("steep", (1...5000).map { 1 / (Double($0) * Double($0).squareRoot()) }),
            ("two kinds", [Double](repeating: 50, count: 20) + [Double](repeating: 1, count: 3000)),
        ]
        for (name, weights) in shapes {
            let total = weights.reduce(0, +)
            for (seed, cases) in [(1, 300), (2, 1000), (3, 3000)] as [(UInt64, Int)] {
                var random = SeededGenerator(seed: seed)
                var risk = ResidualRisk()
                var seen: Set<Int> = []
                for _ in 0..<cases {
                    var features: [UInt64] = []
                    for _ in 0..<2 {
                        var rest = random.uniform() * total
                        var kind = 0
                        while kind < weights.count - 1, rest >= weights[kind] {
                            rest -= weights[kind]
                            kind += 1
                        }
                        seen.insert(kind)
                        features.append(UInt64(kind))
                    }
                    risk.count(features: features)
                }
                let missing = weights.indices.reduce(0.0) { seen.contains($1) ? $0 : $0 + weights[$1] / total }
                // Two features a case.
                let truth = 1 - (1 - missing) * (1 - missing)
                let estimate = risk.newFeature ?? 0
                #expect(estimate < 2 * truth && estimate > truth / 2, "\(name), \(cases) cases: \(estimate), in truth \(truth)")
                #expect(risk.featureCount == seen.count)
            }
        }
    }

    @Test("without cases or features nothing is estimated, and features beyond the limit are said to be left out")
    func limits() {
        var risk = ResidualRisk()
        #expect(risk.newFeature == nil)
        risk.count(features: [])
        #expect(risk.newFeature == nil && risk.cases == 1)
        risk.count(features: [1, 1, 2])
        #expect(risk.newFeature == 0.5)
        risk.count(features: [1, 2])
        #expect(risk.newFeature == 0)
        risk.count(features: 0...UInt64(ResidualRisk.maximumFeatures))
        #expect(risk.isTruncated && risk.featureCount == ResidualRisk.maximumFeatures)
    }
}
