/// Passes over numbers that hold each other in place: what is tried with one must be tried with the other.
extension Shrinker {
    /// Numbers that are equal are often meant to be.
    mutating func lowerDuplicates() {
        struct Group {
            var value: Int128
            var places: [Int]
        }
        var groups: [Group] = []
        for position in best.indices.indices where best.shapes[position].bound > 1 && best.indices[position] > 0 {
            guard let value = best.shapes[position].value(of: best.indices[position]) else { continue }
            if let found = groups.firstIndex(where: { $0.value == value }) {
                groups[found].places.append(position)
            } else if groups.count < 64 {
                groups.append(Group(value: value, places: [position]))
            }
        }
        for group in groups where group.places.count > 1 {
            let places = group.places
            guard tries < limit, places[places.count - 1] < best.count else { continue }
            let start = best
            guard places.allSatisfy({ start.shapes[$0].value(of: start.indices[$0]) == group.value }) else { continue }
            let origin = places.map { start.shapes[$0].simplestValue }.max { abs($0 - group.value) > abs($1 - group.value) } ?? 0
            let distance = abs(group.value - origin)
            guard distance > 0, distance <= Int128(UInt64.max) else { continue }
            let sign: Int128 = group.value < origin ? -1 : 1
            func candidate(_ value: Int128) -> [UInt64]? {
                var candidate = start.indices
                for place in places {
                    guard let index = start.shapes[place].index(of: value) else { return nil }
                    candidate[place] = index
                }
                return candidate
            }
            if sign < 0, let mirrored = candidate(2 * origin - group.value), accept(mirrored) { continue }
            minimise(UInt64(distance), smallFirst: true) { shrinker, distance in
                candidate(origin + sign * Int128(distance)).map { shrinker.accept($0) } ?? false
            }
        }
    }

    /// Where it matters which values are equal and not what they are: the simpler of two values in place of the one that comes first, and
    /// the other way round.
    mutating func rename() {
        var places: [(value: UInt64, shape: ChoiceShape, count: Int)] = []
        for position in best.indices.indices where best.shapes[position].bound > 1 {
            let (value, shape) = (best.indices[position], best.shapes[position])
            if let found = places.firstIndex(where: { $0.value == value && $0.shape == shape }) {
                places[found].count += 1
            } else if places.count < 16 {
                places.append((value, shape, 1))
            }
        }
        for (number, first) in places.enumerated() {
            for second in places[(number + 1)...]
            where second.value < first.value && second.shape == first.shape && first.count + second.count > 2 {
                var candidate = best.indices
                for position in candidate.indices where best.shapes[position] == first.shape {
                    if candidate[position] == first.value {
                        candidate[position] = second.value
                    } else if candidate[position] == second.value {
                        candidate[position] = first.value
                    }
                }
                if accept(candidate) { return }
            }
        }
    }

    /// Partners that each number is tried with.
    private static let partners = 8
    /// Bodies of one run of the pass over pairs.
    private static let mostBodies = 120

    /// Two numbers, the first towards its simplest value: the second the other way (their sum stays), or the same way (their difference).
    mutating func movePairs() {
        shiftAll()
        // Bodies without a success after which the pass is left: more where more is to be gained.
        let patience = max(4, restBits)
        let start = version
        var spentUntil = patienceEnd(patience)
        let last = bodies + Self.mostBodies
        defer { settlePatience(patience, hasFound: version != start) }
        var first = 0
        while first < best.count, tries < limit {
            defer { first += 1 }
            guard best.indices[first] > 0, best.shapes[first].isNumber else { continue }
            var partners = 0
            var second = first + 1
            while second < best.count, first < best.count, best.indices[first] > 0, partners < Self.partners, bodies < spentUntil {
                if best.shapes[second].isNumber {
                    partners += 1
                    let before = version
                    swapPair(first, second)
                    movePair(first, second, along: -1)
                    movePair(first, second, along: 1)
                    if version != before { spentUntil = min(last, bodies + patience) }
                }
                second += 1
            }
        }
    }

    /// Three and more numbers of one shape by the same amount.
    private mutating func shiftAll() {
        guard let shape = best.indices.indices.first(where: { best.shapes[$0].isNumber && best.indices[$0] > 0 }).map({ best.shapes[$0] })
        else { return }
        let start = best
        let places = start.indices.indices.filter { start.shapes[$0] == shape && start.indices[$0] > 0 }
        let values = places.compactMap { shape.value(of: start.indices[$0]) }
        guard places.count > 2, values.count == places.count, Set(values).count > 1 else { return }
        let origin = shape.simplestValue
        guard values.allSatisfy({ ($0 < origin) == (values[0] < origin) }), let least = values.map({ abs($0 - origin) }).min(),
            least <= Int128(UInt64.max)
        else { return }
        let sign: Int128 = values[0] < origin ? -1 : 1
        minimise(UInt64(least)) { shrinker, left in
            var candidate = start.indices
            for (place, value) in zip(places, values) {
                guard let index = shape.index(of: value - sign * (least - Int128(left))) else { return false }
                candidate[place] = index
            }
            return shrinker.accept(candidate)
        }
    }

    private mutating func swapPair(_ first: Int, _ second: Int) {
        guard best.shapes[first] == best.shapes[second], best.indices[first] > best.indices[second], best.indices[second] > 0 else {
            return
        }
        var candidate = best.indices
        candidate.swapAt(first, second)
        _ = accept(candidate)
    }

    private mutating func movePair(_ first: Int, _ second: Int, along direction: Int128) {
        guard first < best.count, second < best.count else { return }
        let start = best
        let (a, b) = (start.shapes[first], start.shapes[second])
        guard a.isNumber, b.isNumber, let x = a.value(of: start.indices[first]), let y = b.value(of: start.indices[second]) else { return }
        let origin = a.simplestValue
        let sign: Int128 = x < origin ? -1 : 1
        func candidate(_ amount: Int128) -> [UInt64]? {
            guard let i = a.index(of: x - sign * amount), let j = b.index(of: y - sign * amount * direction) else { return nil }
            var candidate = start.indices
            candidate[first] = i
            candidate[second] = j
            return candidate
        }
        // As far as both have room.
        let room = abs(b.clamped(y - sign * abs(x - origin) * direction) - y)
        let most = min(abs(x - origin), room, Int128(UInt64.max))
        guard most > 0 else { return }
        minimise(UInt64(most)) { shrinker, left in candidate(most - Int128(left)).map { shrinker.accept($0) } ?? false }
    }

    /// Two numbers whose product matters: what the first loses as a factor the second gains.
    mutating func multiplyPairs() {
        for first in best.indices.indices where first < best.count && best.shapes[first].isNumber && best.indices[first] > 0 {
            for second in best.indices.indices where second > first && second < best.count && best.shapes[second].isNumber {
                let start = best
                let (a, b) = (start.shapes[first], start.shapes[second])
                guard let x = a.value(of: start.indices[first]), let y = b.value(of: start.indices[second]), x > 1, y > 0, x < 1 << 62,
                    max(x, y) >= 16 || min(x, y) > 1
                else {
                    continue
                }
                var factors: [Int128] = [x]
                for prime in [2, 3, 5, 7, 11, 13] as [Int128] where x % prime == 0 && x > prime { factors.append(prime) }
                for factor in factors {
                    guard let i = a.index(of: x / factor), let j = b.index(of: y.multipliedReportingOverflow(by: factor).partialValue)
                    else {
                        continue
                    }
                    var candidate = start.indices
                    candidate[first] = i
                    candidate[second] = j
                    if accept(candidate) { break }
                }
            }
        }
    }

    /// Two numbers that a linear relation ties: some steps of the first against some of the second, repeated as far as it goes.
    mutating func slopes() {
        for first in best.indices.indices where first < best.count && best.shapes[first].isNumber && best.indices[first] > 1 {
            for second in best.indices.indices where second > first && second < best.count && best.shapes[second].isNumber {
                for (down, other) in Self.ratios {
                    guard bodies < bodyLimit, first < best.count, second < best.count else { return }
                    let start = best
                    let (a, b) = (start.shapes[first], start.shapes[second])
                    guard let x = a.value(of: start.indices[first]), let y = b.value(of: start.indices[second]) else { break }
                    let distance = abs(x - a.simplestValue)
                    let sign: Int128 = x < a.simplestValue ? -1 : 1
                    largest { shrinker, k in
                        let amount = Int128(k) * down
                        guard amount <= distance, let i = a.index(of: x - sign * amount), let j = b.index(of: y + Int128(k) * other) else {
                            return false
                        }
                        var candidate = start.indices
                        candidate[first] = i
                        candidate[second] = j
                        return shrinker.accept(candidate)
                    }
                }
            }
        }
    }

    private static let ratios: [(down: Int128, other: Int128)] = {
        let whole = [2, 3, 4, 5, 6, 7, 8].flatMap { [(1, $0), ($0, 1), (1, -$0), ($0, -1)] } as [(Int128, Int128)]
        let broken = [(2, 3), (2, 5), (3, 4), (3, 5), (4, 5)].flatMap { [($0, $1), ($1, $0), ($0, -$1), ($1, -$0)] } as [(Int128, Int128)]
        return whole + broken
    }()
}
