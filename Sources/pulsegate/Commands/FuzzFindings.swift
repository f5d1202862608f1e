import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import StrictDocuments
import TerminalDisplay

struct FuzzList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show what was found, or the targets there are.",
        discussion: """
              pulsegate fuzz list                  findings of all targets
              pulsegate fuzz list --targets        the suite's targets
              pulsegate fuzz list --json
            """)

    @OptionGroup var asked: FuzzTargetArguments

    @Flag(name: .customLong("targets"), help: "The targets instead of the findings.")
    var showsTargets = false

    @Flag(name: .long, help: "One line of JSON for each.")
    var json = false

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        let chosen = try asked.choose(session)
        if showsTargets {
            for target in chosen {
                let corpus = CampaignFolders.files(session.folders.corpus(target.name)).count
                let findings = Finding.all(of: target.name, session.folders).count
                if json {
                    let value: JSONValue = [
                        "target": .string(target.name), "typed": .bool(target.isTyped), "corpus": .int(Int64(corpus)),
                        "findings": .int(Int64(findings)),
                    ]
                    session.console.print(value.canonicalText())
                } else {
                    session.console.print(
                        "\(target.name)  \(target.isTyped ? "typed" : "bytes")  \(corpus) inputs, \(findings) finding\(findings == 1 ? "" : "s")"
                    )
                }
            }
            return
        }
        var findings: [Finding] = []
        for target in chosen { findings += try session.findings(target.name) }
        for finding in findings {
            if json {
                guard case .object(var members)? = CampaignEvent.bug(finding.bug).json(target: finding.target, elapsed: 0) else { continue }
                members["elapsedNanoseconds"] = nil
                members["committed"] = .bool(finding.isCommitted)
                session.console.print(JSONValue.object(members).canonicalText())
            } else {
                session.console.print(
                    "\(finding.bug.bucket)  \(finding.target)  \(finding.bug.kind)  \(finding.bug.title)"
                        + (finding.isCommitted ? "  (committed)" : ""))
            }
        }
        if findings.isEmpty, !json { session.console.problem("nothing was found yet; `pulsegate fuzz run` looks for something") }
    }
}

struct FuzzShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a finding with all that is known of it.",
        discussion: "  pulsegate fuzz show 3fa1             the beginning of a bucket's name is enough")

    @Argument(help: ArgumentHelp("The bucket, or its beginning.", valueName: "bucket"))
    var bucket: String

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        let finding = try session.finding(bucket)
        var lines = CampaignSummary(colour: session.console.colour).lines(finding, session.folders)
        lines.append("    folder     \(session.folders.shown(finding.folder))")
        for (name, title) in [("Repro.swift", "a test that fails"), ("report.json", "report")] {
            guard let bytes = try? DocumentFile.read(finding.folder + "/" + name, maximumBytes: 1 << 20) else { continue }
            lines.append("")
            lines.append("\(title) (\(name)):")
            lines.append(String(decoding: bytes, as: UTF8.self))
        }
        session.console.print(lines.joined(separator: "\n"))
    }
}

struct FuzzRepro: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repro", abstract: "Run a finding or a file again, and tell how it ends.",
        discussion: """
              pulsegate fuzz repro 3fa1                        a finding
              pulsegate fuzz repro input.bin --target json     any file
            Exit code 1 when the target ends by it, 0 when it returns.
            """)

    @Argument(help: ArgumentHelp("A bucket, or a file with --target.", valueName: "bucket-or-file"))
    var what: String

    @Option(name: .long, help: ArgumentHelp("The target to run a file on.", valueName: "target"))
    var target: String?

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        let name: String
        let file: String
        if let target {
            name = try session.account.choose([target]).first?.name ?? target
            file = RunSession.absolute(what)
            guard access(file, R_OK) == 0 else { throw Failure(.usage, "\(what): there is no such file") }
        } else {
            guard access(what, R_OK) != 0 || !what.contains("/") else {
                throw Failure(.usage, "\(what): which target shall it run on?", hint: "name it with --target")
            }
            let finding = try session.finding(what)
            (name, file) = (finding.target, finding.input)
        }
        guard let replay = try session.replay([file], target: name).first else { throw Failure(.collectorFailed, "the suite said nothing") }
        session.console.print(Self.text(replay, name, session.folders))
        throw Ending(code: replay.passed ? .pass : .fail)
    }

    static func text(_ replay: CampaignReplay, _ target: String, _ folders: CampaignFolders) -> String {
        var lines = ["\(target): \(folders.shown(replay.file)) " + (replay.passed ? "returns" : "ends it: \(replay.end)")]
        if let value = replay.value { lines.append(value) }
        if !replay.output.isEmpty { lines.append(replay.output) }
        return lines.joined(separator: "\n")
    }
}

struct FuzzRegress: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regress", abstract: "Commit a finding: campaigns and gates fail until it is fixed.",
        discussion: """
              pulsegate fuzz regress 3fa1
            writes Tests/Fuzz/Seeds/<target>/regressions/<bucket>, which is to be committed with the fix. Every `pulsegate fuzz run` runs it first.
            """)

    @Argument(help: ArgumentHelp("Buckets, or their beginnings.", valueName: "bucket"))
    var buckets: [String]

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        for bucket in buckets {
            let finding = try session.finding(bucket)
            let bytes = try Failure.reading(finding.input, maximumBytes: 1 << 20)
            guard let replay = try session.replay([finding.input], target: finding.target).first else { continue }
            if replay.passed {
                session.console.problem("\(finding.bug.bucket): it does not happen now; it is kept all the same, as a guard")
            }
            let folder = session.folders.regressions(finding.target)
            try Workspace.makeFolder(folder)
            let path = folder + "/" + finding.bug.bucket
            try Failure.replacing(path, with: bytes)
            session.console.print("\(session.folders.shown(path))\n  commit it: git add \(session.folders.shown(path))")
        }
    }
}

struct FuzzMinimise: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "minimise", abstract: "Make findings as small as they can be and still be the same bug.",
        discussion: """
              pulsegate fuzz minimise                              findings that are not sorted yet
              pulsegate fuzz minimise input.bin --target json      any file, into input.bin.minimised
              pulsegate fuzz minimise input.bin --target json --to small.bin
            A campaign does this at its end; this is for findings that came otherwise.
            """)

    @Argument(help: ArgumentHelp("A file; without one, the findings.", valueName: "file"))
    var file: String?

    @Option(name: .long, help: ArgumentHelp("The target; needed for a file.", valueName: "target"))
    var target: String?

    @Option(name: .long, help: ArgumentHelp("Where to write a file's smallest form.", valueName: "file"))
    var to: String?

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        if let file {
            try session.require("minimise")
            let name = try Corpus.target(target, session)
            let path = RunSession.absolute(file)
            guard access(path, R_OK) == 0 else { throw Failure(.usage, "\(file): there is no such file") }
            guard let replay = try session.replay([path], target: name).first, !replay.passed else {
                throw Failure(
                    .usage, "\(file): \(name) survives it: there is nothing to minimise", hint: "`pulsegate fuzz repro` runs a file")
            }
            let events = try session.driver.ask(
                ["minimise", "--target", name] + (to.map { ["--to", RunSession.absolute($0)] } ?? []) + [path], limit: SuiteDriver.workLimit
            )
            for case .minimised(let made, let bucket, let length, let from) in events {
                session.console.print("\(session.folders.shown(made)): \(length) of \(from) bytes, \(bucket)")
            }
            return
        }
        try session.require("triage")
        let claim = try FolderClaim(campaign: session.folders.base)
        defer { claim.release() }
        for target in try session.account.choose(target.map { [$0] } ?? []) where !Finding.all(of: target.name, session.folders).isEmpty {
            let events = try session.driver.ask(
                ["triage", "--target", target.name, "--folder", session.folders.target(target.name)], limit: SuiteDriver.workLimit)
            for case .bug(let bug) in events {
                session.console.print("\(bug.bucket)  \(target.name)  \(bug.title)" + (bug.length.map { "  \($0) bytes" } ?? ""))
            }
        }
    }
}
