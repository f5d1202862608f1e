import ArgumentParser
import ChildProcesses
import ContentDigest
import Gates
import Glibc
import StrictDocuments

struct FuzzExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write what OSS-Fuzz and ClusterFuzzLite need to run the suite.",
        discussion: """
              pulsegate fuzz export --oss-fuzz .            into this repository (its root), to be committed
              pulsegate fuzz export --oss-fuzz /tmp/layout  to look at first

            A Dockerfile, build.sh, project.yaml, two workflows, and for each target its options, a dictionary of the words that the code knows and \
            the seeds that are committed, with the corpus of this machine up to its limits. Existing files are replaced: commit what you want to \
            keep. build.sh can be tried without a container:

              OUT=/tmp/out SANITIZER=none .clusterfuzzlite/build.sh && /tmp/out/Suite-target -runs=1000

            docs/fuzzing.md tells how libFuzzer and AFL++ run a suite by hand.
            """)

    @Option(name: .long, help: ArgumentHelp("Write the layout of OSS-Fuzz and ClusterFuzzLite below this folder.", valueName: "folder"))
    var ossFuzz: String

    @Option(name: .long, help: ArgumentHelp("The repository's address, for OSS-Fuzz.", valueName: "url"))
    var repository = ""

    @Option(name: .long, help: ArgumentHelp("Whom OSS-Fuzz writes to.", valueName: "address"))
    var contact = ""

    @Option(name: .long, help: ArgumentHelp("The release of Swift that builds the package.", valueName: "version"))
    var swift = "6.3.1"

    @OptionGroup var suite: FuzzSuiteOptions

    /// Inputs of one target that are exported, committed seeds first.
    static let maximumSeeds = 2_000
    static let maximumSeedBytes = 32 << 20

    func run() throws {
        let root = Self.resolved(RunSession.absolute(ossFuzz))
        // Before the suite is built, which takes minutes.
        let repositoryRoot = Self.repositoryRoot(of: try CampaignFolders(package: suite.packagePath, sanitizer: nil).package)
        if let repositoryRoot, root.hasPrefix(repositoryRoot + "/") {
            throw Failure(
                .usage, "--oss-fuzz \(ossFuzz): the services look for .clusterfuzzlite at the root of the repository, and this is below it",
                hint: "--oss-fuzz \(repositoryRoot)")
        }
        let session = try SuiteSession(suite)
        let layout = OssFuzzLayout(
            package: Workspace.fileName(of: session.folders.package), suite: session.suite,
            folder: Self.folder(of: session.folders.package),
            targets: try session.account.targets.map { target in
                OssFuzzLayout.Target(
                    name: target.name, isTyped: target.isTyped, maximumLength: Int(clamping: target.maximumLength),
                    seeds: try Self.seeds(target.name, session.folders))
            },
            dictionary: FuzzDictionary(words: try words(session)), repository: repository, contact: contact, swift: swift)
        let files: [OssFuzzLayout.File]
        do { files = try layout.files() } catch { throw Failure(.usage, error.description) }
        for file in files {
            let path = root + "/" + file.path
            try Workspace.makeFolder(Workspace.folder(of: path))
            try Failure.replacing(path, with: file.bytes)
            if file.isExecutable { chmod(path, 0o755) }
        }
        let seeds = layout.targets.reduce(0) { $0 + $1.seeds.count }
        session.console.print(
            "wrote \(files.count) files below \(ossFuzz): \(layout.targets.count) targets, \(seeds) seeds, \(layout.dictionary.words.count) words"
        )
        if let repositoryRoot, repositoryRoot != root {
            session.console.print("to look at: build.sh runs in the repository (--oss-fuzz \(repositoryRoot))")
        } else {
            session.console.print("next: OUT=/tmp/out SANITIZER=none \(ossFuzz)/.clusterfuzzlite/build.sh")
        }
    }

    /// The words of the code under test, as the suite tells them.
    private func words(_ session: SuiteSession) throws(Failure) -> [[UInt8]] {
        guard let target = session.account.targets.first(where: { !$0.isTyped }) else { return [] }
        let command = Command(
            [session.driver.executable, "dictionary", "--target", target.name], environment: session.driver.environment,
            workingDirectory: session.folders.package, timeoutNanoseconds: SuiteDriver.answerLimit, outputLimitBytes: 8 << 20)
        do {
            let outcome = try command.run()
            guard outcome.termination == .exited(0), let bytes = outcome.standardOutput.complete else {
                throw Failure(
                    .collectorFailed, "the suite does not tell its dictionary", hint: "build it against this version of PulseGate")
            }
            return bytes.split(separator: UInt8(ascii: "\n")).compactMap { FuzzDictionary.word(ofLine: $0) }
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.collectorFailed, "the suite does not tell its dictionary: \(error)")
        }
    }

    /// Committed seeds, then the corpus, each content once, up to the limits.
    private static func seeds(_ target: String, _ folders: CampaignFolders) throws(Failure) -> [(name: String, bytes: [UInt8])] {
        var seeds: [(name: String, bytes: [UInt8])] = []
        var known: Set<String> = []
        var total = 0
        for file in CampaignFolders.files(folders.seeds(target)) + CampaignFolders.files(folders.corpus(target)) {
            let bytes = try Failure.reading(file, maximumBytes: 1 << 20)
            guard seeds.count < maximumSeeds, total + bytes.count <= maximumSeedBytes else { break }
            let name = String(SHA256Digest.hex(bytes).prefix(16))
            // An empty file is no input to libFuzzer.
            guard !bytes.isEmpty, known.insert(name).inserted else { continue }
            seeds.append((name: name, bytes: bytes))
            total += bytes.count
        }
        return seeds
    }

    /// The package's folder in its repository: "" at the root, or where there is no repository.
    private static func folder(of package: String) -> String {
        guard let root = repositoryRoot(of: package), root != package else { return "" }
        return String(package.utf8.dropFirst(root.utf8.count + 1)) ?? ""
    }

    /// Without links and dots, as the repository's root is named; of a folder that does not exist yet, as far as there is something.
    private static func resolved(_ path: String) -> String {
        if let found = Workspace.absolute(path) { return found }
        let above = Workspace.folder(of: path)
        guard above != path, !above.isEmpty else { return path }
        let parent = resolved(above)
        return (parent == "/" ? "" : parent) + "/" + Workspace.fileName(of: path)
    }

    private static func repositoryRoot(of package: String) -> String? {
        var root = package
        while root != "/", access(root + "/.git", F_OK) != 0 { root = Workspace.folder(of: root) }
        return root == "/" ? nil : root
    }
}
