import ChildProcesses
import Gates
import Glibc
import StrictDocuments

/// Finds a package's benchmark suite and builds it in release: the work tree's, and that of a base commit in a git work tree of its own, which is
/// kept by commit and toolchain.
struct BenchBuilder {
    let folders: BenchFolders
    let tool: SwiftTool
    let git: GitRepository

    struct Built: Sendable {
        var executable: String
        /// The folder that the build's plan lies in.
        var scratch: String
        var product: String
        /// "1a2b3c4", with a "+" behind it for a work tree that differs from its commit.
        var name: String
        var commit: String?
    }

    // MARK: Finding

    func find(asked: String?) throws(Failure) -> String {
        if let asked { return asked }
        if let configured = try configuredSuite() { return configured }
        tool.progress.phase("looking for the benchmark suite")
        let answer = try tool.run(["swift", "package", "describe", "--type", "json"], in: folders.package, limit: SwiftTool.questionLimit)
        guard answer.code == 0 else { throw Failure(.usage, "the package cannot be described: \(answer.errors)") }
        do {
            let discovery = try SuiteDiscovery(json: Array(answer.output.drop { $0 != UInt8(ascii: "{") }), library: "Benchmarking")
            let suites = discovery.candidates.filter { candidate in
                candidate.sources.contains { source in
                    guard let bytes = try? DocumentFile.read(folders.package + "/" + source, maximumBytes: 4 << 20) else { return false }
                    return String(decoding: bytes, as: UTF8.self).contains(": BenchmarkSuite")
                }
            }.map(\.name)
            guard suites.count == 1 else {
                throw Failure(
                    .usage,
                    suites.isEmpty
                        ? "'\(discovery.package)' has no benchmark suite: no executable target that depends on Benchmarking and declares a BenchmarkSuite"
                        : "'\(discovery.package)' has \(suites.count) benchmark suites: \(suites.joined(separator: ", "))",
                    hint: suites.isEmpty ? Self.lesson : "pick one with --suite")
            }
            return suites[0]
        } catch let error as DocumentError {
            throw Failure(.usage, error.description)
        } catch {
            throw error as? Failure ?? Failure(.internalError, "\(error)")
        }
    }

    /// The suite that collectors of kind `bench` in the package's gates.json name, where they name one.
    private func configuredSuite() throws(Failure) -> String? {
        let path = folders.package + "/" + Workspace.configurationName
        guard access(path, F_OK) == 0 else { return nil }
        let names = Set(try Workspace(configuration: path).configuration().configuration.collectors.compactMap { $0.benchmarking?.suite })
        return names.count == 1 ? names.first : nil
    }

    /// How to come by a suite, in a form that can be pasted.
    static let lesson = """
        make one: in Package.swift
            .executableTarget(name: "Benchmarks", dependencies: ["MyModule", .product(name: "Benchmarking", package: "PulseGate")])
          and in Sources/Benchmarks/Suite.swift
            import Benchmarking
            import MyModule
            @main struct Suite: BenchmarkSuite {
                static var benchmarks: [Benchmark] {
                    Benchmark("parse") { text in parse(text) } setup: { sampleText() }
                }
            }
          then `pulsegate bench run`
        """

    // MARK: Building

    func buildHead(_ product: String) throws(Failure) -> Built {
        let state = git.state()
        let name = (state?.commit.map { String($0.prefix(7)) } ?? "work tree") + (state?.dirty == true ? "+" : "")
        tool.progress.phase("building \(product)")
        return try build(product, package: folders.package, scratch: folders.scratch, name: name, commit: state?.commit)
    }

    /// - Returns: nil where the base has no such product: a suite that is new.
    func buildBase(_ product: String, commit: String, toolchain: String) throws(Failure) -> Built? {
        var key = ""
        for byte in toolchain.utf8 { key.append(Character(UnicodeScalar((0x30...0x7A).contains(byte) && byte != 0x5C ? byte : 0x5F))) }
        let folder =
            folders.bases + "/" + commit.prefix(16) + "-" + String(key.suffix(40)).filter { $0.isLetter || $0.isNumber || $0 == "." }
        let tree = folder + "/tree"
        try Workspace.makeFolder(folder)
        let claim = try FolderClaim(scratch: folder)
        defer { claim.release() }
        tool.progress.phase("building the base \(commit.prefix(7))")
        if access(tree + "/.git", F_OK) != 0 {
            if access(tree, F_OK) == 0 { try Workspace.removeFolder(tree) }
            // What was removed by hand is forgotten first, or git would refuse.
            _ = try tool.run(["git", "worktree", "prune"], in: folders.package, limit: SwiftTool.questionLimit)
            let added = try tool.run(
                ["git", "worktree", "add", "--detach", "--force", tree, commit], in: folders.package, limit: SwiftTool.questionLimit)
            guard added.code == 0 else { throw Failure(.cannotEvaluate, "no work tree of \(commit.prefix(7)): \(added.errors)") }
        }
        // A package may lie below the repository's root.
        let prefix = try tool.run(["git", "rev-parse", "--show-prefix"], in: folders.package, limit: SwiftTool.questionLimit)
        let below = String(decoding: prefix.output, as: UTF8.self).split(separator: "\n").first.map { "/" + $0 } ?? ""
        let package = tree + below
        guard access(package + "/Package.swift", F_OK) == 0 else { return nil }
        // The same dependencies for both, where they can be: a difference in them is no difference of this package.
        let resolved = folders.package + "/Package.resolved"
        if access(package + "/Package.resolved", F_OK) != 0, let bytes = try? DocumentFile.read(resolved, maximumBytes: 16 << 20) {
            try Failure.replacing(package + "/Package.resolved", with: bytes)
        }
        utimensat(AT_FDCWD, folder, nil, 0)
        do {
            let built = try build(product, package: package, scratch: folder + "/build", name: String(commit.prefix(7)), commit: commit)
            try forgetOld(but: folder)
            return built
        } catch {
            if error.message.contains("no product named") { return nil }
            throw Failure(.cannotEvaluate, "the base \(commit.prefix(7)) does not build: \(error.message)", hint: error.hint)
        }
    }

    private func build(_ product: String, package: String, scratch: String, name: String, commit: String?) throws(Failure) -> Built {
        try Workspace.makeFolder(scratch)
        let claim = try FolderClaim(scratch: scratch)
        defer { claim.release() }
        let options = ["-c", "release", "--scratch-path", scratch] + MatchedLayouts.buildFlags
        let answer = try tool.run(["swift", "build", "--product", product] + options, in: package, limit: SwiftTool.buildLimit)
        guard answer.code == 0 else {
            throw Failure(
                .usage, "\(product) does not build: \(answer.errors)",
                hint: answer.errors.contains("no product named") ? "--suite names an executable target of this package" : nil)
        }
        let shown = try tool.run(["swift", "build", "--show-bin-path"] + options, in: package, limit: SwiftTool.questionLimit)
        let folder = shown.lastLine ?? ""
        guard shown.code == 0, folder.hasPrefix("/") else { throw Failure(.usage, "the build folder is not known: \(shown.errors)") }
        return Built(executable: folder + "/" + product, scratch: scratch, product: product, name: name, commit: commit)
    }

    /// Removes the bases that were used longest ago.
    private func forgetOld(but current: String) throws(Failure) {
        var found: [(path: String, used: Int64)] = []
        for name in Workspace.names(in: folders.bases) {
            let path = folders.bases + "/" + name
            var status = stat()
            guard path != current, lstat(path, &status) == 0 else { continue }
            found.append((path, Int64(status.st_mtim.tv_sec)))
        }
        found.sort { ($0.used, $0.path) > ($1.used, $1.path) }
        for old in found.dropFirst(BenchFolders.keptBases - 1) {
            _ = try tool.run(
                ["git", "worktree", "remove", "--force", old.path + "/tree"], in: folders.package, limit: SwiftTool.questionLimit)
            try Workspace.removeFolder(old.path)
        }
    }
}
