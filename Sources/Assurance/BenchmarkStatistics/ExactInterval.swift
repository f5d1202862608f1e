/// What can be said of a rate after so many trials: the interval of Clopper and Pearson (Biometrika 26, 1934).
///
/// ```swift
/// ExactInterval(found: 0, of: 300, confidence: 0.95).upper      // 0.0122: "no false alarm in 300" says no more than that
/// ```
///
/// It covers the true rate at least as often as it says, whatever the rate. `found` is 0…trials, trials at least 1, confidence between 0 and 1.
public struct ExactInterval: Sendable, Equatable {
    public let found: Int
    public let trials: Int
    public let lower: Double
    public let upper: Double

    public init(found: Int, of trials: Int, confidence: Double = 0.95) {
        precondition(trials >= 1 && (0...trials).contains(found), "a rate of 0 to all of at least one trial")
        self.found = found
        self.trials = trials
        let tail = (1 - confidence) / 2
        let (k, n) = (Double(found), Double(trials))
        lower = found == 0 ? 0 : Self.root { SpecialFunctions.incompleteBeta($0, k, n - k + 1) - tail }
        upper = found == trials ? 1 : Self.root { SpecialFunctions.incompleteBeta($0, k + 1, n - k) - (1 - tail) }
    }

    /// Where a rising function crosses 0 in 0…1.
    private static func root(_ function: (Double) -> Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            if function(middle) < 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
