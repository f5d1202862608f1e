/// Why an indicator was not computed.
public enum IndicatorError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A period outside of 1...``IndicatorLimits/maximumPeriod``.
    case periodOutOfRange(parameter: String, period: Int)
    /// MACD's fast period must be smaller than its slow one.
    case fastNotBelowSlow(fast: Int, slow: Int)
    /// An input that is NaN, infinite or beyond ``IndicatorLimits/maximumMagnitude``, under ``NonFinitePolicy/refuse``.
    /// `index` counts from 0.
    case unusableInput(index: Int, value: String)

    public var description: String {
        switch self {
        case .periodOutOfRange(let parameter, let period):
            "the period '\(parameter)' is \(period); it must be between 1 and \(IndicatorLimits.maximumPeriod) (maximumPeriod)"
        case .fastNotBelowSlow(let fast, let slow):
            "the fast period (\(fast)) must be smaller than the slow period (\(slow))"
        case .unusableInput(let index, let value):
            "the input at index \(index) is \(value); it must be a finite number within ±1e300 "
                + "(or choose the policy 'skip' or 'restart')"
        }
    }
}

/// The named limits of this module.
public enum IndicatorLimits {
    /// The longest period of any indicator.
    public static let maximumPeriod = 1_000_000
    /// The largest magnitude of an input. Up to here no sum of a period's inputs and no difference can overflow, so that an
    /// indicator never answers with infinity or NaN.
    public static let maximumMagnitude = 1e300
}

/// What happens to an input that is NaN, infinite or beyond ``IndicatorLimits/maximumMagnitude``.
public enum NonFinitePolicy: String, Hashable, Sendable, CaseIterable {
    /// ``IndicatorError/unusableInput(index:value:)`` is thrown and the state stays as it was. The default.
    case refuse
    /// The bar is undefined and leaves no trace: the state stays as it was.
    case skip
    /// The bar is undefined and the indicator starts anew behind it, warm-up included.
    case restart
}

extension Double {
    /// Whether an indicator may take this input; false for NaN, whose comparisons are all false.
    @inline(__always)
    var isUsableInput: Bool { magnitude <= IndicatorLimits.maximumMagnitude }
}
