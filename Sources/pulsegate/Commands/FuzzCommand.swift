import ArgumentParser
import ChildProcesses
import Determinism
import Gates
import Glibc
import StrictDocuments
import TerminalDisplay

struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fuzz",
        abstract: "Hunt for inputs that end the code under test, and keep what is found.",
        discussion: """
            A suite is an executable of your package with targets:

              import Fuzzing
              @main struct Suite: FuzzSuite {
                  static let targets = [FuzzTarget("parse") { bytes in _ = try? parse(bytes) }]
              }

            pulsegate builds it with PULSEGATE_FUZZ=1 into .build-fuzz, guides inputs by what they reach, and shows each bug once:

              pulsegate fuzz run --time 10m        hunt; Ctrl-C keeps everything, the next run goes on
              pulsegate fuzz list                  what was found
              pulsegate fuzz repro 3fa1            run a finding again
              pulsegate fuzz regress 3fa1          commit it: the gate fails until it is fixed
              pulsegate fuzz seed samples/         begin from real files

            What is learned stands in .pulsegate/fuzz (corpus, crashes, campaigns.sqlite); what is committed stands in Tests/Fuzz/Seeds.
            """,
        subcommands: [
            FuzzRun.self, FuzzList.self, FuzzShow.self, FuzzRepro.self, FuzzRegress.self, FuzzMinimise.self, FuzzCmin.self, FuzzMerge.self,
            FuzzSeed.self, FuzzCover.self, FuzzReport.self, FuzzExport.self,
        ])
}

struct FuzzRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a campaign on all targets or some.",
        discussion: """
              pulsegate fuzz run --time 10m                  all targets, ten minutes together
              pulsegate fuzz run json csv --time 1h          these two
              pulsegate fuzz run 'limiter.*' --workers 2
              pulsegate fuzz run --until-crash --time 1h     end at the first finding
              pulsegate fuzz run --sanitize address          a build with the sanitizer, a campaign of its own
              pulsegate fuzz run --json > campaign.jsonl     each event as a line of JSON

            The time goes to the targets that may be expected to find most, with a floor for each. Committed regressions run first. A campaign \
            that would see nothing is refused, with the reason: no counters, stale objects, a sanitizer that is not linked, targets that light no \
            edge.

            Your Package.swift gives the modules under test these settings and no others, under an environment switch:

              let fuzzing: [SwiftSetting] = Context.environment["PULSEGATE_FUZZ"] == nil ? [] : [.unsafeFlags([
                  "-Xfrontend", "-sanitize=fuzzer" + (Context.environment["PULSEGATE_FUZZ_SANITIZE"].map { "," + $0 } ?? ""),
                  "-Xfrontend", "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls",
                  "-Xllvm", "-sanitizer-coverage-stack-depth", "-Xllvm", "-sanitizer-coverage-gated-trace-callbacks",
                  "-Xfrontend", "-disable-incremental-llvm-codegen"])]

            Exit codes: 0 nothing found, 1 a finding or a failed regression, 2 usage, 3 blind or cut short, 5 the machinery failed.
            """)

    @Argument(help: ArgumentHelp("Targets; a trailing * stands for any ending. Without any, all.", valueName: "target"))
    var targets: [String] = []

    @Option(name: .long, help: ArgumentHelp("How long, for all targets together, such as 90s, 10m or 8h.", valueName: "duration"))
    var time = "1m"

    @Option(name: .long, help: ArgumentHelp("Worker processes on the target that has its turn.", valueName: "count"))
    var workers = 1

    @Option(name: .long, help: ArgumentHelp("Where chance begins.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(name: .long, help: ArgumentHelp("A folder of inputs to begin with, besides the committed ones.", valueName: "folder"))
    var seeds: [String] = []

    @Option(name: .long, help: ArgumentHelp("Executions of each target at most; each has one turn then.", valueName: "count"))
    var executions: UInt64 = 0

    @Option(name: .long, help: ArgumentHelp("CPU milliseconds after which an input counts as a hang.", valueName: "ms"))
    var timeLimit: Int?

    @Option(name: .long, help: ArgumentHelp("MiB that an input may use.", valueName: "MiB"))
    var memoryLimit: Int?

    @Flag(name: .long, help: "End at the first finding.")
    var untilCrash = false

    @Flag(name: .long, help: "Print each event as a line of JSON and nothing else.")
    var json = false

    @Option(
        name: .long,
        help: ArgumentHelp("Write the evidence of the campaign here (docs/schemas/fuzz-evidence.schema.json).", valueName: "file"))
    var evidence: String?

    @OptionGroup var suite: FuzzSuiteOptions

    static let maximumWorkers = 64
    /// Thirty days.
    static let maximumTime: Int64 = 30 * 86_400_000_000_000

    func run() throws {
        let nanoseconds = try Self.duration(time)
        guard (1...Self.maximumWorkers).contains(workers) else {
            throw Failure(.usage, "--workers takes 1 to maximumWorkers of \(Self.maximumWorkers), not \(workers)")
        }
        for folder in seeds where !Workspace.isFolder(folder) { throw Failure(.usage, "--seeds \(folder): there is no such folder") }
        try checkLimits()
        var options = suite
        if json { options.quiet = true }
        let session = try SuiteSession(options)
        let plan = CampaignPlan(
            suite: session.suite, targets: try session.account.choose(targets), workers: workers, seed: seed, time: nanoseconds,
            folder: session.folders.base)
        var campaign = FuzzCampaign(session: session, plan: plan)
        campaign.isUntilCrash = untilCrash
        campaign.executionLimit = executions
        campaign.seedFolders = seeds.map { RunSession.absolute($0) }
        if let timeLimit { campaign.limits += ["--time-limit-ms", String(timeLimit)] }
        if let memoryLimit { campaign.limits += ["--memory-limit-mb", String(memoryLimit)] }
        var display = CampaignDisplays.make(isJSON: json, isQuiet: suite.quiet, session: session)
        let result = try campaign.run(&display)
        try write(result, session.console.environment)
        if !json { session.console.print(CampaignSummary(colour: session.console.colour).text(result, session)) }
        throw Ending(code: result.code)
    }

    /// Milliseconds of an input at most: an hour.
    static let maximumTimeLimit = 3_600_000
    /// MiB that an input may use at most: a tebibyte.
    static let maximumMemoryLimit = 1 << 20

    private func checkLimits() throws(Failure) {
        if let timeLimit, !(1...Self.maximumTimeLimit).contains(timeLimit) {
            throw Failure(.usage, "--time-limit takes 1 to maximumTimeLimit of \(Self.maximumTimeLimit) ms, not \(timeLimit)")
        }
        if let memoryLimit, !(0...Self.maximumMemoryLimit).contains(memoryLimit) {
            throw Failure(
                .usage, "--memory-limit takes 1 to maximumMemoryLimit of \(Self.maximumMemoryLimit) MiB, or 0 for none, not \(memoryLimit)")
        }
        // Known now rather than after hours.
        if let evidence {
            let folder = Workspace.folder(of: RunSession.absolute(evidence))
            guard access(folder, W_OK) == 0 else {
                throw Failure(.usage, "--evidence \(evidence): the folder \(folder) is not there or cannot be written")
            }
        }
    }

    private func write(_ result: FuzzCampaign.Result, _ environment: [String: String]) throws(Failure) {
        if let evidence { try result.evidence.write(RunSession.absolute(evidence)) }
        if let folder = environment[CommandCollector.evidenceVariable], !folder.isEmpty {
            try result.evidence.write(folder + "/" + CampaignEvidence.fileName)
        }
    }

    static func duration(_ text: String) throws(Failure) -> Int64 {
        guard let value = try? QuantityText(text), value.quantity.unit == .nanoseconds, value.quantity.numerator > 0 else {
            throw Failure(.usage, "--time \(text): it is not a duration", hint: "write it as 90s, 10m or 8h")
        }
        let nanoseconds = value.quantity.numerator / value.quantity.denominator
        guard nanoseconds >= 1_000_000, nanoseconds <= maximumTime else {
            throw Failure(.usage, "--time \(text): a campaign takes 1ms to maximumTime of 30d")
        }
        return nanoseconds
    }
}

/// Which display a campaign gets: lines of JSON, lines of words, or a live view on a terminal.
enum CampaignDisplays {
    static func make(isJSON: Bool, isQuiet: Bool, session: SuiteSession) -> any CampaignDisplay {
        let console = session.console
        let environment = console.environment
        let mode = LiveLine.Mode(
            environment: environment, isTerminal: Terminal.isTerminal(descriptor: 2),
            columns: Terminal.columns(descriptor: 2, environment: environment))
        if !isJSON, !isQuiet, case .terminal = mode {
            let locator = SharedLocator(session)
            return TerminalCampaignDisplay(
                colour: console.errorColour,
                size: {
                    (Terminal.columns(descriptor: 2, environment: environment), Terminal.rows(descriptor: 2, environment: environment))
                }, write: { console.draw($0) }, locate: { locator.places($0) }, namesFindings: false)
        }
        return PlainCampaignDisplay(isJSON: isJSON) { line in
            if isJSON { console.print(line) } else if !isQuiet { console.problem(line) }
        }
    }
}

/// The locator of one suite, kept for as long as its display.
private final class SharedLocator {
    private var locator: SourceLocator

    init(_ session: SuiteSession) { locator = SourceLocator(session) }

    func places(_ addresses: [UInt64]) -> [UInt64: String] { locator.locations(of: addresses).mapValues(\.description) }
}

extension SourceLocator {
    init(_ session: SuiteSession) {
        self.init(executable: session.driver.executable, package: session.folders.package, environment: session.console.environment)
    }
}
