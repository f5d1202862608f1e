/// Order statistics of small samples.
enum Quantile {
    /// The value that a share `p` of the sorted values is not above: the one at ⌊p·n⌋, no interpolation, so that it is a value that was measured.
    static func of(_ p: Double, sorted values: [Double]) -> Double {
        guard !values.isEmpty else { return .nan }
        return values[min(values.count - 1, max(0, Int(p * Double(values.count))))]
    }

    /// The middle value, or the mean of the two middle ones; NaN of none.
    static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
