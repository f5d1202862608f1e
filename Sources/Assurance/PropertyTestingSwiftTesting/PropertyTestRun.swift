import PropertyTesting
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// One call of `property`: from the options to the recorded issues.
struct PropertyTestRun: Sendable {
    private let session: PropertySession
    /// Why it cannot run as it was asked to.
    private let problem: String?
    private let sourceLocation: SourceLocation
    private let leavesEvidence: Bool
    /// Set where the token is the trait's and so may be another property's.
    private let traitReplay: TraitReplay?
    private let places = IssuePlaces()

    init(cases: Int?, seed: UInt64?, replay: String?, sourceLocation: SourceLocation) {
        var own = PropertyOptions()
        own.cases = cases
        own.seed = seed
        own.replay = replay
        let options = own.over(PropertyTrait.current)
        var session = options.session
        // Two properties of one test are two; lines are counted from the test's, so that edits above it change nothing.
        if let test = Test.current {
            // The identifier ends in the file and the line, which change.
            let name = "\(test.id)".split(separator: "/").filter { !$0.contains(".swift:") }.joined(separator: "/")
            session.name = "\(name)+\(sourceLocation.line - test.sourceLocation.line)"
        } else {
            session.name = sourceLocation.fileID
        }
        self.session = session
        problem = options.problem
        traitReplay = replay == nil && options.replay != nil ? TraitReplay.current : nil
        leavesEvidence = options.leavesEvidence ?? true
        self.sourceLocation = sourceLocation
    }

    /// Whether a body that suspends may run as the options ask; records an issue where not.
    func allowsSuspending() -> Bool {
        guard session.caseLimit != nil else { return true }
        Issue.record(
            """
            a body that suspends cannot run in a child process, which has one thread and no tasks; \
            make the body synchronous or leave out isolation: .childProcess
            """, sourceLocation: sourceLocation)
        return false
    }

    /// Runs the search with the issues of its probes held back, then records what was found.
    ///
    /// Swift Testing runs a scope's function as one that may go to another executor, and takes it as Sendable. What `search` captures is neither copied
    /// nor used at the same time: this function is suspended until the scope ends, and `search` runs back in the caller's isolation.
    func perform(
        isolation: isolated (any Actor)? = #isolation,
        _ search: nonisolated(nonsending) (PropertySession, IssueTrap) async -> PropertyVerdict
    ) async throws -> PropertyReport {
        if let problem {
            Issue.record(Comment(rawValue: problem), sourceLocation: sourceLocation)
            return PropertyReport()
        }
        let trap = IssueTrap()
        let verdict = try await withIssuesHeld(trap, search)
        try Task.checkCancellation()
        if let traitReplay {
            guard verdict.fitsToken else {
                traitReplay.misfit(verdict.failures.map(\.description), at: sourceLocation)
                return verdict.report
            }
            traitReplay.fit()
        }
        for failure in verdict.failures {
            Issue.record(
                Comment(rawValue: failure.description), sourceLocation: places.place(of: failure.failure.origin, call: sourceLocation))
        }
        for warning in verdict.warnings {
            Issue.record(Comment(rawValue: "property health, \(warning)"), severity: .warning, sourceLocation: sourceLocation)
        }
        for warning in verdict.memory {
            Issue.record(Comment(rawValue: "examples, \(warning.message)"), severity: .warning, sourceLocation: sourceLocation)
        }
        writeEvidence(verdict)
        return verdict.report
    }

    /// Under the gate runner each property leaves a document.
    private func writeEvidence(_ verdict: PropertyVerdict) {
        guard leavesEvidence, let folder = getenv("PULSEGATE_EVIDENCE_DIR").map({ String(cString: $0) }), !folder.isEmpty else { return }
        var account = verdict.account(of: session.name)
        account.location = "\(sourceLocation.fileID):\(sourceLocation.line)"
        do {
            try PropertyEvidence.write(account, toFolder: folder)
        } catch {
            Issue.record(Comment(rawValue: "the evidence of the property could not be written: \(error)"), sourceLocation: sourceLocation)
        }
    }

    private func withIssuesHeld(
        isolation: isolated (any Actor)? = #isolation, _ trap: IssueTrap,
        _ search: nonisolated(nonsending) (PropertySession, IssueTrap) async -> PropertyVerdict
    ) async throws -> PropertyVerdict {
        guard let test = Test.current else { throw PropertyOutsideTest() }
        return try await withoutActuallyEscaping(search) { search in
            nonisolated(unsafe) let search = search
            nonisolated(unsafe) var verdict: PropertyVerdict?
            try await IssueHandlingTrait.compactMapIssues { IssueTrap.handle($0) }
                .provideScope(for: test, testCase: Test.Case.current) {
                    verdict = await IssueTrap.$current.withValue(trap) {
                        await Self.call(isolation: isolation, session, trap, search)
                    }
                }
            guard let verdict else { throw CancellationError() }
            return verdict
        }
    }

    private static func call(
        isolation: isolated (any Actor)?, _ session: PropertySession, _ trap: IssueTrap,
        _ search: nonisolated(nonsending) (PropertySession, IssueTrap) async -> PropertyVerdict
    ) async -> PropertyVerdict {
        await search(session, trap)
    }

    // MARK: The end of a case

    func end(_ trap: IssueTrap, _ draws: Draws, _ body: () throws -> Void) -> CaseEnd {
        _ = trap.release()
        do {
            try body()
            return end(trap, draws, thrown: nil)
        } catch {
            return end(trap, draws, thrown: error)
        }
    }

    func end(
        isolation: isolated (any Actor)? = #isolation, _ trap: IssueTrap, _ draws: Draws,
        _ body: nonisolated(nonsending) () async throws -> Void
    ) async -> CaseEnd {
        _ = trap.release()
        do {
            try await body()
            return end(trap, draws, thrown: nil)
        } catch {
            return end(trap, draws, thrown: error)
        }
    }

    private func end(_ trap: IssueTrap, _ draws: Draws, thrown error: (any Error)?) -> CaseEnd {
        let issue = trap.release()
        guard draws.beginBody() else { return .rejected }
        if let issue {
            let failure = CaseFailure(issue)
            places.remember(issue.sourceLocation, for: failure.origin)
            return .failed(failure)
        }
        guard let error else { return .passed }
        return .failed(CaseFailure(error))
    }
}

/// `property` was called where no test is under way, so that nothing could hold back the issues of its probes.
public struct PropertyOutsideTest: Error, CustomStringConvertible {
    public var description: String {
        "property was called outside of a test's task; call it from the test function itself, or from a child task, not from a detached one"
    }
}

extension PropertyOptions {
    /// What is wrong with them, and how to mend it.
    var problem: String? {
        if let problem = settings.problem { return problem }
        if let replay, ReplayToken(replay) == nil {
            return "the replay token cannot be read: \(replay.prefix(80)); copy it whole, as the failure printed it (pt1-…), or remove it"
        }
        return nil
    }

    var session: PropertySession {
        var session = PropertySession(settings)
        session.replay = replay.flatMap(ReplayToken.init)
        session.deadline = deadline
        switch examples {
        case .local: session.store = ExampleDatabase()
        case .committed(let folder):
            session.store = ExampleDatabase(folder: folder)
            session.keepsPassing = true
            session.keepsCorpus = false
        case nil: break
        }
        session.suppressedHealthChecks = suppressed ?? []
        if case .childProcess(let caseLimit) = isolation { session.caseLimit = caseLimit }
        return session
    }
}
