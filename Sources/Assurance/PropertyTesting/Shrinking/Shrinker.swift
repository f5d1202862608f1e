import Determinism

/// Finds the simplest sequence of choices that still fails in the same way.
///
/// # How to think about it
///
/// The shrinker knows nothing of values. It proposes sequences of indices; the engine replays each as a prefix, and reports what was really
/// drawn and whether the case still fails. Values that depend on one another (binds, filters, state machines) therefore shrink without any
/// code of their own: whatever the generator makes of a shorter or smaller sequence is a value it could have made anyway.
///
/// **The invariant.** ``best`` fails, and it is replaced only by what is *simpler in shortlex order* and fails too. Hence every pass
/// terminates, passes cannot undo one another, and the order in which they run affects the effort and not the soundness.
///
/// **How to write a pass.** Build a candidate from ``best`` and hand it to ``accept(_:)``. After a success ``best`` has changed, also in its
/// length and spans: never keep positions across a success without looking again. Prefer few bold tries to many timid ones:
/// ``largest(_:)`` finds in O(log k) tries how far a step can be repeated. A pass that may propose something longer or larger must say
/// what it hopes for, since only a simpler *result* counts (a raised length may end a loop earlier).
///
/// **What goes wrong otherwise.** A pass that walks left to right and restarts at every success is quadratic in bodies. A pass that lowers one of
/// two values that must stay equal never succeeds; that is what the passes over pairs and duplicates are for. A value drawn before its
/// use (a length, an index, a branch) changes the meaning of everything behind it; ``lowerAndDelete()`` and ``escapeBranches()`` live of that.
struct Shrinker {
    enum Verdict {
        /// Fails in the same way; what was really drawn.
        case fails(ChoiceSequence)
        case passes
        /// More choices were asked for than the candidate has; the bound of the first one that was missing.
        case overrun(nextBound: UInt64)
        case rejected
    }

    /// Tries of one shrink, whatever they come to.
    static let defaultLimit = 20_000
    /// Sequences up to this long are searched for simpler ones by enumeration in the end.
    static let enumerationLength = 7
    static let enumerationTries = 4000

    private(set) var best: ChoiceSequence
    /// Candidates that were run.
    private(set) var tries = 0
    /// Whether everything simpler was tried, so that nothing simpler fails.
    private(set) var isProvedMinimal = false

    private let limit: Int
    private let run: (_ prefix: [UInt64], _ completionSeed: UInt64?) -> Verdict
    private var seen: Set<[UInt64]> = []
    private var random: SeededGenerator

    init(_ failing: ChoiceSequence, seed: UInt64, limit: Int = Shrinker.defaultLimit, run: @escaping ([UInt64], UInt64?) -> Verdict) {
        best = failing
        self.limit = limit
        self.run = run
        random = SeededGenerator(seed: seed)
    }

    /// Runs all passes to a fixed point.
    mutating func shrink() {
        // The simplest case of all costs one try and is often the answer.
        _ = accept([UInt64](repeating: 0, count: best.count))
        var isFinal = false
        while tries < limit {
            let before = best.indices
            deleteSpans()
            zeroSpans()
            deleteWindows()
            lowerEach()
            replaceByDescendants()
            lowerDuplicates()
            sortSiblings()
            lowerPairs()
            if best.indices != before { continue }
            // Dearer passes only when the cheap ones have nothing left to do.
            lowerAndDelete()
            if best.indices != before { continue }
            raiseToShorten()
            if best.indices != before { continue }
            deleteAndBump()
            if best.indices != before { continue }
            escapeBranches()
            if best.indices != before { continue }
            if isFinal { break }
            isFinal = true
            enumerate()
            if best.indices != before { isFinal = false }
        }
    }

    // MARK: Trying

    /// Whether a candidate fails and is simpler; then it, or what was drawn of it, is the new best.
    private mutating func accept(_ candidate: [UInt64]) -> Bool {
        guard tries < limit, isSimpler(candidate, than: best.indices), seen.insert(candidate).inserted else { return false }
        return take(candidate, completionSeed: nil)
    }

    private mutating func take(_ candidate: [UInt64], completionSeed: UInt64?) -> Bool {
        tries += 1
        guard case .fails(let drawn) = run(candidate, completionSeed), isSimpler(drawn.indices, than: best.indices) else { return false }
        best = drawn
        return true
    }

    /// The largest k for which `step(k)` succeeded, tried as 1, 2, 3, 4, then doubling, then by halving the gap. `step` must build its candidate
    /// from a copy taken before the first step.
    private mutating func largest(_ step: (inout Shrinker, UInt64) -> Bool) -> UInt64 {
        var low: UInt64 = 0
        for k in UInt64(1)...4 {
            if !step(&self, k) { return low }
            low = k
        }
        var high: UInt64 = 8
        while step(&self, high) {
            low = high
            if high >= 1 << 62 { return low }
            high *= 2
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if step(&self, middle) { low = middle } else { high = middle }
        }
        return low
    }

    private static func without(_ indices: [UInt64], _ range: Range<Int>) -> [UInt64] {
        Array(indices[..<range.lowerBound] + indices[range.upperBound...])
    }

    // MARK: Deleting

    /// Takes out spans, from the end, runs of siblings at once.
    private mutating func deleteSpans() {
        // What filters threw away, all of it.
        let discarded = best.spans.filter { $0.isDiscarded && !$0.range.isEmpty }
        if !discarded.isEmpty {
            var kept = best.indices
            for span in discarded.sorted(by: { $0.start > $1.start }) where span.range.upperBound <= kept.count {
                kept.removeSubrange(span.range)
            }
            _ = accept(kept)
        }
        var number = best.spans.count - 1
        while number >= 0, tries < limit {
            guard number < best.spans.count else {
                number = best.spans.count - 1
                continue
            }
            let span = best.spans[number]
            if span.range.isEmpty || span.range.upperBound > best.count {
                number -= 1
                continue
            }
            let start = best
            // Siblings before this one, nearest first.
            let siblings = start.spans[...number].reversed().filter {
                $0.label == span.label && $0.depth == span.depth && !$0.range.isEmpty
            }
            let count = largest { shrinker, k in
                guard k <= UInt64(siblings.count) else { return false }
                let first = siblings[Int(k) - 1].range.lowerBound
                return shrinker.accept(Self.without(start.indices, first..<span.range.upperBound))
            }
            number = count == 0 ? number - 1 : min(number - 1, best.spans.count - 1)
        }
    }

    /// Takes out any few neighbouring choices.
    private mutating func deleteWindows() {
        for width in stride(from: 5, through: 1, by: -1) {
            var position = best.count - width
            while position >= 0, tries < limit {
                if position + width <= best.count { _ = accept(Self.without(best.indices, position..<(position + width))) }
                position -= 1
            }
        }
    }

    /// Lowers a choice and takes something away behind it: the length of a list that was drawn before it, an index into it.
    private mutating func lowerAndDelete() {
        var position = 0
        while position < best.count, tries < limit {
            let value = best.indices[position]
            var improved = false
            if value > 0 {
                var lowered = best.indices
                lowered[position] = value - 1
                for span in best.spans
                where span.range.lowerBound > position && !span.range.isEmpty && span.range.upperBound <= lowered.count {
                    if accept(Self.without(lowered, span.range)) {
                        improved = true
                        break
                    }
                }
                if !improved {
                    for start in lowered.indices where start > position {
                        if accept(Self.without(lowered, start..<(start + 1)))
                            || (start + 2 <= lowered.count && accept(Self.without(lowered, start..<(start + 2))))
                        {
                            improved = true
                            break
                        }
                    }
                }
            }
            if !improved { deleteElement(at: position) }
            if !improved { position += 1 }
        }
    }

    /// Takes out a span and lowers every later or earlier choice that looks like an index behind it.
    private mutating func deleteElement(at position: Int) {
        let siblings = best.spans.filter { $0.label == Label.element && $0.range.contains(position) && !$0.range.isEmpty }
        for span in siblings where span.range.upperBound <= best.count {
            let ordinal = best.spans.filter { $0.label == span.label && $0.depth == span.depth && $0.start < span.start }.count
            var indices = best.indices
            for other in indices.indices where !span.range.contains(other) && best.bounds[other] > 1 && indices[other] > UInt64(ordinal) {
                indices[other] -= 1
            }
            if accept(Self.without(indices, span.range)) { return }
        }
    }

    /// Takes out an element and lets another choice near it carry what it contributed.
    private mutating func deleteAndBump() {
        for number in best.spans.indices.reversed() {
            guard tries < limit, number < best.spans.count else { continue }
            let span = best.spans[number]
            guard !span.range.isEmpty, span.range.upperBound <= best.count, span.range.count <= 4 else { continue }
            let removed = best.indices[span.range].max() ?? 0
            let rest = Self.without(best.indices, span.range)
            let bounds = Self.without(best.bounds, span.range)
            bumping: for other in max(0, span.range.lowerBound - 4)..<min(rest.count, span.range.lowerBound + 4) where bounds[other] > 1 {
                let room = bounds[other] - rest[other]
                for raise in [removed, removed &+ 1, room, 1, 2] where raise > 0 && raise <= room {
                    var candidate = rest
                    candidate[other] += raise
                    if accept(candidate) { break bumping }
                }
            }
        }
    }

    /// A larger choice may make the rest shorter: more of one thing, less of another.
    private mutating func raiseToShorten() {
        var position = 0
        while position < best.count, tries < limit {
            let value = best.indices[position]
            let bound = best.bounds[position]
            // Small raises, the bound itself, and products with the other values: what a shorter sequence could need instead.
            var raises: [UInt64] = [1, 2, 4, 8, 16, bound - value]
            for other in Set(best.indices) where other > 1 && other < 1 << 20 {
                for factor in [other, other + 1, other + 2] {
                    let (product, overflow) = value.multipliedReportingOverflow(by: factor)
                    if !overflow, product > value { raises.append(product - value) }
                }
            }
            for raise in Set(raises).sorted() where raise > 0 && bound - value >= raise {
                for end in stride(from: best.count - 1, to: position, by: -1) {
                    var candidate = Array(best.indices[..<end])
                    candidate[position] = value + raise
                    for later in candidate.indices where later > position { candidate[later] = 0 }
                    if accept(candidate) { break }
                }
                if position >= best.count { return }
            }
            position += 1
        }
    }

    // MARK: Lowering

    private mutating func zeroSpans() {
        var number = 0
        while number < best.spans.count, tries < limit {
            let range = best.spans[number].range
            if range.upperBound <= best.count, best.indices[range].contains(where: { $0 != 0 }) {
                var candidate = best.indices
                for position in range { candidate[position] = 0 }
                _ = accept(candidate)
            }
            number += 1
        }
    }

    private mutating func lowerEach() {
        var position = 0
        while position < best.count, tries < limit {
            lower([position])
            position += 1
        }
    }

    /// Lowers the choices at these places together, all by the same steps.
    private mutating func lower(_ positions: [Int]) {
        func replacing(_ indices: [UInt64], _ change: (UInt64) -> UInt64?) -> [UInt64]? {
            var candidate = indices
            for position in positions {
                guard position < candidate.count, let value = change(candidate[position]) else { return nil }
                candidate[position] = value
            }
            return candidate
        }
        guard let first = positions.first, first < best.count, positions.contains(where: { best.indices[$0] > 0 }) else { return }
        if let zero = replacing(best.indices, { _ in 0 }), accept(zero) { return }
        if positions.allSatisfy({ $0 < best.count && best.bounds[$0] == .max }) {
            // Doubles: whole numbers come first in their order, and a fraction is an index beyond 2^63.
            if let whole = replacing(best.indices, { $0 >> 63 == 1 ? DoubleOrder.index(DoubleOrder.value($0).rounded(.towardZero)) : $0 }) {
                _ = accept(whole)
            }
        }
        let start = best.indices
        _ = largest { shrinker, k in
            guard k < 64, let candidate = replacing(start, { $0 >> k }) else { return false }
            return shrinker.accept(candidate)
        }
        // Two keeps the side of a zigzag, one changes it; the others are for values that must stay multiples of something.
        for step in [2, 1, 3, 5, 7, 10] as [UInt64] {
            let from = best.indices
            guard positions.allSatisfy({ $0 < from.count }) else { return }
            _ = largest { shrinker, k in
                let (amount, overflow) = k.multipliedReportingOverflow(by: step)
                guard !overflow, let candidate = replacing(from, { $0 >= amount ? $0 - amount : nil }) else { return false }
                return shrinker.accept(candidate)
            }
        }
    }

    /// Values that are equal are often meant to be.
    private mutating func lowerDuplicates() {
        var groups: [[UInt64]: [Int]] = [:]
        for position in best.indices.indices where best.indices[position] > 0 && best.bounds[position] > 1 {
            groups[[best.indices[position], best.bounds[position]], default: []].append(position)
        }
        for positions in groups.values.filter({ $0.count > 1 }).sorted(by: { $0[0] < $1[0] }) {
            guard tries < limit, positions.allSatisfy({ $0 < best.count }) else { continue }
            lower(positions)
        }
    }

    /// Two choices that hold each other in place: the sum, the difference or the order of their values matters.
    private mutating func lowerPairs() {
        var first = 0
        while first < best.count, tries < limit {
            defer { first += 1 }
            guard best.indices[first] > 0, best.bounds[first] > 1 else { continue }
            var partners = 0
            for second in best.indices.indices where second > first {
                guard first < best.count, second < best.count, best.bounds[second] > 1 else { continue }
                partners += 1
                if partners > 6 { break }
                for step in [1, 2] as [UInt64] {
                    let start = best
                    guard first < start.count, second < start.count else { break }
                    // One down, the other up by as much.
                    _ = largest { shrinker, k in
                        let (amount, overflow) = k.multipliedReportingOverflow(by: step)
                        guard !overflow, start.indices[first] >= amount, start.bounds[second] - start.indices[second] >= amount else {
                            return false
                        }
                        var candidate = start.indices
                        candidate[first] -= amount
                        candidate[second] += amount
                        return shrinker.accept(candidate)
                    }
                    // Where a zigzag runs out on one side, a step of two here is one of one there.
                    for (down, up) in [(2, 1), (1, 2)] as [(UInt64, UInt64)] {
                        let start = best
                        guard first < start.count, second < start.count, start.indices[first] >= down,
                            start.bounds[second] - start.indices[second] >= up
                        else { continue }
                        var candidate = start.indices
                        candidate[first] -= down
                        candidate[second] += up
                        _ = accept(candidate)
                    }
                    // Both down by as much.
                    let again = best
                    guard first < again.count, second < again.count else { break }
                    _ = largest { shrinker, k in
                        let (amount, overflow) = k.multipliedReportingOverflow(by: step)
                        guard !overflow, again.indices[first] >= amount, again.indices[second] >= amount else { return false }
                        var candidate = again.indices
                        candidate[first] -= amount
                        candidate[second] -= amount
                        return shrinker.accept(candidate)
                    }
                }
            }
        }
    }

    // MARK: Rearranging

    /// A tree by one of its own subtrees.
    private mutating func replaceByDescendants() {
        var number = 0
        while number < best.spans.count, tries < limit {
            let span = best.spans[number]
            let inner = best.spans[(number + 1)...].filter {
                $0.label == span.label && $0.start >= span.start && $0.end <= span.end && $0.range.count < span.range.count
                    && !$0.range.isEmpty
            }
            for descendant in inner.prefix(16) where span.range.upperBound <= best.count {
                let candidate = Array(
                    best.indices[..<span.range.lowerBound] + best.indices[descendant.range] + best.indices[span.range.upperBound...])
                if accept(candidate) { break }
            }
            number += 1
        }
    }

    /// Neighbours of the same kind in order, the simpler first.
    private mutating func sortSiblings() {
        var number = 0
        while number < best.spans.count, tries < limit {
            let span = best.spans[number]
            number += 1
            guard
                let next = best.spans.first(where: {
                    $0.label == span.label && $0.depth == span.depth && $0.start == span.end && !$0.range.isEmpty
                }), !span.range.isEmpty,
                next.range.upperBound <= best.count
            else { continue }
            let (a, b) = (Array(best.indices[span.range]), Array(best.indices[next.range]))
            guard isSimpler(b, than: a) else { continue }
            let swapped = Array(best.indices[..<span.range.lowerBound]) + b + a + best.indices[next.range.upperBound...]
            if accept(swapped) { number = max(0, number - 2) }
        }
    }

    // MARK: Searching

    /// A selector that is lowered makes everything behind it mean something else: keep what stands before it and complete it at random.
    private mutating func escapeBranches() {
        var position = 0
        while position < best.count, tries < limit {
            let value = best.indices[position]
            if value > 0, best.bounds[position] < 64 {
                lowering: for lowered in 0..<value {
                    var prefix = Array(best.indices[...position])
                    prefix[position] = lowered
                    // The simplest completion first, then random ones.
                    if accept(prefix + [UInt64](repeating: 0, count: best.count - prefix.count)) { break lowering }
                    for _ in 0..<24 where tries < limit {
                        if take(prefix, completionSeed: random.next()) { break lowering }
                    }
                }
            }
            position += 1
        }
    }

    /// Everything simpler, as far as small values, bounds and the present values go: a depth-first walk through the generator's own tree. When
    /// nothing was left out, the result is proved minimal.
    private mutating func enumerate() {
        guard best.count <= Self.enumerationLength else { return }
        var budget = min(Self.enumerationTries, limit - tries)
        var isComplete = true
        let target = best.indices
        let values = Set(target)
        var found = false
        func walk(_ prefix: [UInt64], _ shrinker: inout Shrinker) {
            if found { return }
            guard budget > 0 else {
                isComplete = false
                return
            }
            budget -= 1
            shrinker.tries += 1
            switch shrinker.run(prefix, nil) {
            case .fails(let drawn):
                if isSimpler(drawn.indices, than: shrinker.best.indices) {
                    shrinker.best = drawn
                    found = true
                }
            case .passes, .rejected: break
            case .overrun(let bound):
                guard prefix.count < target.count else { return }
                var candidates = Set((0...min(bound, 12)))
                if bound > 12 {
                    candidates.formUnion(values.filter { $0 <= bound })
                    candidates.insert(bound)
                    isComplete = false
                }
                // Of the full length only what is smaller from the left can be simpler, and it may yet end up shorter.
                for index in candidates.sorted() { walk(prefix + [index], &shrinker) }
            }
        }
        walk([], &self)
        isProvedMinimal = isComplete && !found
    }
}
