import FuzzingRuntime

/// Which bytes of an input move the operands of which compares, found by moving them.
///
/// The input's length counts as a place of its own (`lengthPlace`), since a count is compared as often as content is.
struct InfluenceMap {
    static let lengthPlace = Int.max
    private var places: [CompareKey: [Int]] = [:]
    private var measured = 0

    subscript(key: CompareKey) -> [Int] { places[key] ?? [] }

    func knows(_ key: CompareKey) -> Bool { places[key] != nil || measured >= 6 }

    mutating func forgetPositions(longerThan length: Int) {
        for (key, list) in places where list.contains(where: { $0 != Self.lengthPlace && $0 >= length }) {
            places[key] = list.filter { $0 == Self.lengthPlace || $0 < length }
        }
    }

    /// Moves one byte (of a long input: one block, and then the bytes of the blocks that matter) at a time. Returns the executions it took.
    mutating func measure(_ bytes: [UInt8], base: CompareTrace, entry: Int, engine: inout FuzzEngine) -> Int {
        measured += 1
        var executions = 0
        var index: [CompareKey: Int]?
        var found: [CompareKey: [Int]] = [:]

        func compareWith(_ trace: CompareTrace, at place: Int) -> Bool {
            var moved = false
            for (position, compare) in trace.compares.enumerated() {
                // Mostly the traces run side by side; the index is for where they part.
                var at = position
                if position >= base.compares.count || CompareKey(base.compares[position]) != CompareKey(compare) {
                    if index == nil { index = base.index() }
                    guard let other = index?[CompareKey(compare)] else { continue }
                    at = other
                }
                let before = base.compares[at]
                if before.a != compare.a || before.b != compare.b {
                    found[CompareKey(compare), default: []].append(place)
                    moved = true
                }
            }
            return moved
        }

        let block = (bytes.count + 127) / 128
        var at = 0
        while at < bytes.count, !engine.isOver {
            let end = min(bytes.count, at + max(1, block))
            var candidate = bytes
            for place in at..<end { candidate[place] = Self.neighbour(candidate[place]) }
            executions += 1
            if let trace = engine.trace(candidate, parent: entry, operators: .walk) {
                engine.learn(trace)
                if block == 1 {
                    _ = compareWith(trace, at: at)
                } else {
                    let before = found
                    if compareWith(trace, at: at) {
                        found = before
                        for place in at..<end where executions < 512 {
                            var single = bytes
                            single[place] = Self.neighbour(single[place])
                            executions += 1
                            if let trace = engine.trace(single, parent: entry, operators: .walk) { _ = compareWith(trace, at: place) }
                        }
                    }
                }
            }
            at = end
        }
        if bytes.count < engine.options.maximumLength {
            executions += 1
            if let trace = engine.trace(bytes + [bytes.last ?? 0x41], parent: entry, operators: .length) {
                engine.learn(trace)
                _ = compareWith(trace, at: Self.lengthPlace)
            }
        }
        for compare in base.compares { places[CompareKey(compare)] = found[CompareKey(compare)] ?? [] }
        return executions
    }

    /// The byte beside, in its class where it has one.
    static func neighbour(_ byte: UInt8) -> UInt8 {
        switch byte {
        case 0x39: 0x38
        case 0x5A: 0x59
        case 0x7A: 0x79
        case 0xFF: 0xFE
        default: byte + 1
        }
    }
}
