import FuzzingRuntime

// Compares that nothing met directly, solved from how the bytes move them.
extension EntryAnalysis {
    /// Solves for one compare that no run has met, from a variant of the entry that comes to it.
    mutating func attack(_ site: UInt64, _ engine: inout FuzzEngine) {
        var start = bytes
        for _ in 0..<4 where !engine.isOver {
            var operators = Operators.none
            let length = engine.mutate(engine.load(bytes), &operators)
            let variant = Array(UnsafeBufferPointer(start: engine.shard.input, count: length))
            guard let trace = engine.trace(variant, parent: entry, operators: .solver) else { continue }
            engine.learn(trace)
            if trace.compares.contains(where: { $0.site == site }) {
                start = variant
                break
            }
        }
        solve(from: start, only: site, &engine)
    }

    /// - Parameter only: the one site that is solved for, however often that was tried; all that are open where there is none.
    mutating func solve(from start: [UInt8], only: UInt64? = nil, _ engine: inout FuzzEngine) {
        guard !start.isEmpty, start.count <= 512, let base = engine.trace(start, parent: entry, operators: .solver) else { return }
        let open = base.compares.filter { compare in
            compare.kind != UInt8(PULSEGATE_FUZZ_TEXT_COMPARE.rawValue) && compare.a != compare.b
                && (only.map { $0 == compare.site } ?? !engine.isSolved(compare))
        }
        guard !open.isEmpty else { return }
        var influence = InfluenceMap()
        var isMeasured = false
        var sites = Set<UInt64>()
        for compare in open where sites.insert(compare.site).inserted && !engine.isOver {
            let attempts = engine.slot(compare.site, 8, domain: 1)
            guard only != nil || engine.shard.extra[attempts] < engine.attemptsPerSite else { continue }
            if !isMeasured {
                _ = influence.measure(start, base: base, entry: entry, engine: &engine)
                isMeasured = true
            }
            var places = influence[CompareKey(compare)].filter { $0 < start.count }
            guard !places.isEmpty else { continue }
            // Of many places the last ones: what comes late has passed through the fewest steps.
            if places.count > 12 {
                let from = only == nil ? places.count - 12 : generator.below(places.count - 11)
                places = Array(places[from..<(from + 12)])
            }
            if engine.shard.extra[attempts] < .max { engine.shard.extra[attempts] += 1 }
            var system = CompareSystem(
                key: CompareKey(compare), bytes: start, places: places, entry: entry, isFirst: engine.shard.extra[attempts] <= 3)
            if system.solveNumbers(compare, &engine) || system.solveModular(compare, &engine) || system.solveBits(compare, &engine)
                || system.descend(compare, &engine)
            {
                // What was found is an entry of its own where it lit anything; walk on from it all the same.
                continue
            }
        }
    }
}

extension FuzzEngine {
    /// Attempts at compares of one site, over the whole campaign: more of them as nothing else finds anything.
    var attemptsPerSite: UInt8 {
        let stalls = (shard.header.pointee.executions &- shard.header.pointee.last_find) / Self.patience
        return UInt8(6 + min(stalls, 100))
    }
}

/// One compare as a function of the bytes that move it.
struct CompareSystem {
    let key: CompareKey
    let bytes: [UInt8]
    let places: [Int]
    let entry: Int
    /// Whether the site has not been attempted often: worth a search of some milliseconds.
    let isFirst: Bool

    /// The operands of the compare for other bytes, `nil` where the run no longer comes by.
    private func operands(_ bytes: [UInt8], _ engine: inout FuzzEngine) -> (a: UInt64, b: UInt64)? {
        guard let trace = engine.trace(bytes, parent: entry, operators: .solver) else { return nil }
        engine.learn(trace)
        guard let compare = trace.compares.first(where: { CompareKey($0) == key }) else { return nil }
        return (compare.a, compare.b)
    }

    private func isMet(_ candidate: [UInt8], _ engine: inout FuzzEngine) -> Bool {
        guard let (a, b) = operands(candidate, &engine) else { return false }
        return a == b
    }

    private static func mask(_ size: UInt8) -> UInt64 { size >= 8 ? .max : (1 << UInt64(8 * size)) - 1 }

    // MARK: Numbers

    /// A number in the input: where it stands, in what form, and what one more of it does to the difference of the operands.
    private struct Field {
        var position: Int
        var length: Int
        var encoding: NumberEncoding
        var value: Int64
        var slope: Int64
    }

    private static let mostFields = 24

    /// The difference of the operands as a linear function of numbers that stand in the input: totals of amounts, counts of units.
    mutating func solveNumbers(_ compare: pulsegate_fuzz_compare, _ engine: inout FuzzEngine) -> Bool {
        let difference = Self.signed(compare.a &- compare.b, compare.size)
        var fields: [Field] = []
        var tried: [(Int, Int)] = []
        var tests = 0
        for place in places {
            for encoding in [NumberEncoding.decimal, .big(4), .little(4), .big(2), .little(2), .little(1), .varint] {
                guard tests < Self.mostFields, !engine.isOver else { break }
                var start = place
                if encoding == .decimal {
                    guard (0x30...0x39).contains(bytes[place]) else { continue }
                    while start > 0, (0x30...0x39).contains(bytes[start - 1]) { start -= 1 }
                }
                guard let (value, length) = encoding.read(bytes, at: start), let signed = Int64(exactly: value) else { continue }
                if length == 1, encoding == .varint { continue }
                if tried.contains(where: { $0 == (start, length) && encoding == .decimal }) { continue }
                tried.append((start, length))
                guard let more = encoding.write(value &+ 1, instead: length) else { continue }
                tests += 1
                guard let (a, b) = operands(Proposals.spliced(bytes, start, length, more), &engine) else { continue }
                if a == b { return true }
                let slope = Self.signed(a &- b, compare.size) &- difference
                guard slope != 0 else { continue }
                fields.append(Field(position: start, length: length, encoding: encoding, value: signed, slope: slope))
                // Along the slope to where the operands meet, and a step to either side.
                let (steps, _) = difference.dividedReportingOverflow(by: slope)
                for wanted in [signed &- steps, signed &- steps &- 1, signed &- steps &+ 1] where wanted != signed {
                    guard let candidate = written([(fields.count - 1, wanted)], fields) else { continue }
                    if isMet(candidate, &engine) { return true }
                }
            }
        }
        guard fields.count > 1 else { return false }
        // The steepest first: what it leaves is made up by those that go by smaller steps.
        var left = difference
        var changes: [(Int, Int64)] = []
        var taken: [Range<Int>] = []
        for index in fields.indices.sorted(by: { fields[$0].slope.magnitude > fields[$1].slope.magnitude }) where left != 0 {
            let field = fields[index]
            let range = field.position..<(field.position + field.length)
            if taken.contains(where: { $0.overlaps(range) }) { continue }
            let (steps, overflow) = left.dividedReportingOverflow(by: field.slope)
            let wanted = max(0, field.value &- steps)
            if overflow || wanted == field.value { continue }
            left = left &+ (wanted &- field.value) &* field.slope
            taken.append(range)
            changes.append((index, wanted))
        }
        guard left == 0, changes.count > 1, let candidate = written(changes, fields) else { return false }
        return isMet(candidate, &engine)
    }

    private func written(_ changes: [(index: Int, value: Int64)], _ fields: [Field]) -> [UInt8]? {
        var candidate = bytes
        for (index, value) in changes.sorted(by: { fields[$0.index].position > fields[$1.index].position }) {
            let field = fields[index]
            guard value >= 0 || field.encoding == .decimal,
                let new = field.encoding.write(UInt64(bitPattern: value), instead: field.encoding == .decimal ? 0 : field.length)
            else { return nil }
            candidate.replaceSubrange(field.position..<(field.position + field.length), with: new)
        }
        return candidate
    }

    private static func signed(_ word: UInt64, _ size: UInt8) -> Int64 {
        size >= 8 ? Int64(bitPattern: word) : Int64(bitPattern: word << UInt64(64 - 8 * Int(size))) >> Int64(64 - 8 * Int(size))
    }

    /// The difference of the operands as a linear function of the bytes modulo 2^n.
    mutating func solveModular(_ compare: pulsegate_fuzz_compare, _ engine: inout FuzzEngine) -> Bool {
        let mask = Self.mask(compare.size)
        var weights: [(place: Int, weight: UInt64)] = []
        for place in places {
            var moved = bytes
            let step: UInt64
            let neighbour = InfluenceMap.neighbour(moved[place])
            step = neighbour > moved[place] ? 1 : .max
            moved[place] = neighbour
            guard let (a, b) = operands(moved, &engine) else { continue }
            let weight = ((a &- b) &- (compare.a &- compare.b)) &* step & mask
            if weight != 0 { weights.append((place, weight)) }
        }
        guard !weights.isEmpty else { return false }
        let goal = (compare.b &- compare.a) & mask
        for classBound in [true, false] {
            if let candidate = greedy(weights, goal: goal, mask: mask, classBound: classBound), isMet(candidate, &engine) { return true }
        }
        if let candidate = fromTheLowEnd(weights, goal: goal, mask: mask), isMet(candidate, &engine) { return true }
        return false
    }

    /// Positional systems: the heaviest place takes as much of what is missing as it can.
    private func greedy(_ weights: [(place: Int, weight: UInt64)], goal: UInt64, mask: UInt64, classBound: Bool) -> [UInt8]? {
        func signed(_ word: UInt64) -> Int64 {
            word > mask >> 1 && mask != .max ? Int64(bitPattern: word | ~mask) : Int64(bitPattern: word)
        }
        var candidate = bytes
        var missing = signed(goal)
        for (place, word) in weights.sorted(by: { signed($0.weight).magnitude > signed($1.weight).magnitude }) {
            let weight = signed(word)
            guard weight != 0, weight != .min else { continue }
            let low: Int64
            let high: Int64
            switch bytes[place] {
            case 0x30...0x39 where classBound: (low, high) = (0x30, 0x39)
            case 0x41...0x5A where classBound: (low, high) = (0x41, 0x5A)
            case 0x61...0x7A where classBound: (low, high) = (0x61, 0x7A)
            default: (low, high) = (0, 255)
            }
            // The rest may be made up by lighter places that only add: start from their lowest.
            var wanted = missing / weight
            if missing % weight != 0, (missing < 0) != (weight < 0) { wanted -= 1 }
            let value = min(high, max(low, Int64(bytes[place]) &+ wanted))
            candidate[place] = UInt8(value)
            missing = missing &- (value - Int64(bytes[place])) &* weight
        }
        return missing == 0 ? candidate : nil
    }

    /// Weights with different powers of two: the lowest bits fix the lightest byte first.
    private func fromTheLowEnd(_ weights: [(place: Int, weight: UInt64)], goal: UInt64, mask: UInt64) -> [UInt8]? {
        let sorted = weights.sorted { ($0.weight.trailingZeroBitCount, $0.place) < ($1.weight.trailingZeroBitCount, $1.place) }
        guard sorted.count <= 9 else { return nil }
        var budget = isFirst ? 200_000 : 6000
        var chosen = bytes
        func search(_ at: Int, _ missing: UInt64) -> Bool {
            budget -= 1
            if missing & mask == 0 { return true }
            guard at < sorted.count, budget > 0 else { return false }
            let (place, weight) = sorted[at]
            let rest = at + 1 < sorted.count ? sorted[at + 1].weight.trailingZeroBitCount : 64
            let fixed: UInt64 = rest >= 64 ? mask : mask & ((1 << UInt64(rest)) - 1)
            for value in 0...255 {
                let step = UInt64(truncatingIfNeeded: value - Int(bytes[place]))
                let left = missing &- step &* weight
                guard left & fixed == 0 else { continue }
                chosen[place] = UInt8(value)
                if search(at + 1, left) { return true }
            }
            chosen[place] = bytes[place]
            return false
        }
        return search(0, goal) ? chosen : nil
    }

    /// The exclusive or of the operands as a linear function of the bits: exact for shifts, rotations, exclusive ors and CRCs.
    mutating func solveBits(_ compare: pulsegate_fuzz_compare, _ engine: inout FuzzEngine) -> Bool {
        guard places.count <= 16 else { return false }
        let base = compare.a ^ compare.b
        var rows: [(word: UInt64, combination: [UInt64])] = []
        let words = (places.count * 8 + 63) / 64
        for (number, place) in places.enumerated() {
            for bit in 0..<8 {
                if engine.isOver { return false }
                var moved = bytes
                moved[place] ^= 1 << UInt8(bit)
                guard let (a, b) = operands(moved, &engine) else { continue }
                let change = (a ^ b) ^ base
                guard change != 0 else { continue }
                var combination = [UInt64](repeating: 0, count: words)
                combination[(number * 8 + bit) / 64] |= 1 << UInt64((number * 8 + bit) % 64)
                rows.append((change, combination))
            }
        }
        // Gauss over GF(2): the goal is `base` as a sum of rows.
        var goal = base
        var used = [UInt64](repeating: 0, count: words)
        var pivot = 0
        for bit in (0..<64).reversed() {
            let probe: UInt64 = 1 << UInt64(bit)
            guard let at = (pivot..<max(pivot, rows.count)).first(where: { rows[$0].word & probe != 0 }) else { continue }
            rows.swapAt(pivot, at)
            let row = rows[pivot]
            for other in rows.indices where other != pivot && rows[other].word & probe != 0 {
                rows[other].word ^= row.word
                for word in 0..<words { rows[other].combination[word] ^= row.combination[word] }
            }
            if goal & probe != 0 {
                goal ^= row.word
                for word in 0..<words { used[word] ^= row.combination[word] }
            }
            pivot += 1
        }
        guard goal == 0 else { return false }
        var candidate = bytes
        for (number, place) in places.enumerated() {
            for bit in 0..<8 where used[(number * 8 + bit) / 64] >> UInt64((number * 8 + bit) % 64) & 1 != 0 {
                candidate[place] ^= 1 << UInt8(bit)
            }
        }
        return isMet(candidate, &engine)
    }

    /// One byte after another to the value that brings the operands closest, by distance and then by the bits that differ.
    mutating func descend(_ compare: pulsegate_fuzz_compare, _ engine: inout FuzzEngine) -> Bool {
        guard places.count <= 8 else { return false }
        for byBits in [false, true] {
            func distance(_ a: UInt64, _ b: UInt64) -> UInt64 {
                byBits ? UInt64((a ^ b).nonzeroBitCount) : a > b ? a - b : b - a
            }
            var current = bytes
            var best = distance(compare.a, compare.b)
            var budget = 2048
            var improved = true
            while improved, budget > 0 {
                improved = false
                for place in places.reversed() {
                    var chosen = current[place]
                    for value in UInt8.min...UInt8.max where value != current[place] {
                        if engine.isOver || budget == 0 { return false }
                        budget -= 1
                        var candidate = current
                        candidate[place] = value
                        guard let (a, b) = operands(candidate, &engine) else { continue }
                        if a == b { return true }
                        if distance(a, b) < best {
                            best = distance(a, b)
                            chosen = value
                            improved = true
                        }
                    }
                    current[place] = chosen
                }
            }
        }
        return false
    }
}
