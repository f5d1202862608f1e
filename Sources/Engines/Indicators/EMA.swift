// `addingProduct` becomes a call of `fma` where the target has no such instruction, and this import is what links libm.
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The exponential moving average of period n, one bar at a time or over a whole series, with the same bits either way.
///
/// ```swift
/// var ema = try EMA(period: 12, seeding: .firstValue)
/// for close in closes { print(try ema.push(close) as Any) }       // nil until it is defined
/// let all = try EMA.series(closes, period: 12, seeding: .firstValue)
/// ```
///
/// Formula, with α = 2/(n+1):
///
///     e[t] = (1 − α)·e[t−1] + α·x[t]
///
/// from the seed that ``EMASeeding`` names. Source: R. G. Brown, "Statistical Forecasting for Inventory Control", 1959;
/// the period form of α is that of P. N. Haurlan, "Measuring Trend Values", 1968.
///
/// **Arithmetic, which is part of the contract.** decay = fl(1 − 2/(n+1)); gain = 1 − decay, which is exact, so that the two
/// weights add up to exactly 1; e[t] = fma(decay, e[t−1], fl(gain·x[t])). One fused multiply-add stands on the chain
/// from bar to bar, and it is written out (`addingProduct`), so that every platform gives the same bits. It follows that
/// a flat series has exactly that flat average, and that e[t] never leaves the range of the inputs (n ≠ 2; by one rounding
/// for n = 2). The gain differs from 2/(n+1) by at most 2^−54.
///
/// It looks at no later bar. Throws ``IndicatorError``. Complexity: O(1) a bar, no allocation.
public struct EMA: Sendable, Hashable {
    public let period: Int
    public let seeding: EMASeeding
    public let policy: NonFinitePolicy

    let decay: Double
    let gain: Double
    /// The average, once it is defined.
    private(set) var value = 0.0
    /// Bars that are still missing until the average is defined.
    private(set) var remaining: Int
    private var mean = CompensatedMean()
    private var index = 0

    public init(period: Int, seeding: EMASeeding, policy: NonFinitePolicy = .refuse) throws(IndicatorError) {
        try self.init(period: period, named: "period", seeding: seeding, policy: policy)
    }

    init(period: Int, named name: String, seeding: EMASeeding, policy: NonFinitePolicy) throws(IndicatorError) {
        guard (1...IndicatorLimits.maximumPeriod).contains(period) else {
            throw .periodOutOfRange(parameter: name, period: period)
        }
        self.period = period
        self.seeding = seeding
        self.policy = policy
        decay = 1 - 2 / Double(period + 1)
        gain = 1 - decay
        remaining = Self.definedFrom(period: period, seeding: seeding) + 1
    }

    /// The first bar, from 0, at which the average is defined.
    public var definedFrom: Int { Self.definedFrom(period: period, seeding: seeding) }

    private static func definedFrom(period: Int, seeding: EMASeeding) -> Int {
        switch seeding {
        case .firstValue: 0
        case .simpleMean: period - 1
        }
    }

    /// Takes the next bar and gives the average there; nil while it is not defined.
    @inline(__always)
    public mutating func push(_ x: Double) throws(IndicatorError) -> Double? {
        guard x.isUsableInput else { return try pushUnusable(x) }
        index &+= 1
        return step(x)
    }

    /// Starts over, as if no bar had come. Bars go on being counted for error messages.
    public mutating func reset() {
        value = 0
        remaining = definedFrom + 1
        mean = CompensatedMean()
    }

    private mutating func pushUnusable(_ x: Double) throws(IndicatorError) -> Double? {
        switch policy {
        case .refuse: throw .unusableInput(index: index, value: "\(x)")
        case .skip: break
        case .restart: reset()
        }
        index &+= 1
        return nil
    }

    /// The recurrence itself, for inputs that were checked.
    @inline(__always)
    mutating func step(_ x: Double) -> Double? {
        if remaining == 0 {
            value = Self.next(value, x, decay: decay, gain: gain)
            return value
        }
        return seed(x)
    }

    @inline(__always)
    static func next(_ average: Double, _ x: Double, decay: Double, gain: Double) -> Double {
        (gain * x).addingProduct(decay, average)
    }

    private mutating func seed(_ x: Double) -> Double? {
        remaining -= 1
        switch seeding {
        case .firstValue: value = x
        case .simpleMean:
            mean.add(x)
            guard remaining == 0 else { return nil }
            value = mean.mean
        }
        return value
    }
}

extension EMA {
    /// The average at every bar of `xs`: the bits that pushing them one by one gives. O(n); allocates the result.
    public static func series(
        _ xs: [Double], period: Int, seeding: EMASeeding, policy: NonFinitePolicy = .refuse
    ) throws(IndicatorError) -> IndicatorSeries {
        var ema = try EMA(period: period, seeding: seeding, policy: policy)
        guard xs.allSatisfy(\.isUsableInput) else {
            // With gaps every bar is a decision; without them the loop below has none.
            var series = IndicatorSeries(capacity: xs.count)
            for x in xs { series.append(try ema.push(x)) }
            return series
        }
        let first = min(ema.definedFrom, xs.count)
        return IndicatorSeries(values: ema.averages(xs, from: 0), definedFrom: first)
    }

    /// The averages of inputs that were checked and that begin at bar `start`; 0 where they are not defined.
    mutating func averages(_ xs: [Double], from start: Int) -> [Double] {
        let seeded = min(start + definedFrom + 1, xs.count)
        return [Double](unsafeUninitializedCapacity: xs.count) { buffer, count in
            for bar in 0..<min(start, xs.count) { buffer[bar] = 0 }
            var bar = start
            while bar < seeded {
                buffer[bar] = step(xs[bar]) ?? 0
                bar += 1
            }
            // In registers; the steps above have seen to the seed.
            var average = value
            while bar < xs.count {
                average = Self.next(average, xs[bar], decay: decay, gain: gain)
                buffer[bar] = average
                bar += 1
            }
            value = average
            count = xs.count
        }
    }
}
