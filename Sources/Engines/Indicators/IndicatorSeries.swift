/// What an indicator says at each bar of a series: a number, or that it is not defined there.
///
/// ```swift
/// let average = try EMA.series(closes, period: 20, seeding: .simpleMean)
/// average.definedFrom     // 19
/// average[5]              // nil
/// average[19]             // 101.3…
/// ```
///
/// "Not defined" is never NaN and never 0: validity is a bitmap beside the values. Reading is O(1).
public struct IndicatorSeries: Hashable, Sendable {
    /// Undefined bars hold 0, so that equal series are equal; nobody outside reads those.
    private var values: [Double]
    private var validity: [UInt64]

    /// As many as there are bars.
    public var count: Int { values.count }

    /// The first defined bar; nil where there is none.
    public var definedFrom: Int? {
        guard let word = validity.firstIndex(where: { $0 != 0 }) else { return nil }
        return word * 64 + validity[word].trailingZeroBitCount
    }

    public var definedCount: Int { validity.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Precondition: `0 <= bar < count`.
    public subscript(bar: Int) -> Double? {
        let value = values[bar]
        return validity[bar >> 6] & (1 << UInt64(bar & 63)) != 0 ? value : nil
    }

    /// Every bar as an optional, for those who need an array.
    public var optionals: [Double?] { values.indices.map { self[$0] } }

    init(capacity: Int) {
        values = []
        values.reserveCapacity(capacity)
        validity = []
        validity.reserveCapacity((capacity + 63) / 64)
    }

    /// `values` are defined from `first` on, and 0 before.
    init(values: [Double], definedFrom first: Int) {
        self.values = values
        validity = [UInt64](repeating: .max, count: (values.count + 63) / 64)
        for word in 0..<min(first / 64, validity.count) { validity[word] = 0 }
        if first / 64 < validity.count { validity[first / 64] &= .max << UInt64(first & 63) }
        if values.count & 63 != 0 { validity[values.count / 64] &= (1 << UInt64(values.count & 63)) - 1 }
    }

    mutating func append(_ value: Double?) {
        if values.count & 63 == 0 { validity.append(0) }
        if value != nil { validity[values.count >> 6] |= 1 << UInt64(values.count & 63) }
        values.append(value ?? 0)
    }
}
