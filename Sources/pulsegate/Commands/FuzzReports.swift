import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import StrictDocuments

struct FuzzCover: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cover", abstract: "Show what a corpus runs, as annotated source.",
        discussion: """
              pulsegate fuzz cover                 every target, into reports/fuzz/<target>/coverage
              pulsegate fuzz cover json --to out   one target, into another folder
            Pages are Markdown: each line with the inputs that ran it, a summary by file, and the frontier: code that no input ran right \
            behind code that some did. Committed seeds and regressions are run besides the corpus.
            """)

    @OptionGroup var asked: FuzzTargetArguments

    @Option(name: .long, help: ArgumentHelp("The folder of one target's pages.", valueName: "folder"))
    var to: String?

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        try session.require("cover")
        let chosen = try asked.choose(session, to: to, what: "pages")
        var locator = SourceLocator(session)
        for target in chosen {
            let coverage = try Self.coverage(target.name, session)
            let locations = locator.locations(of: coverage.edges.map(\.address))
            guard !locations.isEmpty else {
                throw Failure(
                    .cannotEvaluate,
                    "\(target.name): the code has no lines: llvm-symbolizer is missing, or the suite has no debug information",
                    hint: "put the toolchain's llvm-symbolizer beside swiftc, and build the suite without -gnone")
            }
            let report = CoverageReport(
                coverage, locations: locations,
                source: { path in
                    (try? DocumentFile.read(session.folders.package + "/" + path, maximumBytes: 4 << 20)).map {
                        String(decoding: $0, as: UTF8.self)
                    }
                }, command: "pulsegate fuzz cover \(target.name)")
            let folder = to.map { RunSession.absolute($0) } ?? session.folders.package + "/reports/fuzz/\(target.name)/coverage"
            try Workspace.makeFolder(folder)
            // Pages of files that nothing reaches any more would lie.
            for old in CampaignFolders.files(folder) where old.hasSuffix(".md") { unlink(old) }
            for page in report.pages() { try Failure.replacing(folder + "/" + page.name, with: Array(page.text.utf8)) }
            session.console.print(
                "\(target.name): \(coverage.inputs) inputs run \(coverage.lit) of \(coverage.edges.count) blocks; "
                    + "\(session.folders.shown(folder))/index.md")
        }
    }

    static let outputLimitBytes = 512 << 20

    /// Asks the suite: its answer is too long to be kept as events.
    static func coverage(_ target: String, _ session: SuiteSession) throws(Failure) -> CorpusCoverage {
        let folders = session.folders
        let inputs = [folders.corpus(target), folders.seeds(target), folders.regressions(target)].filter { Workspace.isFolder($0) }
        guard !inputs.isEmpty else {
            throw Failure(.cannotEvaluate, "\(target): there is no input to run", hint: "`pulsegate fuzz run \(target)` makes a corpus")
        }
        let outcome: Outcome
        do {
            outcome = try Command(
                [session.driver.executable, "cover", "--target", target] + inputs.flatMap { ["--corpus", $0] },
                environment: session.driver.environment, workingDirectory: folders.package, timeoutNanoseconds: SuiteDriver.workLimit,
                outputLimitBytes: outputLimitBytes
            ).run(interruption: session.interruption)
        } catch {
            throw Failure(.collectorFailed, "\(session.suite): \(error.description)")
        }
        guard outcome.termination == .exited(0), let output = outcome.standardOutput.complete else {
            let words = outcome.standardError.text.split(separator: "\n").suffix(3).joined(separator: "\n  ")
            throw Failure(.collectorFailed, "the suite's command 'cover' did not end in order\(words.isEmpty ? "" : ": \(words)")")
        }
        do {
            return try CorpusCoverage(lines: String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init))
        } catch {
            throw Failure(.collectorFailed, error.description)
        }
    }
}

struct FuzzReport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Write reports/fuzz.md: what campaigns did and found, with plots.",
        discussion: """
              pulsegate fuzz report
            tells of each target's newest campaign, as recorded in .pulsegate/fuzz/campaigns.sqlite, of every finding, and of what was \
            not run.
            """)

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        let folders = session.folders
        guard access(folders.database, F_OK) == 0 else {
            throw Failure(.cannotEvaluate, "no campaign is on record here", hint: "`pulsegate fuzz run` makes one")
        }
        let store = try CampaignStore(path: folders.database)
        var locator = SourceLocator(session)
        var targets: [CampaignReport.Target] = []
        for target in session.account.targets { targets.append(try Self.target(target, session, store, &locator)) }
        let build = session.account.build
        let sanitizer = folders.sanitizer.map { ", sanitizer \($0)" } ?? ""
        let report = CampaignReport(suite: session.suite, state: "build \(build.number)\(sanitizer)", targets: targets)
        let place = folders.package + "/reports"
        try Workspace.makeFolder(place + "/fuzz")
        for plot in report.plots() {
            try Workspace.makeFolder(Workspace.folder(of: place + "/" + plot.path))
            try Failure.replacing(place + "/" + plot.path, with: Array(plot.svg.utf8))
        }
        try Failure.replacing(place + "/fuzz.md", with: Array(report.markdown().utf8))
        session.console.print("reports/fuzz.md: \(targets.count { !$0.samples.isEmpty }) of \(targets.count) targets have been run")
    }

    private static func target(
        _ target: SuiteTarget, _ session: SuiteSession, _ store: CampaignStore, _ locator: inout SourceLocator
    ) throws(Failure) -> CampaignReport.Target {
        let history = try store.history(target.name)
        var shown = CampaignReport.Target(
            name: target.name, isTyped: target.isTyped, samples: history?.samples ?? [], edgesOfBuild: session.account.build.edges,
            workers: history?.workers ?? 1, seed: history?.seed)
        shown.findings = Finding.all(of: target.name, session.folders).map { finding in
            var bug = finding.bug
            if bug.value == nil, let bytes = try? DocumentFile.read(finding.input, maximumBytes: 1 << 20) {
                bug.value = Finding.hexadecimal(bytes)
                bug.length = bytes.count
            }
            return CampaignReport.Finding(
                bug: bug, reproduce: "pulsegate fuzz repro \(bug.bucket)",
                standing: finding.isCommitted ? "committed as a regression" : "new",
                foundAt: history?.foundAt[bug.bucket])
        }
        if let history {
            // Addresses of another build would name the wrong lines.
            let isSameBuild = history.build == session.account.build.number
            let places = isSameBuild ? locator.locations(of: history.stuck.compactMap(\.site)) : [:]
            shown.stuck = history.stuck.map { compare in
                var compare = compare
                if let site = compare.site, let place = places[site] { compare.location = place.description }
                return compare
            }
        }
        let coverage = "fuzz/\(target.name)/coverage/index.md"
        if access(session.folders.package + "/reports/" + coverage, F_OK) == 0 { shown.coverage = coverage }
        return shown
    }
}
