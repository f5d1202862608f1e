/// A property that does not hold, with everything a person needs to see it fail again.
public struct PropertyFailure: Error, Sendable, CustomStringConvertible {
    /// The simplest value found that fails, as Swift's `String(reflecting:)` writes it.
    public let counterexample: String
    /// Why it fails: "falsified", or the type of the error that the body threw.
    public let reason: String
    public let token: ReplayToken
    public let seed: UInt64
    public let casesToFailure: Int
    public let shrinkBodies: Int
    public let isProvedMinimal: Bool

    public var description: String {
        let proof = isProvedMinimal ? "nothing simpler fails" : "simplest found"
        return """
            counterexample (\(proof)): \(counterexample)
            \(reason), case \(casesToFailure) of seed \(seed), then \(shrinkBodies) to shrink it
            replay: \(token)
            """
    }
}

/// A property that could not be tried often enough.
public struct PropertyGaveUp: Error, Sendable, CustomStringConvertible {
    public let cases: Int
    public let discarded: Int

    public var description: String {
        "gave up: only \(cases) cases met the assumptions and \(discarded) did not; make the generator build what the property needs"
    }
}

/// Tries a property on many values and throws when it does not hold.
///
/// ```swift
/// try checkProperty(seed: 7) { draws in draws.array { $0.int() } } holds: { xs in
///     xs.sorted().sorted() == xs.sorted()
/// }
/// ```
///
/// - Parameters:
///   - replay: a token that an earlier failure printed; only that value is tried.
///   - generate: makes a value from draws, and from nothing else.
///   - holds: false, or a thrown error, falsifies.
/// - Throws: ``PropertyFailure``, ``PropertyGaveUp``.
/// - Returns: how many cases were tried and what they were labelled.
@discardableResult
public func checkProperty<Value>(
    seed: UInt64 = 0, cases: Int = 100, replay: ReplayToken? = nil, generate: @escaping (Draws) -> Value,
    holds: @escaping (Value) throws -> Bool
) throws -> PropertyResult<Value> {
    if let replay {
        let (value, _) = PropertyEngine.replay(replay.indices, generate: generate)
        var reason: String?
        do {
            if try !holds(value) { reason = "falsified" }
        } catch {
            reason = FailureOrigin(thrown: error).reason
        }
        if let reason {
            throw PropertyFailure(
                counterexample: String(reflecting: value), reason: reason, token: replay, seed: seed, casesToFailure: 1, shrinkBodies: 0,
                isProvedMinimal: false)
        }
        var report = PropertyReport()
        report.cases = 1
        return PropertyResult(outcome: .passed, report: report)
    }
    let result = PropertyEngine.run(PropertySettings(cases: cases, seed: seed), generate: generate, holds: holds)
    switch result.outcome {
    case .passed: return result
    case .gaveUp: throw PropertyGaveUp(cases: result.cases, discarded: result.discarded)
    case .falsified(let value, let reason, let sequence):
        throw PropertyFailure(
            counterexample: String(reflecting: value), reason: reason, token: ReplayToken(sequence), seed: seed,
            casesToFailure: result.casesToFailure, shrinkBodies: result.shrinkBodies, isProvedMinimal: result.isProvedMinimal)
    }
}
