import PropertyTesting
import Testing

/// Settings for the properties of a test or of all tests of a suite.
///
/// ```swift
/// @Test(.property(cases: 1000, seed: 7))
/// func sortingIsIdempotent() async throws {
///     try await property { draws in
///         let xs = draws.array { $0.int() }
///         #expect(xs.sorted().sorted() == xs.sorted())
///     }
/// }
/// ```
///
/// Optional: a test without it runs its properties with the settings of `PropertySettings`.
///
/// A token to replay belongs to one property, and a test may hold several. The trait's token is therefore tried on each: those that it fits run
/// that case alone, those that it does not fit are left out, and where it fits none the test fails, so that a token that has grown stale is not
/// taken for a test that passes. A token handed to `property(replay:)` itself is that property's and must fit it.
///
/// There is no number of workers: the cases of a property run one after the other in the caller's isolation, where their issues can be told
/// apart, and the framework runs tests beside one another. A search on several threads is `PropertyEngine.run(_:workers:test:)`.
public struct PropertyTrait: TestTrait, SuiteTrait, TestScoping {
    public var options: PropertyOptions

    /// The options of the test under way.
    @TaskLocal static var current = PropertyOptions()

    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        let merged = options.over(Self.current)
        guard options.replay != nil else { return try await Self.$current.withValue(merged, operation: function) }
        let replays = TraitReplay()
        // Also where the test throws.
        defer { replays.finish() }
        try await TraitReplay.$current.withValue(replays) {
            try await Self.$current.withValue(merged, operation: function)
        }
    }
}

extension Trait where Self == PropertyTrait {
    /// - Parameters:
    ///   - cases: cases that must pass.
    ///   - seed: the run is a function of it.
    ///   - replay: a token as a failure prints it: only that case is run, by the properties that it fits. One that cannot be read, or fits none,
    ///     fails the test.
    ///   - budget: choices that one case may make.
    ///   - discardLimit: rejected cases in all before the run gives up.
    ///   - searchOn: cases after the first failure, at most, that look for other bugs; 0: the run ends at its first failure.
    ///   - maximumFailures: bugs that are reported.
    ///   - deadline: longest time of one case.
    ///   - isolation: whether bodies run in a child process, so that traps and hangs can be shrunk.
    ///   - examples: where counterexamples and a corpus are kept, to be run first the next time.
    ///   - leavesEvidence: whether a document is left for the gate runner; no for properties that are meant to fail.
    ///   - suppressing: health checks that are not reported.
    public static func property(
        cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, budget: Int? = nil, discardLimit: Int? = nil,
        searchOn: Int? = nil, maximumFailures: Int? = nil, deadline: Duration? = nil, isolation: PropertyIsolation? = nil,
        examples: PropertyExamples? = nil, leavesEvidence: Bool? = nil, suppressing: Set<HealthCheck.Kind>? = nil
    ) -> Self {
        var options = PropertyOptions()
        options.cases = cases
        options.seed = seed
        options.replay = replay
        options.budget = budget
        options.discardLimit = discardLimit
        options.searchOn = searchOn
        options.maximumFailures = maximumFailures
        options.deadline = deadline
        options.isolation = isolation
        options.examples = examples
        options.leavesEvidence = leavesEvidence
        options.suppressed = suppressing
        return PropertyTrait(options: options)
    }
}
