/// How an exponential average begins: the convention in which implementations differ most.
///
/// | convention | first defined bar of EMA(n) | who |
/// |---|---|---|
/// | `firstValue` | 0 | TradePulse's golden MACD, pandas `ewm(adjust=False)`, Tulip |
/// | `simpleMean` | n − 1 | TA-Lib, Stock.Indicators, Lean |
///
/// Two series that differ only in this converge, the difference shrinking by (n−1)/(n+1) a bar.
public enum EMASeeding: String, Hashable, Sendable, CaseIterable {
    /// The average is the first value at the first bar.
    case firstValue = "first-value"
    /// The average is the arithmetic mean of the first n values at bar n − 1 and undefined before.
    case simpleMean = "simple-mean"
}
