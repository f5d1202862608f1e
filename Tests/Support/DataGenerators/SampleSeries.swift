import Determinism
import StrictDocuments

/// The sample data of the handbook: made up, from a fixed seed, in whole ticks of 0.0001.
///
/// Only integer arithmetic is used, so that the bytes are the same on every platform.
public enum SampleSeries {
    public static let pricesPath = "data/sample.csv"
    public static let barsPath = "data/sample_ohlc.csv"
    /// The seed of both files; each draws from a stream of its own ("prices", "bars").
    public static let seed: UInt64 = 20_240_101
    public static let priceCount = 500
    public static let barCount = 300
    private static let ticksPerUnit = 10_000

    /// `ts,price,volume`: a smooth series from about 100 to exactly 150.
    ///
    /// A damped random velocity is summed to a wandering path; its end is pulled back to zero in a straight line, and the
    /// path is laid on a straight rise from 100 to 150.
    public static func prices() throws -> [UInt8] {
        var generator = SeededGenerator(seed: seed).split("prices")
        var velocity = 0
        var position = 0
        var path: [Int] = []
        for _ in 1...priceCount {
            velocity = velocity * 15 / 16 + generator.integer(in: -120...120)
            position += velocity
            path.append(position)
        }
        var writer = try CSVWriter(header: ["ts", "price", "volume"])
        for bar in 1...priceCount {
            let rise = 50 * ticksPerUnit * bar / priceCount
            let ticks = 100 * ticksPerUnit + rise + path[bar - 1] - position * bar / priceCount
            let volume = 1000 + 10 * bar + generator.integer(in: -200...200)
            try writer.append([String(bar), decimal(ticks), String(volume)])
        }
        return writer.bytes
    }

    /// `ts,open,high,low,close,volume`: bars around 100, low <= open, close <= high, and volume above 0.
    public static func bars() throws -> [UInt8] {
        var generator = SeededGenerator(seed: seed).split("bars")
        let anchor = 100 * ticksPerUnit
        var last = anchor
        var writer = try CSVWriter(header: ["ts", "open", "high", "low", "close", "volume"])
        for bar in 1...barCount {
            let open = last + generator.integer(in: -500...500)
            // A pull of 2 % a bar towards the anchor keeps the series near it.
            let close = open + generator.integer(in: -8000...8000) + (anchor - open) / 50
            let high = max(open, close) + generator.integer(in: 0...6000)
            let low = min(open, close) - generator.integer(in: 0...6000)
            let volume = generator.integer(in: 600...1400)
            try writer.append([String(bar), decimal(open), decimal(high), decimal(low), decimal(close), String(volume)])
            last = close
        }
        return writer.bytes
    }

    /// Precondition: `ticks >= 0`; the series above stay far from 0.
    private static func decimal(_ ticks: Int) -> String {
        let fraction = String(ticks % ticksPerUnit)
        return "\(ticks / ticksPerUnit)." + String(repeating: "0", count: 4 - fraction.utf8.count) + fraction
    }
}
