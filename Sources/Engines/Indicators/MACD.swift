/// Moving average convergence/divergence: a fast average less a slow one, with its own average as a signal line.
///
/// ```swift
/// var macd = try MACD(fast: 12, slow: 26, signal: 9, seeding: .firstValue)
/// let point = try macd.push(close)
/// if let histogram = point.histogram { … }
/// let all = try MACD.series(closes, seeding: .simpleMean)         // 12, 26, 9
/// ```
///
/// Formula: macd = EMA(fast) − EMA(slow); signal = EMA(signal) of macd; histogram = macd − signal. Source: G. Appel, "The
/// Moving Average Convergence-Divergence Trading Method", 1979. ``EMA`` defines the arithmetic.
///
/// Conventions. `firstValue`: all lines are defined from bar 0; this is TradePulse's golden file. `simpleMean` is the
/// textbook's, as in Stock.Indicators and Lean: each average is seeded alone, with the mean of its first n values, so
/// that macd is defined from bar slow − 1, and the signal is seeded with the mean of the first `signal` values of macd, so
/// that it and the histogram are defined from bar slow + signal − 2. TA-Lib's MACD is another one: it starts both averages
/// together at bar slow − 1.
///
/// It looks at no later bar. Throws ``IndicatorError``. Complexity: O(1) a bar, no allocation.
public struct MACD: Sendable, Hashable {
    public static let defaultFast = 12
    public static let defaultSlow = 26
    public static let defaultSignal = 9

    private var fast: EMA
    private var slow: EMA
    private var signal: EMA
    private var index = 0

    public var fastPeriod: Int { fast.period }
    public var slowPeriod: Int { slow.period }
    public var signalPeriod: Int { signal.period }
    public var seeding: EMASeeding { fast.seeding }
    public var policy: NonFinitePolicy { fast.policy }

    public init(
        fast: Int = MACD.defaultFast, slow: Int = MACD.defaultSlow, signal: Int = MACD.defaultSignal, seeding: EMASeeding,
        policy: NonFinitePolicy = .refuse
    ) throws(IndicatorError) {
        self.fast = try EMA(period: fast, named: "fast", seeding: seeding, policy: policy)
        self.slow = try EMA(period: slow, named: "slow", seeding: seeding, policy: policy)
        self.signal = try EMA(period: signal, named: "signal", seeding: seeding, policy: policy)
        guard fast < slow else { throw .fastNotBelowSlow(fast: fast, slow: slow) }
    }

    /// The first bar, from 0, at which the macd line is defined.
    public var macdDefinedFrom: Int { slow.definedFrom }
    /// The first bar, from 0, at which the signal line and the histogram are defined.
    public var signalDefinedFrom: Int { slow.definedFrom + signal.definedFrom }

    /// Takes the next bar and gives all lines there.
    public mutating func push(_ x: Double) throws(IndicatorError) -> MACDPoint {
        guard x.isUsableInput else { return try pushUnusable(x) }
        index &+= 1
        return step(x)
    }

    /// Starts over, as if no bar had come. Bars go on being counted for error messages.
    public mutating func reset() {
        fast.reset()
        slow.reset()
        signal.reset()
    }

    private mutating func pushUnusable(_ x: Double) throws(IndicatorError) -> MACDPoint {
        switch policy {
        case .refuse: throw .unusableInput(index: index, value: "\(x)")
        case .skip: break
        case .restart: reset()
        }
        index &+= 1
        return MACDPoint(fast: nil, slow: nil, macd: nil, signal: nil, histogram: nil)
    }

    /// The recurrence itself, for inputs that were checked. The differences are at most four times the largest input, which
    /// ``IndicatorLimits/maximumMagnitude`` keeps far from overflow.
    @inline(__always)
    private mutating func step(_ x: Double) -> MACDPoint {
        let fastAverage = fast.step(x)
        let slowAverage = slow.step(x)
        guard let fastAverage, let slowAverage else {
            return MACDPoint(fast: fastAverage, slow: slowAverage, macd: nil, signal: nil, histogram: nil)
        }
        let macd = fastAverage - slowAverage
        let signalAverage = signal.step(macd)
        return MACDPoint(
            fast: fastAverage, slow: slowAverage, macd: macd, signal: signalAverage, histogram: signalAverage.map { macd - $0 })
    }
}

/// MACD's lines at one bar; nil where a line is not defined yet.
public struct MACDPoint: Hashable, Sendable {
    public let fast: Double?
    public let slow: Double?
    public let macd: Double?
    public let signal: Double?
    public let histogram: Double?
}

/// MACD's lines over a whole series.
public struct MACDSeries: Hashable, Sendable {
    public let fast: IndicatorSeries
    public let slow: IndicatorSeries
    public let macd: IndicatorSeries
    public let signal: IndicatorSeries
    public let histogram: IndicatorSeries

    public var count: Int { macd.count }

    /// Precondition: `0 <= bar < count`.
    public subscript(bar: Int) -> MACDPoint {
        MACDPoint(fast: fast[bar], slow: slow[bar], macd: macd[bar], signal: signal[bar], histogram: histogram[bar])
    }
}

extension MACD {
    /// All lines at every bar of `xs`: the bits that pushing them one by one gives. O(n); allocates the results.
    public static func series(
        _ xs: [Double], fast: Int = MACD.defaultFast, slow: Int = MACD.defaultSlow, signal: Int = MACD.defaultSignal,
        seeding: EMASeeding, policy: NonFinitePolicy = .refuse
    ) throws(IndicatorError) -> MACDSeries {
        var kernel = try MACD(fast: fast, slow: slow, signal: signal, seeding: seeding, policy: policy)
        guard xs.allSatisfy(\.isUsableInput) else { return try kernel.seriesWithGaps(xs) }
        let (fastFrom, macdFrom) = (min(kernel.fast.definedFrom, xs.count), min(kernel.macdDefinedFrom, xs.count))
        let signalFrom = min(kernel.signalDefinedFrom, xs.count)
        let fastLine = kernel.fast.averages(xs, from: 0)
        let slowLine = kernel.slow.averages(xs, from: 0)
        let macdLine = difference(fastLine, slowLine, from: macdFrom)
        let signalLine = kernel.signal.averages(macdLine, from: macdFrom)
        let histogramLine = difference(macdLine, signalLine, from: signalFrom)
        return MACDSeries(
            fast: IndicatorSeries(values: fastLine, definedFrom: fastFrom),
            slow: IndicatorSeries(values: slowLine, definedFrom: macdFrom),
            macd: IndicatorSeries(values: macdLine, definedFrom: macdFrom),
            signal: IndicatorSeries(values: signalLine, definedFrom: signalFrom),
            histogram: IndicatorSeries(values: histogramLine, definedFrom: signalFrom))
    }

    /// `a − b` from bar `first` on, 0 before. Precondition: `a` and `b` have the same count, and `first` is at most that.
    private static func difference(_ a: [Double], _ b: [Double], from first: Int) -> [Double] {
        [Double](unsafeUninitializedCapacity: a.count) { buffer, count in
            for bar in 0..<first { buffer[bar] = 0 }
            for bar in first..<a.count { buffer[bar] = a[bar] - b[bar] }
            count = a.count
        }
    }

    private mutating func seriesWithGaps(_ xs: [Double]) throws(IndicatorError) -> MACDSeries {
        var lines = (0..<5).map { _ in IndicatorSeries(capacity: xs.count) }
        for x in xs {
            let point = try push(x)
            lines[0].append(point.fast)
            lines[1].append(point.slow)
            lines[2].append(point.macd)
            lines[3].append(point.signal)
            lines[4].append(point.histogram)
        }
        return MACDSeries(fast: lines[0], slow: lines[1], macd: lines[2], signal: lines[3], histogram: lines[4])
    }
}
