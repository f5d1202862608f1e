import Determinism

/// Finds the simplest sequence of choices that still fails in the same way.
///
/// # How to think about it
///
/// The shrinker knows nothing of values. It proposes sequences of indices; the engine replays each as a prefix, and what was really drawn, and
/// whether the case still fails, is the answer. Values that depend on one another (binds, filters, state machines) therefore shrink without any
/// code of their own: whatever the generator makes of a shorter or smaller sequence is a value it could have made anyway.
///
/// **The invariant.** ``best`` fails, and it is replaced only by what is *simpler in shortlex order* and fails too. Hence every pass terminates,
/// passes cannot undo one another, and the order in which they run affects the effort and not the soundness. (`descend(from:)` lays the best aside
/// for a trial with another case, and puts it back unless the trial ended simpler.)
///
/// **What costs.** Running the property's own code with a whole value, a *body*. A verdict that follows from what is known (``KnownVerdicts``) costs
/// nothing, and a candidate that ends inside the generator next to nothing. So it is no waste to propose what was proposed before, but it is to
/// propose what hardly ever fails.
///
/// # How a shrink goes
///
/// 1. All numbers to their simplest at once: what matters is often the structure alone.
/// 2. The *main* passes in turn, until none finds anything. A pass is not run again on a target on which it found nothing; those that found something
///    go first in the next turn; deleting is not repeated only because numbers were lowered where they stand.
/// 3. The *speculative* passes, within a budget of bodies: a share of what was spent so far, and more for large numbers that could not be explained.
///    Deleting is tried once more here. Whatever succeeds extends the budget and leads back to 2.
/// 4. Last of them the enumeration of everything simpler. Where it leaves nothing out, the result is *proved* minimal; where by estimate no more
///    than `certainProofBodies` cases are simpler, the bodies for that are given in any case.
///
/// | pass | what it does | without it |
/// |---|---|---|
/// | `zeroNumbers` | all numbers at once to their simplest | structure costs a body for each number |
/// | `keepFew` | the shortest beginning, then the shortest end of each list, by galloping | long lists cost a body for each element |
/// | `deleteElements` | runs of elements out of the middle of lists | superfluous elements stay |
/// | `deleteSpans` | whole spans of other kinds | parts that the user's spans group stay |
/// | `deleteWindows` | up to five neighbouring choices, where the seam fits: two lists become one | nested lists stay apart |
/// | `hoist` | a tree by one of its own subtrees | trees stay deep |
/// | `resetTails` | a branch lowered and all behind it simplest | another branch's leftovers stay |
/// | `lowerSizes`, `lowerAndDelete` | a length drawn before its list lowered, with choices deleted behind it | binds keep their length |
/// | `zeroRuns` | runs of choices to zero | a body for each |
/// | `lowerDuplicates` | equal numbers lowered together | equal numbers hold each other |
/// | `lowerEach` | one choice: 0, one less, then by bits or by steps | – |
/// | `rename` | two values exchanged everywhere | only which values are equal matters, and the larger comes first |
/// | `pairs` | two numbers with their sum or their difference kept, or exchanged; all numbers shifted | sums and differences hold |
/// | `deleteReferenced` | an element deleted, and numbers that could point behind it lowered | references dangle |
/// | `sortSiblings` | elements and neighbouring spans in order | order is arbitrary |
/// | `reschedule` | an operation of a race deleted or moved, threads joined, each under all schedules of few pauses | threads and operations stay |
/// | `deleteTwoSteps` | two steps of a machine at once | what one makes and the other uses up stays |
/// | `deleteTwo` | two elements at once | pairs that balance stay |
/// | `moveForward` | a small choice before a larger one of its kind, also with numbers in order | the larger subtree stays in front |
/// | `lowerAndCut` | a choice that shapes the rest lowered, a few behind it deleted | a tree keeps a level |
/// | `mergeElements` | an element deleted, a number takes over its sum or product, a letter beside it goes on by one | totals need many |
/// | `multiplyPairs` | a factor handed from one number to another | products hold |
/// | `raiseToShorten` | one choice raised, the simplest behind it | an early end is never taken |
/// | `escapeBranches` | another branch, completed by one choice, from other failing cases or at random, shrunk on trial | branches hide simpler ones |
/// | `stepOver` | small values, then small steps repeated | multiples of something stay large |
/// | `slopes` | steps of one number against steps of another, repeated | linear relations hold |
/// | `enumerate` | everything simpler, in order | no proof, and traps that no pass knows |
///
/// # How to write a pass
///
/// Build a candidate from ``best`` and hand it to ``accept(_:isHopeful:)``. After a success ``best`` has changed, also in its length and spans: never
/// keep positions across a success without looking again. Prefer few bold tries to many timid ones: ``largest(_:)`` finds in O(log k) tries how far a
/// step can be repeated, ``minimise(_:smallFirst:_:)`` how small a number can become. Do arithmetic on *values* (`ChoiceShape.value(of:)`), since
/// indices count zigzag. Add the pass to ``Pass``, to the list in which it belongs, to the table above, and to the tests a challenge that is no longer
/// minimal, or dearer, when the pass is in ``disabledPasses``; a pass for which there is none has no place here.
///
/// **What goes wrong otherwise.** A pass that walks left to right and restarts at every success is quadratic in bodies. One that lowers by one and
/// succeeds creeps: 2^40 tries are one each. One that lowers one of two values that must stay equal never succeeds. A value drawn before its use (a
/// length, an index, a branch) changes the meaning of everything behind it. And a pass that knows a problem by its constants is worth nothing.
struct Shrinker {
    enum Verdict {
        /// Fails in the same way; what was really drawn.
        case fails(ChoiceSequence)
        case passes
        /// More choices were asked for than the candidate has; the bound of the first one that was missing.
        case overrun(nextBound: UInt64)
        case rejected
    }

    /// The passes, in the order in which they are first run.
    enum Pass: UInt8, CaseIterable, Hashable, Sendable {
        // Opening, once.
        case zeroNumbers
        // Main, to a fixed point.
        case keepFew, deleteElements, deleteSpans, deleteWindows, hoist, resetTails, lowerSizes, zeroRuns, lowerDuplicates, rename,
            lowerEach
        case lowerAndDelete, pairs, deleteReferenced, sortSiblings
        // Speculative, within a budget.
        case reschedule, deleteTwoSteps, deleteTwo, moveForward, lowerAndCut, mergeElements, multiplyPairs, raiseToShorten, escapeBranches,
            slopes, stepOver, enumerate

        static let main: [Pass] = [
            .keepFew, .deleteElements, .deleteSpans, .deleteWindows, .hoist, .resetTails, .lowerSizes, .zeroRuns, .lowerDuplicates,
            .lowerEach, .rename, .lowerAndDelete,
            .pairs, .deleteReferenced, .sortSiblings,
        ]
        /// Lowering numbers where they stand makes nothing superfluous: these are not run again for that alone, but in the end within the budget.
        static let deleting: Set<Pass> = [.keepFew, .deleteElements, .deleteSpans, .deleteWindows, .hoist]
        static let lowering: Set<Pass> = [.zeroNumbers, .zeroRuns, .lowerDuplicates, .lowerEach, .rename]
        static let speculative: [Pass] = [
            .reschedule, .deleteTwoSteps, .deleteTwo, .moveForward, .lowerAndCut, .mergeElements, .multiplyPairs, .raiseToShorten,
            .escapeBranches, .stepOver, .slopes,
            .enumerate,
        ]
    }

    /// Tries of one shrink, whatever they come to.
    static let defaultLimit = 20_000

    var best: ChoiceSequence
    /// Candidates that were run.
    var tries = 0
    /// Those of them in which the property's own code saw a whole value.
    var bodies = 0
    /// Whether everything simpler is known not to fail.
    var isProvedMinimal = false

    let limit: Int
    let disabledPasses: Set<Pass>
    let run: (_ prefix: [UInt64], _ completionSeed: UInt64?) -> Verdict
    /// Where a run's draws can be read afterwards.
    let draws: Draws?
    var known = KnownVerdicts()
    /// What stands in for `known` where the draws cannot be read.
    var seen: Set<[UInt64]> = []
    var random: SeededGenerator
    /// Other cases that fail in the same way: they lend what they have behind a branch.
    var donors: [ChoiceSequence]
    /// How often `best` was replaced.
    var version = 0
    /// How often otherwise than by lowering numbers in place.
    var structureVersion = 0
    /// Bodies without a success after which a dear pass is left, for each pass that was left or found nothing; halved each time.
    var patience: [Pass: Int] = [:]
    /// A speculative pass stops here.
    var bodyLimit = Int.max
    /// Whether the main passes have been through once.
    var isOpening = true
    /// What failed in the last try without being simpler.
    var lastFailure: ChoiceSequence?
    /// The pass that runs.
    var current = Pass.keepFew

    init(
        _ failing: ChoiceSequence, seed: UInt64, limit: Int = Shrinker.defaultLimit, reading draws: Draws? = nil,
        donors: [ChoiceSequence] = [], passing: [ChoiceSequence] = [], disabledPasses: Set<Pass> = [],
        run: @escaping ([UInt64], UInt64?) -> Verdict
    ) {
        best = failing
        self.limit = limit
        self.draws = draws
        self.donors = donors
        self.disabledPasses = disabledPasses
        self.run = run
        random = SeededGenerator(seed: seed)
        for other in passing where other.indices != failing.indices {
            other.indices.withUnsafeBufferPointer { indices in
                other.shapes.withUnsafeBufferPointer { known.learn(indices, $0, next: nil) }
            }
        }
    }

    // MARK: Scheduling

    /// Runs all passes to a fixed point.
    mutating func shrink() {
        // The simplest case of all costs one try, and none where the run began with it.
        _ = accept([UInt64](repeating: 0, count: best.count))
        deleteDiscarded()
        perform(.zeroNumbers)
        var queue = Pass.main.filter { !disabledPasses.contains($0) }
        var settledOn = [Int](repeating: -1, count: Pass.allCases.count)
        rounds: while tries < limit {
            // A pass that found nothing is not run again on the same target, and stands behind those that found something.
            while queue.contains(where: { settledOn[Int($0.rawValue)] != target(of: $0) }), tries < limit {
                var (found, missed): ([Pass], [Pass]) = ([], [])
                for pass in queue {
                    let before = version
                    if settledOn[Int(pass.rawValue)] != target(of: pass) { perform(pass) }
                    // To keep few is bold, and what it leaves is looked through one by one.
                    if version == before || pass == .keepFew { settledOn[Int(pass.rawValue)] = target(of: pass) }
                    if version == before {
                        missed.append(pass)
                    } else {
                        found.append(pass)
                    }
                }
                if !isOpening { queue = found + missed }
                isOpening = false
            }
            let before = version
            let budget = speculationBudget
            let areTied = unexplained.count > 1
            // However little was spent so far: what can go goes.
            bodyLimit = bodies + max(budget, Self.leastDeletingBodies)
            for pass in queue where Pass.deleting.contains(pass) {
                perform(pass)
                if version != before {
                    bodyLimit = .max
                    continue rounds
                }
            }
            let end = bodies + budget
            for pass in Pass.speculative where !disabledPasses.contains(pass) {
                // None takes it all, but the last two. Merging is promising as far as there is something to merge.
                switch pass {
                case .enumerate: bodyLimit = end
                case .slopes: bodyLimit = areTied ? max(end, bodies + 60) : end
                case .stepOver: bodyLimit = min(end, bodies + budget * 3 / 4)
                case .mergeElements: bodyLimit = max(min(end, bodies + budget / 2), bodies + max(0, restBits - 2))
                default: bodyLimit = min(end, bodies + max(4, budget / 2))
                }
                perform(pass)
                if version != before {
                    bodyLimit = .max
                    continue rounds
                }
            }
            bodyLimit = .max
            break
        }
    }

    /// What the numbers of the best still hold: the count of their bits.
    var restBits: Int {
        var bits = 0
        for position in best.indices.indices where best.shapes[position].isNumber {
            bits += 64 - best.indices[position].leadingZeroBitCount
        }
        return bits
    }

    private static let leastDeletingBodies = 4

    /// Bodies that may be spent on passes which rarely succeed: a share of what was needed so far, and more where much is left to explain.
    private var speculationBudget: Int {
        // An end of the range is likely no accident.
        let worth = unexplained.prefix(4).reduce(0) { $0 + (best.indices[$1] == best.shapes[$1].bound ? 24 : 50) }
        return max(0, bodies - 16) / 6 + worth
    }

    /// Where large numbers stand of which hardly any smaller one was tried.
    private var unexplained: [Int] {
        best.indices.indices.filter {
            best.shapes[$0].isNumber && best.indices[$0] >= 16 && known.settledCount(after: best.indices[..<$0]) < 8
        }
    }

    /// The state of the best that matters to a pass.
    private func target(of pass: Pass) -> Int { Pass.deleting.contains(pass) ? structureVersion : version }

    private mutating func perform(_ pass: Pass) {
        guard !disabledPasses.contains(pass), tries < limit else { return }
        current = pass
        switch pass {
        case .zeroNumbers: zeroNumbers()
        case .keepFew: keepFew()
        case .deleteElements: deleteElements()
        case .deleteSpans: deleteSpans()
        case .deleteWindows: deleteWindows()
        case .hoist: hoist()
        case .lowerAndDelete: lowerAndDelete()
        case .zeroRuns: zeroRuns()
        case .lowerDuplicates: lowerDuplicates()
        case .lowerEach: lowerEach()
        case .pairs: movePairs()
        case .deleteReferenced: deleteReferenced()
        case .sortSiblings: sortSiblings()
        case .mergeElements: mergeElements()
        case .multiplyPairs: multiplyPairs()
        case .raiseToShorten: raiseToShorten()
        case .escapeBranches: escapeBranches()
        case .stepOver: stepOver()
        case .resetTails: resetTails()
        case .moveForward: moveForward()
        case .slopes: slopes()
        case .lowerSizes: lowerSizes()
        case .reschedule: reschedule()
        case .deleteTwoSteps: deleteTwoSteps()
        case .deleteTwo: deleteTwo()
        case .lowerAndCut: lowerAndCut()
        case .rename: rename()
        case .enumerate: enumerate()
        }
    }

    // MARK: Trying

    /// Whether a candidate fails and what is drawn of it is simpler; then that is the new best.
    ///
    /// - Parameter isHopeful: the candidate itself is not simpler; what is drawn of it may be.
    mutating func accept(_ candidate: [UInt64], isHopeful: Bool = false) -> Bool {
        guard tries < limit, bodies < bodyLimit, isHopeful || isSimpler(candidate, than: best.indices) else { return false }
        if draws != nil {
            if known.answer(candidate) != .unknown { return false }
        } else if !seen.insert(candidate).inserted {
            return false
        }
        return take(candidate, completionSeed: nil)
    }

    mutating func take(_ candidate: [UInt64], completionSeed: UInt64?) -> Bool {
        guard tries < limit, bodies < bodyLimit else { return false }
        tries += 1
        let verdict = run(candidate, completionSeed)
        if let draws {
            if draws.didRunBody { bodies += 1 }
            learn(from: draws)
        } else if case .overrun = verdict {
        } else {
            bodies += 1
        }
        lastFailure = nil
        guard case .fails(let drawn) = verdict else { return false }
        guard isSimpler(drawn.indices, than: best.indices) else {
            lastFailure = drawn
            return false
        }
        if drawn.count != best.count || !Pass.lowering.contains(current) { structureVersion += 1 }
        best = drawn
        version += 1
        // What gains may go on.
        if bodyLimit != .max { bodyLimit += 8 }
        return true
    }

    private mutating func learn(from draws: Draws) {
        known.learn(
            UnsafeBufferPointer(start: draws.indices, count: draws.count), UnsafeBufferPointer(start: draws.shapes, count: draws.count),
            next: draws.isOverrun ? draws.missingShape : nil)
    }

    /// How far a step can be repeated: tried as 1, 2, 3, 4, then doubling, then by halving the gap. `step` must build its candidate from a copy
    /// taken before the first step.
    @discardableResult
    mutating func largest(_ step: (inout Shrinker, UInt64) -> Bool) -> UInt64 {
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

    /// The least distance below `distance`, which fails, that fails as well: 0, one less, then by bits or by steps, whichever end is nearer.
    ///
    /// Where one less does not fail it is taken to be the least: two bodies settle a value that is held in place.
    @discardableResult
    mutating func minimise(_ distance: UInt64, smallFirst: Bool = false, _ attempt: (inout Shrinker, UInt64) -> Bool) -> UInt64 {
        if distance == 0 { return 0 }
        if attempt(&self, 0) { return 0 }
        if distance == 1 { return 1 }
        var low: UInt64 = 0
        if smallFirst, isOpening, distance > 4 {
            if attempt(&self, 1) { return 1 }
            low = 1
        }
        let less = distance - 1
        let count = best.count
        if !attempt(&self, less) {
            // It may have to stay even, or odd.
            guard smallFirst, distance > 3, attempt(&self, distance - 2) else { return distance }
            let repeated = largest { shrinker, k in
                let (amount, overflow) = k.multipliedReportingOverflow(by: 2)
                return !overflow && amount < distance - 2 && attempt(&shrinker, distance - 2 - amount)
            }
            return distance - 2 - 2 * repeated
        }
        var high = less
        if smallFirst, isOpening, high > 3 {
            for small in [1, 2] as [UInt64] where small > low {
                if attempt(&self, small) { return small }
                low = small
            }
        }
        if high - low > 1 {
            let half = low + (high - low) / 2
            if attempt(&self, half) {
                high = half
                // By the number of bits.
                while high.leadingZeroBitCount + 1 < low.leadingZeroBitCount {
                    let bits = (128 - low.leadingZeroBitCount - high.leadingZeroBitCount) / 2
                    let middle = UInt64(1) << UInt64(bits)
                    guard middle > low, middle < high else { break }
                    if attempt(&self, middle) { high = middle } else { low = middle }
                }
            } else {
                low = half
                var step: UInt64 = 1
                while high - low > 1 {
                    // What is held in place by another number is better moved together with it, and comes back here if not.
                    if isOpening, smallFirst, best.count == count { return high }
                    let next = high - low > step ? high - step : low + 1
                    if attempt(&self, next) {
                        high = next
                        step = step > 1 << 61 ? step : step * 2
                    } else {
                        low = next
                        break
                    }
                }
            }
        }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if attempt(&self, middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The bodies after which the current pass should give up for now.
    func patienceEnd(_ first: Int) -> Int { bodies + (patience[current] ?? first) }

    /// What a pass found decides how long it is allowed next time.
    mutating func settlePatience(_ first: Int, hasFound: Bool) {
        patience[current] = hasFound ? first : max(4, (patience[current] ?? first) / 2)
    }

    static func without(_ indices: [UInt64], _ range: Range<Int>) -> [UInt64] {
        var result: [UInt64] = []
        result.reserveCapacity(indices.count)
        result += indices[..<range.lowerBound]
        result += indices[range.upperBound...]
        return result
    }
}
