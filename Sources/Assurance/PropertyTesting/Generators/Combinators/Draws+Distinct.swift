extension Draws {
    /// Elements whose keys differ, in the order drawn; no elements is simplest.
    ///
    /// A duplicate is drawn again, at most ``maximumAttempts`` times. After that the list ends where it is, and the case is rejected when it is
    /// shorter than `counts` allows: a small domain gives short lists and does not hang.
    ///
    /// - Complexity: O(n) expected in the elements drawn.
    public func unique<Element, Key: Hashable>(
        _ counts: ClosedRange<Int> = 0...20, by key: (Element) -> Key, of element: (Draws) -> Element
    ) -> [Element] {
        let (lower, upper) = (max(0, counts.lowerBound), max(0, counts.upperBound))
        let probability = Self.continuation(lower, upper)
        return journaledSpan(Label.array) {
            var elements: [Element] = []
            var seen: Set<Key> = []
            while elements.count < upper {
                let count = elements.count
                span(Label.element) {
                    if count >= lower, !more(probability: probability) { return }
                    var attempts = 0
                    while attempts < Self.maximumAttempts, !isOverrun {
                        let candidate = span(Label.attempt) { element(self) }
                        if isOverrun { return }
                        if seen.insert(key(candidate)).inserted {
                            elements.append(candidate)
                            return
                        }
                        discardLastSpan(Label.attempt)
                        attempts += 1
                    }
                }
                if elements.count == count { break }
            }
            if elements.count < lower { assume(false) }
            return elements
        }
    }

    /// A dictionary with as many keys as `counts` says; the empty one is simplest. Keys that come up twice are drawn again, see ``unique(_:by:of:)``.
    public func dictionary<Key: Hashable, Value>(
        _ counts: ClosedRange<Int> = 0...20, key: (Draws) -> Key, value: (Draws) -> Value
    ) -> [Key: Value] {
        journaled { Dictionary(uniqueKeysWithValues: unique(counts, by: { $0.0 }, of: { (key($0), value($0)) })) }
    }

    /// The same values in another order; the order given is simplest, then orders that differ at the end only.
    ///
    /// - Complexity: O(n), n − 1 choices. Every order is equally likely (R. Durstenfeld, "Algorithm 235: Random permutation", 1964).
    public func permutation<Value>(of values: [Value]) -> [Value] {
        journaledSpan(Label.permutation) {
            var order = values
            var place = 0
            while place + 1 < order.count {
                let other = place + Int(uniform(bound: UInt64(order.count - 1 - place), kind: .integer))
                if other != place { order.swapAt(place, other) }
                place += 1
            }
            return order
        }
    }

    /// Some of the values, in the order given; none is simplest, then the first ones.
    ///
    /// - Parameter counts: how many, held to the number of values; nil for any number.
    /// - Complexity: O(n k) for k of n values.
    public func subset<Value>(of values: [Value], _ counts: ClosedRange<Int>? = nil) -> [Value] {
        let upper = min(max(0, counts?.upperBound ?? values.count), values.count)
        let lower = min(max(0, counts?.lowerBound ?? 0), upper)
        let half = Double(upper - lower) / 2
        return journaledSpan(Label.array) {
            // Some of those that are left, one after the other: lists shrink better than a row of flags.
            var left = Array(values.indices)
            var taken: [Int] = []
            while taken.count < upper {
                let count = taken.count
                span(Label.element) {
                    if count >= lower, !more(probability: max(0.5, half / (half + 1))) { return }
                    if isOverrun { return }
                    taken.append(left.remove(at: Int(uniform(bound: UInt64(left.count - 1)))))
                }
                if taken.count == count { break }
            }
            // Overrun ends the loop early; the count is kept, so that nobody sees too few.
            while taken.count < lower { taken.append(left.removeFirst()) }
            return taken.sorted().map { values[$0] }
        }
    }

    /// The probability of one more element that gives a list between two counts a mean length like that of ``array(_:of:)``.
    static func continuation(_ lower: Int, _ upper: Int) -> Double {
        guard upper > lower else { return 0.5 }
        // Halved apart: the sum of two counts may overflow.
        let average = min(max(lower.multipliedReportingOverflow(by: 2).overflow ? .max : 2 * lower, lower + 5), lower + (upper - lower) / 2)
        return max(0.5, 1 - 1 / (1 + Double(average - lower)))
    }
}
