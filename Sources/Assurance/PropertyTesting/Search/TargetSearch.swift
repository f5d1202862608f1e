import Determinism

/// Raises scores: one annealed search for each label, and a front of cases none of which is worse than another in all labels.
///
/// A search holds a *current* case. A neighbour (``SequenceMutation``) with a higher score replaces it; one with a lower score does with
/// probability exp(−loss ÷ temperature), so that the search leaves local maxima. The temperature starts at the typical difference
/// between scores and falls with every block (S. Kirkpatrick et al., "Optimization by Simulated Annealing", Science 220, 1983).
struct TargetSearch: Sendable {
    /// Labels that are searched; others are ignored.
    static let maximumLabels = 16
    /// Cases of the front.
    static let maximumFront = 32
    /// What is left of the temperature after a block.
    static let cooling = 0.9

    private struct Hill: Sendable {
        var label: String
        var current: ChoiceSequence
        var score: Double
        var best: ChoiceSequence
        var bestScore: Double
        /// Running mean of the differences between accepted scores and others.
        var spread = 0.0
        var heat = 1.0
    }

    private struct FrontCase: Sendable {
        var sequence: ChoiceSequence
        var scores: [(label: String, score: Double)]

        func isDominated(by other: [(label: String, score: Double)]) -> Bool {
            scores.allSatisfy { own in other.contains { $0.label == own.label && $0.score >= own.score } }
        }
    }

    private var hills: [Hill] = []
    private var front: [FrontCase] = []

    init() {}

    var isEmpty: Bool { hills.isEmpty }
    /// The highest score of each label, by label.
    var bestScores: [(label: String, score: Double)] { hills.map { (label: $0.label, score: $0.bestScore) } }

    /// Whether a case with these scores may be accepted.
    func wants(_ scores: [String: Double]) -> Bool {
        for (label, score) in scores {
            guard let hill = hills.first(where: { $0.label == label }) else { return true }
            if score >= hill.score - 4 * hill.spread * hill.heat { return true }
        }
        return false
    }

    /// A neighbour of the current case of one label, of its best one, or of one on the front.
    func plan(random: inout SeededGenerator) -> CasePlan? {
        if hills.isEmpty { return nil }
        let hill = hills[Int(random.next() % UInt64(hills.count))]
        let donor = front.isEmpty ? nil : front[Int(random.next() % UInt64(front.count))].sequence
        let start: ChoiceSequence
        switch random.next() % 8 {
        case 0: start = donor ?? hill.best
        case 1, 2: start = hill.best
        default: start = hill.current
        }
        let prefix =
            random.next() % 4 == 0 ? climbed(start, random: &random) : SequenceMutation.mutated(start, donor: donor, random: &random)
        return CasePlan(purpose: .climbing, prefix: prefix, parent: -1)
    }

    /// Several numbers moved outwards at once.
    private func climbed(_ start: ChoiceSequence, random: inout SeededGenerator) -> [UInt64] {
        var indices = start.indices
        let scale = random.next() % 8
        for position in indices.indices where start.shapes[position].kind == .integer && random.next() & 3 == 0 {
            let bound = start.shapes[position].bound
            let step = max(1, bound >> (scale + 1))
            indices[position] = bound - indices[position] >= step ? indices[position] + step : bound
        }
        return indices
    }

    /// Takes in an observed case; in the order of the cases' numbers.
    mutating func take(_ scores: [(label: String, score: Double)], sequence: ChoiceSequence?, number: UInt64) {
        guard let sequence else { return }
        for (label, score) in scores where score.isFinite {
            guard let place = hills.firstIndex(where: { $0.label == label }) else {
                if hills.count < Self.maximumLabels {
                    hills.append(Hill(label: label, current: sequence, score: score, best: sequence, bestScore: score))
                }
                continue
            }
            let loss = hills[place].score - score
            hills[place].spread += (abs(loss) - hills[place].spread) / 16
            let temperature = hills[place].spread * hills[place].heat
            if loss <= 0 || Self.chance(number, place) < exponential(-loss / max(temperature, .leastNormalMagnitude)) {
                hills[place].current = sequence
                hills[place].score = score
            }
            if score > hills[place].bestScore {
                hills[place].best = sequence
                hills[place].bestScore = score
            }
        }
        if scores.count > 1, !front.contains(where: { FrontCase(sequence: sequence, scores: scores).isDominated(by: $0.scores) }) {
            front.removeAll { $0.isDominated(by: scores) }
            if front.count >= Self.maximumFront { front.removeFirst() }
            front.append(FrontCase(sequence: sequence, scores: scores))
        }
    }

    /// A block is over.
    mutating func cool() {
        for place in hills.indices {
            hills[place].heat *= Self.cooling
            // Cold: begin again from the best.
            if hills[place].heat < 1e-3 {
                hills[place].heat = 1
                hills[place].current = hills[place].best
                hills[place].score = hills[place].bestScore
            }
        }
    }

    /// Even over [0, 1), a function of the case alone.
    private static func chance(_ number: UInt64, _ place: Int) -> Double {
        var mixer = SplitMix64(seed: number &* 31 &+ UInt64(place))
        return Double(mixer.next() >> 11) * 0x1p-53
    }

    /// e^x for x ≤ 0, by (1 + x ÷ 2^10)^(2^10): near enough for a coin, and the same on every machine.
    private func exponential(_ x: Double) -> Double {
        if x < -50 { return 0 }
        var value = 1 + x / 1024
        for _ in 0..<10 { value *= value }
        return value
    }
}
