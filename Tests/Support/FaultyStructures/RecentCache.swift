import PropertyTesting

/// A cache that forgets what was not used for longest; and two mutants. O(n) an operation.
public struct RecentCache: Sendable {
    public enum Fault: String, CaseIterable, Sendable {
        /// Reading a key does not count as its use.
        case readingIsNoUse = "get_no_touch"
        /// Writing a key that is there does not count as its use.
        case updatingIsNoUse = "update_no_touch"
    }

    enum Operation: Sendable {
        case read(Int)
        case write(Int, Int)
    }

    let capacity: Int
    /// The one used last stands last.
    private(set) var entries: [Entry] = []

    init(capacity: Int) { self.capacity = capacity }

    mutating func read(_ key: Int, fault: Fault? = nil) -> Int? {
        guard let place = entries.firstIndex(where: { $0.key == key }) else { return nil }
        let value = entries[place].value
        if fault != .readingIsNoUse { entries.append(entries.remove(at: place)) }
        return value
    }

    mutating func write(_ key: Int, _ value: Int, fault: Fault? = nil) {
        if let place = entries.firstIndex(where: { $0.key == key }) {
            if fault == .updatingIsNoUse {
                entries[place].value = value
                return
            }
            entries.remove(at: place)
        } else if entries.count == capacity {
            entries.removeFirst()
        }
        entries.append(Entry(key: key, value: value))
    }

    /// The same by the times of use: slow and plain.
    private static func expected(_ operations: [Operation], capacity: Int) -> [Int?] {
        var values: [Int: Int] = [:]
        var used: [Int: Int] = [:]
        var answers: [Int?] = []
        for (time, operation) in operations.enumerated() {
            switch operation {
            case .read(let key):
                answers.append(values[key])
                if values[key] != nil { used[key] = time }
            case .write(let key, let value):
                if values[key] == nil, values.count == capacity, let oldest = used.min(by: { $0.value < $1.value })?.key {
                    values[oldest] = nil
                    used[oldest] = nil
                }
                values[key] = value
                used[key] = time
            }
        }
        return answers
    }

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("cache", "Model", noticing: [Fault.readingIsNoUse, .updatingIsNoUse]) { draws -> (Int, [Operation]) in
                let capacity = draws.int(in: 1...8)
                let operations: [Operation] = draws.array(0...50) { draws in
                    draws.bool() ? .write(draws.int(), draws.int()) : .read(draws.int())
                }
                return (capacity, operations)
            } holds: { sample, fault in
                let (capacity, operations) = sample
                var cache = RecentCache(capacity: capacity)
                var answers: [Int?] = []
                for operation in operations {
                    switch operation {
                    case .read(let key): answers.append(cache.read(key, fault: fault))
                    case .write(let key, let value): cache.write(key, value, fault: fault)
                    }
                }
                return answers == expected(operations, capacity: capacity)
            }
        ]
    }
}
