import Determinism

/// One run of a property: which cases, in which order, and what is made of how they end.
///
/// **Case n is a function of the seed and n**, whatever the cases before it did, with one exception: where it would repeat a known case, the
/// trie turns it into a new one. Cases are taken note of in the order of their numbers. Two workers therefore get exactly what one gets: they draw
/// ahead without looking at the trie, and a case that turns out to be known when its turn comes is drawn again, with the trie.
struct PropertyMachine {
    let settings: PropertySettings
    let test: (Draws) -> CaseEnd
    let draws: Draws
    let trie = ChoiceTrie()
    private var bodies = 0
    private var report = PropertyReport()
    /// Nothing more is to be run: enough was seen.
    private var isOver = false
    private var duplicatesInARow = 0
    /// The first case, if it passed: the shrinker need not run it again.
    private var simplest: ChoiceSequence?
    /// Learns from what cases reach and score, if they say.
    private var guide = SearchGuide()
    /// All that was seen of each bug, in the order found.
    private var others: [FailureOrigin: [ChoiceSequence]] = [:]
    /// After the first failure: the number of the last case that is run to find others.
    private var last: UInt64?

    init(settings: PropertySettings, test: @escaping (Draws) -> CaseEnd) {
        self.settings = settings
        self.test = test
        draws = Draws(budget: settings.budget)
        draws.trie = trie
        draws.counters = settings.isGuidedByCoverage ? CoverageFeatures() : nil
    }

    enum Judgement {
        case passed
        case failed(CaseFailure)
        case rejected
        case overrun
    }

    /// What a case came to, from how its test ended and what its draws say.
    static func judgement(_ end: CaseEnd, _ draws: Draws) -> Judgement {
        if draws.overrun { return .overrun }
        if draws.isRejected { return .rejected }
        switch end {
        case .passed: return .passed
        case .rejected: return .rejected
        case .failed(let failure): return .failed(failure)
        }
    }

    /// Prepares case `number`. The first is the simplest of all; others begin as planned, if they are.
    static func begin(_ draws: Draws, _ settings: PropertySettings, _ number: UInt64, plan: CasePlan? = nil, isBarren: Bool = false) {
        let tail: Draws.Tail = number == 0 || plan?.endsSimply == true ? .simplest : .random
        if let plan {
            draws.begin(seed: mixed(settings, number), prefix: plan.prefix, tail: tail, misfit: .random, budget: settings.budget)
        } else {
            draws.begin(seed: mixed(settings, number), tail: tail, budget: settings.budget)
        }
        draws.temper.adapt(caseNumber: number, isBarren: isBarren)
    }

    private static func mixed(_ settings: PropertySettings, _ number: UInt64) -> UInt64 {
        SplitMix64.mix(settings.seed &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15)
    }

    // MARK: Generating

    /// Case after case on this thread.
    mutating func run() -> PropertyReport {
        runExamples()
        var number: UInt64 = 0
        while goesOn {
            runCase(number)
            number += 1
        }
        return finish()
    }

    /// The same, with cases drawn ahead by others: the same result.
    mutating func run(with cases: ParallelCases) -> PropertyReport {
        runExamples()
        let own = Draws(budget: settings.budget)
        let (draws, trie, test, settings) = (draws, trie, test, settings)
        var number: UInt64 = 0
        chunks: while goesOn {
            let chunk = cases.chunk(number / UInt64(ParallelCases.chunkSize), with: own)
            for one in chunk.cases {
                guard goesOn else { break chunks }
                defer { number += 1 }
                // A search goes case by case, each learning from those before it; so does a run whose cases are mostly refused.
                if one.hasNotes || guide.isGuiding || isBarren {
                    runCase(number)
                    continue
                }
                guard trie.insert(chunk.indices.base + one.start, chunk.shapes.base + one.start, count: one.count) else {
                    // It would repeat a known case: with the trie it becomes another one.
                    runCase(number)
                    continue
                }
                if guide.isBlockEnd(after: number) { guide.commitBlock() }
                duplicatesInARow = 0
                note(one.judgement, number, one.labels, one.coverage, one.didRunBody) {
                    // The spans were not handed over; the same case has them.
                    draws.trie = nil
                    Self.begin(draws, settings, number)
                    _ = test(draws)
                    draws.trie = trie
                    return draws.sequence
                }
            }
        }
        cases.stop()
        return finish()
    }

    private var goesOn: Bool { !report.isExhausted && !isOver && report.cases < demandedCases }

    /// A demand on the kinds of cases may ask for more of them than the settings do, before it is known to be met or not.
    private var demandedCases: Int {
        if report.cases >= settings.cases, report.coverage.verdict == .undecided {
            return CoverageRequirement.extendedCases(settings.cases)
        }
        return settings.cases
    }

    /// What a memory kept comes first, as it was recorded.
    private mutating func runExamples() {
        for indices in settings.examples {
            let draws = draws
            draws.begin(seed: 0, prefix: indices, tail: .none, budget: max(1, min(indices.count, settings.budget)))
            let judgement = Self.judgement(test(draws), draws)
            report.examplesRun += 1
            guard trie.insert(draws.indices, draws.shapes, count: draws.count) else { continue }
            switch judgement {
            case .overrun, .rejected:
                // The generator has changed since: this is no case of today's property.
                break
            case .passed, .failed: note(judgement, nil, draws.labels, draws.coverage, draws.didRunBody) { draws.sequence }
            }
        }
    }

    /// Most cases are refused: then they are drawn without a temper's limits.
    private var isBarren: Bool { report.discarded > report.cases + 20 }

    private mutating func runCase(_ number: UInt64) {
        let draws = draws
        var plan: CasePlan?
        if guide.isGuiding {
            var chance = SeededGenerator(seed: SplitMix64.mix(Self.mixed(settings, number)))
            plan = guide.plan(number: number, random: &chance)
        }
        Self.begin(draws, settings, number, plan: plan, isBarren: isBarren)
        draws.counters?.reset()
        let judgement = Self.judgement(test(draws), draws)
        draws.counters?.collect(into: &draws.features)
        guide.observe(
            number: number, plan: plan, features: draws.features, targets: draws.targets, isValid: !draws.isOverrun && !draws.isRejected
        ) { draws.sequence }
        if guide.isBlockEnd(after: number) { guide.commitBlock() }
        guard trie.insert(draws.indices, draws.shapes, count: draws.count) else {
            // Only where something besides the draws matters, or the trie is full: then cases may come again, and count once.
            report.duplicates += 1
            duplicatesInARow += 1
            if duplicatesInARow > settings.discardLimit { isOver = true }
            return
        }
        duplicatesInARow = 0
        note(judgement, number, draws.labels, draws.coverage, draws.didRunBody) { draws.sequence }
    }

    /// Takes note of a new case; one without a number comes from a memory.
    private mutating func note(
        _ judgement: Judgement, _ number: UInt64?, _ labels: [String], _ coverage: [CoverageObservation], _ didRunBody: Bool,
        _ sequence: () -> ChoiceSequence
    ) {
        switch judgement {
        case .passed:
            bodies += 1
            report.cases += 1
            if number == 0 { simplest = sequence() }
            if !coverage.isEmpty { report.coverage.count(coverage) }
            if !labels.isEmpty { for label in Set(labels) { report.labels[label, default: 0] += 1 } }
        case .rejected, .overrun:
            if didRunBody { bodies += 1 }
            report.discarded += 1
            if report.discarded > settings.discardLimit {
                if report.failures.isEmpty { report.outcome = .gaveUp }
                isOver = true
            }
        case .failed(let failure):
            bodies += 1
            report.outcome = .falsified
            collect(failure, sequence())
            if last == nil {
                let begun = number ?? 0
                // Several starts want several failures.
                let wanted = UInt64(max(0, settings.searchOn)) * (draws.shrinkStarts > 1 ? 8 : 1)
                last = begun &+ min(max(draws.shrinkStarts > 1 ? 4 * begun : begun, 20), wanted)
            }
        }
        // Where equal choices led to different draws, the trie does not know what there is.
        report.isExhausted = trie.isExhausted && !trie.isInconsistent
        if let last, let number, number >= last { isOver = true }
    }

    /// A failure of a kind not seen yet is a bug of its own; of a known kind the simplest case is the best to start shrinking from.
    private mutating func collect(_ failure: CaseFailure, _ sequence: ChoiceSequence) {
        if let known = report.failures.firstIndex(where: { $0.failure.origin == failure.origin }) {
            others[failure.origin, default: []].append(sequence)
            if isSimpler(sequence.indices, than: report.failures[known].sequence.indices) {
                report.failures[known].sequence = sequence
                report.failures[known].failure = failure
            }
        } else if report.failures.count < settings.maximumFailures {
            report.failures.append(PropertyReport.Failure(failure: failure, sequence: sequence, casesToFailure: bodies))
            others[failure.origin] = [sequence]
        }
    }

    // MARK: Shrinking

    private mutating func finish() -> PropertyReport {
        report.isInconsistent = trie.isInconsistent
        draws.trie = nil
        draws.counters = nil
        for number in report.failures.indices {
            var best = shrink(report.failures[number])
            let starts = (others[best.failure.origin] ?? []).sorted { isSimpler($0.indices, than: $1.indices) }
            for start in starts.dropFirst().prefix(max(0, draws.shrinkStarts - 1)) {
                var other = best
                other.sequence = start
                other = shrink(other)
                other.shrinkBodies += best.shrinkBodies
                other.shrinkTries += best.shrinkTries
                if isSimpler(other.sequence.indices, than: best.sequence.indices) {
                    best = other
                } else {
                    (best.shrinkBodies, best.shrinkTries) = (other.shrinkBodies, other.shrinkTries)
                }
            }
            report.failures[number] = show(best)
            if settings.explains, !report.failures[number].isFlaky { explain(&report.failures[number]) }
        }
        return report
    }

    private mutating func shrink(_ found: PropertyReport.Failure) -> PropertyReport.Failure {
        var failure = found
        let (draws, test) = (draws, test)
        var shrinkBodies = 0
        var shrinker = Shrinker(
            found.sequence, seed: settings.seed, limit: settings.shrinkLimit, reading: draws, donors: others[found.failure.origin] ?? [],
            passing: simplest.map { [$0] } ?? []
        ) { prefix, completion in
            draws.begin(
                seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: found.sequence.count + 8)
            let judgement = Self.judgement(test(draws), draws)
            switch judgement {
            case .overrun:
                if draws.didRunBody { shrinkBodies += 1 }
                return .overrun(nextBound: draws.missingBound)
            case .rejected:
                if draws.didRunBody { shrinkBodies += 1 }
                return .rejected
            case .failed(let again):
                shrinkBodies += 1
                return again.origin == found.failure.origin ? .fails(draws.sequence) : .passes
            case .passed:
                shrinkBodies += 1
                return .passes
            }
        }
        shrinker.shrink()
        failure.sequence = shrinker.best
        failure.shrinkBodies = shrinkBodies
        failure.shrinkTries = shrinker.tries
        failure.isProvedMinimal = shrinker.isProvedMinimal
        return failure
    }

    /// Runs the counterexample once more, for the report: what it drew, and whether it fails again.
    private func show(_ found: PropertyReport.Failure) -> PropertyReport.Failure {
        var failure = found
        draws.begin(seed: 0, prefix: found.sequence.indices, tail: .none, budget: max(1, found.sequence.count))
        draws.isJournaling = true
        if case .failed(let again) = Self.judgement(test(draws), draws), again.origin == found.failure.origin {
            failure.failure = again
        } else {
            failure.isFlaky = true
        }
        failure.journal = draws.journal
        failure.journalRanges = draws.journalRanges
        return failure
    }

    /// Finds out what matters in a counterexample.
    private func explain(_ failure: inout PropertyReport.Failure) {
        let (draws, test, origin) = (draws, test, failure.failure.origin)
        let budget = settings.budget
        var explainer = Explainer(failure.sequence, seed: settings.seed, limit: PropertySettings.explanationLimit) { prefix, completion in
            draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: budget)
            let end: Explainer.End
            switch Self.judgement(test(draws), draws) {
            case .passed: end = .passes
            case .failed(let again): end = again.origin == origin ? .fails : .neither
            case .rejected, .overrun: end = .neither
            }
            return Explainer.Observation(end: end, drawn: draws.sequence)
        }
        failure.explanation = explainer.explain()
    }
}
