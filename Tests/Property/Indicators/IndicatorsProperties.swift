import DataGenerators
import Determinism
import Testing

@testable import Indicators

@Suite("Laws of EMA and MACD")
struct IndicatorsProperties {
    /// Series of many tempers: walks at several price levels, noise, spikes, flat stretches, whole numbers.
    private static func series(_ generator: inout SeededGenerator, maximumCount: Int = 200) -> [Double] {
        let level = [0.01, 1, 100, 60_000, -5][generator.integer(in: 0...4)]
        let temper = generator.integer(in: 0...4)
        var last = level
        return (0..<generator.integer(in: 0...maximumCount)).map { _ in
            switch temper {
            case 0: last += level * 0.01 * (generator.uniform() - 0.5)
            case 1: last = level * (generator.uniform() - 0.5)
            case 2: last = generator.integer(in: 0...20) == 0 ? level * 1e6 : level
            case 3: if generator.integer(in: 0...9) == 0 { last = level * generator.uniform() }
            default: last = Double(generator.integer(in: -1000...1000))
            }
            return last
        }
    }

    private static func cases(
        seed: UInt64, count: Int, _ body: (inout SeededGenerator, [Double], Int, EMASeeding) throws -> Void
    ) rethrows {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<count {
            let xs = series(&generator)
            let period = generator.integer(in: 1...60)
            for seeding in EMASeeding.allCases { try body(&generator, xs, period, seeding) }
        }
    }

    @Test("a batch gives the bits of pushing bar by bar, for EMA")
    func emaBatch() throws {
        try Self.cases(seed: 1, count: 150) { _, xs, period, seeding in
            var ema = try EMA(period: period, seeding: seeding)
            let pushed = try xs.map { try ema.push($0)?.bitPattern }
            #expect(try EMA.series(xs, period: period, seeding: seeding).optionals.map { $0?.bitPattern } == pushed)
        }
    }

    @Test("a batch gives the bits of pushing bar by bar, for MACD")
    func macdBatch() throws {
        try Self.cases(seed: 2, count: 100) { generator, xs, period, seeding in
            let (slow, signal) = (period + generator.integer(in: 1...30), generator.integer(in: 1...20))
            var macd = try MACD(fast: period, slow: slow, signal: signal, seeding: seeding)
            let series = try MACD.series(xs, fast: period, slow: slow, signal: signal, seeding: seeding)
            #expect(series.count == xs.count)
            for (bar, x) in xs.enumerated() { #expect(try macd.push(x) == series[bar]) }
            let (line, average) = (macd.macdDefinedFrom, macd.signalDefinedFrom)
            #expect(series.macd.definedFrom == (line < xs.count ? line : nil))
            #expect(series.signal.definedFrom == (average < xs.count ? average : nil))
        }
    }

    @Test("with gaps, too, a batch gives the bits of pushing bar by bar")
    func gaps() throws {
        try Self.cases(seed: 3, count: 60) { generator, xs, period, seeding in
            let broken = xs.map { x in
                generator.integer(in: 0...9) == 0 ? [Double.nan, .infinity, -2e300][generator.integer(in: 0...2)] : x
            }
            for policy in [NonFinitePolicy.skip, .restart] {
                var ema = try EMA(period: period, seeding: seeding, policy: policy)
                var macd = try MACD(fast: period, slow: period + 3, signal: 4, seeding: seeding, policy: policy)
                let averages = try EMA.series(broken, period: period, seeding: seeding, policy: policy)
                let lines = try MACD.series(broken, fast: period, slow: period + 3, signal: 4, seeding: seeding, policy: policy)
                for (bar, x) in broken.enumerated() {
                    let average = try ema.push(x)
                    #expect(average == averages[bar])
                    #expect(try macd.push(x) == lines[bar])
                    if !x.isUsableInput { #expect(average == nil) }
                }
            }
        }
    }

    @Test("no bar changes the values before it")
    func causality() throws {
        try Self.cases(seed: 4, count: 60) { generator, xs, period, seeding in
            let cut = generator.integer(in: 0...xs.count)
            var other = xs
            for bar in cut..<xs.count { other[bar] = generator.uniform() * 1e9 }
            let (a, b) = (
                try MACD.series(xs, fast: period, slow: period + 5, signal: 1, seeding: seeding),
                try MACD.series(other, fast: period, slow: period + 5, signal: 1, seeding: seeding)
            )
            for bar in 0..<cut { #expect(a[bar] == b[bar]) }
        }
    }

    @Test("an average never leaves the range of what it has seen")
    func bounds() throws {
        try Self.cases(seed: 5, count: 200) { _, xs, period, seeding in
            guard period != 2 else { return }
            let series = try EMA.series(xs, period: period, seeding: seeding)
            var (low, high) = (Double.infinity, -Double.infinity)
            for (bar, x) in xs.enumerated() {
                (low, high) = (min(low, x), max(high, x))
                if let value = series[bar] { #expect(value >= low && value <= high) }
            }
        }
    }

    @Test("scaling the prices by a power of two scales every line to the bit")
    func scale() throws {
        try Self.cases(seed: 6, count: 60) { generator, xs, period, seeding in
            let factor = [0x1p-20, 0.5, 8, 0x1p30, -1][generator.integer(in: 0...4)]
            let plain = try MACD.series(xs, fast: period, slow: period + 7, signal: 5, seeding: seeding)
            let scaled = try MACD.series(xs.map { $0 * factor }, fast: period, slow: period + 7, signal: 5, seeding: seeding)
            for bar in xs.indices {
                #expect(scaled.macd[bar] == plain.macd[bar].map { $0 * factor })
                #expect(scaled.histogram[bar] == plain.histogram[bar].map { $0 * factor })
            }
        }
    }

    @Test("an affine change of the prices changes the averages alike, and leaves the shift out of MACD")
    func affine() throws {
        try Self.cases(seed: 7, count: 100) { generator, xs, period, seeding in
            let (a, b) = (generator.uniform() * 4 - 2, generator.uniform() * 1000)
            let size = xs.reduce(1 + b) { max($0, $1.magnitude * 2 + b) }
            let plain = try MACD.series(xs, fast: period, slow: period + 7, signal: 5, seeding: seeding)
            let moved = try MACD.series(xs.map { a * $0 + b }, fast: period, slow: period + 7, signal: 5, seeding: seeding)
            for bar in xs.indices {
                if let x = plain.fast[bar], let y = moved.fast[bar] { #expect((a * x + b - y).magnitude <= 1e-13 * size) }
                if let x = plain.macd[bar], let y = moved.macd[bar] { #expect((a * x - y).magnitude <= 1e-13 * size) }
                if let x = plain.histogram[bar], let y = moved.histogram[bar] { #expect((a * x - y).magnitude <= 1e-13 * size) }
            }
        }
    }

    @Test("the two seedings converge, by (n-1)/(n+1) a bar")
    func convergence() throws {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<40 {
            let period = generator.integer(in: 2...30)
            let xs = (0..<period * 25).map { _ in 100 + generator.uniform() }
            let first = try EMA.series(xs, period: period, seeding: .firstValue)
            let mean = try EMA.series(xs, period: period, seeding: .simpleMean)
            let start = try #require(first[period - 1]) - (try #require(mean[period - 1]))
            let end = try #require(first[xs.count - 1]) - (try #require(mean[xs.count - 1]))
            #expect(end.magnitude <= start.magnitude * 1e-9 + 1e-12)
        }
    }

    @Test("MACD is within a millionth of a millionth of exact fractions")
    func exactOracle() throws {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<3 {
            let cents = (0..<8).map { _ in Int64(generator.integer(in: 9_000...11_000)) }
            let exact = GoldenMACD.lines(cents.map { ExactRational($0, 100) }, fast: 3, slow: 6, signal: 4)
            let series = try MACD.series(cents.map { Double($0) / 100 }, fast: 3, slow: 6, signal: 4, seeding: .firstValue)
            for bar in cents.indices {
                for (truth, got) in [
                    (exact[bar].macd, series.macd[bar]), (exact[bar].signal, series.signal[bar]),
                    (exact[bar].histogram, series.histogram[bar]),
                ] {
                    // A double that is nearly zero is outside of what ExactRational takes; the difference then is, too.
                    let got = try #require(got)
                    guard let value = ExactRational(exactly: got) else { continue }
                    #expect((value - truth).magnitude < ExactRational(1, 1_000_000_000_000))
                }
            }
        }
    }
}
