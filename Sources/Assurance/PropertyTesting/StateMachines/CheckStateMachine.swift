/// Runs a machine many times and throws, with its shortest failing run as lines of Swift, when a rule or an invariant fails.
///
/// - Parameters:
///   - cases: runs that must pass.
///   - replay: a token that an earlier failure printed; only that run is tried.
/// - Throws: ``PropertyFailure``, ``PropertyGaveUp``.
/// - Returns: how many runs were tried.
@discardableResult
public func checkStateMachine<State>(
    seed: UInt64 = 0, cases: Int = 100, replay: ReplayToken? = nil, _ machine: StateMachine<State>
) throws -> PropertyReport {
    try checkJournaled(seed: seed, cases: cases, replay: replay) { draws throws(StateMachineFailure) in try draws.run(machine) }
}

/// A property that draws and acts in one, whose report is its journal.
@discardableResult
func checkJournaled(
    seed: UInt64, cases: Int, replay: ReplayToken?, _ body: @escaping (Draws) throws(StateMachineFailure) -> Void
) throws -> PropertyReport {
    if let replay {
        let (failure, journal) = journaledRun(replay.indices, body)
        if let failure {
            throw PropertyFailure(
                counterexample: journal, reason: failure.origin.reason, token: replay, seed: seed, casesToFailure: 1, shrinkBodies: 0,
                isProvedMinimal: false)
        }
        var report = PropertyReport()
        report.cases = 1
        return report
    }
    let report = PropertyEngine.run(PropertySettings(cases: cases, seed: seed)) { draws in
        do throws(StateMachineFailure) {
            try body(draws)
            return .passed
        } catch {
            return .failed(error.caseFailure)
        }
    }
    switch report.outcome {
    case .passed: return report
    case .gaveUp: throw PropertyGaveUp(cases: report.cases, discarded: report.discarded)
    case .falsified:
        guard let first = report.failures.first else { return report }
        let (_, journal) = journaledRun(first.sequence.indices, body)
        throw PropertyFailure(
            counterexample: journal, reason: first.failure.origin.reason, token: first.token, seed: seed,
            casesToFailure: first.casesToFailure, shrinkBodies: first.shrinkBodies, isProvedMinimal: first.isProvedMinimal)
    }
}

/// The run that is shown: a recorded sequence once more, with its journal, a line for each step.
func journaledRun(_ indices: [UInt64], _ body: (Draws) throws(StateMachineFailure) -> Void) -> (StateMachineFailure?, String) {
    let draws = Draws(budget: max(1, indices.count))
    draws.begin(seed: 0, prefix: indices, tail: .none, budget: max(1, indices.count))
    draws.isJournaling = true
    var failure: StateMachineFailure?
    do throws(StateMachineFailure) { try body(draws) } catch { failure = error }
    // A counterexample of many lines begins on a line of its own.
    return (failure, "\n" + draws.journal.joined(separator: "\n"))
}
