import Determinism
import DomainGenerators
import Testing

@testable import PropertyTesting

/// What the generators of domain values promise, held by properties; and that what they are made for really comes up.
struct DomainGeneratorsTests {
    private func samples<Value>(_ generator: Gen<Value>, _ count: Int = 1000) -> [Value] {
        let draws = Draws()
        return (0..<UInt64(count)).map { number in
            draws.begin(seed: number)
            return generator(draws)
        }
    }

    private func simplest<Value>(_ generator: Gen<Value>) -> Value {
        let draws = Draws()
        draws.begin(seed: 0, tail: .simplest)
        return generator(draws)
    }

    private func minimum<Value>(_ generator: Gen<Value>, seed: UInt64 = 1, holds: @escaping (Value) -> Bool) -> Value? {
        guard
            case .falsified(let value, _, _) = PropertyEngine.run(
                PropertySettings(cases: 3000, seed: seed), generate: generator.body, holds: holds
            ).outcome
        else { return nil }
        return value
    }

    // MARK: Prices

    @Test("prices are finite, above zero and as many as asked for")
    func prices() throws {
        for extremes in [false, true] {
            try checkProperty(seed: 1, cases: 300) { draws in
                draws.draw(.priceSeries(count: 5...60, extremes: extremes))
            } holds: { prices in
                (5...60).contains(prices.count) && prices.allSatisfy { $0 > 0 && $0.isFinite }
                    && (extremes || prices.allSatisfy { (PriceSeries.lowest...PriceSeries.highest).contains($0) })
            }
        }
        #expect(simplest(.priceSeries(count: 3...9)) == [100, 100, 100])
    }

    @Test("flat stretches, jumps and extreme prices come up")
    func priceKinds() {
        let all = samples(.priceSeries(count: 20...100, extremes: true), 400)
        #expect(all.contains { prices in zip(prices, prices.dropFirst(5)).contains { $0 == $1 } })
        #expect(all.contains { prices in zip(prices, prices.dropFirst()).contains { $1 / $0 > 3 } })
        #expect(all.contains { prices in zip(prices, prices.dropFirst()).contains { $1 / $0 < 0.3 } })
        #expect(all.contains { $0.contains(1e300) } && all.contains { $0.contains(.leastNormalMagnitude) })
        let walks = samples(.priceSeries(count: 50...50), 200)
        #expect(walks.contains { prices in zip(prices, prices.dropFirst()).allSatisfy { abs($1 / $0 - 1) < 0.0501 } })
    }

    @Test("a series that rises shrinks to two prices")
    func priceMinimum() {
        let lengths = (1...20).map { seed in
            minimum(.priceSeries(), seed: seed) { prices in zip(prices, prices.dropFirst()).allSatisfy { $0 >= $1 } }?.count ?? 99
        }
        // Not all: the number of prices is drawn before the stretches they come in, and some runs end where neither can go alone.
        #expect(lengths.filter { $0 <= 3 }.count >= 16, "\(lengths)")
    }

    // MARK: Bars

    @Test("bars are consistent and in order of time")
    func bars() throws {
        try checkProperty(seed: 2, cases: 400) { draws in
            draws.draw(.ohlcBars(count: 0...50))
        } holds: { bars in
            bars.allSatisfy(\.isConsistent) && zip(bars, bars.dropFirst()).allSatisfy { $0.start < $1.start }
        }
        let first = simplest(.ohlcBars(count: 1...5))
        #expect(first.map(\.start.rfc3339) == ["2000-01-03T14:30:00Z"] && first[0].isConsistent)
        #expect(first[0].open == 100 && first[0].high == 100 && first[0].low == 100 && first[0].close == 100 && first[0].volume == 0)
    }

    @Test("missing intervals, overnight gaps, bars without range and bars without volume come up")
    func barKinds() {
        let all = samples(.ohlcBars(count: 20...50), 300)
        let minute: Int64 = 60_000_000_000
        #expect(all.contains { bars in zip(bars, bars.dropFirst()).contains { $1.start.nanoseconds(since: $0.start) > minute } })
        #expect(all.contains { bars in zip(bars, bars.dropFirst()).contains { $0.close != $1.open } })
        #expect(all.contains { $0.contains { $0.high == $0.low } } && all.contains { $0.contains { $0.volume == 0 } })
        #expect(all.contains { $0.contains { $0.high > max($0.open, $0.close) && $0.low < min($0.open, $0.close) } })
        let regular = samples(.ohlcBars(count: 20...50, gaps: false), 50)
        #expect(regular.allSatisfy { bars in zip(bars, bars.dropFirst()).allSatisfy { $1.start.nanoseconds(since: $0.start) == minute } })
    }

    @Test("a check on bars knows an impossible bar")
    func inconsistentBars() {
        let good = OHLCBar(start: .epoch, open: 2, high: 3, low: 1, close: 2, volume: 0)
        #expect(good.isConsistent)
        var bar = good
        bar.high = 1.5
        #expect(!bar.isConsistent)
        bar = good
        bar.low = 2.5
        #expect(!bar.isConsistent)
        bar = good
        bar.volume = -1
        #expect(!bar.isConsistent)
    }

    // MARK: Graphs

    @Test("edges lead forwards in the order given, are distinct and within the nodes")
    func graphs() throws {
        try checkProperty(seed: 3, cases: 500) { draws in
            draws.draw(.directedAcyclicGraph(nodes: 0...15))
        } holds: { graph in
            var rank = [Int](repeating: -1, count: graph.nodeCount)
            for (position, node) in graph.order.enumerated() { rank[node] = position }
            return graph.order.count == graph.nodeCount && !rank.contains(-1)
                && graph.edges.allSatisfy { rank[$0.from] < rank[$0.to] } && Set(graph.edges).count == graph.edges.count
                && graph.edges == graph.edges.sorted() && graph.successors.map(\.count).reduce(0, +) == graph.edges.count
        }
    }

    @Test("chains, stars, dense and empty graphs come up, and numbers do not follow the order")
    func graphKinds() {
        let all = samples(.directedAcyclicGraph(nodes: 0...8), 1500)
        #expect(all.contains { $0.nodeCount == 0 } && all.contains { $0.nodeCount == 8 && $0.edges.isEmpty })
        #expect(all.contains { $0.nodeCount == 8 && $0.edges.count == 28 })
        #expect(all.contains { $0.nodeCount == 8 && $0.edges.count == 7 && $0.successors.map(\.count).max() == 7 })
        #expect(all.contains { $0.nodeCount == 8 && $0.edges.count == 7 && $0.successors.allSatisfy { $0.count <= 1 } })
        #expect(all.contains { $0.edges.contains { $0.from > $0.to } })
        let found = minimum(.directedAcyclicGraph()) { $0.edges.isEmpty }
        #expect(found?.nodeCount == 2 && found?.edges == [.init(from: 0, to: 1)] && found?.order == [0, 1])
    }

    // MARK: Covariances

    @Test("covariance matrices are symmetric and positive semi-definite")
    func covariances() throws {
        try checkProperty(seed: 4, cases: 500) { draws in
            (draws.draw(.covarianceMatrix(size: 1...6)), draws.draw(.array(of: .int(in: -9...9), count: 6)))
        } holds: { matrix, numbers in
            let vector = numbers.prefix(matrix.size).map(Double.init)
            // Rounding is relative to the largest term.
            let scale = (matrix.elements.map(abs).max() ?? 0) * Double(81 * 36)
            let isSymmetric = (0..<matrix.size).allSatisfy { row in (0..<row).allSatisfy { matrix[row, $0] == matrix[$0, row] } }
            return isSymmetric && matrix.quadraticForm(vector) >= -1e-12 * scale && (0..<matrix.size).allSatisfy { matrix[$0, $0] >= 0 }
        }
    }

    @Test("regular, singular and nearly singular matrices come up")
    func covarianceKinds() {
        let all = samples(.covarianceMatrix(size: 2...5), 600)
        #expect(
            all.contains { !$0.hasOwnVariances && $0.factorCount < $0.size }
                && all.contains { $0.hasOwnVariances && $0.factorCount == $0.size })
        let hasTwins = all.contains { matrix in
            (1..<matrix.size).contains { row in (0..<matrix.size).allSatisfy { matrix[row, $0] == matrix[0, $0] } } && matrix[0, 0] > 0
        }
        #expect(hasTwins)
        let isLarge = all.contains { matrix in (0..<matrix.size).contains { matrix[$0, $0] > 1e6 } }
        #expect(isLarge)
        #expect(simplest(.covarianceMatrix()).elements == [0])
    }

    // MARK: Daylight saving

    @Test(
        "changes of clocks are where the rules put them",
        arguments: [
            (DaylightSavingRule.europeanUnion, 2024, true, 1, "2024-03-31T01:00:00Z"),
            (.europeanUnion, 2024, false, 1, "2024-10-27T01:00:00Z"),
            (.europeanUnion, 2023, true, 0, "2023-03-26T01:00:00Z"), (.europeanUnion, 2027, false, 2, "2027-10-31T01:00:00Z"),
            (.unitedStates, 2024, true, -5, "2024-03-10T07:00:00Z"), (.unitedStates, 2024, false, -5, "2024-11-03T06:00:00Z"),
            (.unitedStates, 2026, true, -8, "2026-03-08T10:00:00Z"), (.unitedStates, 2026, false, -8, "2026-11-01T09:00:00Z"),
            (.unitedStates, 2015, true, -6, "2015-03-08T08:00:00Z"), (.unitedStates, 2015, false, -6, "2015-11-01T07:00:00Z"),
        ])
    func transitions(_ rule: DaylightSavingRule, _ year: Int, _ isStart: Bool, _ hours: Int, _ expected: String) {
        #expect(rule.transition(year: year, isStart: isStart, standard: UTCOffset(hours: hours)).rfc3339 == expected)
    }

    @Test("clocks jump by an hour at a change, and a folded time comes twice")
    func moments() throws {
        let hour: Int64 = 3_600_000_000_000
        try checkProperty(seed: 5, cases: 2000) { draws in
            draws.draw(.daylightSavingMoment())
        } holds: { moment in
            let rule = moment.rule
            let before = rule.offset(at: moment.transition.advanced(byNanoseconds: -1), standard: moment.standard)
            let after = rule.offset(at: moment.transition, standard: moment.standard)
            guard after.seconds - before.seconds == (moment.isStart ? 3600 : -3600) else { return false }
            // The twin of a folded time lies an hour away and looks the same.
            func local(_ instant: Instant) -> Instant {
                instant.advanced(byNanoseconds: Int64(rule.offset(at: instant, standard: moment.standard).seconds) * 1_000_000_000)
            }
            let hasTwin = [-hour, hour].contains { local(moment.instant.advanced(byNanoseconds: $0)) == moment.local }
            return hasTwin == moment.isFolded && abs(moment.instant.nanoseconds(since: moment.transition)) <= 48 * hour
        }
    }

    @Test("moments come up on both sides of both changes, at the very change, and under both rules")
    func momentKinds() {
        let all = samples(.daylightSavingMoment(), 2000)
        for rule in DaylightSavingRule.allCases {
            for isStart in [true, false] {
                let some = all.filter { $0.rule == rule && $0.isStart == isStart }
                #expect(
                    some.contains { $0.instant == $0.transition } && some.contains { $0.instant.nanoseconds(since: $0.transition) == -1 })
                #expect(some.contains { $0.instant > $0.transition } && some.contains { $0.instant < $0.transition })
            }
        }
        #expect(all.contains { $0.isFolded })
        #expect(simplest(.daylightSavingMoment()).instant.rfc3339 == "2007-03-25T01:00:00Z")
    }
}
