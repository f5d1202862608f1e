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

    public init(cases: Int = 100, seed: UInt64 = 0) {
        self.cases = cases
        self.seed = seed
    }
}

/// What came of a property.
public struct PropertyResult<Value> {
    public enum Outcome {
        case passed
        /// The simplest value found that fails, why, and the sequence it is made of.
        case falsified(Value, reason: String, ChoiceSequence)
        /// Too few cases met the assumptions.
        case gaveUp
    }

    public var outcome: Outcome
    /// Cases that ran to their end.
    public var cases = 0
    public var discarded = 0
    /// Whether there are no more different cases.
    public var isExhausted = false
    /// Bodies until the first failure, it included; 0 without one.
    public var casesToFailure = 0
    /// Bodies run by the shrinker.
    public var shrinkBodies = 0
    public var shrinkTries = 0
    /// Whether everything simpler than the counterexample was tried.
    public var isProvedMinimal = false
    /// How many cases carry each label, by label.
    public var labels: [String: Int] = [:]
}

/// Runs properties: generation, shrinking, replay.
public enum PropertyEngine {
    /// - Parameters:
    ///   - generate: makes a value from draws; must depend on nothing else.
    ///   - holds: false, or a thrown error, falsifies. Not called for a case that is overrun or rejected.
    public static func run<Value>(
        _ settings: PropertySettings = PropertySettings(), generate: @escaping (Draws) -> Value, holds: @escaping (Value) throws -> Bool
    ) -> PropertyResult<Value> {
        var machine = PropertyMachine(settings: settings, generate: generate, holds: holds)
        return machine.run()
    }

    /// The value of a recorded sequence: what a replay token stands for.
    public static func replay<Value>(_ indices: [UInt64], generate: (Draws) -> Value) -> (value: Value, isWhole: Bool) {
        let draws = Draws()
        draws.begin(seed: 0, prefix: indices, tail: .none)
        let value = generate(draws)
        return (value, !draws.isOverrun && draws.sequence.count == indices.count)
    }
}

private struct PropertyMachine<Value> {
    let settings: PropertySettings
    let generate: (Draws) -> Value
    let holds: (Value) throws -> Bool
    private let draws = Draws()
    private var bodies = 0

    init(settings: PropertySettings, generate: @escaping (Draws) -> Value, holds: @escaping (Value) throws -> Bool) {
        self.settings = settings
        self.generate = generate
        self.holds = holds
    }

    private enum CaseEnd {
        case passed
        case failed(String)
        case rejected
        case overrun
    }

    mutating func run() -> PropertyResult<Value> {
        var result = PropertyResult<Value>(outcome: .passed)
        var seen: Set<[UInt64]> = []
        var repeats = 0
        var number: UInt64 = 0
        while result.cases < settings.cases {
            // A case is a function of the seed and its own number, whatever the cases before it did.
            var mixer = SplitMix64(seed: settings.seed &+ number &* 0x9E37_79B9_7F4A_7C15 ^ 0xD1B5_4A32_D192_ED03)
            let isFirst = number == 0
            number += 1
            // The first case is the simplest of all.
            draws.begin(
                seed: mixer.next(), prefix: isFirst ? [UInt64](repeating: 0, count: settings.budget) : [], tail: .random,
                budget: settings.budget)
            let value = generate(draws)
            if !seen.insert(draws.sequence.indices).inserted, !draws.isRejected {
                // The same case again proves nothing new; a small domain ends here.
                repeats += 1
                if repeats > 20 * settings.cases {
                    result.isExhausted = true
                    return result
                }
                continue
            }
            switch judge(value) {
            case .passed:
                result.cases += 1
                for label in Set(draws.labels) { result.labels[label, default: 0] += 1 }
            case .rejected, .overrun:
                result.discarded += 1
                if result.discarded > settings.discardLimit {
                    result.outcome = .gaveUp
                    return result
                }
            case .failed(let reason):
                result.casesToFailure = bodies
                shrink(&result, reason)
                return result
            }
        }
        return result
    }

    private mutating func judge(_ value: Value) -> CaseEnd {
        if draws.isOverrun { return .overrun }
        if draws.isRejected { return .rejected }
        bodies += 1
        do {
            let holds = try holds(value)
            if draws.isRejected { return .rejected }
            return holds ? .passed : .failed("falsified")
        } catch {
            return .failed(String(reflecting: type(of: error)))
        }
    }

    private mutating func shrink(_ result: inout PropertyResult<Value>, _ reason: String) {
        let failing = draws.sequence
        let settings = settings
        let generate = generate
        var shrinkBodies = 0
        var machine = self
        var shrinker = Shrinker(failing, seed: settings.seed, limit: settings.shrinkLimit) { prefix, completion in
            machine.draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: failing.count + 8)
            let value = machine.generate(machine.draws)
            if machine.draws.isOverrun { return .overrun(nextBound: machine.draws.missingBound) }
            if machine.draws.isRejected { return .rejected }
            shrinkBodies += 1
            switch machine.judge(value) {
            case .failed(let again) where again == reason: return .fails(machine.draws.sequence)
            case .rejected: return .rejected
            default: return .passes
            }
        }
        shrinker.shrink()
        let (value, _) = PropertyEngine.replay(shrinker.best.indices, generate: generate)
        result.shrinkBodies = shrinkBodies
        result.shrinkTries = shrinker.tries
        result.isProvedMinimal = shrinker.isProvedMinimal
        result.outcome = .falsified(value, reason: reason, shrinker.best)
    }
}
