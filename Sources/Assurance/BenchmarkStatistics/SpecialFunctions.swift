#if canImport(Glibc)
    import Glibc
#endif

/// The functions that exact and Student intervals are made of.
///
/// The regularised incomplete beta function by Lentz's evaluation of its continued fraction (DLMF 8.17.22), accurate to about 1e-14 for the
/// parameters that occur here (up to 1e6). Pure; O(√(a + b)) steps at worst, at most 10,000.
enum SpecialFunctions {
    /// I_x(a, b) for a, b > 0 and x in 0…1.
    static func incompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        // lgamma writes signgam, a global; lgamma_r does not.
        var sign: Int32 = 0
        let front = lgamma_r(a + b, &sign) - lgamma_r(a, &sign) - lgamma_r(b, &sign) + a * log(x) + b * log1p(-x)
        // The fraction converges fast on one side of the mean only.
        if x > (a + 1) / (a + b + 2) { return 1 - exp(front) * fraction(1 - x, b, a) / b }
        return exp(front) * fraction(x, a, b) / a
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        var c = 1.0
        var d = 1 - (a + b) * x / (a + 1)
        if abs(d) < tiny { d = tiny }
        d = 1 / d
        var value = d
        for m in 1...10_000 {
            let k = Double(m)
            for numerator in [
                k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k)), -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)),
            ] {
                d = 1 + numerator * d
                if abs(d) < tiny { d = tiny }
                c = 1 + numerator / c
                if abs(c) < tiny { c = tiny }
                d = 1 / d
                value *= d * c
            }
            if abs(d * c - 1) < 1e-15 { break }
        }
        return value
    }

    /// The t that a Student variable with `degrees` of freedom stays below with probability `p`; 0 < p < 1, degrees > 0.
    static func studentQuantile(_ p: Double, degrees: Double) -> Double {
        if p == 0.5 { return 0 }
        if p < 0.5 { return -studentQuantile(1 - p, degrees: degrees) }
        func below(_ t: Double) -> Double { 1 - 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) }
        var high = 1.0
        while below(high) < p, high < 1e12 { high *= 2 }
        var low = 0.0
        for _ in 0..<200 where high - low > 1e-12 * high {
            let middle = (low + high) / 2
            if below(middle) < p { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
