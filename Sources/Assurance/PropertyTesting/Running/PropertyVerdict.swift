/// What a ``PropertySession`` has to say.
public struct PropertyVerdict: Sendable {
    /// A bug, ready to be shown.
    public struct Failure: Sendable, CustomStringConvertible {
        public var failure: CaseFailure
        /// The whole report on it.
        public var description: String
    }

    public internal(set) var report = PropertyReport()
    /// One for each distinct bug, in the order found; then what was flaky; then that the run gave up.
    public private(set) var failures: [Failure] = []
    public private(set) var warnings: [HealthCheck.Finding] = []
    /// What the cases that passed say of those that were not run: the chance of something new, and a bound on failures.
    public internal(set) var risk = ResidualRisk()
    /// What could not be read or kept of the examples.
    public internal(set) var memory: [ExampleWarning] = []
    /// Whether the token of a replay stands for a case of this property as it is now; true where nothing was replayed.
    public private(set) var fitsToken = true
    private var flakyOrigins: Set<FailureOrigin> = []
    private let seed: UInt64
    private let suppressed: Set<HealthCheck.Kind>

    public var isPassed: Bool { failures.isEmpty }

    /// The whole report, for people (`text`) and programs (`json`): counterexamples, distribution of the labels, coverage, residual risk.
    public func account(of property: String) -> PropertyAccount {
        var account = PropertyAccount(property: property, seed: seed, report: report)
        account.details = report.failures.map { PropertyAccount.Detail(journal: $0.journal, explanation: $0.explanation) }
        account.coverage = report.coverage
        account.risk = risk
        account.remembered = report.examplesRun
        account.warnings = memory.map(\.message) + warnings.map(\.message)
        return account
    }

    init(session: PropertySession) {
        seed = session.settings.seed
        suppressed = session.suppressedHealthChecks
    }

    /// Lines of a journal that are shown.
    public static let maximumJournalLines = 200

    mutating func add(_ found: PropertyReport.Failure, _ replay: CaseReplay) {
        if let flaky = FlakyFailure(first: found.failure, second: replay.end, indices: found.sequence.indices) {
            add(flaky)
            return
        }
        // It came again now, and not the time before.
        if found.isFlaky {
            add(FlakyFailure(first: found.failure, second: .passed, token: found.token))
            return
        }
        // What the last run says is what belongs to the simplest case.
        var failure = found.failure
        if case .failed(let last) = replay.end { failure = last }
        let origin = found.casesToFailure == 0 ? "remembered from an earlier run" : "case \(found.casesToFailure) of seed \(seed)"
        let proof = found.isProvedMinimal ? "nothing simpler fails" : "simplest found"
        let text = Self.text(
            failure, counterexample: Self.lines(replay.journal == found.journal ? found.annotatedJournal : replay.journal),
            qualifier: proof,
            facts: ["\(origin), then \(found.shrinkBodies) to shrink it"], token: found.token)
        failures.append(Failure(failure: failure, description: text))
    }

    mutating func add(_ flaky: FlakyFailure) {
        // The same flaw shows itself in case after case, and again when a case is shown.
        guard flakyOrigins.insert(flaky.first.origin).inserted else { return }
        let failure = CaseFailure(origin: FailureOrigin(reason: "flaky", location: flaky.first.origin.location), message: flaky.description)
        failures.append(Failure(failure: failure, description: flaky.description))
    }

    mutating func finish(_ supervisor: CaseSupervisor) {
        for flaky in supervisor.flaky { add(flaky) }
        if report.outcome == .gaveUp {
            let gaveUp = PropertyGaveUp(cases: report.cases, discarded: report.discarded)
            failures.append(Failure(failure: CaseFailure(origin: FailureOrigin(reason: "gave up")), description: gaveUp.description))
        }
        if report.outcome == .passed {
            if report.cases == 0 {
                failures.append(
                    Failure(
                        failure: CaseFailure(origin: FailureOrigin(reason: "no case")),
                        description: "no case of the property ran, so nothing was shown"))
            }
            if report.isInconsistent {
                failures.append(
                    Failure(
                        failure: CaseFailure(origin: FailureOrigin(reason: "inconsistent")),
                        description: "equal choices led to different draws: the property draws by something besides its draws "
                            + "(a clock, chance of its own, the order of a dictionary, what an earlier case left), so that no case "
                            + "can be relied on to come again; draw everything that decides what is drawn"))
            }
            for entry in report.coverage.entries where entry.requirement.verdict == .failed {
                let requirement = entry.requirement
                failures.append(
                    Failure(
                        failure: CaseFailure(origin: FailureOrigin(reason: "not covered: \(entry.label)")),
                        description: "'\(entry.label)' is to be at least \(requirement.share) of the cases and was \(requirement.hits) of "
                            + "\(requirement.cases); no case failed, but the property was not tried on what it is about: "
                            + "make the generator draw such cases more often"))
            }
        }
        warnings = HealthCheck.findings(in: supervisor.figures, suppressing: suppressed)
    }

    /// The verdict on a single replayed case.
    mutating func finish(replayed: CaseReplay, of token: ReplayToken) {
        fitsToken = replayed.isWhole && replayed.end != .rejected
        switch replayed.end {
        case .passed where replayed.isWhole: report.cases = 1
        case .failed(let failure):
            report.outcome = .falsified
            var misfit: [String] = []
            if !replayed.isWhole { misfit = ["the generator has changed since the token was printed: this may be another case"] }
            let text = Self.text(
                failure, counterexample: Self.lines(replayed.journal), qualifier: "replayed", facts: misfit, token: token)
            failures.append(Failure(failure: failure, description: text))
        case .passed, .rejected:
            report.outcome = .gaveUp
            failures.append(
                Failure(
                    failure: CaseFailure(origin: FailureOrigin(reason: "stale replay token")),
                    description: "the replay token does not fit this property any more: its generator asks for other choices; "
                        + "remove the token, or replay it on the code that printed it\nreplay: \(token)"))
        }
    }

    private static func lines(_ journal: [String]) -> [String] {
        if journal.isEmpty { return ["nothing was drawn"] }
        var shown = Array(journal.prefix(maximumJournalLines))
        if journal.count > shown.count { shown.append("… and \(journal.count - shown.count) more") }
        return shown
    }

    private static func text(
        _ failure: CaseFailure, counterexample: [String], qualifier: String, facts: [String], token: ReplayToken
    ) -> String {
        var lines = ["property does not hold: \(failure.origin)"]
        lines += failure.message.split(separator: "\n", omittingEmptySubsequences: true).map { "  \($0)" }
        lines.append("counterexample (\(qualifier)):")
        lines += counterexample.flatMap { $0.split(separator: "\n", omittingEmptySubsequences: false) }.map { "  \($0)" }
        lines += facts
        lines.append("replay: \(token)")
        return lines.joined(separator: "\n")
    }
}
