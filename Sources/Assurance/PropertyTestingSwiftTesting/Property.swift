import PropertyTesting
import Testing

/// Tries what follows on many drawn values, within a test.
///
/// ```swift
/// @Test func reversingTwiceChangesNothing() async throws {
///     try await property { draws in
///         let xs = draws.array { $0.int() }
///         #expect(Array(xs.reversed().reversed()) == xs)
///     }
/// }
/// ```
///
/// A failed `#expect`, a failed `#require` or any thrown error falsifies. The failing probes of the search are not shown; in the end one issue is
/// recorded for each distinct bug, at the expectation that failed, with the simplest values found, what it said of them, and a token to replay it.
/// Two failures are the same bug when they are of the same kind at the same line. ``PropertyTrait`` sets how it is run and is optional.
///
/// The body runs in the caller's isolation, case after case; what it uses need not be Sendable. It must depend on nothing but its draws. An issue
/// that it records in a detached task cannot be told apart from others and is shown at once.
///
/// - Parameters:
///   - cases: cases that must pass; nil: as the trait says, else 100.
///   - seed: the run is a function of it; nil: as the trait says, else 0.
///   - replay: a token as a failure prints it: only that case is run; nil: as the trait says. One that cannot be read, or does not fit, fails
///     the test.
/// - Throws: `CancellationError` where the test was cancelled, and nothing else: what was found is recorded as issues.
/// - Returns: what was run and found.
@discardableResult
public func property(
    cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, isolation: isolated (any Actor)? = #isolation,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: (Draws) throws -> Void
) async throws -> PropertyReport {
    let run = PropertyTestRun(cases: cases, seed: seed, replay: replay, sourceLocation: sourceLocation)
    return try await run.perform { session, trap in
        // A closure is of the caller's isolation when it captures it.
        _ = isolation
        return session.run { draws in
            run.end(trap, draws) { try body(draws) }
        }
    }
}

/// The same for bodies that suspend.
@discardableResult
public func property(
    cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, isolation: isolated (any Actor)? = #isolation,
    sourceLocation: SourceLocation = #_sourceLocation, _ body: nonisolated(nonsending) (Draws) async throws -> Void
) async throws -> PropertyReport {
    let run = PropertyTestRun(cases: cases, seed: seed, replay: replay, sourceLocation: sourceLocation)
    guard run.allowsSuspending() else { return PropertyReport() }
    return try await run.perform { session, trap in
        // A closure is of the caller's isolation when it captures it.
        _ = isolation
        return await session.runAsync { draws in
            _ = isolation
            return await run.end(trap, draws) { try await body(draws) }
        }
    }
}

/// Tries a law on values of a generator.
///
/// ```swift
/// try await property(of: { $0.array { $0.int() } }) { xs in
///     #expect(xs.sorted().count == xs.count)
/// }
/// ```
///
/// The counterexample is the value as Swift code; all else is as for ``property(cases:seed:replay:isolation:sourceLocation:_:)``.
@discardableResult
public func property<Value>(
    of generate: (Draws) -> Value, cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil,
    isolation: isolated (any Actor)? = #isolation, sourceLocation: SourceLocation = #_sourceLocation, _ body: (Value) throws -> Void
) async throws -> PropertyReport {
    let run = PropertyTestRun(cases: cases, seed: seed, replay: replay, sourceLocation: sourceLocation)
    return try await run.perform { session, trap in
        // A closure is of the caller's isolation when it captures it.
        _ = isolation
        return session.run { draws in
            let value = draws.whole(generate)
            guard draws.beginBody() else { return .rejected }
            return run.end(trap, draws) { try body(value) }
        }
    }
}

/// The same for bodies that suspend.
@discardableResult
public func property<Value>(
    of generate: (Draws) -> Value, cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil,
    isolation: isolated (any Actor)? = #isolation, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: nonisolated(nonsending) (Value) async throws -> Void
) async throws -> PropertyReport {
    let run = PropertyTestRun(cases: cases, seed: seed, replay: replay, sourceLocation: sourceLocation)
    guard run.allowsSuspending() else { return PropertyReport() }
    return try await run.perform { session, trap in
        // A closure is of the caller's isolation when it captures it.
        _ = isolation
        return await session.runAsync { draws in
            _ = isolation
            let value = draws.whole(generate)
            guard draws.beginBody() else { return .rejected }
            return await run.end(trap, draws) { try await body(value) }
        }
    }
}
