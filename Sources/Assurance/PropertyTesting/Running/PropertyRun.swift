import Determinism

/// How a property is run.
public struct PropertySettings: Hashable, Sendable {
    /// Cases that must pass.
    public var cases = 100
    /// The run is a function of it: each case draws from a stream of its own, independent of the others.
    public var seed: UInt64 = 0
    /// Tries of the shrinker.
    public var shrinkLimit = Shrinker.defaultLimit
    /// Rejected cases in all before the run gives up.
    public var discardLimit = 1000
    /// Choices of one case.
    public var budget = Draws.defaultBudget
    /// Whether cases that reach new regions of the code are built upon. Needs a build that counts coverage, and does nothing in others.
    public var isGuidedByCoverage = false

    public init(cases: Int = 100, seed: UInt64 = 0) {
        self.cases = cases
        self.seed = seed
    }
}

/// What came of a run, without the values.
public struct PropertyReport: Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        case falsified
        /// Too few cases met the assumptions.
        case gaveUp
    }

    /// One bug: the simplest case that fails in this way.
    public struct Failure: Hashable, Sendable {
        public var failure: CaseFailure
        public var sequence: ChoiceSequence
        /// Bodies until this failure was first seen, it included.
        public var casesToFailure: Int
        /// Bodies run by the shrinker.
        public var shrinkBodies = 0
        /// Candidates of the shrinker, those included that ended inside the generator.
        public var shrinkTries = 0
        /// Whether everything simpler was tried.
        public var isProvedMinimal = false
        /// Whether it did not fail when it was run again.
        public var isFlaky = false

        public var token: ReplayToken { ReplayToken(sequence) }
    }

    public var outcome = Outcome.passed
    /// Distinct failures, in the order found; empty unless falsified.
    public var failures: [Failure] = []
    /// Cases that ran to their end and passed.
    public var cases = 0
    public var discarded = 0
    /// Cases that were generated again and not run again.
    public var duplicates = 0
    /// Whether there are no more different cases: every one was tried.
    public var isExhausted = false
    /// How many cases carry each label, by label.
    public var labels: [String: Int] = [:]

    public init() {}
}

/// What came of a property whose generator and law are apart.
public struct PropertyResult<Value> {
    public enum Outcome {
        case passed
        /// The simplest value found that fails, why, and the sequence it is made of.
        case falsified(Value, reason: String, ChoiceSequence)
        /// Too few cases met the assumptions.
        case gaveUp
    }

    public var outcome: Outcome
    public var report: PropertyReport

    public var cases: Int { report.cases }
    public var discarded: Int { report.discarded }
    public var isExhausted: Bool { report.isExhausted }
    public var labels: [String: Int] { report.labels }
    /// Bodies until the first failure, it included; 0 without one.
    public var casesToFailure: Int { report.failures.first?.casesToFailure ?? 0 }
    public var shrinkBodies: Int { report.failures.first?.shrinkBodies ?? 0 }
    public var shrinkTries: Int { report.failures.first?.shrinkTries ?? 0 }
    public var isProvedMinimal: Bool { report.failures.first?.isProvedMinimal ?? false }
}

/// Runs properties: generation, shrinking, replay.
public enum PropertyEngine {
    /// Runs a property that draws and checks in one.
    ///
    /// - Parameter test: draws values, checks them, and says how the case ended; must depend on nothing but the draws. It also runs for cases that
    ///   turn out overrun or rejected, whose end is then ignored; ``Draws/didRunBody`` says whether the property's own code saw a whole value.
    public static func run(_ settings: PropertySettings = PropertySettings(), test: (Draws) -> CaseEnd) -> PropertyReport {
        withoutActuallyEscaping(test) { test in
            var machine = PropertyMachine(settings: settings, test: test)
            return machine.run()
        }
    }

    /// Runs a property whose generator and law are apart.
    ///
    /// - Parameters:
    ///   - generate: makes a value from draws; must depend on nothing else.
    ///   - holds: false, or a thrown error, falsifies. Not called for a case that is overrun or rejected.
    public static func run<Value>(
        _ settings: PropertySettings = PropertySettings(), generate: (Draws) -> Value, holds: (Value) throws -> Bool
    ) -> PropertyResult<Value> {
        let report = run(settings) { draws in
            let value = generate(draws)
            if draws.isOverrun || draws.isRejected { return .rejected }
            draws.didRunBody = true
            // What generation reached is of no interest.
            draws.coverage?.reset()
            do {
                return try holds(value) ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "falsified")))
            } catch {
                return .failed(CaseFailure(origin: FailureOrigin(reason: String(reflecting: Swift.type(of: error))), message: "\(error)"))
            }
        }
        switch report.outcome {
        case .passed: return PropertyResult(outcome: .passed, report: report)
        case .gaveUp: return PropertyResult(outcome: .gaveUp, report: report)
        case .falsified:
            let first = report.failures[0]
            let (value, _) = replay(first.sequence.indices, generate: generate)
            return PropertyResult(
                outcome: .falsified(value, reason: first.failure.origin.reason, first.sequence), report: report)
        }
    }

    /// The value of a recorded sequence: what a replay token stands for.
    public static func replay<Value>(_ indices: [UInt64], generate: (Draws) -> Value) -> (value: Value, isWhole: Bool) {
        let draws = Draws(budget: max(1, indices.count))
        draws.begin(seed: 0, prefix: indices, tail: .none)
        let value = generate(draws)
        return (value, !draws.isOverrun && draws.count == indices.count)
    }
}

private struct PropertyMachine {
    let settings: PropertySettings
    let test: (Draws) -> CaseEnd
    private let draws: Draws
    private var bodies = 0

    init(settings: PropertySettings, test: @escaping (Draws) -> CaseEnd) {
        self.settings = settings
        self.test = test
        draws = Draws(budget: settings.budget)
    }

    private enum Judgement {
        case passed
        case failed(CaseFailure)
        case rejected
        case overrun
    }

    private mutating func judge() -> Judgement {
        let end = test(draws)
        if draws.didRunBody { bodies += 1 }
        if draws.isOverrun { return .overrun }
        if draws.isRejected { return .rejected }
        switch end {
        case .passed: return .passed
        case .rejected: return .rejected
        case .failed(let failure): return .failed(failure)
        }
    }

    mutating func run() -> PropertyReport {
        var report = PropertyReport()
        var seen: Set<[UInt64]> = []
        var number: UInt64 = 0
        var guide = SearchGuide()
        draws.coverage = settings.isGuidedByCoverage ? CoverageFeatures() : nil
        while report.cases < settings.cases {
            // A case is a function of the seed and its own number, whatever the cases before it did.
            var mixer = SplitMix64(seed: settings.seed &+ number &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03)
            // The first case is the simplest of all.
            var chance = SeededGenerator(seed: mixer.next())
            let plan = guide.plan(number: number, random: &chance)
            draws.begin(
                seed: mixer.next(), prefix: plan?.prefix ?? [], tail: number == 0 || plan?.endsSimply == true ? .simplest : .random, misfit: .random,
                budget: settings.budget)
            draws.temper.adapt(caseNumber: number, isBarren: report.duplicates + report.discarded > report.cases + 20)
            draws.coverage?.reset()
            let judgement = judge()
            var features = draws.features
            draws.coverage?.collect(into: &features)
            guide.observe(
                number: number, plan: plan, features: features, targets: draws.targets,
                isValid: !draws.isOverrun && !draws.isRejected
            ) { draws.sequence }
            if guide.isBlockEnd(after: number) { guide.commitBlock() }
            number += 1
            if !seen.insert(draws.sequence.indices).inserted {
                // The same case again proves nothing new; a small domain ends here.
                report.duplicates += 1
                if report.duplicates > 20 * settings.cases {
                    report.isExhausted = true
                    return report
                }
                continue
            }
            switch judgement {
            case .passed:
                report.cases += 1
                for label in Set(draws.labels) { report.labels[label, default: 0] += 1 }
            case .rejected, .overrun:
                report.discarded += 1
                if report.discarded > settings.discardLimit {
                    report.outcome = .gaveUp
                    return report
                }
            case .failed(let failure):
                report.outcome = .falsified
                report.failures.append(shrink(PropertyReport.Failure(failure: failure, sequence: draws.sequence, casesToFailure: bodies)))
                return report
            }
        }
        return report
    }

    private mutating func shrink(_ found: PropertyReport.Failure) -> PropertyReport.Failure {
        var failure = found
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
        return failure
    }
}
