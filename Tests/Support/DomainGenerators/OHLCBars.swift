import Determinism
import PropertyTesting

/// What was traded in one interval: open, high, low, close and volume.
public struct OHLCBar: Hashable, Sendable {
    /// The start of the interval.
    public var start: Instant
    /// The price of the first trade.
    public var open: Double
    /// The highest price.
    public var high: Double
    /// The lowest price.
    public var low: Double
    /// The price of the last trade.
    public var close: Double
    /// Units traded, at least 0; 0 in an interval without trades.
    public var volume: Int64

    /// Checks nothing: ``isConsistent`` says whether the bar can be.
    public init(start: Instant, open: Double, high: Double, low: Double, close: Double, volume: Int64) {
        (self.start, self.open, self.high, self.low, self.close, self.volume) = (start, open, high, low, close, volume)
    }

    /// Whether the bar can be: low <= open, close <= high, all of them finite and above 0, volume >= 0.
    public var isConsistent: Bool {
        low > 0 && high.isFinite && low <= min(open, close) && max(open, close) <= high && volume >= 0
    }
}

extension Gen where Value == [OHLCBar] {
    /// Bars of consecutive intervals; each is consistent by construction (``OHLCBar/isConsistent``).
    ///
    /// Opens follow the close before, or gap away from it; bars without range (all four prices equal) and without volume come up, and, where `gaps`
    /// allows, intervals are missing. Simplest are flat bars at 100 without volume from 2000-01-03T14:30:00Z, a Monday.
    ///
    /// - Parameters:
    ///   - count: bars; the least is simplest.
    ///   - interval: of one bar, in nanoseconds, above 0.
    ///   - gaps: whether intervals may be missing.
    public static func ohlcBars(count: ClosedRange<Int> = 0...100, interval: Int64 = 60_000_000_000, gaps: Bool = true) -> Gen {
        Gen { draws in
            var start = Instant(nanosecondsSinceEpoch: 946_909_800_000_000_000)
            var last = 100.0
            return draws.array(count) { draws in
                draws.span(DomainLabel.bar) {
                    if gaps, draws.bool(probability: 0.05) {
                        start = start.advanced(
                            byNanoseconds: Int64(draws.int(in: 1...500)).multipliedReportingOverflow(by: interval).partialValue)
                    }
                    // All in hundredths of a percent of the close before.
                    func moved(_ price: Double, _ range: ClosedRange<Int>) -> Double {
                        min(max(price * (1 + Double(draws.int(in: range)) / 10_000), PriceSeries.lowest), PriceSeries.highest)
                    }
                    let open = draws.bool(probability: 0.15) ? moved(last, -3000...3000) : last
                    let isFlat = draws.bool(probability: 0.1)
                    let close = isFlat ? open : moved(open, -500...500)
                    // Shadows reach outwards from the body, so that no filter is needed.
                    let high = isFlat ? open : max(open, close, moved(max(open, close), 0...500))
                    let low = isFlat ? open : min(open, close, moved(min(open, close), -500...0))
                    let volume = draws.bool(probability: 0.9) ? Int64(draws.int(in: 0...1_000_000_000)) : 0
                    defer {
                        start = start.advanced(byNanoseconds: interval)
                        last = close
                    }
                    return OHLCBar(start: start, open: open, high: high, low: low, close: close, volume: volume)
                }
            }
        }
    }
}
