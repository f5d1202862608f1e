import Determinism

/// Finds out which parts of a minimal counterexample matter, by running cases that differ from it in one part.
///
/// ```swift
/// var explainer = Explainer(failure.sequence, seed: settings.seed) { prefix, completionSeed in … }
/// let explanation = explainer.explain()
/// ```
///
/// **Irrelevant parts.** A span, or a single choice, gets other contents: what the generator itself draws there from other seeds, the ends
/// of the domain, neighbours, and values borrowed from the rest. When all of at least ``leastEvidence`` different contents fail in the same
/// way (all there are, in a small domain), any value fails. One that passes ends the question. Contents that change what comes after them
/// tell nothing and are not counted.
///
/// **Relations.** For each number that matters, and for pairs and sums of them, a condition is stated only if it foretells every case that
/// was tried: near and far, along the condition's edge and one step off it, at random. ``NumberRelations`` has the conditions.
///
/// Source of the idea for the first part: the explain phase of Hypothesis. Deterministic: a function of the sequence, the seed and the
/// property. At most `limit` cases; when they are used up, nothing more is claimed.
struct Explainer {
    enum End: Hashable {
        /// In the same way.
        case fails
        case passes
        /// Rejected, overrun, or failing in another way.
        case neither
    }

    /// How one case ended, and what was really drawn.
    struct Observation {
        var end: End
        var drawn: ChoiceSequence
    }

    static let defaultLimit = 4000
    /// Different contents that must fail, where there are so many.
    static let leastEvidence = 24
    /// Contents that the generator is asked for, of one part.
    private static let redraws = 60
    /// Domains up to this size are tried out whole.
    private static let smallDomain: UInt64 = 64
    /// Parts that are looked at; the rest of a larger counterexample is left without comment.
    private static let maximumParts = 400

    let failing: ChoiceSequence
    private let limit: Int
    private let run: (_ prefix: [UInt64], _ completionSeed: UInt64?) -> Observation
    private(set) var random: SeededGenerator
    private(set) var tries = 0
    private var known: [[UInt64]: End] = [:]

    init(
        _ failing: ChoiceSequence, seed: UInt64, limit: Int = Explainer.defaultLimit, run: @escaping ([UInt64], UInt64?) -> Observation
    ) {
        self.failing = failing
        self.limit = limit
        self.run = run
        random = SeededGenerator(seed: seed).split("explain")
    }

    mutating func explain() -> Explanation {
        var explanation = Explanation()
        // A property that does not fail again (flaky, or changed meanwhile) has nothing to be explained.
        guard ask(failing.indices, changing: 0..<0) == .fails else {
            explanation.tries = tries
            return explanation
        }
        explanation.irrelevant = irrelevantParts()
        explanation.isIrrelevantTogether = areIrrelevantTogether(explanation.irrelevant)
        var numbers = NumberRelations(self, irrelevant: explanation.irrelevant)
        explanation.names = numbers.names
        explanation.relations = numbers.find()
        explanation.tries = numbers.explainer.tries
        return explanation
    }

    mutating func nextRandom() -> UInt64 { random.next() }

    /// How a sequence ends that has other contents in one part. What follows the part must mean what it meant before.
    mutating func ask(_ candidate: [UInt64], changing part: Range<Int>) -> End {
        if let end = known[candidate] { return end }
        guard tries < limit else { return .neither }
        tries += 1
        let observation = run(candidate, nil)
        var end = observation.end
        let behind = failing.count - part.upperBound
        if observation.drawn.indices != candidate
            || observation.drawn.shapes.prefix(part.lowerBound) != failing.shapes.prefix(part.lowerBound)
            || observation.drawn.shapes.suffix(behind) != failing.shapes.suffix(behind)
        {
            end = .neither
        }
        known[candidate] = end
        return end
    }

    // MARK: Parts

    private mutating func irrelevantParts() -> [Range<Int>] {
        var found: [Range<Int>] = []
        func isCovered(_ part: Range<Int>) -> Bool {
            found.contains { $0.lowerBound <= part.lowerBound && part.upperBound <= $0.upperBound }
        }
        var looked = 0
        // The largest first, so that a whole list is one statement.
        let spans = failing.spans.indices.filter { !failing.spans[$0].range.isEmpty && !failing.spans[$0].isDiscarded }
        for number in spans.sorted(by: {
            let (a, b) = (failing.spans[$0].range, failing.spans[$1].range)
            return (b.count, a.lowerBound, $0) < (a.count, b.lowerBound, $1)
        }) {
            let part = failing.spans[number].range
            if isCovered(part) || looked >= Self.maximumParts { continue }
            looked += 1
            if isIrrelevant(span: number) { found.append(part) }
        }
        for position in failing.indices.indices {
            if isCovered(position..<position + 1) || looked >= Self.maximumParts { continue }
            looked += 1
            if isIrrelevant(choice: position) { found.append(position..<position + 1) }
        }
        return found.sorted { $0.lowerBound < $1.lowerBound }
    }

    private mutating func isIrrelevant(span number: Int) -> Bool {
        let part = failing.spans[number].range
        var different = 0
        var seen: Set<[UInt64]> = [Array(failing.indices[part])]
        // Contents that say nothing are no reason to go on for ever.
        var idle = 0
        for _ in 0..<Self.redraws where idle < Self.leastEvidence {
            guard let fresh = redrawn(span: number), seen.insert(fresh).inserted else {
                idle += 1
                continue
            }
            switch ask(failing.indices[..<part.lowerBound] + fresh + failing.indices[part.upperBound...], changing: part) {
            case .passes: return false
            case .fails: different += 1
            case .neither: idle += 1
            }
        }
        // The smallest changes are the likeliest to matter: each choice of the part by itself.
        for position in part where different > 0 {
            for candidate in edges(position) where seen.insert(Array(candidate[part])).inserted {
                switch ask(candidate, changing: part) {
                case .passes: return false
                case .fails: different += 1
                case .neither: break
                }
            }
        }
        return different >= min(Self.leastEvidence, domain(part))
    }

    /// How many other contents a part has, as far as it matters here.
    private func domain(_ part: Range<Int>) -> Int {
        var product = 1
        for position in part {
            let bound = failing.shapes[position].bound
            if bound >= 64 { return Self.leastEvidence }
            product *= Int(bound) + 1
            if product > Self.leastEvidence { return Self.leastEvidence }
        }
        return max(1, product - 1)
    }

    private mutating func isIrrelevant(choice position: Int) -> Bool {
        let shape = failing.shapes[position]
        // Whether a collection goes on is not a value.
        guard shape.bound > 0, shape.kind != .more else { return false }
        let part = position..<position + 1
        if shape.bound <= Self.smallDomain {
            for index in 0...shape.bound where index != failing.indices[position] {
                guard ask(replacing([position: index]), changing: part) == .fails else { return false }
            }
            return true
        }
        var different = 0
        for candidate in edges(position) {
            switch ask(candidate, changing: part) {
            case .passes: return false
            case .fails: different += 1
            case .neither: break
            }
        }
        for _ in 0..<Self.redraws {
            guard let index = redrawn(choice: position), index != failing.indices[position] else { continue }
            switch ask(replacing([position: index]), changing: part) {
            case .passes: return false
            case .fails: different += 1
            case .neither: break
            }
        }
        return different >= Self.leastEvidence
    }

    private mutating func areIrrelevantTogether(_ parts: [Range<Int>]) -> Bool {
        guard parts.count > 1 else { return true }
        for _ in 0..<Self.leastEvidence {
            // From the back, so that what was spliced does not move what is still to be.
            var candidate = failing.indices
            for part in parts.reversed() {
                if let number = failing.spans.firstIndex(where: { $0.range == part && !$0.isDiscarded }), let fresh = redrawn(span: number)
                {
                    candidate.replaceSubrange(part, with: fresh)
                } else if part.count == 1, let index = redrawn(choice: part.lowerBound) {
                    candidate[part.lowerBound] = index
                }
            }
            guard tries < limit else { return false }
            tries += 1
            let observation = run(candidate, nil)
            if observation.end == .passes, observation.drawn.indices == candidate { return false }
        }
        return true
    }

    // MARK: Other contents

    func replacing(_ changes: [Int: UInt64]) -> [UInt64] {
        var indices = failing.indices
        for (position, index) in changes { indices[position] = index }
        return indices
    }

    /// What the generator draws in a span from another seed.
    private mutating func redrawn(span number: Int) -> [UInt64]? {
        guard let drawn = redraw(from: failing.spans[number].range.lowerBound), number < drawn.spans.count else { return nil }
        let span = drawn.spans[number]
        guard span.label == failing.spans[number].label, span.start == failing.spans[number].start, span.range.upperBound <= drawn.count
        else {
            return nil
        }
        return Array(drawn.indices[span.range])
    }

    private mutating func redrawn(choice position: Int) -> UInt64? {
        guard let drawn = redraw(from: position), position < drawn.count, drawn.shapes[position] == failing.shapes[position] else {
            return nil
        }
        return drawn.indices[position]
    }

    private mutating func redraw(from position: Int) -> ChoiceSequence? {
        guard tries < limit else { return nil }
        tries += 1
        return run(Array(failing.indices[..<position]), random.next()).drawn
    }

    /// The ends of a choice's domain, its neighbours, powers of two, and what stands elsewhere.
    private func edges(_ position: Int) -> [[UInt64]] {
        let (index, shape) = (failing.indices[position], failing.shapes[position])
        var values: [UInt64] = [0, 1, 2, 3, 4, shape.bound, shape.bound &- 1, shape.bound / 2]
        for step in 1...8 as ClosedRange<UInt64> {
            values.append(index &+ step)
            values.append(index &- step)
        }
        for power in [7, 8, 15, 16, 31, 32, 63] as [UInt64] { values.append(1 << power) }
        values += failing.indices.prefix(20)
        for value in failing.indices.prefix(20) { values += [value &+ 1, value &- 1, value &* 2] }
        var seen: Set<UInt64> = [index]
        return values.filter { $0 <= shape.bound && seen.insert($0).inserted }.map { replacing([position: $0]) }
    }
}
