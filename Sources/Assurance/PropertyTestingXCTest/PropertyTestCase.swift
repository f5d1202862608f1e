import PropertyTesting
import XCTest

/// A test case whose methods may hold properties.
///
/// ```swift
/// final class SortingTests: PropertyTestCase {
///     func testSortingTwiceChangesNothing() {
///         property(cases: 500) { draws in
///             let xs = draws.array { $0.int() }
///             XCTAssertEqual(xs.sorted().sorted(), xs.sorted())
///         }
///     }
/// }
/// ```
///
/// A failed assertion or a thrown error falsifies. The failing probes of the search are not shown; in the end one failure is recorded for each
/// distinct bug (same kind, same line), at the assertion that failed, with the simplest values found and a token to replay it.
///
/// A body may suspend: `try await property { … }` within an `async` test method, then in the caller's isolation. It must depend on nothing but its
/// draws.
///
/// ``session`` sets how properties are run; set it in `setUp`. What the trait of the other adaptor says is here
/// `session.settings.budget`, `.discardLimit`, `.searchOn` and `.maximumFailures`, `session.deadline`, `.caseLimit` (a child process), `.store`
/// (an `ExampleDatabase`) with `.keepsPassing` and `.keepsCorpus`, and `.suppressedHealthChecks`. `session.replay` is tried on every property
/// of a test: those that it does not fit are left out, and where it fits none the test fails.
open class PropertyTestCase: XCTestCase {
    /// How the properties of this test are run, where a call does not say otherwise; set it in `setUp`.
    public var session = PropertySession()

    /// A failure of a body's assertion.
    private struct Recorded {
        var message: String
        var file: String
        var line: Int
    }

    /// What was said of a property that the session's token does not fit.
    private struct Misfit {
        var report: String
        var failure: CaseFailure
        var file: String
        var line: Int
    }

    private var isSearching = false
    /// Properties of this test so far.
    private var count = 0
    private var fits = 0
    private var misfits: [Misfit] = []
    private var first: Recorded?
    private var places: [FailureOrigin: Recorded] = [:]

    /// Runs the test, and then says whether the session's token was anybody's.
    open override func invokeTest() {
        super.invokeTest()
        if fits == 0 {
            for misfit in misfits { record(misfit.report, of: misfit.failure, file: misfit.file, line: misfit.line) }
        }
        misfits = []
    }

    /// Keeps the failures of probes to itself.
    open override func recordFailure(withDescription description: String, inFile filePath: String, atLine lineNumber: Int, expected: Bool) {
        guard isSearching else {
            super.recordFailure(withDescription: description, inFile: filePath, atLine: lineNumber, expected: expected)
            return
        }
        if first == nil { first = Recorded(message: description, file: filePath, line: lineNumber) }
    }

    /// Records the report on a bug as a failure of the test; a subclass may do something else with it.
    open func record(_ report: String, of failure: CaseFailure, file: String, line: Int) {
        recordFailure(withDescription: report, inFile: file, atLine: line, expected: true)
    }

    /// Says something that is no failure: a health check's finding, an example that could not be read; a subclass may do something else with it.
    open func warn(_ warning: String, file: String, line: Int) { print("\(file):\(line): warning: \(warning)") }

    // MARK: Properties

    /// Tries what follows on many drawn values.
    ///
    /// - Parameters:
    ///   - cases: cases that must pass; nil: as ``session`` says.
    ///   - seed: the run is a function of it; nil: as ``session`` says.
    ///   - replay: a token as a failure prints it: only that case is run; nil: as ``session`` says. One that cannot be read fails the test.
    @discardableResult
    public func property(
        cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, file: StaticString = #filePath, line: UInt = #line,
        _ body: (Draws) throws -> Void
    ) -> PropertyReport {
        guard let session = session(cases, seed, replay, file, line) else { return PropertyReport() }
        isSearching = true
        let verdict = session.run { draws in
            begin()
            do {
                try body(draws)
                return end(draws, thrown: nil)
            } catch {
                return end(draws, thrown: error)
            }
        }
        return tell(verdict, isOwnToken: replay != nil, file: file, line: line)
    }

    /// The same for bodies that suspend. They run in this process, whatever ``session`` says.
    @discardableResult
    public func property(
        cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, file: StaticString = #filePath, line: UInt = #line,
        isolation: isolated (any Actor)? = #isolation, _ body: nonisolated(nonsending) (Draws) async throws -> Void
    ) async -> PropertyReport {
        guard let session = session(cases, seed, replay, file, line) else { return PropertyReport() }
        isSearching = true
        let verdict = await session.runAsync { draws in
            // A closure is of the caller's isolation when it captures it.
            _ = isolation
            begin()
            do {
                try await body(draws)
                return end(draws, thrown: nil)
            } catch {
                return end(draws, thrown: error)
            }
        }
        return tell(verdict, isOwnToken: replay != nil, file: file, line: line)
    }

    /// Tries a law on values of a generator; the counterexample is the value as Swift code.
    @discardableResult
    public func property<Value>(
        of generate: (Draws) -> Value, cases: Int? = nil, seed: UInt64? = nil, replay: String? = nil, file: StaticString = #filePath,
        line: UInt = #line, _ body: (Value) throws -> Void
    ) -> PropertyReport {
        property(cases: cases, seed: seed, replay: replay, file: file, line: line) { draws in
            let value = draws.whole(generate)
            guard draws.beginBody() else { return }
            try body(value)
        }
    }

    // MARK: Cases

    private func session(_ cases: Int?, _ seed: UInt64?, _ replay: String?, _ file: StaticString, _ line: UInt) -> PropertySession? {
        var session = session
        if let replay, ReplayToken(replay) == nil {
            refuse(
                "the replay token cannot be read: \(replay.prefix(80)); copy it whole, as the failure printed it (pt1-…), or remove it",
                file, line)
            return nil
        }
        if let cases { session.settings.cases = cases }
        if let seed { session.settings.seed = seed }
        if let replay { session.replay = ReplayToken(replay) }
        if let problem = session.settings.problem {
            refuse(problem, file, line)
            return nil
        }
        // Two properties of one test are two.
        count += 1
        if session.name.isEmpty { session.name = "\(name)+\(count)" }
        return session
    }

    private func refuse(_ problem: String, _ file: StaticString, _ line: UInt) {
        record(problem, of: CaseFailure(origin: FailureOrigin(reason: "misuse")), file: "\(file)", line: Int(clamping: line))
    }

    private func begin() { first = nil }

    private func end(_ draws: Draws, thrown error: (any Error)?) -> CaseEnd {
        let recorded = first
        first = nil
        guard draws.beginBody() else { return .rejected }
        if let recorded {
            let origin = FailureOrigin(reason: "assertion", location: "\(Self.name(recorded.file)):\(recorded.line)")
            if places[origin] == nil { places[origin] = recorded }
            return .failed(CaseFailure(origin: origin, message: recorded.message))
        }
        guard let error else { return .passed }
        if let failure = error as? StateMachineFailure { return .failed(failure.caseFailure) }
        if let failure = error as? ScheduleFailure { return .failed(failure.caseFailure) }
        return .failed(CaseFailure(origin: FailureOrigin(thrown: error), message: "threw \(error)"))
    }

    /// The file's name and that of its folder: no path of a machine belongs into a report.
    private static func name(_ path: String) -> String { path.split(separator: "/").suffix(2).joined(separator: "/") }

    private func tell(_ verdict: PropertyVerdict, isOwnToken: Bool, file: StaticString, line: UInt) -> PropertyReport {
        isSearching = false
        let (file, line) = ("\(file)", Int(clamping: line))
        if session.replay != nil, !isOwnToken {
            guard verdict.fitsToken else {
                putAside(verdict.failures.map { Misfit(report: $0.description, failure: $0.failure, file: file, line: line) })
                return verdict.report
            }
            fits += 1
        }
        for failure in verdict.failures {
            let place = places[failure.failure.origin]
            record(failure.description, of: failure.failure, file: place?.file ?? file, line: place?.line ?? line)
        }
        places = [:]
        for warning in verdict.warnings { warn("property health, \(warning)", file: file, line: line) }
        for warning in verdict.memory { warn("examples, \(warning)", file: file, line: line) }
        return verdict.report
    }

    /// The session's token is none of this property's; that is a failure only if it is nobody's.
    private func putAside(_ found: [Misfit]) {
        places = [:]
        misfits += found
    }

}
