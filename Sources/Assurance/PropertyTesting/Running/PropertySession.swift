import Determinism

/// A property's run as a test framework wants it: the engine, supervised, with everything that is to be told at the end.
///
/// ```swift
/// var session = PropertySession(PropertySettings(cases: 200, seed: 7))
/// session.deadline = .milliseconds(50)
/// let verdict = session.run { draws in … }
/// for failure in verdict.failures { print(failure) }
/// ```
///
/// What it adds to `PropertyEngine.run`: deadlines, flaky failures told apart, health checks, traps and hangs survived in a child process,
/// the replay of one token, and the last replay of each counterexample with its journal.
public struct PropertySession: Sendable {
    public var settings: PropertySettings
    /// Only this case is run.
    public var replay: ReplayToken?
    /// Longest time of one case; slower ones are run again, and fail when they are slow twice.
    public var deadline: Duration?
    /// Runs the bodies in a child process, which is ended when one case takes longer than this. nil: in this process.
    public var caseLimit: Duration?
    /// What is remembered of the property, under ``name``; failures of before are run first, and those of this run kept.
    public var store: (any ExampleStore)?
    /// Whether what is remembered and passes now stays remembered, as a regression test: for a folder that is committed.
    public var keepsPassing = false
    /// The same in every run: the key of what is remembered.
    public var name = ""
    /// Gets a line of JSON for each case, in chunks of whole lines: what was drawn, how it ended, its labels, targets and features
    /// (``ObservationStream``). Every case then keeps a journal, which costs.
    public var observations: (@Sendable ([UInt8]) -> Void)?
    public var suppressedHealthChecks: Set<HealthCheck.Kind> = []
    public var time: any TimeSource

    public init(_ settings: PropertySettings = PropertySettings(), time: any TimeSource = SystemTimeSource()) {
        self.settings = settings
        self.settings.explains = true
        self.time = time
    }

    /// Runs a synchronous body.
    public func run(_ test: (Draws) -> CaseEnd) -> PropertyVerdict {
        guard let caseLimit else { return supervise(test) { $0 } }
        return ChildCases.with(caseLimit: caseLimit, budget: settings.budget, time: time, test: test) { children in
            supervise({ children.run($0) }, children.qualified)
        }
    }

    private func supervise(_ test: (Draws) -> CaseEnd, _ qualified: (PropertyReport) -> PropertyReport) -> PropertyVerdict {
        var verdict = PropertyVerdict(session: self)
        if let replay {
            verdict.finish(replayed: CaseReplay.run(replay.indices, test: test), of: replay)
            return verdict
        }
        var supervisor = CaseSupervisor(deadline: deadline, time: time, budget: settings.budget)
        var stream = observations.map { ObservationStream(property: name, sink: $0) }
        var recall = store.map { ExampleRecall(property: name, store: $0, keepsPassing: keepsPassing) }
        var settings = settings
        settings.examples = recall?.examples.map(\.token.indices) ?? []
        verdict.report = PropertyEngine.run(settings) { draws in
            if stream != nil { draws.isJournaling = true }
            supervisor.begin()
            let end = test(draws)
            observe(end, draws, &stream, &verdict.risk)
            switch supervisor.end(end, draws: draws) {
            case .accept(let end): return end
            case .runAgain(let indices):
                supervisor.begin()
                let second = CaseReplay.run(indices, test: test)
                return supervisor.settle(first: end, second: second.end, indices: indices)
            }
        }
        verdict.report = qualified(verdict.report)
        for failure in verdict.report.failures {
            supervisor.begin()
            var replay = CaseReplay.run(failure.sequence.indices, test: test)
            replay.end = supervisor.timed(replay.end)
            verdict.add(failure, replay)
        }
        for example in recall?.examples ?? [] {
            recall?.note(example, ended: CaseReplay.run(example.token.indices, test: test).end)
        }
        stream?.end()
        verdict.memory = recall?.finish(verdict.report) ?? []
        verdict.finish(supervisor)
        return verdict
    }

    /// Runs a body that may suspend, in the caller's isolation and always in this process.
    public func runAsync(
        isolation: isolated (any Actor)? = #isolation, _ test: nonisolated(nonsending) (Draws) async -> CaseEnd
    ) async -> PropertyVerdict {
        var verdict = PropertyVerdict(session: self)
        if let replay {
            verdict.finish(replayed: await CaseReplay.runAsync(replay.indices, test: test), of: replay)
            return verdict
        }
        var supervisor = CaseSupervisor(deadline: deadline, time: time, budget: settings.budget)
        var stream = observations.map { ObservationStream(property: name, sink: $0) }
        var recall = store.map { ExampleRecall(property: name, store: $0, keepsPassing: keepsPassing) }
        var settings = settings
        settings.examples = recall?.examples.map(\.token.indices) ?? []
        verdict.report = await PropertyEngine.runAsync(settings) { draws in
            // A closure is of the caller's isolation when it captures it.
            _ = isolation
            if stream != nil { draws.isJournaling = true }
            supervisor.begin()
            let end = await test(draws)
            observe(end, draws, &stream, &verdict.risk)
            switch supervisor.end(end, draws: draws) {
            case .accept(let end): return end
            case .runAgain(let indices):
                supervisor.begin()
                let second = await CaseReplay.runAsync(indices, test: test)
                return supervisor.settle(first: end, second: second.end, indices: indices)
            }
        }
        for failure in verdict.report.failures {
            supervisor.begin()
            var replay = await CaseReplay.runAsync(failure.sequence.indices, test: test)
            replay.end = supervisor.timed(replay.end)
            verdict.add(failure, replay)
        }
        for example in recall?.examples ?? [] {
            recall?.note(example, ended: await CaseReplay.runAsync(example.token.indices, test: test).end)
        }
        stream?.end()
        verdict.memory = recall?.finish(verdict.report) ?? []
        verdict.finish(supervisor)
        return verdict
    }

    /// Takes note of a case for those who ask what the cases were like.
    private func observe(_ end: CaseEnd, _ draws: Draws, _ stream: inout ObservationStream?, _ risk: inout ResidualRisk) {
        let isDiscarded = draws.isOverrun || draws.isRejected || end == .rejected
        if end == .passed, !isDiscarded { risk.count(features: draws.features) }
        guard stream != nil else { return }
        var (status, reason) = (ObservationStream.Status.passed, "")
        if isDiscarded { status = .discarded }
        if case .failed(let failure) = end, !isDiscarded { (status, reason) = (.failed, failure.origin.description) }
        stream?.add(
            status, representation: draws.journal.joined(separator: "\n"), labels: draws.labels, targets: draws.targets,
            features: draws.features, reason: reason)
    }
}
