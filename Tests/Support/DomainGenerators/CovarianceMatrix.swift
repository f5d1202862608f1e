import PropertyTesting

/// A symmetric matrix that is positive semi-definite by construction: `B Bᵀ + D` with a diagonal `D >= 0`.
public struct CovarianceMatrix: Hashable, Sendable {
    /// Rows and columns.
    public var size: Int
    /// Row by row, `size * size`; exactly symmetric.
    public var elements: [Double]
    /// How many columns `B` has: with no diagonal added, an upper bound of the rank.
    public var factorCount: Int
    /// Whether a diagonal was added, which makes the matrix positive definite.
    public var hasOwnVariances: Bool

    /// - Precondition: both lie in 0..<size.
    public subscript(row: Int, column: Int) -> Double { elements[row * size + column] }

    /// `vᵀ M v`, at least 0 but for rounding.
    public func quadraticForm(_ vector: [Double]) -> Double {
        var sum = 0.0
        for row in 0..<size { for column in 0..<size { sum += vector[row] * self[row, column] * vector[column] } }
        return sum
    }
}

extension Gen where Value == CovarianceMatrix {
    /// A covariance matrix, as factor models make them.
    ///
    /// Regular ones, singular ones (fewer factors than rows and no variances of their own, or two rows alike), nearly singular ones (own variances of
    /// 1e-12), and such with scales of 1e-6 to 1e6 side by side come up. The simplest is one zero.
    ///
    /// - Parameter size: rows, at least 1.
    public static func covarianceMatrix(size: ClosedRange<Int> = 1...8) -> Gen {
        Gen { draws in
            draws.span(DomainLabel.matrix) {
                let size = draws.int(in: max(1, size.lowerBound)...max(1, size.lowerBound, size.upperBound))
                let factors = draws.int(in: 1...size)
                // Loadings in hundredths: their products are short decimals that people can check.
                var rows = (0..<size).map { _ in (0..<factors).map { _ in Double(draws.int(in: -300...300)) / 100 } }
                if size > 1, draws.bool(probability: 0.15) {
                    // Two assets that are one and the same.
                    rows[draws.int(in: 1...(size - 1))] = rows[0]
                }
                if draws.bool(probability: 0.15) {
                    for row in 0..<size {
                        let scale = draws.element(of: [1, 1e-6, 1e-3, 1e3, 1e6])
                        for factor in 0..<factors { rows[row][factor] *= scale }
                    }
                }
                let own = [0, 1e-12, 0.01, 1][draws.weighted([3, 2, 3, 4])]
                var elements = [Double](repeating: 0, count: size * size)
                for row in 0..<size {
                    for column in 0...row {
                        var product = 0.0
                        for factor in 0..<factors { product += rows[row][factor] * rows[column][factor] }
                        if row == column { product += own }
                        elements[row * size + column] = product
                        elements[column * size + row] = product
                    }
                }
                return CovarianceMatrix(size: size, elements: elements, factorCount: factors, hasOwnVariances: own > 0)
            }
        }
    }
}
