#if canImport(Glibc)
    import Glibc
#endif

/// How the time of a benchmark grows with the size of its input.
///
/// ```swift
/// ComplexityFit([(1_000, 31_000), (10_000, 413_000), (100_000, 5_160_000)])?.text      // "O(n log n), 3.11 ns · n log₂ n, rms 0.2 %"
/// ```
///
/// Each of ``Growth`` is fitted by least squares as t ≈ fixed + coefficient · f(n), neither below 0. Residuals are taken relative to the
/// measured time, since noise grows with it: otherwise the greatest size alone would decide. The fixed part keeps a cost of each call from
/// looking like slower growth. What is left is √(Σ((t − fit) / t)² / (points − parameters)), the normalised root mean square. The slowest
/// growth wins whose rest is within the noise of the least.
///
/// A description of what was measured, between the sizes that were measured; no proof. Complexity: O(points).
public struct ComplexityFit: Sendable, Equatable {
    /// From the slowest to the fastest; logarithms are binary.
    public enum Growth: String, Sendable, CaseIterable {
        case constant = "1"
        case logarithmic = "log n"
        case linear = "n"
        case linearithmic = "n log n"
        case quadratic = "n²"
        case cubic = "n³"

        func value(_ n: Double) -> Double {
            switch self {
            case .constant: 1
            case .logarithmic: log2(n)
            case .linear: n
            case .linearithmic: n * log2(n)
            case .quadratic: n * n
            case .cubic: n * n * n
            }
        }

        var factor: String {
            switch self {
            case .constant: ""
            case .logarithmic: " · log₂ n"
            case .linear: " · n"
            case .linearithmic: " · n log₂ n"
            case .quadratic: " · n²"
            case .cubic: " · n³"
            }
        }
    }

    public let growth: Growth
    /// Nanoseconds a unit of the growth.
    public let coefficient: Double
    /// Nanoseconds of every call, whatever the size.
    public let fixed: Double
    /// The normalised root mean square of what the fit leaves, as a share.
    public let rms: Double
    /// Different sizes.
    public let sizes: Int

    public static let leastSizes = 3
    /// A worse fit than this names no growth.
    public static let clear = 0.25

    /// - Parameters:
    ///   - points: sizes from 1 on, with nanoseconds above 0; others are left out.
    ///   - noise: how far two times of the same code may lie apart, as a share: fits that differ by less are equally good.
    /// - Returns: nil with fewer than three different sizes.
    public init?(_ points: [(size: Int, nanoseconds: Double)], noise: Double = 0.02) {
        let points = points.filter { $0.size >= 1 && $0.nanoseconds > 0 && $0.nanoseconds.isFinite }
        let different = Set(points.map(\.size)).count
        guard different >= Self.leastSizes else { return nil }
        let fits = Growth.allCases.compactMap { Self.fit($0, points) }
        guard let least = fits.map(\.rms).min(), let best = fits.first(where: { $0.rms <= least + max(0, noise) }) else { return nil }
        (growth, coefficient, fixed, rms, sizes) = (best.growth, best.coefficient, best.fixed, best.rms, different)
    }

    /// Whether the growth describes the times.
    public var isClear: Bool { rms <= Self.clear }

    /// For people: growth, formula and rest; or that there is no growth to name.
    public var text: String {
        let formula =
            FigureText.time(nanoseconds: coefficient) + growth.factor
            + (fixed >= 0.05 ? " + \(FigureText.time(nanoseconds: fixed))" : "")
        let start = isClear ? "O(\(growth.rawValue)), " : "no growth that fits; the nearest is "
        return start + formula + ", rms \(FigureText.percent(rms))"
    }

    private typealias Fit = (growth: Growth, coefficient: Double, fixed: Double, rms: Double)

    /// Least squares of 1 ≈ fixed / t + coefficient · f(n) / t; nil where the coefficient would not be above 0.
    private static func fit(_ growth: Growth, _ points: [(size: Int, nanoseconds: Double)]) -> Fit? {
        // f as a share of its greatest value, so that no square overflows.
        let scale = points.map { growth.value(Double($0.size)) }.max() ?? 1
        guard scale > 0 else { return nil }
        var (uu, uv, vv, u, v) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for point in points {
            let one = 1 / point.nanoseconds
            let grown = growth.value(Double(point.size)) / scale / point.nanoseconds
            uu += one * one
            uv += one * grown
            vv += grown * grown
            u += one
            v += grown
        }
        var fixed = 0.0
        var coefficient = v / vv
        let determinant = uu * vv - uv * uv
        if growth != .constant, determinant > 1e-12 * uu * vv {
            let both = (fixed: (u * vv - v * uv) / determinant, coefficient: (v * uu - u * uv) / determinant)
            if both.fixed > 0 { (fixed, coefficient) = both }
        }
        guard coefficient > 0, coefficient.isFinite else { return nil }
        let squares = points.reduce(0.0) { sum, point in
            let rest = 1 - (fixed + coefficient * growth.value(Double(point.size)) / scale) / point.nanoseconds
            return sum + rest * rest
        }
        let parameters = fixed > 0 ? 2 : 1
        return (growth, coefficient / scale, fixed, (squares / Double(max(1, points.count - parameters))).squareRoot())
    }
}
