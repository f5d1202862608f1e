import Determinism
import StrictDocuments

/// The golden MACD of the handbook, computed in exact fractions: an oracle that shares no code with the engine.
///
/// Five one-minute bars, MACD 12/26/9. Each average begins at its first value, e[t] = (2·x[t] + (n−1)·e[t−1])/(n+1) exactly,
/// and only what is written is rounded: half to even, six digits.
public enum GoldenMACD {
    public static let path = "data/golden/indicator_macd_baseline.csv"
    public static let start = Instant(nanosecondsSinceEpoch: 1_704_067_200_000_000_000)  // 2024-01-01T00:00:00Z
    public static let intervalNanoseconds: Int64 = 60_000_000_000
    public static let closes = ["100.00", "101.00", "102.00", "101.50", "102.20"]
    public static let header = ["ts", "close", "ema_12", "ema_26", "macd", "signal", "histogram"]

    /// The exact lines of MACD at every bar, with first-value seeding.
    public static func lines(
        _ xs: [ExactRational], fast: Int, slow: Int, signal: Int
    ) -> [(fast: ExactRational, slow: ExactRational, macd: ExactRational, signal: ExactRational, histogram: ExactRational)] {
        let fastAverage = average(xs, period: fast)
        let slowAverage = average(xs, period: slow)
        let macd = zip(fastAverage, slowAverage).map { $0 - $1 }
        let signalAverage = average(macd, period: signal)
        return xs.indices.map {
            (fastAverage[$0], slowAverage[$0], macd[$0], signalAverage[$0], macd[$0] - signalAverage[$0])
        }
    }

    /// The exact exponential average with first-value seeding.
    public static func average(_ xs: [ExactRational], period: Int) -> [ExactRational] {
        var averages: [ExactRational] = []
        let reciprocal = ExactRational(1, UInt64(period + 1))
        for x in xs {
            guard let last = averages.last else {
                averages.append(x)
                continue
            }
            averages.append((ExactRational(2) * x + ExactRational(Int64(period - 1)) * last) * reciprocal)
        }
        return averages
    }

    /// The file's bytes.
    public static func csv() throws -> [UInt8] {
        let xs = closes.compactMap { ExactRational(decimal: $0) }
        var writer = try CSVWriter(header: header)
        for (bar, line) in lines(xs, fast: 12, slow: 26, signal: 9).enumerated() {
            let time = start.advanced(byNanoseconds: Int64(bar) * intervalNanoseconds)
            let figures = [line.fast, line.slow, line.macd, line.signal, line.histogram].map { $0.decimal(places: 6) }
            try writer.append([time.rfc3339, closes[bar]] + figures)
        }
        return writer.bytes
    }
}
