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
    /// Whether cases that passed and reached what no other did (a label, a feature, a region of the code, the highest score) are remembered as well,
    /// at most ``corpusLimit``, to be run after the failures and built upon. A committed folder changes with bugs alone if this is false.
    public var keepsCorpus = true
    /// The same in every run: the key of what is remembered.
    public var name = ""
    /// Gets a line of JSON for each case, in chunks of whole lines: what was drawn, how it ended, its labels, targets and features
    /// (``ObservationStream``). Every case then keeps a journal, which costs.
    public var observations: (@Sendable ([UInt8]) -> Void)?
    public var suppressedHealthChecks: Set<HealthCheck.Kind> = []
    public var time: any TimeSource

    /// Cases that a run remembers because they reached something.
    public static let corpusLimit = CorpusSelection.maximumCases

    public init(_ settings: PropertySettings = PropertySettings(), time: any TimeSource = SystemTimeSource()) {
        self.settings = settings
        self.settings.explains = true
        self.time = time
    }

    /// Runs a synchronous body.
    public func run(_ test: (Draws) -> CaseEnd) -> PropertyVerdict {
        func timed(_ draws: Draws, _ isTimed: Bool, _ test: (Draws) -> CaseEnd) -> TimedEnd {
            guard isTimed else { return TimedEnd(end: test(draws)) }
            let start = time.monotonicNow
            let end = test(draws)
            return TimedEnd(end: end, nanoseconds: max(0, time.monotonicNow.nanoseconds(since: start)))
        }
        guard let caseLimit else { return supervise { timed($0, $1, test) } }
        // A token may be longer than the cases of today.
        let budget = max(settings.budget, replay?.indices.count ?? 0)
        return ChildCases.with(caseLimit: caseLimit, budget: budget, time: time, test: test) { children in
            supervise(qualified: children.qualified) { timed($0, $1, children.run) }
        }
    }

    /// Runs a body that may suspend, in the caller's isolation and always in this process. All else runs on a thread of its own.
    public func runAsync(
        isolation: isolated (any Actor)? = #isolation, _ test: nonisolated(nonsending) (Draws) async -> CaseEnd
    ) async -> PropertyVerdict {
        await CaseExchange.run(time: time, test: test) { exchange in
            supervise(isCancelled: { exchange.isCancelled }) { draws, _ in exchange.ask(draws) }
        }
    }

    /// The whole of a run, whoever runs the bodies.
    ///
    /// - Parameters:
    ///   - qualified: the engine's report without claims that the runner of the bodies cannot bear out.
    ///   - isCancelled: whether the ends of cases have no meaning any more: then nothing is remembered.
    ///   - body: runs a case, and reads the clock if it is to be timed.
    private func supervise(
        qualified: (PropertyReport) -> PropertyReport = { $0 }, isCancelled: () -> Bool = { false },
        _ body: (Draws, _ isTimed: Bool) -> TimedEnd
    ) -> PropertyVerdict {
        var verdict = PropertyVerdict(session: self)
        var supervisor = CaseSupervisor(deadline: deadline, budget: settings.budget)
        func again(_ indices: [UInt64]) -> (replay: CaseReplay, timed: TimedEnd) {
            var timed = TimedEnd(end: .rejected)
            let isTiming = supervisor.isTiming
            let replay = CaseReplay.run(indices) { draws in
                timed = body(draws, isTiming)
                return timed.end
            }
            timed.end = replay.end
            return (replay, timed)
        }
        if let replay {
            verdict.finish(replayed: again(replay.indices).replay, of: replay)
            return verdict
        }
        var stream = observations.map { ObservationStream(property: name, sink: $0) }
        var recall = store.map { ExampleRecall(property: name, store: $0, keepsPassing: keepsPassing) }
        var settings = settings
        settings.examples = recall?.failures.map(\.token.indices) ?? []
        settings.corpus = recall?.corpus.map(\.token.indices) ?? []
        settings.collectsCorpus = store != nil && keepsCorpus
        verdict.report = PropertyEngine.run(settings) { draws in
            if stream != nil { draws.isJournaling = true }
            let timed = body(draws, supervisor.isTiming)
            observe(timed.end, draws, &stream, &verdict.risk)
            switch supervisor.end(timed, draws: draws) {
            case .accept(let end): return end
            case .runAgain(let indices): return supervisor.settle(first: timed.end, second: again(indices).timed, indices: indices)
            }
        }
        verdict.report = qualified(verdict.report)
        for failure in verdict.report.failures {
            var (replay, timed) = again(failure.sequence.indices)
            replay.end = supervisor.judged(timed)
            verdict.add(failure, replay)
        }
        stream?.end()
        if !isCancelled() { verdict.memory = recall?.finish(verdict.report) ?? [] }
        verdict.finish(supervisor)
        return verdict
    }

    /// Takes note of a case for those who ask what the cases were like.
    private func observe(_ end: CaseEnd, _ draws: Draws, _ stream: inout ObservationStream?, _ risk: inout ResidualRisk) {
        let isDiscarded = draws.isOverrun || draws.isRejected || end == .rejected
        if end == .passed, !isDiscarded, draws.phase == .random { risk.count(features: draws.features) }
        guard stream != nil else { return }
        var (status, reason) = (ObservationStream.Status.passed, "")
        if isDiscarded { status = .discarded }
        if case .failed(let failure) = end, !isDiscarded { (status, reason) = (.failed, failure.origin.description) }
        stream?.add(
            status, representation: draws.journal.joined(separator: "\n"), labels: draws.labels, targets: draws.targets,
            features: draws.features, reason: reason, howGenerated: draws.phase.rawValue)
    }
}
