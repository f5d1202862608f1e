/// The mean of a first few values, to the last bit in practice, so that a flat series has a flat average.
///
/// A plain sum of three times 0.1 divided by three is not 0.1. Here the rounding errors of the sum are summed beside it
/// (A. Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", ZAMM 54, 1974), and the
/// quotient's remainder is divided as well. Inputs are bounded by ``IndicatorLimits/maximumMagnitude``, so that nothing
/// overflows. Complexity: O(1) a value, no allocation.
struct CompensatedMean: Sendable, Hashable {
    private var sum = 0.0
    private var compensation = 0.0
    private(set) var count = 0

    mutating func add(_ x: Double) {
        let total = sum + x
        compensation += sum.magnitude >= x.magnitude ? (sum - total) + x : (x - total) + sum
        sum = total
        count += 1
    }

    /// Precondition: at least one value was added.
    var mean: Double {
        let n = Double(count)
        let quotient = sum / n
        let remainder = sum.addingProduct(-quotient, n) + compensation
        return quotient + remainder / n
    }
}
