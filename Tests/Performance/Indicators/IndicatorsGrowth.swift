import ChildProcesses
import Glibc
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

    /// Heap in use before and after the probe's pushes.
    private func heap(_ arguments: [String] = []) throws -> (before: Int, after: Int) {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let folder = bundle.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let outcome = try Command([folder + "/IndicatorsHeapProbe"] + arguments, environment: Environment.current()).run()
        let words = String(decoding: outcome.standardOutput.text.utf8, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        let figures = words.prefix(2).compactMap { Int($0) }
        try #require(figures.count == 2, "\(outcome)")
        return (figures[0], figures[1])
    }

    @Test("100 000 pushes leave the heap as it was")
    func pushes() throws {
        let streamed = try heap()
        #expect(streamed.after == streamed.before)
        // And the probe would see it: a point kept of each push shows.
        let kept = try heap(["keep"])
        #expect(kept.after > kept.before + 100_000)
    }
}
