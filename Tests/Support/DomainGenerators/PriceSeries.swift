import PropertyTesting

/// Prices as a market makes them, with what breaks the code that reads them.
///
/// ```swift
/// try checkProperty { draws in draws.draw(.priceSeries(count: 30...200)) } holds: { prices in … }
/// ```
///
/// Every price is finite and above zero. Segments follow one another: a random walk in steps of relative size, a jump, a flat stretch, and, rarely,
/// a price at the edge of what doubles hold. The simplest series is flat at 100.
public struct PriceSeries: Sendable {
    /// The lowest price that a walk reaches; extreme prices go down to the least normal double.
    public static let lowest = 0.0001
    /// The highest price that a walk reaches; extreme prices go up to 1e300.
    public static let highest = 1e9

    enum Segment: Int { case flat, walk, jump, extreme }

    /// - Parameter extremes: whether prices next to the ends of the range of doubles come up.
    static func draw(_ draws: Draws, count: ClosedRange<Int>, extremes: Bool) -> [Double] {
        let start = Double(draws.int(in: 1...100_000, towards: 10_000)) / 100
        var price = start
        var prices: [Double] = []
        let total = draws.int(in: max(0, count.lowerBound)...max(0, count.lowerBound, count.upperBound))
        while prices.count < total, !draws.isOverrun {
            draws.span(DomainLabel.segment) {
                let length = draws.int(in: 1...min(20, total - prices.count))
                switch Segment(rawValue: draws.weighted(extremes ? [4, 10, 3, 1] : [4, 10, 3])) ?? .flat {
                case .flat: for _ in 0..<length { prices.append(price) }
                case .walk:
                    // Steps of up to 5 %, in hundredths of a percent.
                    for _ in 0..<length {
                        price = held(price * (1 + Double(draws.int(in: -500...500)) / 10_000))
                        prices.append(price)
                    }
                case .jump:
                    // A gap overnight, a split, a tick error: by a factor of 1/100 to 100.
                    let factor = Double(draws.int(in: 1...100, towards: 2))
                    price = held(draws.bool() ? price / factor : price * factor)
                    prices.append(price)
                case .extreme:
                    prices.append(draws.element(of: [1e300, .leastNormalMagnitude, 1e-300, 1e15, 0x1p53 + 1]))
                }
            }
        }
        // What the choices did not suffice for stays flat.
        while prices.count < total { prices.append(price) }
        return prices
    }

    private static func held(_ price: Double) -> Double { min(max(price, lowest), highest) }
}

extension Gen where Value == [Double] {
    /// A series of prices; see ``PriceSeries``.
    ///
    /// - Parameters:
    ///   - count: prices; the least is simplest.
    ///   - extremes: whether prices next to the ends of the range of doubles come up.
    public static func priceSeries(count: ClosedRange<Int> = 0...200, extremes: Bool = false) -> Gen {
        Gen { PriceSeries.draw($0, count: count, extremes: extremes) }
    }
}
