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
public struct PropertyTrait: TestTrait, SuiteTrait, TestScoping {
    public var options: PropertyOptions

    /// The options of the test under way.
    @TaskLocal static var current = PropertyOptions()

    public var isRecursive: Bool { true }

    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await Self.$current.withValue(options.over(Self.current), operation: function)
    }
}

extension Trait where Self == PropertyTrait {
    /// - Parameters:
    ///   - cases: cases that must pass.
    ///   - seed: the run is a function of it.
    ///   - replay: a token as a failure prints it: only that case is run. One that cannot be read fails the test.
    ///   - deadline: longest time of one case.
    ///   - isolation: whether bodies run in a child process, so that traps and hangs can be shrunk.
    ///   - examples: where counterexamples are kept, to be run first the next time.
    ///   - leavesEvidence: whether a document is left for the gate runner; no for properties that are meant to fail.
    ///   - suppressing: health checks that are not reported.
    public static func property(
        cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, deadline: Duration? = nil, isolation: PropertyIsolation? = nil,
        examples: PropertyExamples? = nil, leavesEvidence: Bool? = nil, suppressing: Set<HealthCheck.Kind>? = nil
    ) -> Self {
        var options = PropertyOptions()
        options.cases = cases
        options.seed = seed
        options.replay = replay
        options.deadline = deadline
        options.isolation = isolation
        options.examples = examples
        options.leavesEvidence = leavesEvidence
        options.suppressed = suppressing
        return PropertyTrait(options: options)
    }
}
