import DataGenerators
import StrictDocuments
import Testing

@testable import Indicators

@Suite("MACD")
struct MACDTests {
    @Test("gives the five golden rows, rounded half to even")
    func goldenRows() throws {
        let series = try MACD.series([100, 101, 102, 101.5, 102.2], seeding: .firstValue)
        let table = try CSVTable.read(try GoldenMACD.csv(), file: "golden.csv")
        for bar in 0..<5 {
            let point = series[bar]
            let figures = [point.fast, point.slow, point.macd, point.signal, point.histogram].map {
                $0.flatMap { DecimalText.fixed($0, places: 6) } ?? "undefined"
            }
            #expect(figures == Array(table.rows[bar][2...]))
        }
        #expect(table.rows[4][4...] == ["0.395573", "0.161906", "0.233667"])
    }

    @Test("seeded by means follows the textbook: each average alone, the signal by the mean of the first macd values")
    func textbook() throws {
        let xs = (0..<60).map { 100 + Double(($0 * 37) % 23) / 4 }
        let series = try MACD.series(xs, fast: 5, slow: 8, signal: 4, seeding: .simpleMean)
        #expect(series.fast.definedFrom == 4)
        #expect(series.slow.definedFrom == 7)
        #expect(series.macd.definedFrom == 7)
        #expect(series.signal.definedFrom == 10)
        #expect(series.histogram.definedFrom == 10)
        // By hand, in the plain form of the recurrence.
        func plain(_ xs: [Double], _ n: Int) -> [Double] {
            var averages = [xs[..<n].reduce(0, +) / Double(n)]
            for x in xs[n...] { averages.append(averages[averages.count - 1] + 2 / Double(n + 1) * (x - averages[averages.count - 1])) }
            return averages
        }
        let macd = zip(plain(xs, 5).dropFirst(3), plain(xs, 8)).map { $0 - $1 }
        let signal = plain(macd, 4)
        for bar in 7..<60 { #expect(abs(try #require(series.macd[bar]) - macd[bar - 7]) < 1e-12) }
        for bar in 10..<60 {
            #expect(abs(try #require(series.signal[bar]) - signal[bar - 10]) < 1e-12)
            #expect(series.histogram[bar] == (try #require(series.macd[bar])) - (try #require(series.signal[bar])))
        }
    }

    @Test("with the default periods is defined from bar 25, its signal from bar 33")
    func definedFrom() throws {
        let macd = try MACD(seeding: .simpleMean)
        #expect(macd.macdDefinedFrom == 25)
        #expect(macd.signalDefinedFrom == 33)
        #expect((macd.fastPeriod, macd.slowPeriod, macd.signalPeriod) == (12, 26, 9))
        let series = try MACD.series((0..<40).map(Double.init), seeding: .simpleMean)
        #expect(series.macd.definedFrom == 25)
        #expect(series.signal.definedFrom == 33)
        let short = try MACD.series((0..<30).map(Double.init), seeding: .simpleMean)
        #expect(short.signal.definedFrom == nil)
        #expect(short.macd.definedFrom == 25)
        #expect(try MACD.series([], seeding: .simpleMean).count == 0)
    }

    @Test("refuses wrong periods, naming the parameter")
    func periods() {
        #expect(throws: IndicatorError.fastNotBelowSlow(fast: 26, slow: 26)) { try MACD(fast: 26, seeding: .firstValue) }
        #expect(throws: IndicatorError.fastNotBelowSlow(fast: 27, slow: 26)) { try MACD(fast: 27, seeding: .firstValue) }
        #expect(throws: IndicatorError.periodOutOfRange(parameter: "fast", period: 0)) { try MACD(fast: 0, seeding: .firstValue) }
        #expect(throws: IndicatorError.periodOutOfRange(parameter: "slow", period: -2)) { try MACD(slow: -2, seeding: .firstValue) }
        #expect(throws: IndicatorError.periodOutOfRange(parameter: "signal", period: 0)) { try MACD(signal: 0, seeding: .firstValue) }
    }

    @Test("follows the policy for inputs that are not finite")
    func policies() throws {
        let xs = [1, 2, .infinity, 4, 5, 6]
        #expect(throws: IndicatorError.unusableInput(index: 2, value: "inf")) { try MACD.series(xs, seeding: .firstValue) }
        let skipped = try MACD.series(xs, fast: 2, slow: 3, signal: 2, seeding: .firstValue, policy: .skip)
        let without = try MACD.series([1, 2, 4, 5, 6], fast: 2, slow: 3, signal: 2, seeding: .firstValue)
        #expect(skipped.signal[2] == nil && skipped.macd[2] == nil && skipped.fast[2] == nil)
        #expect(skipped.signal[5] == without.signal[4])
        let restarted = try MACD.series(xs, fast: 2, slow: 3, signal: 2, seeding: .firstValue, policy: .restart)
        let after = try MACD.series([4, 5, 6], fast: 2, slow: 3, signal: 2, seeding: .firstValue)
        #expect(restarted.signal[5] == after.signal[2])
        #expect(restarted.histogram[3] == 0)
    }

    @Test("after a reset is as if no bar had come, but for the bars that were counted")
    func resetIsTheBeginning() throws {
        let fresh = try MACD(fast: 2, slow: 3, signal: 2, seeding: .firstValue, policy: .restart)
        var used = fresh
        _ = try used.push(7)
        used.reset()
        var restarted = fresh
        _ = try restarted.push(.infinity)
        #expect(used == restarted)
        #expect(used != fresh)
    }

    @Test("undefined bars of whole series hold the same as those of series made bar by bar, whatever stood in memory")
    func undefinedBars() throws {
        let xs = (0..<120).map { 100 + Double(($0 * 37) % 23) }
        for _ in 0..<50 {
            do {
                let litter = (0..<8).map { _ in [Double](repeating: 3.5, count: xs.count) }
                withExtendedLifetime(litter) {}
            }
            let series = try MACD.series(xs, fast: 40, slow: 66, signal: 9, seeding: .simpleMean)
            var single = try MACD(fast: 40, slow: 66, signal: 9, seeding: .simpleMean)
            var (macd, signal, histogram) = (IndicatorSeries(capacity: 0), IndicatorSeries(capacity: 0), IndicatorSeries(capacity: 0))
            for x in xs {
                let point = try single.push(x)
                macd.append(point.macd)
                signal.append(point.signal)
                histogram.append(point.histogram)
            }
            #expect(series.macd == macd && series.signal == signal && series.histogram == histogram)
        }
    }

    @Test("stays finite at the largest inputs that are taken")
    func extremes() throws {
        let xs = (0..<80).map { $0 % 2 == 0 ? 1e300 : -1e300 }
        for seeding in EMASeeding.allCases {
            let series = try MACD.series(xs, fast: 1, slow: 2, signal: 1, seeding: seeding)
            #expect(series.histogram.optionals.allSatisfy { $0?.isFinite ?? true })
            #expect(series.macd.optionals.allSatisfy { $0?.isFinite ?? true })
        }
    }
}
