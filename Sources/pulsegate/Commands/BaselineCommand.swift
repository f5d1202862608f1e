import ArgumentParser
import ChildProcesses
import ContentDigest
import Determinism
import Evidence
import Gates
import Ledger
import StrictDocuments

struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Show or move the figures that later runs are held against.",
        discussion: """
            Baselines are committed leaves under governance/baselines/, one file each, never edited: a move is a new leaf with a reason.

              pulsegate baseline show
              pulsegate baseline update --reason "first baseline"
            """,
        subcommands: [Update.self, ShowBaseline.self], defaultSubcommand: ShowBaseline.self)

    struct Update: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the newest evidence the baseline, with a reason.",
            discussion: """
                Takes the figures of the evidence that `pulsegate run` left for the collectors of a profile; those of other collectors stay as they \
                are. Evidence that is missing or broken, a failed test or an evidence of another commit is refused: a baseline is a state that \
                one wants to keep.
                """)

        @Option(name: .long, help: ArgumentHelp("Whose collectors to take: a profile of gates.json; otherwise 'pr'.", valueName: "name"))
        var profile: String?

        @Option(name: .long, help: ArgumentHelp("Why the baseline moves; kept for ever.", valueName: "text"))
        var reason: String

        @Option(name: .long, help: ArgumentHelp("The folder of raw evidence; otherwise .pulsegate/evidence.", valueName: "folder"))
        var evidence: String?

        @Option(name: .long, help: ArgumentHelp("The time to record; otherwise now.", valueName: "instant"))
        var now: String?

        @OptionGroup var place: PlaceOptions

        /// The reason is for people: at least this long.
        static let minimumReasonLength = 5
        static let maximumReasonLength = 2000

        func run() throws {
            let console = Console(environment: Environment.current())
            let start = reason.drop { $0.isWhitespace }
            let trimmed = String(
                start.prefix(upTo: start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex))
            guard trimmed.count >= Self.minimumReasonLength, trimmed.count <= Self.maximumReasonLength else {
                throw Failure(
                    .usage, "--reason has \(Self.minimumReasonLength) to \(Self.maximumReasonLength) characters",
                    hint: "say what changed and why that is right")
            }
            let workspace = try place.workspace()
            let (configuration, _) = try workspace.configuration()
            let git = GitRepository(root: workspace.root, environment: console.environment)
            let state = git.state()
            let time = SystemTimeSource()
            var instant = time.wallNow
            if let now {
                do { instant = try Instant(rfc3339: now) } catch { throw Failure(.usage, "--now: \(error.description)") }
            }
            let context = CollectionContext(
                workspace: workspace, project: configuration.project, commit: state?.commit,
                evidenceFolder: evidence.map { RunSession.absolute($0) } ?? workspace.evidenceFolder, environment: console.environment,
                interruption: nil, progress: .silent, time: time)
            let claim = try FolderClaim(evidence: context.evidenceFolder, writing: false)
            defer { claim.release() }
            let plan = try Plan(configuration, profile: profile)
            var payload = try Self.baseline(configuration, plan, context, commit: state?.commit, reason: trimmed, at: instant)
            let taken = Set(payload.figures.keys)
            if case .present(let before) = try BaselineStore(workspace: workspace, git: git).baseline(configuration.baseline, now: instant)
            {
                let known = Set(configuration.collectors.map(\.id)).subtracting(taken)
                payload.figures.merge(before.figures.filter { known.contains($0.key) }) { new, _ in new }
            }
            let leaf = CommittedLeaf(type: "baseline", at: instant, payload: payload.payload)
            try Workspace.makeFolder(workspace.baselinesFolder)
            let stamp = instant.rfc3339.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
            let name = "\(stamp)-\(leaf.id.hex.prefix(8)).json"
            try Failure.replacing(workspace.baselinesFolder + "/" + name, with: leaf.bytes)
            try LedgerStore.open(place.ledger ?? workspace.ledgerPath, create: true)
                .importCommitted(try BaselineStore(workspace: workspace, git: git).committed())
            console.print("wrote governance/baselines/\(name); commit it")
        }

        private static func baseline(
            _ configuration: GatesConfiguration, _ plan: Plan, _ context: CollectionContext, commit: String?, reason: String, at: Instant
        ) throws(Failure) -> Baseline {
            var figures: [String: Baseline.Figures] = [:]
            let judged = Set(configuration.gates.filter { plan.profile.gates.contains($0.id) }.flatMap(\.from))
            for collector in plan.collectors where judged.contains(collector.id) {
                let collection = RunSession.read(collector, context)
                guard collection.evidence.state == .collected else {
                    throw Failure(
                        .cannotEvaluate,
                        "the evidence of '\(collector.id)' is \(collection.evidence.state.rawValue): \(collection.evidence.detail ?? "")",
                        hint: "run `pulsegate run` until its evidence is whole")
                }
                let facts = collection.evidence.facts
                if let bad = facts.tests.first(where: { [.failed, .errored, .unfinished].contains($0.outcome) }) {
                    throw Failure(.fail, "the test \(bad.id) is \(bad.outcome.rawValue); a failing state is no baseline")
                }
                figures[collector.id] = Baseline.Figures(
                    coverage: facts.coverage.filter { configuration.project.isProduct($0.path) && !$0.lines.isEmpty }.map(
                        CoverageSummary.init),
                    tests: facts.tests.filter { $0.outcome != .skipped }.map(\.id),
                    // Durations differ from run to run; holding later runs against one of them would be noise.
                    measures: facts.measures.filter { $0.metric != "command.duration" }.map { measure in
                        Measure(measure.metric, subject: measure.subject, measure.quantity, samples: measure.samples)
                    })
            }
            return Baseline(recordedAt: at, commit: commit, reason: reason, figures: figures)
        }
    }

    struct ShowBaseline: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "show", abstract: "Show the baseline that is in force.")

        @Flag(name: .long, help: "Print JSON.")
        var json = false

        @OptionGroup var place: PlaceOptions

        func run() throws {
            let console = Console(environment: Environment.current())
            let workspace = try place.workspace()
            let (configuration, _) = try workspace.configuration()
            let git = GitRepository(root: workspace.root, environment: console.environment)
            let now = SystemTimeSource().wallNow
            switch try BaselineStore(workspace: workspace, git: git).baseline(configuration.baseline, now: now) {
            case .missing(let reason) where json:
                console.print(bytes: JSONValue.object(["baseline": .null, "reason": .string(reason)]).prettyBytes())
            case .missing(let reason):
                console.print("no baseline: \(reason)")
            case .present(let baseline) where json:
                console.print(bytes: baseline.payload.prettyBytes())
            case .present(let baseline):
                var lines = [
                    "baseline of \(baseline.recordedAt.rfc3339), commit \(baseline.commit?.prefix(7) ?? "unknown")",
                    "  reason: \(baseline.reason)",
                ]
                for (id, figures) in baseline.figures.sorted(by: { $0.key < $1.key }) {
                    let covered = figures.coverage.reduce(0) { $0 + $1.lines.covered }
                    let total = figures.coverage.reduce(0) { $0 + $1.lines.total }
                    var text = "  \(id): \(figures.tests.count) tests"
                    if total > 0 { text += ", \(Quantity(Int64(covered), over: Int64(total), unit: .ratio)) of \(total) lines" }
                    if !figures.measures.isEmpty { text += ", \(figures.measures.count) figures" }
                    lines.append(text)
                }
                console.print(lines.joined(separator: "\n"))
            }
        }
    }
}
