import PropertyTesting

/// Searching and thinning out sorted arrays, and three mutants.
public enum SortedArrays {
    public enum Fault: String, CaseIterable, Sendable {
        /// The search begins one place too low: the end is never the answer.
        case highMinusOne = "hi_minus_1"
        /// Passes equal elements.
        case upperBound = "upper_bound"
        /// A run of three or more is dropped as a whole.
        case dropsTriples = "drops_triples"
    }

    /// Where the first element not below `value` stands; O(log n).
    public static func lowerBound(of value: Int, in sorted: [Int], fault: Fault? = nil) -> Int {
        var low = 0
        var high = fault == .highMinusOne ? max(0, sorted.count - 1) : sorted.count
        while low < high {
            let middle = low + (high - low) / 2
            let isBelow = fault == .upperBound ? sorted[middle] <= value : sorted[middle] < value
            if isBelow { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Each value once; O(n).
    public static func withoutRepeats(_ sorted: [Int], fault: Fault? = nil) -> [Int] {
        var result: [Int] = []
        var start = 0
        while start < sorted.count {
            var end = start + 1
            while end < sorted.count, sorted[end] == sorted[start] { end += 1 }
            if fault != .dropsTriples || end - start < 3 { result.append(sorted[start]) }
            start = end
        }
        return result
    }

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("sorted", "LowerBound", noticing: [Fault.highMinusOne, .upperBound]) { draws in
                (draws.array { $0.int() }.sorted(), draws.int())
            } holds: { sample, fault in
                let (sorted, value) = sample
                return lowerBound(of: value, in: sorted, fault: fault) == sorted.count { $0 < value }
            },
            FaultyProperty("sorted", "WithoutRepeats", noticing: [Fault.dropsTriples]) { draws in
                draws.array { $0.int() }.sorted()
            } holds: { sorted, fault in
                withoutRepeats(sorted, fault: fault) == Set(sorted).sorted()
            },
        ]
    }
}
