/// The smallest step in which an instrument's price moves, in ten-thousandths of the currency.
///
/// ```swift
/// let tick = TickSize(tenThousandths: 25)!          // 0.0025
/// tick.nearest(to: 10_013)                          // 10_025: halfway goes away from zero
/// tick.contains(10_013)                             // false
/// ```
public struct TickSize: Equatable, Sendable {
    public let tenThousandths: Int

    /// nil unless the step is positive.
    public init?(tenThousandths: Int) {
        guard tenThousandths > 0 else { return nil }
        self.tenThousandths = tenThousandths
    }

    /// Whether an order may carry this price.
    public func contains(_ price: Int) -> Bool { price % tenThousandths == 0 }

    /// The nearest price an order may carry; nil when it does not fit into an `Int`.
    public func nearest(to price: Int) -> Int? {
        let (steps, rest) = price.quotientAndRemainder(dividingBy: tenThousandths)
        // The comparison is by subtraction, as twice the rest may not fit.
        let roundsAway = rest.magnitude >= UInt(tenThousandths) - rest.magnitude
        let (rounded, overflow) = steps.addingReportingOverflow(roundsAway ? rest.signum() : 0)
        guard !overflow else { return nil }
        let (result, tooLarge) = rounded.multipliedReportingOverflow(by: tenThousandths)
        return tooLarge ? nil : result
    }
}
