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
    var bodies = 0
    var report = PropertyReport()

    init(settings: PropertySettings, test: @escaping (Draws) -> CaseEnd) {
        self.settings = settings
        self.test = test
        draws = Draws(budget: settings.budget)
        draws.trie = trie
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

    /// Prepares case `number`. The first is the simplest of all.
    static func begin(_ draws: Draws, _ settings: PropertySettings, _ number: UInt64) {
        let mixed = SplitMix64.mix(settings.seed &+ (number &+ 1) &* 0x9E37_79B9_7F4A_7C15)
        draws.begin(seed: mixed, tail: number == 0 ? .simplest : .random, budget: settings.budget)
    }

    private mutating func judge() -> Judgement {
        let end = test(draws)
        if draws.didRunBody { bodies += 1 }
        return Self.judgement(end, draws)
    }

    // MARK: Generating

    mutating func run() -> PropertyReport {
        var number: UInt64 = 0
        var repeats = 0
        while report.cases < settings.cases, !report.isExhausted {
            Self.begin(draws, settings, number)
            number += 1
            let judgement = judge()
            guard trie.insert(draws.indices, draws.shapes, count: draws.count) else {
                // Only a case that draws without the trie comes here twice: the simplest, or one that depends on more than its draws.
                repeats += 1
                report.duplicates += 1
                if repeats > settings.discardLimit {
                    report.isExhausted = trie.isExhausted
                    break
                }
                continue
            }
            if !note(judgement, draws.labels) { break }
            report.isExhausted = trie.isExhausted
        }
        return finish()
    }

    /// Takes note of a new case; false ends the run.
    mutating func note(_ judgement: Judgement, _ labels: [String]) -> Bool {
        switch judgement {
        case .passed:
            report.cases += 1
            if !labels.isEmpty { for label in Set(labels) { report.labels[label, default: 0] += 1 } }
        case .rejected, .overrun:
            report.discarded += 1
            if report.discarded > settings.discardLimit {
                report.outcome = .gaveUp
                return false
            }
        case .failed(let failure):
            report.outcome = .falsified
            report.failures.append(PropertyReport.Failure(failure: failure, sequence: draws.sequence, casesToFailure: bodies))
            return false
        }
        return true
    }

    mutating func finish() -> PropertyReport {
        report.isInconsistent = trie.isInconsistent
        for number in report.failures.indices { report.failures[number] = shrink(report.failures[number]) }
        return report
    }

    // MARK: Shrinking

    private mutating func shrink(_ found: PropertyReport.Failure) -> PropertyReport.Failure {
        var failure = found
        draws.trie = nil
        let before = bodies
        var machine = self
        var shrinker = Shrinker(found.sequence, seed: settings.seed, limit: settings.shrinkLimit) { prefix, completion in
            machine.draws.begin(
                seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: found.sequence.count + 8)
            switch machine.judge() {
            case .overrun: return .overrun(nextBound: machine.draws.missingBound)
            case .rejected: return .rejected
            case .failed(let again) where again.origin == found.failure.origin: return .fails(machine.draws.sequence)
            case .failed, .passed: return .passes
            }
        }
        shrinker.shrink()
        failure.sequence = shrinker.best
        failure.shrinkBodies = machine.bodies - before
        failure.shrinkTries = shrinker.tries
        failure.isProvedMinimal = shrinker.isProvedMinimal
        bodies = machine.bodies
        return failure
    }
}
