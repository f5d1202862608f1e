import ChildProcesses
import Determinism
import Gates
import Glibc
import StrictDocuments
import TerminalDisplay

/// One `pulsegate fuzz run`: slices of targets until the time is over, then triage, records, evidence and the summary.
struct FuzzCampaign {
    let session: SuiteSession
    let plan: CampaignPlan
    var isUntilCrash = false
    var seedFolders: [String] = []
    /// Executions of each slice; 0 for no limit. For tests: a slice then ends when they are done.
    var executionLimit: UInt64 = 0
    var limits: [String] = []

    struct Result {
        var evidence: CampaignEvidence
        var findings: [Finding]
        /// Targets that were refused, with the reason.
        var blind: [(target: String, reason: Blindness)]
        /// What the machinery did not do.
        var faults: [Failure]
        var isInterrupted: Bool
        var nanoseconds: Int64

        /// Targets that never had a turn: the time was too short for so many.
        var unturned: [String] { evidence.targets.filter { $0.nanoseconds == 0 && $0.blind == nil }.map(\.name) }

        /// Worst first, as for a gate.
        var code: ExitCode {
            if !faults.isEmpty { return faults.contains { $0.code == .collectorFailed } ? .collectorFailed : .cannotEvaluate }
            if !blind.isEmpty { return .cannotEvaluate }
            if !findings.isEmpty || evidence.targets.contains(where: { !$0.failedRegressions.isEmpty }) { return .fail }
            // Nothing found in no time says nothing.
            if !isInterrupted, !unturned.isEmpty { return .cannotEvaluate }
            return evidence.targets.contains { $0.executions > 0 } || isInterrupted ? .pass : .cannotEvaluate
        }
    }

    private struct Standing {
        var first: CampaignSample?
        var last: CampaignSample?
        var resumed: UInt64 = 0
        var seeds = 0
        var nanoseconds: Int64 = 0
        var regressions = 0
        var failedRegressions: [String] = []
    }

    func run(_ display: inout any CampaignDisplay) throws(Failure) -> Result {
        let folders = session.folders
        let claim = try FolderClaim(campaign: folders.base)
        defer { claim.release() }
        if let problem = DiskRoom.problem(
            free: folders.freeBytes(), workers: plan.workers, targets: plan.targets.count, folder: folders.shown(folders.base))
        {
            throw Failure(
                .cannotEvaluate, problem, hint: "a full disk loses finds without a word: make room, or take fewer --workers or targets")
        }
        let store = try CampaignStore(path: folders.database)
        let started = session.time.monotonicNow
        func elapsed() -> Int64 { session.time.monotonicNow.nanoseconds(since: started) }
        let campaign = try store.begin(
            executable: session.digest, build: session.account.build, flags: session.flags, sanitizer: folders.sanitizer, plan: plan,
            at: session.time.wallNow)
        var standings: [String: Standing] = [:]
        var estimates: [String: RecentDiscovery] = [:]
        var blind: [(target: String, reason: Blindness)] = []
        var faults: [Failure] = []
        /// Bugs that the suite told of while it ran.
        var told: Set<String> = []
        var division = TimeDivision(targets: plan.targets.map(\.name), total: plan.time)
        display.begin(plan)
        for target in plan.targets {
            var standing = Standing()
            (standing.regressions, standing.failedRegressions) = try regressions(target.name)
            standings[target.name] = standing
        }
        while session.interruption.trips == 0, let turn = division.next() {
            let target = turn.target
            var standing = standings[target] ?? Standing()
            var batch: [(event: CampaignEvent, target: String, at: Int64, chance: Double?)] = []
            let before = standing.last
            var isBlind: Blindness?
            var crashed = false
            var flushed: Int64 = 0
            var unwritten: Failure?
            var estimate = estimates[target] ?? RecentDiscovery()
            let begun = elapsed()
            let answer = try session.driver.run(
                try arguments(target, nanoseconds: turn.nanoseconds), limit: turn.nanoseconds + SuiteDriver.answerLimit * 2, keeping: false,
                onTick: {
                    display.tick(at: begun + $0)
                    // What is written is there when this process is killed; a slice may last for days.
                    guard $0 - flushed >= Self.flushInterval, unwritten == nil else { return }
                    flushed = $0
                    do throws(Failure) {
                        try store.add(batch, campaign: campaign)
                        batch = []
                    } catch {
                        unwritten = error
                    }
                },
                onEvent: { event, _ in
                    let now = elapsed()
                    var event = event
                    switch event {
                    case .started(let start):
                        if standing.last == nil { standing.resumed = start.resumed }
                        standing.seeds = start.seeds
                    case .sample(let sample):
                        if standing.first == nil { standing.first = sample }
                        standing.last = sample
                        estimate.take(finds: sample.features, executions: sample.executions)
                        isBlind = Blindness.of(sample, target: target, seeds: standing.seeds)
                    case .crash: crashed = true
                    case .bug(var bug):
                        if bug.value == nil { bug.value = Finding.shownInput(of: bug.bucket, target, session.folders) }
                        told.insert("\(target)/\(bug.bucket)")
                        event = .bug(bug)
                    default: break
                    }
                    batch.append((event, target, now, estimate.chanceOfNext))
                    display.apply(event, target: target, at: now)
                })
            if let unwritten { throw unwritten }
            try store.add(batch, campaign: campaign)
            let spent = max(1, elapsed() - begun)
            standing.nanoseconds += spent
            standings[target] = standing
            estimates[target] = estimate
            division.record(
                target, finds: Self.difference(standing.last?.features, before?.features),
                executions: Self.difference(standing.last?.executions, before?.executions), nanoseconds: spent)
            if let failure = SuiteDriver.failure(answer, "run") {
                if answer.ending != .killed { faults.append(failure) }
                division.drop(target)
            }
            if let isBlind {
                blind.append((target, isBlind))
                division.drop(target)
            }
            if executionLimit > 0 { division.drop(target) }
            if isUntilCrash, crashed { break }
        }
        let isInterrupted = session.interruption.trips > 0
        display.end(at: elapsed())
        // A second Ctrl-C says that nobody waits for what follows.
        let mayFinish = session.interruption.trips < 2
        var findings: [Finding] = []
        var newEdges: [String: Int] = [:]
        for target in plan.targets where mayFinish {
            do throws(Failure) {
                try record(target.name, store, campaign)
                findings += try triage(target, store, campaign, &display, told, elapsed)
                newEdges[target.name] = try store.newEdges(campaign: campaign, target: target.name)
            } catch {
                faults.append(error)
            }
        }
        let ran = elapsed()
        let evidence = self.evidence(standings, findings, blind, newEdges, isComplete: !isInterrupted && faults.isEmpty)
        let result = Result(
            evidence: evidence, findings: findings, blind: blind, faults: faults, isInterrupted: isInterrupted, nanoseconds: ran)
        try store.end(
            campaign, outcome: isInterrupted ? "interrupted" : result.code == .pass ? "nothing found" : result.code.word, code: result.code,
            ran: ran, at: session.time.wallNow)
        return result
    }

    /// Nanoseconds between two writings of a slice's samples.
    static let flushInterval: Int64 = 10_000_000_000

    private static func difference(_ now: UInt64?, _ before: UInt64?) -> UInt64 {
        let (a, b) = (now ?? 0, before ?? 0)
        return a > b ? a - b : 0
    }

    // MARK: Slices

    private func arguments(_ target: String, nanoseconds: Int64) throws(Failure) -> [String] {
        var words = [
            "run", "--target", target, "--folder", session.folders.target(target), "--seed", String(plan.seed), "--workers",
            String(plan.workers), "--seconds", Self.seconds(nanoseconds), "--assist", "yes",
        ]
        if executionLimit > 0 { words += ["--executions", String(executionLimit)] }
        if isUntilCrash { words += ["--until", "crash"] }
        words += limits
        for folder in try seeds(target) { words += ["--seeds", folder] }
        return words
    }

    /// "1.500".
    static func seconds(_ nanoseconds: Int64) -> String {
        let milliseconds = max(1, nanoseconds / 1_000_000)
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// Folders of inputs to begin with: those committed, those given, and the corpus of the campaigns without a sanitizer.
    ///
    /// An input that ends the target is no seed but a finding: it is kept as one and left out, so that a worker that begins does not die of it again
    /// and again.
    private func seeds(_ target: String) throws(Failure) -> [String] {
        let folders = session.folders
        // Workers that go on have taken their seeds already.
        if Workspace.names(in: folders.shards(target)).contains(where: { $0.hasSuffix(".state") }) { return [] }
        var sources = [folders.seeds(target)] + seedFolders
        if folders.sanitizer != nil { sources.append(try CampaignFolders(package: folders.package, sanitizer: nil).corpus(target)) }
        let files = sources.flatMap { CampaignFolders.files($0) }
        guard !files.isEmpty else { return [] }
        let replays = try session.replay(files, target: target)
        let clean = folders.target(target) + "/seeds"
        try Workspace.removeFolder(clean)
        try Workspace.makeFolder(clean)
        for (index, replay) in replays.enumerated() where replay.end != "unreadable" {
            let bytes = try Failure.reading(replay.file, maximumBytes: 1 << 20)
            guard replay.passed else {
                let bucket = folders.crashes(target) + "/" + (replay.place ?? "unplaced")
                if access(bucket + "/input", F_OK) != 0 {
                    try Workspace.makeFolder(bucket)
                    try Failure.replacing(bucket + "/input", with: bytes)
                }
                continue
            }
            let number = String(index)
            try Failure.replacing(clean + "/" + String(repeating: "0", count: max(0, 6 - number.count)) + number, with: bytes)
        }
        return [clean]
    }

    /// How many regressions are committed, and the names of those that still end the target.
    private func regressions(_ target: String) throws(Failure) -> (count: Int, failed: [String]) {
        let files = CampaignFolders.files(session.folders.regressions(target))
        guard !files.isEmpty else { return (0, []) }
        let failed = try session.replay(files, target: target).filter { !$0.passed }.map { Workspace.fileName(of: $0.file) }
        return (files.count, failed)
    }

    // MARK: Afterwards

    /// Writes down what the shards hold: the corpus with its origins, the edges with the input that first ran each.
    private func record(_ target: String, _ store: CampaignStore, _ campaign: Int64) throws(Failure) {
        guard session.has("records") else { return }
        let events = try session.driver.ask(
            ["records", "--target", target, "--folder", session.folders.target(target)], limit: SuiteDriver.workLimit)
        try store.add(events.map { ($0, target, 0, nil) }, campaign: campaign)
    }

    /// Sorts what was found into bugs, each once, minimal.
    private func triage(
        _ target: SuiteTarget, _ store: CampaignStore, _ campaign: Int64, _ display: inout any CampaignDisplay, _ known: Set<String>,
        _ elapsed: () -> Int64
    ) throws(Failure) -> [Finding] {
        guard !Finding.all(of: target.name, session.folders).isEmpty else { return [] }
        var told: [String: CampaignBug] = [:]
        if session.has("triage") {
            let events = try session.driver.ask(
                ["triage", "--target", target.name, "--folder", session.folders.target(target.name)] + limits, limit: SuiteDriver.workLimit)
            for case .bug(let bug) in events { told[bug.bucket] = bug }
        }
        var findings = Finding.all(of: target.name, session.folders)
        let untold = findings.indices.filter { told[findings[$0].bug.bucket] == nil && findings[$0].bug.title == Finding.untold }
        if !untold.isEmpty {
            let replays = try session.replay(untold.map { findings[$0].input }, target: target.name)
            for (index, replay) in zip(untold, replays) {
                findings[index].bug.kind = replay.passed ? "crash" : replay.end
                findings[index].bug.title = replay.passed ? "did not happen again" : Finding.title(replay)
                findings[index].bug.isFlaky = replay.passed
                findings[index].bug.value = target.isTyped ? replay.value : nil
                findings[index].bug.length = replay.length
            }
        }
        for index in findings.indices {
            if let bug = told[findings[index].bug.bucket] { findings[index].bug = bug }
        }
        for finding in findings where !known.contains("\(target.name)/\(finding.bug.bucket)") {
            display.apply(.bug(finding.bug), target: target.name, at: elapsed())
        }
        try store.add(findings.map { (.bug($0.bug), target.name, elapsed(), nil) }, campaign: campaign)
        return findings
    }

    private func evidence(
        _ standings: [String: Standing], _ findings: [Finding], _ blind: [(target: String, reason: Blindness)], _ newEdges: [String: Int],
        isComplete: Bool
    ) -> CampaignEvidence {
        let build = session.account.build
        return CampaignEvidence(
            suite: plan.suite, build: build.number, edges: build.edges, sanitizer: session.folders.sanitizer, seed: plan.seed,
            workers: plan.workers, asked: plan.time, isComplete: isComplete,
            targets: plan.targets.map { target in
                let standing = standings[target.name] ?? Standing()
                let edges = standing.last?.edges ?? 0
                return CampaignEvidence.Target(
                    name: target.name, executions: Self.difference(standing.last?.executions, standing.resumed),
                    nanoseconds: standing.nanoseconds, edges: edges, newEdges: min(Int(clamping: edges), newEdges[target.name] ?? 0),
                    corpus: standing.last?.corpus ?? 0, blind: blind.first { $0.target == target.name }?.reason.sentence,
                    regressions: standing.regressions, failedRegressions: standing.failedRegressions,
                    findings: findings.filter { $0.target == target.name }.map { finding in
                        .init(
                            bucket: finding.bug.bucket, kind: finding.bug.kind, title: finding.bug.title, location: finding.bug.location,
                            value: finding.bug.value, isFlaky: finding.bug.isFlaky)
                    })
            })
    }
}

/// What is printed at the end of a campaign: each bug once, with what to do about it.
struct CampaignSummary {
    let colour: ColourMode

    func text(_ result: FuzzCampaign.Result, _ session: SuiteSession) -> String {
        var lines: [String] = []
        let evidence = result.evidence
        let executions = evidence.targets.reduce(0) { $0 + $1.executions }
        for (target, reason) in result.blind {
            lines += [Style.failure.applied(to: "blind", colour) + "  \(target): \(reason.sentence)", "    \(reason.mending)"]
        }
        if result.code == .cannotEvaluate, !result.unturned.isEmpty, result.faults.isEmpty {
            let (count, first) = (result.unturned.count, result.unturned[0])
            lines.append(
                Style.failure.applied(to: "not run", colour) + "  \(first)" + (count > 1 ? " and \(count - 1) more" : "")
                    + ": the time was over before their turn; give more --time or name fewer targets")
        }
        for fault in result.faults { lines.append(Style.failure.applied(to: "fault", colour) + "  \(fault.description)") }
        for target in evidence.targets where !target.failedRegressions.isEmpty {
            for name in target.failedRegressions.sorted() {
                lines.append(
                    Style.failure.applied(to: "regression", colour) + "  \(target.name): "
                        + session.folders.shown(session.folders.regressions(target.name)) + "/\(name) still ends the target")
            }
        }
        for finding in result.findings { lines += self.lines(finding, session.folders) }
        let targets = evidence.targets.count
        lines.append(
            "\(targets) target\(targets == 1 ? "" : "s"), \(PlainCampaignDisplay.short(executions)) executions in "
                + "\(humanDuration(nanoseconds: result.nanoseconds)), "
                + "\(evidence.targets.reduce(0) { $0 + $1.newEdges }) new edges of \(evidence.edges), "
                + (result.findings.isEmpty
                    ? Style.success.applied(to: "no finding", colour)
                    : Style.failure.applied(to: "\(result.findings.count) finding\(result.findings.count == 1 ? "" : "s")", colour))
                + (result.isInterrupted ? " so far; the next run goes on from here" : ""))
        return lines.joined(separator: "\n")
    }

    /// One finding: what, where, the value, and the commands.
    func lines(_ finding: Finding, _ folders: CampaignFolders) -> [String] {
        let bug = finding.bug
        var lines = [
            Style.failure.applied(to: bug.kind, colour) + "  \(finding.target)  \(Style.emphasis.applied(to: bug.title, colour))"
                + (bug.isFlaky ? "  (flaky)" : "") + (bug.severity.map { "  [\($0)]" } ?? "")
        ]
        if let location = bug.location { lines.append("    at         \(location)") }
        if let value = bug.value {
            lines.append(
                "    value      " + value.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n               "))
        } else if let bytes = try? DocumentFile.read(finding.input, maximumBytes: 1 << 20) {
            lines.append("    input      \(Finding.hexadecimal(bytes))")
        }
        lines.append("    reproduce  pulsegate fuzz repro \(bug.bucket)")
        lines.append(
            finding.isCommitted
                ? "    committed  \(folders.shown(folders.regressions(finding.target)))/\(bug.bucket)"
                : "    keep       pulsegate fuzz regress \(bug.bucket)")
        return lines
    }
}
