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

    /// As ``run(_:test:)``, on several threads; the report is the same whatever their number.
    ///
    /// - Parameter workers: threads, the calling one included. `test` runs on all of them at once.
    public static func run(
        _ settings: PropertySettings = PropertySettings(), workers: Int, test: @escaping @Sendable (Draws) -> CaseEnd
    ) -> PropertyReport {
        var machine = PropertyMachine(settings: settings, test: test)
        // The counters belong to the process: cases that run side by side could not be told apart.
        if workers < 2 || settings.isGuidedByCoverage { return machine.run() }
        return machine.run(with: ParallelCases(settings: settings, workers: workers, test: test))
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
            draws.counters?.reset()
            do {
                return try holds(value) ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "falsified")))
            } catch {
                return .failed(CaseFailure(origin: FailureOrigin(thrown: error), message: "\(error)"))
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
        draws.begin(seed: 0, prefix: indices, tail: .none, budget: max(1, indices.count))
        let value = generate(draws)
        return (value, !draws.isOverrun && draws.count == indices.count)
    }
}
