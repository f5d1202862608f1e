import ArgumentParser
import ContentDigest
import Gates
import Glibc
import StrictDocuments

struct FuzzCmin: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cmin", abstract: "Reduce a corpus to inputs that together reach all it reaches.",
        discussion: """
              pulsegate fuzz cmin                          the corpus of each target
              pulsegate fuzz cmin json --to Tests/Fuzz/Seeds/json/seeds    into a folder to be committed, the corpus stays
            """)

    @OptionGroup var asked: FuzzTargetArguments

    @Option(name: .long, help: ArgumentHelp("Copy the chosen inputs there instead of removing the others.", valueName: "folder"))
    var to: String?

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        try session.require("cmin")
        let chosen = try asked.choose(session, to: to, what: "corpus")
        let claim = try FolderClaim(campaign: session.folders.base)
        defer { claim.release() }
        for target in chosen {
            let folder = session.folders.target(target.name)
            let events = try session.driver.ask(
                ["cmin", "--target", target.name, "--folder", folder] + (to.map { ["--to", RunSession.absolute($0)] } ?? []),
                limit: SuiteDriver.workLimit)
            for case .distilled(let inputs, let kept) in events {
                session.console.print("\(target.name): \(kept) of \(inputs) inputs reach all that is reached")
            }
            if to == nil { try Corpus.begin(target.name, session) }
        }
    }
}

struct FuzzMerge: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge", abstract: "Take inputs of other folders that reach something new into the corpus.",
        discussion: """
              pulsegate fuzz merge ../other/corpus --target json
            Files of any fuzzer are inputs: libFuzzer's and AFL++'s queues too.
            """)

    @Argument(help: ArgumentHelp("Folders of inputs.", valueName: "folder"))
    var from: [String]

    @OptionGroup var asked: FuzzTargetOption

    @OptionGroup var suite: FuzzSuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        try session.require("merge")
        let name = try asked.name(session)
        for folder in from where !Workspace.isFolder(folder) { throw Failure(.usage, "\(folder): there is no such folder") }
        let claim = try FolderClaim(campaign: session.folders.base)
        defer { claim.release() }
        let events = try session.driver.ask(
            ["merge", "--target", name, "--folder", session.folders.target(name)] + from.map { RunSession.absolute($0) },
            limit: SuiteDriver.workLimit)
        for case .merged(let inputs, let taken, let deaths) in events {
            session.console.print("\(name): \(taken) of \(inputs) inputs reach something new")
            for file in deaths {
                session.console.print(
                    "  \(session.folders.shown(file)) ends the target: pulsegate fuzz repro \(session.folders.shown(file)) --target \(name)"
                )
            }
            if taken > 0 { try Corpus.begin(name, session) }
        }
    }
}

struct FuzzSeed: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "seed", abstract: "Commit real files as inputs that campaigns begin with.",
        discussion: """
              pulsegate fuzz seed data/*.csv --target csv
              pulsegate fuzz seed samples/ --target json     every file below the folder
            writes Tests/Fuzz/Seeds/<target>/seeds, each input once, under a name made of its content. A file that is longer than the target's \
            longest input is left out and named.
            """)

    @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"))
    var paths: [String]

    @OptionGroup var asked: FuzzTargetOption

    @OptionGroup var suite: FuzzSuiteOptions

    static let maximumFiles = 10_000

    func run() throws {
        let session = try SuiteSession(suite)
        let name = try asked.name(session)
        let longest = session.account.targets.first { $0.name == name }?.maximumLength ?? 4096
        var files: [String] = []
        for path in paths.map({ RunSession.absolute($0) }) {
            if Workspace.isFolder(path) {
                Self.walk(path, depth: 0, into: &files)
            } else {
                files.append(path)
            }
        }
        guard files.count <= Self.maximumFiles else { throw Failure(.usage, "more than maximumFiles of \(Self.maximumFiles) files") }
        let folder = session.folders.seeds(name)
        try Workspace.makeFolder(folder)
        var (added, known) = (0, 0)
        for file in files {
            let bytes: [UInt8]
            do {
                bytes = try DocumentFile.read(file, maximumBytes: longest)
            } catch .tooLarge {
                session.console.problem("\(session.folders.shown(file)): longer than the target's \(longest) bytes; left out")
                continue
            } catch {
                throw Failure(.usage, error.description)
            }
            let path = folder + "/" + String(SHA256Digest.hex(bytes).prefix(16))
            if access(path, F_OK) == 0 {
                known += 1
            } else {
                try Failure.replacing(path, with: bytes)
                added += 1
            }
        }
        session.console.print(
            "\(session.folders.shown(folder)): \(added) added" + (known > 0 ? ", \(known) there already" : "")
                + "\n  a campaign that has begun takes them with `pulsegate fuzz merge \(session.folders.shown(folder)) --target \(name)`")
    }

    private static func walk(_ folder: String, depth: Int, into files: inout [String]) {
        guard depth < 16, files.count <= maximumFiles else { return }
        for name in Workspace.names(in: folder) where !name.hasPrefix(".") {
            let path = folder + "/" + name
            switch Workspace.kind(path) {
            case S_IFDIR: walk(path, depth: depth + 1, into: &files)
            case S_IFREG: files.append(path)
            default: break
            }
        }
    }
}

/// What commands on corpora share.
enum Corpus {
    /// The target asked for, or the only one.
    static func target(_ name: String?, _ session: SuiteSession) throws(Failure) -> String {
        if let name { return try session.account.choose([name]).first?.name ?? name }
        guard session.account.targets.count == 1 else {
            throw Failure(
                .usage, "which target?", hint: "--target, one of \(session.account.targets.map(\.name).joined(separator: ", "))")
        }
        return session.account.targets[0].name
    }

    /// Lets the next campaign begin with the corpus folder as it is now: workers that go on look at their own memory only.
    static func begin(_ target: String, _ session: SuiteSession) throws(Failure) {
        let folder = session.folders.shards(target)
        for name in Workspace.names(in: folder) where name.hasSuffix(".state") {
            guard unlink(folder + "/" + name) == 0 else {
                throw Failure(.usage, "\(session.folders.shown(folder))/\(name): cannot be removed: \(String(cString: strerror(errno)))")
            }
        }
    }
}
