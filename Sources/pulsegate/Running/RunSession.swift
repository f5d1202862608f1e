import ChildProcesses
import ContentDigest
import Determinism
import Evidence
import Gates
import Glibc
import Ledger
import Reporting
import StrictDocuments
import TerminalDisplay

/// One way through the house: plan, collect, judge, record, report.
struct RunSession {
    var workspace: Workspace
    var console: Console
    var options: RunOptions
    var time: any TimeSource
    /// Whether collectors run commands, or only read what is there.
    var executes: Bool
    var interruption: Interruption?

    /// The version of the tool, as reports and leaves name it.
    static let toolVersion = "0.1.0"

    /// Runs to the end and returns the exit code; what was judged is in the ledger by then.
    func run() throws(Failure) -> ExitCode {
        let (configuration, bytes) = try workspace.configuration()
        let plan = try Plan(configuration, profile: options.profile)
        let started = time.wallNow
        let now = try options.instant() ?? started
        try prepare()
        let evidenceFolder = options.evidence.map { Self.absolute($0) } ?? workspace.evidenceFolder
        let claim = try FolderClaim(evidence: evidenceFolder, writing: executes && plan.collectors.contains { $0.kind != .file })
        defer { claim.release() }
        let git = GitRepository(root: workspace.root, environment: console.environment)
        let state = git.state()
        let progress = console.progress(quiet: options.quiet || options.json)
        defer { progress.done() }
        let context = CollectionContext(
            workspace: workspace, project: configuration.project, commit: state?.commit,
            evidenceFolder: evidenceFolder, environment: console.environment, interruption: interruption, progress: progress,
            time: time)
        let collections = try collect(plan, context)
        if interruption?.isTripped == true { throw Failure(.collectorFailed, "interrupted; nothing was recorded") }
        let base =
            needsChanges(configuration, plan.profile)
            ? git.base(requested: options.base, branch: configuration.baseline.branch, head: state?.commit)
            : .unknown("no gate asks for changes")
        let inputs = RecordedInputs(
            baseline: needsBaseline(configuration, plan.profile)
                ? try BaselineStore(workspace: workspace, git: git).baseline(configuration.baseline, now: now)
                : .missing(reason: "no gate asks for one"),
            changes: state == nil ? .unknown(reason: "this is no git repository") : git.changes(since: base))
        var baseCommit: String?
        if case .found(let commit, _) = base { baseCommit = commit }
        let judgement = Judgement.make(
            configuration: configuration, configurationBytes: bytes, profile: plan.profile, collections: collections, inputs: inputs,
            git: state, baseCommit: baseCommit, now: now)
        progress.phase("recording the verdict")
        let record = RunRecord(
            runID: judgement.verdict.runID, project: configuration.project.name, profile: plan.profile.name,
            command: executes ? "run" : "check", commit: state?.commit, tree: state?.tree, branch: state?.branch, dirty: state?.dirty,
            base: baseCommit, configurationDigest: judgement.verdict.configurationDigest, inputsDigest: judgement.inputsDigest,
            startedAt: options.now == nil ? started : now, endedAt: options.now == nil ? time.wallNow : now,
            toolchain: executes ? Machine.toolchain(console.environment) : nil, machineClass: Machine.classification(),
            toolVersion: Self.toolVersion, exitCode: judgement.verdict.exitCode)
        let store = try LedgerStore.open(options.ledger ?? workspace.ledgerPath, create: true)
        try store.importCommitted(try BaselineStore(workspace: workspace, git: git).committed())
        let sequence = try store.append(record, judgement)
        let recorded = try store.recordedRun(sequence: sequence)
        progress.done()
        try publish(recorded)
        return judgement.verdict.exitCode
    }

    /// What would stop the run at its end stops it at its beginning: nobody waits minutes for a ledger that cannot be opened.
    private func prepare() throws(Failure) {
        let path = options.ledger ?? workspace.ledgerPath
        if access(path, F_OK) == 0 { _ = try LedgerStore.open(path, create: true) }
        if let folder = options.reportsFolder(workspace) { try Workspace.makeFolder(folder) }
    }

    // MARK: Collecting

    private func collect(_ plan: Plan, _ context: CollectionContext) throws(Failure) -> [(Collector, Collection)] {
        var collections: [(Collector, Collection)] = []
        for collector in plan.collectors {
            if interruption?.isTripped == true { break }
            collections.append((collector, try collect(collector, context)))
        }
        return collections
    }

    private func collect(_ collector: Collector, _ context: CollectionContext) throws(Failure) -> Collection {
        if executes, collector.kind != .file {
            try Workspace.makeFolder(context.folder(of: collector))
            switch collector.kind {
            case .swiftTest: try SwiftTestCollector.execute(collector, context)
            case .command, .golden: try CommandCollector.execute(collector, context)
            case .fuzz: try FuzzCollector.execute(collector, context)
            case .bench: try BenchCollector.execute(collector, context)
            case .file: break
            }
        }
        return Self.read(collector, context)
    }

    /// Reads what a collector left, with every reason not to believe it; the facts in canonical order.
    static func read(_ collector: Collector, _ context: CollectionContext) -> Collection {
        var collection = collected(collector, context)
        collection.evidence.facts = collection.evidence.facts.normalised()
        return collection
    }

    private static func collected(_ collector: Collector, _ context: CollectionContext) -> Collection {
        if collector.kind == .file { return FileCollector.collect(collector, context) }
        let path = context.folder(of: collector) + "/" + CollectionRecord.fileName
        let record: CollectionRecord
        do {
            let bytes = try DocumentFile.read(path, maximumBytes: CollectionRecord.maximumBytes)
            record = try CollectionRecord(json: bytes, file: collector.id + "/" + CollectionRecord.fileName)
        } catch let error as DocumentFileError {
            return Collection(
                collector, error.isMissing ? .absent : .invalid,
                error.isMissing ? "it was never collected; run `pulsegate run`" : error.description)
        } catch {
            return Collection(collector, .invalid, "\(error)")
        }
        guard record.collector == collector.id, record.kind == collector.kind else {
            return Collection(collector, .invalid, "the evidence is of the collector '\(record.collector)' (\(record.kind.rawValue))")
        }
        if let broken = record.broken(context.folder(of: collector)) {
            return Collection(collector, .invalid, "its evidence is not as the run left it: \(broken)")
        }
        var collection: Collection
        switch collector.kind {
        case .swiftTest: collection = SwiftTestCollector.read(collector, record, context)
        case .command: collection = CommandCollector.read(collector, record, context)
        case .golden: collection = GoldenCollector.read(collector, record, context)
        case .fuzz: collection = FuzzCollector.read(collector, record, context)
        case .bench: collection = BenchCollector.read(collector, record, context)
        case .file: collection = FileCollector.collect(collector, context)
        }
        collection.record = record
        if let here = context.commit, record.commit != here {
            let there = record.commit.map { "commit \($0.prefix(7))" } ?? "no commit"
            collection.degrade(to: .invalid, "the evidence is of \(there), the work tree is at \(here.prefix(7)); run `pulsegate run`")
        }
        return collection
    }

    private func needsChanges(_ configuration: GatesConfiguration, _ profile: Profile) -> Bool {
        configuration.gates.contains { gate in
            profile.gates.contains(gate.id)
                && (gate.changed != nil
                    || gate.passWhen.comparisons.contains { $0.scope == .new || $0.metricName == "coverage.new_uncovered_lines" })
        }
    }

    private func needsBaseline(_ configuration: GatesConfiguration, _ profile: Profile) -> Bool {
        configuration.gates.contains { gate in
            profile.gates.contains(gate.id)
                && gate.passWhen.comparisons.contains { comparison in
                    if case .dropAtMost = comparison.limit { return true }
                    return comparison.metricName == "tests.vanished"
                }
        }
    }

    // MARK: Reporting

    /// Prints the verdict and writes the reports, all of it from the ledger.
    private func publish(_ recorded: RecordedRun) throws(Failure) {
        if options.json {
            console.print(bytes: VerdictJSON.render(recorded))
        } else {
            let folder = options.reportsFolder(workspace)
            console.print(
                console.table(of: recorded, verbose: options.verbose, reportPath: folder.map { shown($0) + "/" + ReportFiles.gatesName }))
            // GitHub turns these lines into marks beside the code.
            if console.environment["GITHUB_ACTIONS"] == "true" {
                let annotations = Annotations.render(recorded)
                if !annotations.isEmpty { console.print(annotations) }
            }
        }
        try appendStepSummary(recorded)
        guard let folder = options.reportsFolder(workspace) else { return }
        try Workspace.makeFolder(folder)
        for (name, bytes) in ReportFiles.all(recorded) { try Failure.replacing(folder + "/" + name, with: bytes) }
    }

    /// A folder as people write it: relative where it lies in the workspace.
    private func shown(_ folder: String) -> String {
        folder.hasPrefix(workspace.root + "/") ? String(folder.dropFirst(workspace.root.utf8.count + 1)) : folder
    }

    /// Adds the report to the page of a GitHub job, where `GITHUB_STEP_SUMMARY` names its file.
    private func appendStepSummary(_ recorded: RecordedRun) throws(Failure) {
        guard let path = console.environment["GITHUB_STEP_SUMMARY"], !path.isEmpty else { return }
        let present = (try? DocumentFile.read(path, maximumBytes: StepSummary.maximumBytes)) ?? []
        let own = Array(StepSummary.render(recorded).utf8)
        // Several steps may share the file; GitHub drops a summary that is too long as a whole.
        guard present.count + own.count <= StepSummary.maximumBytes else { return }
        try Failure.replacing(path, with: present + own)
    }

    static func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : Workspace.currentFolder() + "/" + path }
}
