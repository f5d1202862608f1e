import DataGenerators
import Testing

@testable import Indicators

@Suite("EMA")
struct EMATests {
    @Test("of period 3 from its first value is the textbook's halving")
    func firstValue() throws {
        let series = try EMA.series([2, 4, 8, 0], period: 3, seeding: .firstValue)
        #expect(series.optionals == [2, 3, 5.5, 2.75])
        #expect(series.definedFrom == 0)
    }

    @Test("from a simple mean is undefined until there are n bars, and never NaN or 0 there")
    func simpleMean() throws {
        let series = try EMA.series([1, 2, 6, 5], period: 3, seeding: .simpleMean)
        #expect(series.optionals == [nil, nil, 3, 4])
        #expect(series.definedFrom == 2)
        #expect(series.definedCount == 2)
        var ema = try EMA(period: 3, seeding: .simpleMean)
        #expect(ema.definedFrom == 2)
        #expect(try ema.push(1) == nil)
    }

    @Test("of too few bars is defined nowhere")
    func tooShort() throws {
        let series = try EMA.series([1, 2], period: 3, seeding: .simpleMean)
        #expect(series.optionals == [nil, nil])
        #expect(series.definedFrom == nil)
        #expect(try EMA.series([], period: 3, seeding: .simpleMean).count == 0)
        #expect(try EMA.series([], period: 3, seeding: .firstValue).definedFrom == nil)
    }

    @Test("of period 1 is its input", arguments: EMASeeding.allCases)
    func periodOne(seeding: EMASeeding) throws {
        #expect(try EMA.series([3, -1, 0.1], period: 1, seeding: seeding).optionals == [3, -1, 0.1])
    }

    @Test("refuses periods below 1 and above the limit", arguments: [0, -1, Int.min, 1_000_001, Int.max])
    func periods(period: Int) {
        #expect(throws: IndicatorError.periodOutOfRange(parameter: "period", period: period)) {
            try EMA(period: period, seeding: .firstValue)
        }
    }

    @Test("takes the longest period that the limit allows")
    func longestPeriod() throws {
        #expect(try EMA(period: IndicatorLimits.maximumPeriod, seeding: .simpleMean).definedFrom == 999_999)
    }

    @Test("the largest input is 1e300, and no larger one is taken")
    func largestInput() throws {
        #expect(try EMA.series([1e300], period: 3, seeding: .firstValue)[0] == 1e300)
        #expect(throws: IndicatorError.self) { try EMA.series([1.000005e300], period: 3, seeding: .firstValue) }
    }

    @Test("after a reset is as if no bar had come, but for the bars that were counted")
    func resetIsTheBeginning() throws {
        let fresh = try EMA(period: 3, seeding: .firstValue, policy: .restart)
        var untouched = fresh
        untouched.reset()
        #expect(untouched == fresh)
        var used = fresh
        _ = try used.push(7)
        used.reset()
        // A bad input restarts as well, and counts one bar as well.
        var restarted = fresh
        _ = try restarted.push(.nan)
        #expect(used == restarted)
        #expect(used != fresh)
    }

    @Test("undefined bars of a whole series hold the same as those of one made bar by bar, whatever stood in memory")
    func undefinedBars() throws {
        let xs = (0..<200).map { 100 + Double($0 % 7) }
        for _ in 0..<50 {
            do {
                let litter = [Double](repeating: 3.5, count: xs.count)
                withExtendedLifetime(litter) {}
            }
            let series = try EMA.series(xs, period: 130, seeding: .simpleMean)
            var single = try EMA(period: 130, seeding: .simpleMean)
            var expected = IndicatorSeries(capacity: xs.count)
            for x in xs { expected.append(try single.push(x)) }
            #expect(series == expected)
        }
    }

    @Test("refuses an input that is not finite, names its index, and goes on as if it had not come")
    func refuse() throws {
        for bad in [Double.nan, .infinity, -.infinity, 1.1e300] {
            #expect(throws: IndicatorError.unusableInput(index: 2, value: "\(bad)")) {
                try EMA.series([1, 2, bad, 4], period: 3, seeding: .firstValue)
            }
            var ema = try EMA(period: 3, seeding: .firstValue)
            _ = try ema.push(2)
            let before = ema
            #expect(throws: IndicatorError.self) { try ema.push(bad) }
            #expect(ema == before)
            #expect(try ema.push(4) == 3)
        }
    }

    @Test("skips or restarts at a bad input where that is asked for")
    func policies() throws {
        let xs = [1, 3, .nan, 5, 7]
        #expect(try EMA.series(xs, period: 3, seeding: .firstValue, policy: .skip).optionals == [1, 2, nil, 3.5, 5.25])
        #expect(try EMA.series(xs, period: 3, seeding: .firstValue, policy: .restart).optionals == [1, 2, nil, 5, 6])
        #expect(try EMA.series(xs, period: 2, seeding: .simpleMean, policy: .restart).optionals == [nil, 2, nil, nil, 6])
    }

    @Test("of a flat series is that value, to the bit", arguments: [3, 5, 7, 12, 26, 49, 1000])
    func flat(period: Int) throws {
        for value in [0.1, 1.0 / 3, 99.99, 1e-300, 1e300, -7.7, 0] {
            for seeding in EMASeeding.allCases {
                let series = try EMA.series([Double](repeating: value, count: 2 * period), period: period, seeding: seeding)
                #expect(series.optionals.allSatisfy { $0 == nil || $0 == value })
                #expect(series.definedCount == (seeding == .firstValue ? 2 * period : period + 1))
            }
        }
    }

    @Test("stays within 4e-16 relative of exact fractions")
    func exactOracle() throws {
        let texts = ["100.5", "99.25", "101.125", "0.0001", "250", "99.99", "100", "3.5", "77.77", "100.01", "12", "13.25"]
        let exact = GoldenMACD.average(try texts.map { try #require(ExactRational(decimal: $0)) }, period: 12)
        let series = try EMA.series(texts.compactMap(Double.init), period: 12, seeding: .firstValue)
        for (bar, truth) in exact.enumerated() {
            let value = try #require(series[bar])
            let got = try #require(ExactRational(exactly: value))
            #expect((got - truth).magnitude < truth.magnitude * ExactRational(4, 10_000_000_000_000_000))
        }
    }

    @Test("begins anew after a reset")
    func reset() throws {
        var ema = try EMA(period: 5, seeding: .simpleMean)
        for x in [1, 2, 3, 4, 5, 6] as [Double] { _ = try ema.push(x) }
        ema.reset()
        #expect(try ([9, 8, 7, 6, 5] as [Double]).map { try ema.push($0) } == [nil, nil, nil, nil, 7])
    }
}

@Suite("An indicator's series")
struct IndicatorSeriesTests {
    @Test("built from a prefix length or bar by bar is the same", arguments: [0, 1, 63, 64, 65, 128, 130, 200])
    func twoWays(count: Int) {
        for first in Set([0, 1, 63, 64, 65, 127, 129, count]) where first <= count {
            let values = (0..<count).map { $0 < first ? 0 : Double($0) + 1 }
            var pushed = IndicatorSeries(capacity: 0)
            for bar in 0..<count { pushed.append(bar < first ? nil : Double(bar) + 1) }
            let whole = IndicatorSeries(values: values, definedFrom: first)
            #expect(whole == pushed)
            #expect(whole.definedFrom == (first < count ? first : nil))
            #expect(whole.definedCount == count - first)
        }
    }
}
