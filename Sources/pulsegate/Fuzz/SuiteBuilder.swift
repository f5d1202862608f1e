import ChildProcesses
import ContentDigest
import Determinism
import Gates
import Glibc
import StrictDocuments

/// Finds a package's suite and builds it for fuzzing, in a folder of its own, with objects that fit its flags.
struct SuiteBuilder {
    let folders: CampaignFolders
    let environment: [String: String]
    let interruption: Interruption?
    let progress: Progress
    let time: any TimeSource

    struct Built {
        var suite: String
        var executable: String
        var record: BuildRecord
        /// Modules that count edges.
        var instrumented: [String]
    }

    static let maximumPlanBytes = 256 << 20

    // MARK: Finding

    func find(asked: String?) throws(Failure) -> String {
        if let asked { return asked }
        let configured = try configuredSuites()
        if configured.count == 1 { return configured[0] }
        progress.phase("looking for the fuzz suite")
        let answer = try tool.run(["swift", "package", "describe", "--type", "json"], in: folders.package, limit: SwiftTool.questionLimit)
        guard answer.code == 0 else { throw Failure(.usage, "the package cannot be described: \(answer.lastProblem)") }
        let discovery: SuiteDiscovery
        do {
            // Notes of SwiftPM may stand before the document.
            discovery = try SuiteDiscovery(json: Array(answer.output.drop { $0 != UInt8(ascii: "{") }))
        } catch {
            throw Failure(.usage, error.description)
        }
        return try discovery.choose(asked: nil, configured: configured) { candidate in
            candidate.sources.contains { source in
                guard let bytes = try? DocumentFile.read(folders.package + "/" + source, maximumBytes: 4 << 20) else { return false }
                return String(decoding: bytes, as: UTF8.self).contains(": FuzzSuite")
            }
        }
    }

    /// The suites that collectors of kind `fuzz` in the package's gates.json name.
    private func configuredSuites() throws(Failure) -> [String] {
        let path = folders.package + "/" + Workspace.configurationName
        guard access(path, F_OK) == 0 else { return [] }
        let configuration = try Workspace(configuration: path).configuration().configuration
        var names: [String] = []
        for collector in configuration.collectors where collector.kind == .fuzz {
            if let suite = collector.fuzzing?.suite, !names.contains(suite) { names.append(suite) }
        }
        return names
    }

    // MARK: Building

    func build(_ suite: String, rebuild: Bool) throws(Failure) -> Built {
        let scratch = folders.scratch
        try Workspace.makeFolder(scratch)
        let claim = try FolderClaim(scratch: scratch)
        defer { claim.release() }
        if rebuild { try empty(scratch) }
        let recordPath = scratch + "/" + BuildRecord.fileName
        var record = (try? DocumentFile.read(recordPath, maximumBytes: 16 << 20)).flatMap { BuildRecord(json: $0) }
        var hadObjects = !objects(scratch).isEmpty
        var since = time.wallNow.nanosecondsSinceEpoch
        do throws(Failure) {
            try compile(suite, scratch)
        } catch {
            // What was compiled before the error need not be compiled again, as long as it is known how.
            if let flags = try? plan(scratch), BuildFolderVerdict.of(hadObjects: hadObjects, record: record, flags: flags) == .keep {
                let kept = BuildRecord(flags: flags.json, since: hadObjects ? record?.since ?? since : since)
                try? Failure.replacing(recordPath, with: kept.json.prettyBytes())
            }
            throw error
        }
        var flags = try plan(scratch)
        if case .wipe(let reason) = BuildFolderVerdict.of(hadObjects: hadObjects, record: record, flags: flags) {
            progress.note("building anew: \(reason)")
            try empty(scratch)
            (record, hadObjects) = (nil, false)
            since = time.wallNow.nanosecondsSinceEpoch
            try compile(suite, scratch)
            flags = try plan(scratch)
        }
        guard flags.countsEdges else { throw Failure(.cannotEvaluate, Blindness.noCounters(suite: suite).description) }
        let began = hadObjects ? record?.since ?? since : since
        // The disk's clock may be coarser than ours.
        let stale = objects(scratch).filter { $0.modified + 2_000_000_000 < began }.map { folders.shown($0.path) }
        guard stale.isEmpty else {
            throw Failure(.cannotEvaluate, Blindness.staleObjects(stale, scratch: folders.shown(scratch)).description)
        }
        let executable = try binFolder(scratch) + "/" + suite
        let digest = try self.digest(executable)
        let number = record?.executable == digest ? record?.number : nil
        let kept = BuildRecord(flags: flags.json, since: began, executable: digest, number: number)
        try Failure.replacing(recordPath, with: kept.json.prettyBytes())
        return Built(suite: suite, executable: executable, record: kept, instrumented: flags.instrumented)
    }

    /// Remembers the number that the executable gave itself.
    func remember(_ number: String, of built: Built) throws(Failure) {
        guard built.record.number != number else { return }
        var record = built.record
        record.number = number
        try Failure.replacing(folders.scratch + "/" + BuildRecord.fileName, with: record.json.prettyBytes())
    }

    private var arguments: [String] {
        // One -sanitize= only through SwiftPM; the manifest adds it to its own option (PULSEGATE_FUZZ_SANITIZE).
        ["-c", "release", "--scratch-path", folders.scratch] + (folders.sanitizer.map { ["--sanitize", $0] } ?? [])
    }

    private func compile(_ suite: String, _ scratch: String) throws(Failure) {
        progress.phase("building \(suite)")
        let answer = try tool.run(["swift", "build", "--product", suite] + arguments, in: folders.package, limit: SwiftTool.buildLimit)
        guard answer.code == 0 else {
            let words = answer.errors
            throw Failure(
                .usage, "\(suite) does not build: \(words)",
                hint: words.contains("no product named")
                    ? "--suite names an executable target of this package"
                    : "build it by hand: PULSEGATE_FUZZ=$PWD "
                        + (folders.sanitizer.map { "PULSEGATE_FUZZ_SANITIZE=\($0) " } ?? "") + "swift build --product \(suite) "
                        + "-c release --scratch-path \(folders.shown(scratch))" + (folders.sanitizer.map { " --sanitize \($0)" } ?? ""))
        }
    }

    private func binFolder(_ scratch: String) throws(Failure) -> String {
        let answer = try tool.run(["swift", "build", "--show-bin-path"] + arguments, in: folders.package, limit: SwiftTool.questionLimit)
        let path = answer.lastLine ?? ""
        guard answer.code == 0, path.hasPrefix("/") else {
            throw Failure(.usage, "the build folder is not known: \(answer.lastProblem)")
        }
        return path
    }

    private func plan(_ scratch: String) throws(Failure) -> InstrumentationFlags {
        let path = scratch + "/release.yaml"
        do {
            return InstrumentationFlags(
                plan: String(decoding: try DocumentFile.read(path, maximumBytes: Self.maximumPlanBytes), as: UTF8.self))
        } catch {
            throw Failure(.cannotEvaluate, error.description, hint: "without the build's plan nobody knows how its objects were made")
        }
    }

    private func digest(_ executable: String) throws(Failure) -> String {
        do {
            return SHA256Digest.hex(try DocumentFile.read(executable, maximumBytes: 2 << 30))
        } catch {
            throw Failure(.cannotEvaluate, error.description)
        }
    }

    private var tool: SwiftTool {
        // The package and not those it depends on: a manifest may compare it with its own folder.
        var variables = ["PULSEGATE_FUZZ": folders.package]
        if let sanitizer = folders.sanitizer { variables["PULSEGATE_FUZZ_SANITIZE"] = sanitizer }
        return SwiftTool(environment: environment, variables: variables, interruption: interruption, progress: progress)
    }

    // MARK: Objects

    private struct Object {
        var path: String
        var modified: Int64
    }

    /// Removes all but the checkouts, which hold no objects.
    private func empty(_ scratch: String) throws(Failure) {
        let kept = ["checkouts", "repositories", "workspace-state.json", FolderClaim.fileName]
        for name in Workspace.names(in: scratch) where !kept.contains(name) { try Workspace.removeFolder(scratch + "/" + name) }
    }

    /// Object files of instrumented and other modules below `<scratch>/<triple>/release`.
    private func objects(_ scratch: String) -> [Object] {
        var found: [Object] = []
        func walk(_ folder: String, _ depth: Int) {
            guard depth < 8 else { return }
            for name in Workspace.names(in: folder) {
                let path = folder + "/" + name
                var status = stat()
                guard lstat(path, &status) == 0 else { continue }
                if status.st_mode & S_IFMT == S_IFDIR {
                    walk(path, depth + 1)
                } else if name.hasSuffix(".o") {
                    found.append(Object(path: path, modified: Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)))
                }
            }
        }
        for name in Workspace.names(in: scratch) where name.contains("-linux-") || name.contains("-apple-") || name.contains("-unknown-") {
            walk(scratch + "/" + name + "/release", 0)
        }
        return found
    }
}
