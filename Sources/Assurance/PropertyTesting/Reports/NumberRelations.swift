/// The conditions on the whole numbers of a counterexample that ``Explainer`` states: thresholds, intervals, remainders; equality,
/// difference, sum, product and multiples of two; sums and equality of several.
///
/// A condition is a guess that is made from the counterexample alone, and stated only if it foretells every observation: a grid around the
/// counterexample, lines through it, random points, and points along its own edge with those one step off. Values are those of the choices
/// (which for a number drawn by `int(in:)` is the number). O(pairs × observations) cases.
struct NumberRelations {
    private(set) var explainer: Explainer
    let names: [Int: String]
    private let places: [Place]

    /// Numbers that are looked at, and numbers that are looked at in pairs.
    private static let maximumNumbers = 16
    private static let maximumPaired = 7
    /// Observations of each kind, failing and passing, without which nothing is stated.
    private static let leastEach = 3

    /// A choice that is a number.
    struct Place {
        let position: Int
        let shape: ChoiceShape
        let value: Int128
        let lower: Int128
        let upper: Int128

        init(_ position: Int, _ sequence: ChoiceSequence) {
            self.position = position
            shape = sequence.shapes[position]
            let origin = Int128(shape.origin)
            lower = origin - Int128(shape.below)
            upper = origin + Int128(shape.bound - min(shape.below, shape.bound))
            value = Self.value(sequence.indices[position], shape)
        }

        /// Outwards from the origin, as `ZigZag` counts.
        static func value(_ index: UInt64, _ shape: ChoiceShape) -> Int128 {
            let (below, above) = (Int128(shape.below), Int128(shape.bound) - Int128(shape.below))
            let (shorter, index, origin) = (min(below, above), Int128(index), Int128(shape.origin))
            if index <= 2 * shorter {
                let distance = (index + 1) / 2
                return index % 2 == 1 ? origin + distance : origin - distance
            }
            return above > below ? origin + index - shorter : origin - (index - shorter)
        }

        func index(_ value: Int128) -> UInt64? {
            guard value >= lower, value <= upper else { return nil }
            let origin = Int128(shape.origin)
            let shorter = min(origin - lower, upper - origin)
            let distance = value >= origin ? value - origin : origin - value
            if distance <= shorter { return UInt64(value > origin ? 2 * distance - 1 : 2 * distance) }
            return UInt64(distance + shorter)
        }
    }

    init(_ explainer: Explainer, irrelevant: [Range<Int>]) {
        self.explainer = explainer
        var names: [Int: String] = [:]
        var places: [Place] = []
        for (position, shape) in explainer.failing.shapes.enumerated() where shape.kind == .integer && shape.below <= shape.bound {
            names[position] = Explanation.name(names.count)
            if !irrelevant.contains(where: { $0.contains(position) }) { places.append(Place(position, explainer.failing)) }
        }
        self.names = names
        self.places = Array(places.prefix(Self.maximumNumbers))
    }

    mutating func find() -> [Explanation.Relation] {
        var alone: [Int: Condition] = [:]
        for place in places { alone[place.position] = threshold(place) ?? remainder(place) }
        var relations: [Explanation.Relation] = []
        var related: Set<Int> = []
        if places.count > 2, let whole = several(places) {
            relations.append(whole)
            related.formUnion(whole.positions)
        } else {
            let paired = places.prefix(Self.maximumPaired)
            for (number, b) in paired.enumerated() {
                for a in paired.prefix(number) {
                    guard let text = pair(a, b, alone[a.position], alone[b.position]) else { continue }
                    relations.append(Explanation.Relation(positions: [a.position, b.position], text: text))
                    related.formUnion([a.position, b.position])
                }
            }
        }
        for place in places where !related.contains(place.position) {
            if let condition = alone[place.position] {
                relations.append(Explanation.Relation(positions: [place.position], text: condition.text))
            }
        }
        return relations.sorted { ($0.positions.max() ?? 0, $0.text) < ($1.positions.max() ?? 0, $1.text) }
    }

    /// A guess: whether it fails for these values (nil where that cannot be computed), and its words.
    private struct Condition {
        var text: String
        var foretells: ([Int128]) -> Bool?
        /// For two numbers: points where it changes sides, one for each parameter.
        var edge: ((Int128) -> [Int128]?)?
    }

    private func name(_ place: Place) -> String { names[place.position] ?? "value" }

    // MARK: Asking

    private mutating func ask(_ places: [Place], _ values: [Int128]) -> Explainer.End {
        var indices = explainer.failing.indices
        for (place, value) in zip(places, values) {
            guard let index = place.index(value) else { return .neither }
            indices[place.position] = index
        }
        let positions = places.map(\.position)
        return explainer.ask(indices, changing: (positions.min() ?? 0)..<(positions.max() ?? -1) + 1)
    }

    private mutating func random(_ place: Place) -> Int128 {
        let width = UInt128(place.upper - place.lower) + 1
        let bits = explainer.nextRandom() % 65
        let magnitude = Int128(bits == 0 ? 0 : explainer.nextRandom() >> (64 - bits))
        switch explainer.nextRandom() % 4 {
        case 0: return place.value + magnitude
        case 1: return place.value - magnitude
        default: return place.lower + Int128(UInt128(explainer.nextRandom()) % width)
        }
    }

    // MARK: One number

    /// What fails as an interval, or as all but one.
    private mutating func threshold(_ place: Place) -> Condition? {
        var seen: [Int128: Bool] = [place.value: true]
        func note(_ value: Int128, _ relations: inout NumberRelations) {
            guard seen[value] == nil else { return }
            switch relations.ask([place], [value]) {
            case .fails: seen[value] = true
            case .passes: seen[value] = false
            case .neither: break
            }
        }
        let other = places.map(\.value)
        for step in (1...12).map({ Int128($0) }) {
            note(place.value + step, &self)
            note(place.value - step, &self)
        }
        for power in stride(from: 4, through: 63, by: 3) {
            note(place.value + 1 << Int128(power), &self)
            note(place.value - 1 << Int128(power), &self)
        }
        for value in [place.lower, place.upper, place.lower + 1, place.upper - 1, -place.value] + other { note(value, &self) }
        for _ in 0..<16 { note(random(place), &self) }

        // Narrow each change of sides down to two neighbours.
        for _ in 0..<3 {
            let sorted = seen.sorted { $0.key < $1.key }
            for (a, b) in zip(sorted, sorted.dropFirst()) where a.value != b.value {
                var (low, high) = (a.key, b.key)
                while high - low > 1 {
                    let middle = low + (high - low) / 2
                    note(middle, &self)
                    guard let fails = seen[middle] else { return nil }
                    if fails == a.value { low = middle } else { high = middle }
                }
            }
            if seen.sorted(by: { $0.key < $1.key }).chunkCount > 3 { return nil }
            for _ in 0..<8 { note(random(place), &self) }
        }
        let sorted = seen.sorted { $0.key < $1.key }
        guard sorted.chunkCount <= 3, sorted.count >= min(2 * Self.leastEach, Int(clamping: place.upper - place.lower + 1)) else {
            return nil
        }
        var edges: [(passesTo: Int128?, failsFrom: Int128?)] = []
        for (a, b) in zip(sorted, sorted.dropFirst()) where a.value != b.value {
            guard b.key - a.key == 1 else { return nil }
            edges.append(b.value ? (a.key, b.key) : (b.key, a.key))
        }
        let name = name(place)
        guard let first = edges.first, let (from, to) = (first.failsFrom, first.passesTo) as? (Int128, Int128) else { return nil }
        if edges.count == 1 {
            return from > to
                ? Condition(text: "\(name) >= \(from)", foretells: { $0[0] >= from })
                : Condition(text: "\(name) <= \(from)", foretells: { $0[0] <= from })
        }
        guard let (from2, to2) = (edges[1].failsFrom, edges[1].passesTo) as? (Int128, Int128) else { return nil }
        if from > to {
            let text = from == from2 ? "\(name) = \(from)" : "\(from) <= \(name) <= \(from2)"
            return Condition(text: text, foretells: { (from...from2).contains($0[0]) })
        }
        let text = to == to2 ? "\(name) != \(to)" : "\(name) <= \(from) or \(name) >= \(from2)"
        return Condition(text: text, foretells: { $0[0] <= from || $0[0] >= from2 })
    }

    private mutating func remainder(_ place: Place) -> Condition? {
        var failing: [Int128] = []
        for step in (-30...30).map({ Int128($0) }) where step != 0 {
            if ask([place], [place.value + step]) == .fails { failing.append(step) }
        }
        let modulus = failing.reduce(Int128(0)) { Self.greatestDivisor($0, $1) }
        guard modulus > 1, failing.count >= Self.leastEach else { return nil }
        let rest = (place.value % modulus + modulus) % modulus
        let name = name(place)
        let remainder = "\(name) % \(modulus) = \(rest)"
        func fits(_ value: Int128) -> Bool { (value % modulus + modulus) % modulus == rest }
        let conditions = [
            Condition(text: remainder, foretells: { fits($0[0]) }),
            Condition(text: "\(name) >= \(place.value) and \(remainder)", foretells: { $0[0] >= place.value && fits($0[0]) }),
            Condition(text: "\(name) <= \(place.value) and \(remainder)", foretells: { $0[0] <= place.value && fits($0[0]) }),
        ]
        var points: [[Int128]] = (-30...30).map { [place.value + Int128($0)] }
        for _ in 0..<24 {
            let value = random(place)
            points += [[value], [value - (value - rest) % modulus]]
        }
        return stated(conditions, [place], points)
    }

    private static func greatestDivisor(_ a: Int128, _ b: Int128) -> Int128 {
        var (x, y) = (a.magnitude, b.magnitude)
        while y != 0 { (x, y) = (y, x % y) }
        return Int128(x)
    }

    /// The first condition that foretells everything, if both sides were seen often enough.
    private mutating func stated(_ conditions: [Condition], _ places: [Place], _ points: [[Int128]]) -> Condition? {
        var seen: Set<[Int128]> = [places.map(\.value)]
        var observed: [(values: [Int128], fails: Bool)] = []
        func observe(_ values: [Int128], _ relations: inout NumberRelations) {
            guard seen.insert(values).inserted else { return }
            let end = relations.ask(places, values)
            if end != .neither { observed.append((values, end == .fails)) }
        }
        for point in points { observe(point, &self) }
        for condition in conditions {
            func holds() -> Bool {
                observed.allSatisfy { condition.foretells($0.values).map { [fails = $0.fails] in $0 == fails } ?? true }
            }
            guard condition.foretells(places.map(\.value)) == true, holds() else { continue }
            if let edge = condition.edge, places.count == 2 {
                for _ in 0..<16 {
                    guard let point = edge(random(places[0])), Self.isSmall(point) else { continue }
                    for step in [-1, 0, 1] as [Int128] { observe([point[0], point[1] + step], &self) }
                }
            }
            guard holds(), observed.count(where: { $0.fails }) >= Self.leastEach, observed.count(where: { !$0.fails }) >= Self.leastEach
            else {
                continue
            }
            // Moving one number alone says nothing about how they hang together.
            let base = places.map(\.value)
            let along = observed.count { $0.fails && zip($0.values, base).allSatisfy { $0 != $1 } }
            if places.count == 1 || along >= Self.leastEach { return condition }
        }
        return nil
    }

    // MARK: Two numbers

    private mutating func pair(_ a: Place, _ b: Place, _ aloneA: Condition?, _ aloneB: Condition?) -> String? {
        let (x, y) = (a.value, b.value)
        var points: [[Int128]] = []
        for d in -2...2 { for e in -2...2 { points.append([x + Int128(d), y + Int128(e)]) } }
        for step in [3, 5, 8, 17, 100, 1000, 54_321] as [Int128] {
            for k in [step, -step] { points += [[x + k, y + k], [x + k, y - k], [x + k, y], [x, y + k]] }
        }
        for t in [2, 3, 7] as [Int128] { points += [[x * t, y * t], [x * t, y / t], [x / t, y * t]] }
        points += [[y, x], [x, x], [y, y], [-x, -y], [x, -y], [-x, y]]
        for _ in 0..<16 { points.append([random(a), random(b)]) }
        for _ in 0..<16 {
            points.append([Int128(explainer.nextRandom() % 41) - 20, Int128(explainer.nextRandom() % 41) - 20])
        }
        let guesses = guesses(name(a), name(b), x, y)
        // Points of every guess, so that what it would explain is seen before something simpler is believed.
        for guess in guesses where !guess.text.contains(" and ") {
            guard let edge = guess.edge else { continue }
            for parameter in [x + 1, x - 1, x + 6, random(a)] {
                if let point = edge(parameter), Self.isSmall(point) { points.append(point) }
            }
        }
        // Two conditions that have nothing to do with one another are no relation.
        if let aloneA, let aloneB {
            let both = Condition(
                text: "",
                foretells: { values in
                    guard let first = aloneA.foretells([values[0]]), let second = aloneB.foretells([values[1]]) else { return nil }
                    return first && second
                })
            if stated([both], [a, b], points) != nil { return nil }
        }
        return stated(guesses, [a, b], points)?.text
    }

    /// Far from where the sums of values overflow.
    private static func isSmall(_ point: [Int128]) -> Bool { point.allSatisfy { $0.magnitude < 1 << 100 } }

    private func guesses(_ a: String, _ b: String, _ x: Int128, _ y: Int128) -> [Condition] {
        func sum(_ text: String, _ number: Int128) -> String {
            number == 0 ? text : number > 0 ? "\(text) + \(number)" : "\(text) - \(number.magnitude)"
        }
        var guesses: [Condition] = []
        func compare(_ left: String, _ right: String, _ difference: @escaping ([Int128]) -> Int128?, edge: ((Int128) -> [Int128]?)?) {
            for (sign, test) in [("=", { $0 == 0 }), (">=", { $0 >= 0 }), ("<=", { $0 <= 0 })] as [(String, (Int128) -> Bool)] {
                guesses.append(Condition(text: "\(left) \(sign) \(right)", foretells: { difference($0).map(test) }, edge: edge))
            }
        }
        func product(_ x: Int128, _ y: Int128) -> Int128? {
            let (value, overflow) = x.multipliedReportingOverflow(by: y)
            return overflow ? nil : value
        }
        // b = a + c
        let c = y - x
        compare(b, sum(a, c), { $0[1] - $0[0] - c }, edge: { [$0, $0 + c] })
        guesses.append(Condition(text: "\(b) != \(a)", foretells: { $0[0] != $0[1] }, edge: { [$0, $0] }))
        // a + b = s
        let s = x + y
        compare("\(a) + \(b)", "\(s)", { $0[0] + $0[1] - s }, edge: { [$0, s - $0] })
        // |a - b| = d
        let d = Int128(c.magnitude)
        compare("|\(a) - \(b)|", "\(d)", { Int128(($0[1] - $0[0]).magnitude) - d }, edge: { [$0, $0 + d] })
        // a · b = p
        if let p = product(x, y) {
            compare("\(a) * \(b)", "\(p)", { product($0[0], $0[1]).map { $0 - p } }, edge: { $0 == 0 ? nil : [$0, p / $0] })
        }
        // b = m·a + r
        var slopes: Set<Int128> = [2, 3, 10, -2]
        if x != 0, y % x == 0 { slopes.insert(y / x) }
        for m in slopes.subtracting([0, 1, -1]).sorted() {
            guard let mx = product(m, x) else { continue }
            let r = y - mx
            compare(
                b, sum("\(m) * \(a)", r), { v in product(m, v[0]).map { v[1] - $0 - r } }, edge: { t in product(m, t).map { [t, $0 + r] } })
        }
        var inverse: Set<Int128> = [2, 3, 10]
        if y != 0, x % y == 0 { inverse.insert(x / y) }
        for m in inverse.subtracting([0, 1, -1]).sorted() {
            guard let my = product(m, y) else { continue }
            let r = x - my
            compare(
                a, sum("\(m) * \(b)", r), { v in product(m, v[1]).map { v[0] - $0 - r } },
                edge: { t in product(m, y + (t - x)).map { [$0 + r, y + (t - x)] } })
        }
        if product(x, x) == y {
            compare(b, "\(a) * \(a)", { v in product(v[0], v[0]).map { v[1] - $0 } }, edge: { t in product(t, t).map { [t, $0] } })
        }
        if y != 0 {
            let rest = x % y
            guesses.append(
                Condition(
                    text: "\(a) % \(b) = \(rest)", foretells: { $0[1] == 0 ? nil : $0[0] % $0[1] == rest }, edge: { [$0, $0 - rest] }))
        }
        // Together with a bound on one of them: "a >= 10 and b = a".
        let plain = guesses
        for (text, test) in [
            ("\(a) >= \(x)", { $0[0] >= x }), ("\(b) >= \(y)", { $0[1] >= y }), ("\(a) <= \(x)", { $0[0] <= x }),
            ("\(b) <= \(y)", { $0[1] <= y }),
        ] as [(String, ([Int128]) -> Bool)] {
            guesses += plain.map { guess in
                Condition(
                    text: "\(text) and \(guess.text)", foretells: { v in test(v) ? guess.foretells(v) : false }, edge: guess.edge)
            }
        }
        return guesses
    }

    // MARK: Several numbers

    /// A sum, or equality, of all numbers that matter.
    private mutating func several(_ places: [Place]) -> Explanation.Relation? {
        let base = places.map(\.value)
        let total = base.reduce(0, +)
        var points: [[Int128]] = []
        for i in base.indices {
            for step in [-2, -1, 1, 2, 7, 100] as [Int128] {
                var point = base
                point[i] += step
                points.append(point)
                point[(i + 1) % base.count] -= step
                points.append(point)
                points.append(base.map { $0 + step })
            }
        }
        // Near an equal sum, with all numbers moved, where their ranges allow it.
        var kept = 0
        for _ in 0..<600 where kept < 48 {
            var point = base
            for i in base.indices {
                let step = Int128(explainer.nextRandom() % 21) - 10
                point[i] += step
                point[(i + 1) % base.count] -= step
            }
            if kept % 2 == 1 { point[kept / 2 % base.count] += Int128(explainer.nextRandom() % 5) - 2 }
            guard zip(places, point).allSatisfy({ $0.lower <= $1 && $1 <= $0.upper }) else { continue }
            kept += 1
            points.append(point)
        }
        let names = places.map(name)
        let sum = names.joined(separator: " + ")
        let conditions = [
            Condition(text: names.joined(separator: " = "), foretells: { values in values.allSatisfy { $0 == values[0] } }),
            Condition(text: "\(sum) = \(total)", foretells: { $0.reduce(0, +) == total }),
            Condition(text: "\(sum) >= \(total)", foretells: { $0.reduce(0, +) >= total }),
            Condition(text: "\(sum) <= \(total)", foretells: { $0.reduce(0, +) <= total }),
        ]
        return stated(conditions, places, points).map { Explanation.Relation(positions: places.map(\.position), text: $0.text) }
    }
}

extension Array where Element == (key: Int128, value: Bool) {
    /// Runs of equal outcomes.
    fileprivate var chunkCount: Int { isEmpty ? 0 : 1 + zip(self, dropFirst()).count { $0.value != $1.value } }
}
