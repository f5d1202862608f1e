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
    /// The number of the first case that failed, and of the last one that is run to find others.
    private var firstFailure: UInt64?
    private var last = UInt64.max
    /// What the failures of known bugs since then count.
    private var repeats = 0
    /// Chooses what the next run should begin with, if anybody asked.
    private var corpus: CorpusSelection?

    init(settings: PropertySettings, test: @escaping (Draws) -> CaseEnd) {
        self.settings = settings
        self.test = test
        draws = Draws(budget: settings.budget)
        draws.trie = trie
        draws.counters = settings.isGuidedByCoverage ? CoverageFeatures() : nil
        corpus = settings.collectsCorpus ? CorpusSelection() : nil
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
        runRemembered()
        var number: UInt64 = 0
        while goesOn {
            runCase(number)
            number += 1
        }
        return finish()
    }

    /// The same, with cases drawn ahead by others: the same result.
    mutating func run(with cases: ParallelCases) -> PropertyReport {
        runRemembered()
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
                if corpus != nil, case .passed = one.judgement {
                    corpus?.consider(labels: one.labels, coverage: one.coverage) {
                        Array(UnsafeBufferPointer(start: chunk.indices.base + one.start, count: one.count))
                    }
                }
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

    /// What a memory kept comes first, as it was recorded. Of what passes only the search learns: the cases that follow are those of a run
    /// without a memory.
    private mutating func runRemembered() {
        for indices in settings.examples { runRemembered(indices, .replay) }
        for indices in settings.corpus { runRemembered(indices, .corpus) }
        draws.phase = .random
    }

    private mutating func runRemembered(_ indices: [UInt64], _ phase: CasePhase) {
        let draws = draws
        draws.phase = phase
        draws.begin(seed: 0, prefix: indices, tail: .none, budget: max(1, min(indices.count, settings.budget)))
        draws.counters?.reset()
        let judgement = Self.judgement(test(draws), draws)
        draws.counters?.collect(into: &draws.features)
        report.examplesRun += 1
        switch judgement {
        case .overrun, .rejected:
            // The generator has changed since: this is no case of today's property.
            report.exampleEnds.append(.rejected)
        case .passed:
            report.exampleEnds.append(.passed)
            guide.observe(number: 0, plan: nil, features: draws.features, targets: draws.targets, isValid: true) { draws.sequence }
            if phase == .corpus { corpus?.consider(draws) }
        case .failed(let failure):
            report.exampleEnds.append(.failed(failure))
            guard trie.insert(draws.indices, draws.shapes, count: draws.count) else { return }
            note(judgement, nil, draws.labels, draws.coverage, draws.didRunBody) { draws.sequence }
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
        if plan != nil || !draws.features.isEmpty || !draws.targets.isEmpty {
            guide.observe(
                number: number, plan: plan, features: draws.features, targets: draws.targets,
                isValid: !draws.isOverrun && !draws.isRejected
            ) { draws.sequence }
        }
        if guide.isBlockEnd(after: number) { guide.commitBlock() }
        guard trie.insert(draws.indices, draws.shapes, count: draws.count, from: draws.state.pointee.exit) else {
            // Only where something besides the draws matters, or the trie is full: then cases may come again, and count once.
            report.duplicates += 1
            duplicatesInARow += 1
            if duplicatesInARow > settings.discardLimit { isOver = true }
            return
        }
        duplicatesInARow = 0
        if corpus != nil, case .passed = judgement { corpus?.consider(draws) }
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
            if number != nil { bodies += 1 }
            report.outcome = .falsified
            let isNew = collect(failure, isRemembered: number == nil, sequence())
            searchOn(from: number ?? 0, failure, isNew: isNew)
        }
        // Where equal choices led to different draws, the trie does not know what there is.
        report.isExhausted = trie.isExhausted && !trie.isInconsistent
        if let number, number >= last { isOver = true }
    }

    /// After a failure the run goes on: other bugs may hide behind the first, and a simpler failure is a better start for the shrinker.
    private mutating func searchOn(from number: UInt64, _ failure: CaseFailure, isNew: Bool) {
        guard isNew else {
            repeats += failure.origin == .timeout ? PropertySettings.repeatsOfHang : 1
            if repeats >= PropertySettings.maximumRepeats { isOver = true }
            return
        }
        let first = firstFailure ?? number
        // Several starts want several failures.
        let (ways, starts): (UInt64, UInt64) = draws.shrinkStarts > 1 ? (4, 8) : (1, 1)
        let asked = min(UInt64(clamping: settings.cases), first &+ UInt64(PropertySettings.searchShare))
        let wanted = max(asked, number &+ max(ways * number, 20))
        let most = first &+ UInt64(max(0, min(settings.searchOn, 1 << 48))) * starts
        last = min(firstFailure == nil ? wanted : max(last, wanted), most)
        firstFailure = first
        // Also where a memory kept it, so that no number has come yet.
        if last <= number { isOver = true }
    }

    /// A failure of a kind not seen yet is a bug of its own; of a known kind the simplest case is the best to start shrinking from.
    /// Returns whether it is a new one.
    private mutating func collect(_ failure: CaseFailure, isRemembered: Bool, _ sequence: ChoiceSequence) -> Bool {
        if let known = report.failures.firstIndex(where: { $0.failure.origin == failure.origin }) {
            others[failure.origin, default: []].append(sequence)
            if isSimpler(sequence.indices, than: report.failures[known].sequence.indices) {
                report.failures[known].sequence = sequence
                report.failures[known].failure = failure
            }
            return false
        }
        guard report.failures.count < max(1, settings.maximumFailures) else { return false }
        let casesToFailure = isRemembered ? 0 : bodies
        report.failures.append(PropertyReport.Failure(failure: failure, sequence: sequence, casesToFailure: casesToFailure))
        others[failure.origin] = [sequence]
        return true
    }

    // MARK: Shrinking

    private mutating func finish() -> PropertyReport {
        report.isInconsistent = trie.isInconsistent
        report.corpus = corpus?.tokens
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
        draws.phase = .shrink
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
        draws.phase = .replay
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
        draws.phase = .explain
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
