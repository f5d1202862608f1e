import Determinism

/// How a case that is being generated picks its rules. A part of no sequence: a replay does not need it.
///
/// Half of the cases leave rules out and weigh the others unevenly (swarm testing): a fault that needs many calls of one kind, or none of
/// another, is rare under even weights. Where states have fingerprints, half of the cases moreover explore: they remember which rule led from
/// which place to which, take what they did not yet take where they are, and else go by the shortest known way to the newest place where something is
/// left to take. A random walk goes in circles; this one does not. Each case decides for itself, so that cases stay independent.
///
/// A pick costs O(rules), or O(places × rules) where an exploring case has nothing new at hand; a case has at most as many places as steps.
struct RuleSelection {
    private var weights: [Double]
    private var isPrepared = false
    private var explores = false
    private var endProbability = 0.0
    /// The places of this case by fingerprint, and where each rule led from each.
    private var places: [UInt64: Int] = [:]
    private var ways: [[Int]] = []
    /// How often each rule was taken for the first time somewhere, and how often that led to a new place.
    private var tries: [Int] = []
    private var discoveries: [Int] = []
    private static let untaken = -1
    private static let closed = -2

    init(weights: [Int]) { self.weights = weights.map(Double.init) }

    /// How likely a rule leads to a new place, by what it did so far; squared, since a step wasted costs the way back too.
    private func promise(_ rule: Int) -> Double {
        let share = Double(1 + discoveries[rule]) / Double(2 + tries[rule])
        return share * share
    }

    private mutating func prepare(_ random: inout SeededGenerator) {
        guard !isPrepared else { return }
        isPrepared = true
        let dice = random.next()
        explores = dice & 1 == 1
        if explores {
            tries = [Int](repeating: 0, count: weights.count)
            discoveries = tries
        }
        // Mostly whole runs; some short ones, where a first step matters.
        endProbability = dice & 0xE == 0 ? 0.1 : 0.002
        guard dice & 0x10 == 0, weights.count > 1 else { return }
        // Each rule stays with the same chance, which differs from case to case; one at least stays.
        let share = 0.3 + 0.6 * random.uniform()
        let sure = Int(random.next().multipliedFullWidth(by: UInt64(weights.count)).high)
        for number in weights.indices {
            if number != sure, random.uniform() > share {
                weights[number] = 0
            } else {
                weights[number] *= Double(1 << (random.next() & 3))
            }
        }
    }

    mutating func isOneMore(_ random: inout SeededGenerator) -> Bool {
        prepare(&random)
        return random.uniform() >= endProbability
    }

    /// - Parameter place: the fingerprint of the present state, if there is one.
    mutating func pick(_ random: inout SeededGenerator, place: UInt64?, isEnabled: (Int) -> Bool) -> Int {
        prepare(&random)
        var open = weights
        for number in open.indices where open[number] > 0 && !isEnabled(number) { open[number] = 0 }
        if !open.contains(where: { $0 > 0 }) {
            // What the case left out, rather than nothing.
            for number in open.indices where weights[number] == 0 && isEnabled(number) { open[number] = 1 }
        }
        if explores, let place {
            let here = number(of: place)
            for number in open.indices where open[number] == 0 && ways[here][number] == Self.untaken { ways[here][number] = Self.closed }
            let fresh = open.indices.map { ways[here][$0] == Self.untaken ? open[$0] * promise($0) : 0 }
            if fresh.contains(where: { $0 > 0 }) {
                open = fresh
            } else if let first = firstStep(from: here), open[first] > 0 {
                return first
            }
        }
        return Self.pick(&random, open)
    }

    private static func pick(_ random: inout SeededGenerator, _ weights: [Double]) -> Int {
        var mark = random.uniform() * weights.reduce(0, +)
        for number in weights.indices where weights[number] > 0 {
            mark -= weights[number]
            if mark < 0 { return number }
        }
        return weights.lastIndex { $0 > 0 } ?? 0
    }

    // MARK: Exploring

    /// Takes down where a rule led.
    mutating func moved(from place: UInt64?, by rule: Int, to next: UInt64?) {
        guard explores, let place, let next else { return }
        let here = number(of: place)
        let known = ways.count
        let there = number(of: next)
        if ways[here][rule] == Self.untaken {
            tries[rule] += 1
            if there == known { discoveries[rule] += 1 }
        }
        ways[here][rule] = there
    }

    private mutating func number(of place: UInt64) -> Int {
        if let known = places[place] { return known }
        places[place] = ways.count
        ways.append([Int](repeating: Self.untaken, count: weights.count))
        return ways.count - 1
    }

    /// The rule that begins a shortest known way to the place discovered last that has rules left to take.
    private func firstStep(from start: Int) -> Int? {
        var begins = [Int](repeating: -1, count: ways.count)
        var queue = [start]
        var next = 0
        var best = -1
        while next < queue.count {
            let here = queue[next]
            next += 1
            for (rule, there) in ways[here].enumerated() where there >= 0 && there != start && begins[there] < 0 {
                begins[there] = here == start ? rule : begins[here]
                queue.append(there)
                if there > best, ways[there].enumerated().contains(where: { $1 == Self.untaken && weights[$0] > 0 }) { best = there }
            }
        }
        return best < 0 ? nil : begins[best]
    }
}
