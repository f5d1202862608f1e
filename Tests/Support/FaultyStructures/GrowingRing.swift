import PropertyTesting

/// A queue in a ring that doubles when it is full; and two mutants. O(1) an operation, amortised.
public struct GrowingRing: Sendable {
    public enum Fault: String, CaseIterable, Sendable {
        /// Grows by copying the places as they stand, wrapped or not.
        case copiesWrapped = "copies_wrapped"
        /// Giving room back, when only a quarter is used, loses what stands in the upper half.
        case shrinksBlindly = "shrinks_blindly"
    }

    private var places = [Int](repeating: 0, count: 4)
    private var head = 0
    private(set) var count = 0

    mutating func append(_ value: Int, fault: Fault? = nil) {
        if count == places.count {
            var larger = [Int](repeating: 0, count: count * 2)
            for offset in 0..<count { larger[offset] = places[fault == .copiesWrapped ? offset : (head + offset) % count] }
            places = larger
            head = 0
        }
        places[(head + count) % places.count] = value
        count += 1
    }

    mutating func removeFirst(fault: Fault? = nil) -> Int? {
        if count == 0 { return nil }
        let value = places[head]
        head = (head + 1) % places.count
        count -= 1
        if places.count > 4, count <= places.count / 4 {
            let half = places.count / 2
            let kept = (0..<count).map { places[(head + $0) % places.count] }
            if fault == .shrinksBlindly {
                places = Array(places.prefix(half))
                head %= half
            } else {
                places = kept + [Int](repeating: 0, count: half - count)
                head = 0
            }
        }
        return value
    }

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("ring", "Model", noticing: [Fault.copiesWrapped, .shrinksBlindly]) { draws -> [Int?] in
                draws.array(0...50) { draws in draws.bool() ? draws.int() : nil }
            } holds: { operations, fault in
                var ring = GrowingRing()
                var model: [Int] = []
                for operation in operations {
                    if let value = operation {
                        ring.append(value, fault: fault)
                        model.append(value)
                    } else {
                        let expected = model.isEmpty ? nil : model.removeFirst()
                        if ring.removeFirst(fault: fault) != expected { return false }
                    }
                }
                return true
            }
        ]
    }
}
