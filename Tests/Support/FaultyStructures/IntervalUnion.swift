import PropertyTesting

/// Closed intervals of integers, united into the fewest disjoint ones; and three mutants. O(n log n).
public enum IntervalUnion {
    public enum Fault: String, CaseIterable, Sendable {
        /// Intervals that share only an end stay apart.
        case touching = "touching"
        /// An interval within another one cuts it short.
        case contained = "contained"
        /// Taken as they come, not by their start.
        case unsorted = "unsorted"
    }

    public static func united(_ intervals: [ClosedRange<Int>], fault: Fault? = nil) -> [ClosedRange<Int>] {
        let ordered = fault == .unsorted ? intervals : intervals.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
        var result: [ClosedRange<Int>] = []
        for interval in ordered {
            guard let last = result.last else {
                result.append(interval)
                continue
            }
            let joins = fault == .touching ? interval.lowerBound < last.upperBound : interval.lowerBound <= last.upperBound
            if joins {
                let end = fault == .contained ? interval.upperBound : max(last.upperBound, interval.upperBound)
                let start = fault == .unsorted ? min(last.lowerBound, interval.lowerBound) : last.lowerBound
                result[result.count - 1] = start...max(start, end)
            } else {
                result.append(interval)
            }
        }
        return result
    }

    static var properties: [FaultyProperty] {
        let intervals: @Sendable (Draws) -> [ClosedRange<Int>] = { draws in
            draws.array { draws in
                let start = draws.int(in: -1000...1000)
                return start...(start + draws.int(in: 0...1000))
            }
        }
        return [
            FaultyProperty("intervals", "Disjoint", noticing: [Fault.touching, .unsorted], generate: intervals) { intervals, fault in
                let united = united(intervals, fault: fault)
                return zip(united, united.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }
            },
            FaultyProperty("intervals", "Cover", noticing: [Fault.contained], generate: intervals) { intervals, fault in
                let united = united(intervals, fault: fault)
                let ends = intervals.flatMap { [$0.lowerBound, $0.upperBound] }
                return ends.allSatisfy { end in united.contains { $0.contains(end) } }
                    && united.allSatisfy { ends.contains($0.lowerBound) && ends.contains($0.upperBound) }
            },
        ]
    }
}
