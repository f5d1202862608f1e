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

    @Argument(help: ArgumentHelp("Targets; without any, all.", valueName: "target"))
    var targets: [String] = []

    @Option(name: .long, help: ArgumentHelp("Copy the chosen inputs there instead of removing the others.", valueName: "folder"))
    var to: String?

    @OptionGroup var suite: SuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        try session.require("records")
        let chosen = try session.account.choose(targets)
        if to != nil, chosen.count != 1 { throw Failure(.usage, "--to takes the corpus of one target", hint: "name the target") }
        let claim = try FolderClaim(campaign: session.folders.base)
        defer { claim.release() }
        for target in chosen {
            let folder = session.folders.target(target.name)
            try Corpus.refresh(target.name, session, inputs: CampaignFolders.files(session.folders.corpus(target.name)))
            let events = try session.driver.ask(
                ["records", "--target", target.name, "--folder", folder, "--features", "yes"], limit: SuiteDriver.workLimit)
            let entries = events.compactMap { if case .entry(let entry) = $0 { entry } else { nil } }
            let kept = Set(CorpusChoice.smallest(entries))
            let files = CampaignFolders.files(session.folders.corpus(target.name))
            // Of a corpus that nothing is known of nothing may be removed.
            guard !kept.isEmpty || files.isEmpty else {
                throw Failure(.cannotEvaluate, "\(target.name): the inputs' edges are not known; run a campaign first")
            }
            if let to {
                let place = RunSession.absolute(to)
                try Workspace.makeFolder(place)
                for file in files where kept.contains(Workspace.fileName(of: file)) {
                    let bytes = try Failure.reading(file, maximumBytes: 1 << 20)
                    try Failure.replacing(place + "/" + Workspace.fileName(of: file), with: bytes)
                }
            } else {
                for file in files where !kept.contains(Workspace.fileName(of: file)) { unlink(file) }
                // What the shards hold is the large corpus; the next run begins with the small one.
                try Workspace.removeFolder(session.folders.shards(target.name))
            }
            session.console.print("\(target.name): \(kept.count) of \(files.count) inputs reach all that is reached")
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

    @Option(name: .long, help: ArgumentHelp("The target; may be left out where there is one.", valueName: "target"))
    var target: String?

    @OptionGroup var suite: SuiteOptions

    func run() throws {
        let session = try SuiteSession(suite)
        try session.require("records")
        let name = try Corpus.target(target, session)
        for folder in from where !Workspace.isFolder(folder) { throw Failure(.usage, "\(folder): there is no such folder") }
        let claim = try FolderClaim(campaign: session.folders.base)
        defer { claim.release() }
        let old = CampaignFolders.files(session.folders.corpus(name))
        let new = from.flatMap { CampaignFolders.files(RunSession.absolute($0)) }
        guard !new.isEmpty else { throw Failure(.usage, "\(from.joined(separator: ", ")): there is no file") }
        try Corpus.refresh(name, session, inputs: old + new)
        let after = CampaignFolders.files(session.folders.corpus(name))
        session.console.print(
            "\(name): \(max(0, after.count - old.count)) of \(new.count) inputs reach something new; the corpus has \(after.count)")
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

    @Option(name: .long, help: ArgumentHelp("The target; may be left out where there is one.", valueName: "target"))
    var target: String?

    @OptionGroup var suite: SuiteOptions

    static let maximumFiles = 10_000

    func run() throws {
        let session = try SuiteSession(suite)
        let name = try Corpus.target(target, session)
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

    /// Runs the inputs anew on a shard of its own and takes it, with what they light, in the place of the campaign's.
    ///
    /// Inputs that end the target are left out. What the campaign's workers knew besides the corpus (progress of compares, schedules) begins anew.
    static func refresh(_ target: String, _ session: SuiteSession, inputs: [String]) throws(Failure) {
        let folders = session.folders
        guard !inputs.isEmpty else { return }
        let work = folders.target(target) + "/merging"
        try Workspace.removeFolder(work)
        try Workspace.makeFolder(work + "/inputs")
        var seen: Set<String> = []
        var count = 0
        for replay in try session.replay(inputs, target: target) where replay.passed {
            let bytes = try Failure.reading(replay.file, maximumBytes: 1 << 20)
            let name = SHA256Digest.hex(bytes)
            guard seen.insert(name).inserted else { continue }
            let number = String(count)
            // In the order given: those that are there come before the new ones.
            try Failure.replacing(work + "/inputs/" + String(repeating: "0", count: max(0, 8 - number.count)) + number, with: bytes)
            count += 1
        }
        guard count > 0 else { throw Failure(.cannotEvaluate, "\(target): every input ends the target; there is nothing to begin with") }
        let answer = try session.driver.run(
            [
                "run", "--target", target, "--folder", work, "--workers", "1", "--executions", String(count), "--seconds", "3600",
                "--seeds",
                work + "/inputs",
            ], limit: SuiteDriver.workLimit)
        if let failure = SuiteDriver.failure(answer, "run") { throw failure }
        for part in ["shards", "corpus"] {
            let place = folders.target(target) + "/" + part
            try Workspace.makeFolder(folders.target(target))
            try Workspace.removeFolder(place)
            guard rename(work + "/" + part, place) == 0 else {
                throw Failure(.usage, "\(folders.shown(place)): cannot be replaced: \(String(cString: strerror(errno)))")
            }
        }
        try Workspace.removeFolder(work)
    }
}
