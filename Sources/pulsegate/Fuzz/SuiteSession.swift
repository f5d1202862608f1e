import ArgumentParser
import ChildProcesses
import Determinism
import Gates
import Glibc
import StrictDocuments

/// What every command of `pulsegate fuzz` takes to find and build a suite.
struct FuzzSuiteOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp("The suite's executable target; otherwise the only one, or that of gates.json.", valueName: "product"))
    var suite: String?

    @Option(name: .long, help: ArgumentHelp("The package; otherwise the one here or above.", valueName: "folder"))
    var packagePath: String?

    @Option(
        name: .long, help: ArgumentHelp("Build with 'address' or 'thread' as well; such campaigns stand apart.", valueName: "sanitizer"))
    var sanitize: String?

    @Option(name: .long, help: ArgumentHelp("Drive this suite as it is and build nothing.", valueName: "file"))
    var executable: String?

    @Flag(name: .long, help: "Empty the build folder first.")
    var rebuild = false

    @Flag(name: [.long, .short], help: "Show no progress.")
    var quiet = false

    static let sanitizers = ["address", "thread"]

    mutating func validate() throws {
        if let sanitize, !Self.sanitizers.contains(sanitize) {
            throw ValidationError("--sanitize takes \(Self.sanitizers.joined(separator: " or ")), not '\(sanitize)'")
        }
    }
}

/// A suite that is built, has said what it is, and is not blind.
struct SuiteSession {
    let folders: CampaignFolders
    let driver: SuiteDriver
    let account: SuiteAccount
    let suite: String
    /// SHA-256 of the executable.
    let digest: String
    /// What the objects were made with, canonical JSON.
    let flags: String
    let instrumented: [String]
    let console: Console
    let interruption: Interruption
    let time: SystemTimeSource
    let progress: Progress

    init(_ options: FuzzSuiteOptions) throws(Failure) {
        let console = Console(environment: Environment.current())
        let time = SystemTimeSource()
        let interruption = try Interruption.bySignals()
        let progress = console.progress(quiet: options.quiet)
        defer { progress.done() }
        let folders = try CampaignFolders(package: options.packagePath, sanitizer: options.sanitize)
        (self.console, self.time, self.interruption, self.progress, self.folders) = (console, time, interruption, progress, folders)
        let builder = SuiteBuilder(
            folders: folders, environment: console.environment, interruption: interruption, progress: progress, time: time)
        var built: SuiteBuilder.Built?
        if let executable = options.executable {
            guard let path = Workspace.absolute(executable), access(path, X_OK) == 0 else {
                throw Failure(.usage, "\(executable): it cannot be executed", hint: "name the executable of a suite that is built")
            }
            suite = Workspace.fileName(of: path)
            driver = SuiteDriver(
                executable: path, environment: console.environment, folder: folders.package, sanitizer: options.sanitize,
                interruption: interruption)
            digest = path
            flags = "{}"
            instrumented = []
        } else {
            suite = try builder.find(asked: options.suite)
            let made = try builder.build(suite, rebuild: options.rebuild)
            driver = SuiteDriver(
                executable: made.executable, environment: console.environment, folder: folders.package, sanitizer: options.sanitize,
                interruption: interruption)
            digest = made.record.executable ?? made.executable
            flags = made.record.flags.canonicalText()
            instrumented = made.instrumented
            built = made
        }
        account = try SuiteAccount(driver.ask(["list"]))
        if let blind = Blindness.of(
            account.build, suite: suite, sanitizer: options.sanitize, known: built?.record.number, targets: account.targets.count)
        {
            throw Failure(.cannotEvaluate, "blind: \(blind.description)")
        }
        if let built { try builder.remember(account.build.number, of: built) }
        try Workspace.makeFolder(folders.base)
    }

    func has(_ command: String) -> Bool { account.build.commands.contains(command) }

    /// The command of the suite, or why it cannot be done.
    func require(_ command: String) throws(Failure) {
        guard has(command) else {
            throw Failure(.usage, "\(suite) does not know the command '\(command)'", hint: "build it against this version of PulseGate")
        }
    }

    /// How each file ends, in the order given.
    func replay(_ files: [String], target: String) throws(Failure) -> [CampaignReplay] {
        var replays: [CampaignReplay] = []
        // Argument lists are bounded by the system.
        for start in stride(from: 0, to: files.count, by: 200) {
            let part = Array(files[start..<min(files.count, start + 200)])
            let events = try driver.ask(["replay", "--target", target] + part, limit: SuiteDriver.workLimit)
            let found = events.compactMap { if case .replay(let replay) = $0 { replay } else { nil } }
            guard found.map(\.file) == part else {
                throw Failure(.collectorFailed, "the suite was given \(part.count) inputs to run and told of \(found.count)")
            }
            replays += found
        }
        return replays
    }

    /// What was found in a target, with what the records know of it.
    func findings(_ target: String) throws(Failure) -> [Finding] {
        var findings = Finding.all(of: target, folders)
        guard findings.contains(where: { $0.bug.title == Finding.untold }), access(folders.database, F_OK) == 0 else { return findings }
        let known = try CampaignStore(path: folders.database).bugs(target: target)
        for index in findings.indices where findings[index].bug.title == Finding.untold {
            if let bug = known[findings[index].bug.bucket] { findings[index].bug = bug }
        }
        return findings
    }

    /// The finding with this bucket, or beginning with it, in any target.
    func finding(_ bucket: String) throws(Failure) -> Finding {
        var all: [Finding] = []
        for target in account.targets { all += try findings(target.name) }
        let matches = all.filter { $0.bug.bucket == bucket }
        let near = matches.isEmpty ? all.filter { $0.bug.bucket.hasPrefix(bucket) } : matches
        if near.count == 1 { return near[0] }
        if near.count > 1 {
            throw Failure(
                .usage,
                "\(near.count) findings are called '\(bucket)…': \(near.map { "\($0.target)/\($0.bug.bucket)" }.joined(separator: ", "))",
                hint: "write more of the name")
        }
        throw Failure(
            .usage, "there is no finding '\(bucket)'",
            hint: all.isEmpty ? "there are none yet; `pulsegate fuzz run` looks for some" : "`pulsegate fuzz list` shows those there are")
    }
}
