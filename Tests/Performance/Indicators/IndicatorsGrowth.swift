import Benchmarking
import GrowthMeasure
import Indicators
import Testing

/// Indicators cost in proportion to the length of the series, and nothing of the heap while values stream in.
@Suite struct IndicatorsGrowth {
    static func closes(_ count: Int) -> [Double] { (0..<count).map { 100 + Double($0 % 97) / 8 } }

    @Test("an EMA series is linear in its length", arguments: EMASeeding.allCases)
    func ema(seeding: EMASeeding) throws {
        let growth = try Growth.measured(input: Self.closes) { closes in
            let series = try EMA.series(closes, period: 12, seeding: seeding)
            #expect(series.count == closes.count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("the period does not multiply the cost", arguments: EMASeeding.allCases)
    func period(seeding: EMASeeding) throws {
        let growth = try Growth.measured(from: 64, input: Self.closes) { closes in
            let series = try EMA.series(closes, period: closes.count / 2, seeding: seeding)
            #expect(series.count == closes.count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a MACD series is linear in its length", arguments: EMASeeding.allCases)
    func macd(seeding: EMASeeding) throws {
        let growth = try Growth.measured(input: Self.closes) { closes in
            let series = try MACD.series(closes, seeding: seeding)
            #expect(series.count == closes.count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("100 000 pushes ask for no memory")
    func pushes() throws {
        var (ema, macd) = (try EMA(period: 12, seeding: .firstValue), try MACD(seeding: .simpleMean))
        var kept: [MACDPoint] = []
        func push(keeping keeps: Bool) throws -> Double {
            var sum = 0.0
            for index in 0..<100_000 {
                let close = 100 + Double(index % 97) / 8
                sum += try ema.push(close) ?? 0
                let point = try macd.push(close)
                sum += point.histogram ?? 0
                if keeps { kept.append(point) }
            }
            return sum
        }
        try expectAllocations(atMost: 0) { try push(keeping: false) }
        // And it would show: points that are kept need room.
        #expect(try countingAllocations(warmUps: 0) { try push(keeping: true) }.allocations > 0)
    }
}
