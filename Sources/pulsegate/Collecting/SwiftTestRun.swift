import ChildProcesses
import Evidence
import Gates
import Glibc
import StrictDocuments

/// One run of a `swift-test` collector: describe, build, test, export coverage.
struct SwiftTestRun {
    let collector: Collector
    let context: CollectionContext
    let folder: String
    var record: CollectionRecord

    /// 512 MiB of events: about a million tests.
    static let maximumEventBytes = 512 << 20

    init(collector: Collector, context: CollectionContext) {
        self.collector = collector
        self.context = context
        folder = context.folder(of: collector)
        let package = context.workspace.path(collector.workingDirectory ?? "")
        let real = Workspace.absolute(package)
        let root = real ?? package
        record = CollectionRecord(
            collector: collector.id, kind: .swiftTest, commit: context.commit, startedAt: context.time.wallNow,
            roots: root == context.workspace.root ? [root] : [root, context.workspace.root], steps: [], reports: [], problems: [])
        // The tests of another package would say nothing about this one.
        if let real, real == context.workspace.root || real.hasPrefix(context.workspace.root + "/"), Workspace.isFolder(real) { return }
        record.problems.append("'cwd' is \"\(collector.workingDirectory ?? ".")\", which is no folder of this repository")
    }

    private var packageFolder: String { record.roots[0] }
    var scratchFolder: String {
        let path = collector.scratchPath ?? ".build"
        return path.hasPrefix("/") ? path : packageFolder + "/" + path
    }
    private var scratch: [String] { collector.scratchPath.map { ["--scratch-path", $0] } ?? [] }
    private var coverageFlag: [String] { collector.coverage ? ["--enable-code-coverage"] : [] }

    mutating func perform() throws(Failure) {
        guard let model = try describe(), try build(), model.hasTests else { return }
        let binaries = collector.coverage ? showBinaryFolder() : nil
        if let binaries { removeProfiles(binaries) }
        try test()
        if collector.coverage, let binaries { try exportCoverage(model, binaries) }
    }

    /// Appends a step; whether the run may go on.
    private mutating func append(_ step: CollectionRecord.Step) -> Bool {
        record.steps.append(step)
        return step.succeeded
    }

    // MARK: Package

    private mutating func describe() throws(Failure) -> PackageModel? {
        context.progress.phase("\(collector.id): reading the package's manifest")
        let (step, outcome) = context.run(
            "describe", ["swift", "package"] + scratch + ["describe", "--type", "json"], collector: collector,
            timeoutNanoseconds: SwiftTestCollector.describeTimeoutNanoseconds, folder: packageFolder,
            outputLimitBytes: 2 * PackageModel.maximumBytes
        ) { event in if case .tick = event { context.progress.tick() } }
        guard append(step), let bytes = outcome?.standardOutput.complete else {
            let log = Array((outcome?.standardError.text ?? "").utf8)
            try Failure.replacing(folder + "/" + SwiftTestCollector.describeLogName, with: log)
            let said = CompilerDiagnostics(log: log, roots: record.roots)
            let first = said.errors.first { !$0.hasPrefix("error: ") } ?? said.errors.first
            record.problems.append("`swift package describe` \(step.ending)\(first.map { ": \($0.prefix(500))" } ?? "")")
            return nil
        }
        try Failure.replacing(folder + "/" + SwiftTestCollector.packageName, with: bytes)
        do {
            return try PackageModel(json: bytes, file: SwiftTestCollector.packageName)
        } catch {
            record.problems.append(error.description)
            return nil
        }
    }

    // MARK: Build

    private mutating func build() throws(Failure) -> Bool {
        context.progress.phase("\(collector.id): building the tests (the first time this takes minutes)")
        var log = BoundedOutput(limitBytes: SwiftTestCollector.maximumLogBytes)
        var lines = LineAssembler()
        let (step, _) = context.run(
            "build", ["swift", "build", "--build-tests"] + scratch + coverageFlag, collector: collector, folder: packageFolder
        ) { event in
            switch event {
            case .standardOutput(let bytes), .standardError(let bytes):
                log.append(bytes)
                if let last = lines.append(bytes).last { context.progress.detail(last) }
            case .tick: context.progress.tick()
            default: break
            }
        }
        try Failure.replacing(folder + "/" + SwiftTestCollector.buildLogName, with: Array(log.text.utf8))
        return append(step)
    }

    private mutating func showBinaryFolder() -> String? {
        let (step, outcome) = context.run(
            "locate", ["swift", "build", "--build-tests"] + scratch + coverageFlag + ["--show-bin-path"], collector: collector,
            timeoutNanoseconds: SwiftTestCollector.describeTimeoutNanoseconds, folder: packageFolder)
        guard append(step), let text = outcome?.standardOutput.text else {
            record.problems.append("`swift build --show-bin-path` \(step.ending)")
            return nil
        }
        return text.split(separator: "\n").last.map(String.init)
    }

    // MARK: Test

    private mutating func test() throws(Failure) {
        context.progress.phase("\(collector.id): running the tests")
        let pipe = folder + "/events.pipe"
        var events: [UInt8] = []
        var console = BoundedOutput(limitBytes: SwiftTestCollector.maximumLogBytes)
        var state = EventStreamState(context: ReadingContext(file: SwiftTestCollector.eventsName, roots: record.roots))
        var xctest = XCTestConsoleState(context: ReadingContext(file: SwiftTestCollector.consoleName, roots: record.roots))
        var streamBroken = false
        var lost = false
        var arguments = ["swift", "test", "--skip-build"] + scratch + coverageFlag
        arguments += ["--event-stream-output-path", pipe, "--event-stream-version", SwiftTestCollector.eventStreamVersion]
        if let filter = collector.filter { arguments += ["--filter", filter] }
        let (step, _) = context.run(
            "test", arguments, collector: collector, folder: packageFolder,
            variables: [CommandCollector.evidenceVariable: folder + "/" + CommandCollector.documentsFolder], outputLimitBytes: 0,
            namedPipes: [pipe]
        ) { event in
            switch event {
            case .pipe(_, let bytes):
                // Nothing after the first loss: the rest would stand as if nothing were missing before it.
                if lost || events.count + bytes.count > Self.maximumEventBytes { lost = true } else { events += bytes }
                if !streamBroken { do { try state.feed(bytes) } catch { streamBroken = true } }
                context.progress.detail(Self.summary(state.declaredTests, state.running))
            case .standardOutput(let bytes):
                console.append(bytes)
                xctest.feed(bytes)
                if let running = xctest.running.last { context.progress.detail(running) }
            case .standardError(let bytes): console.append(bytes)
            case .tick: context.progress.tick()
            default: break
            }
        }
        _ = append(step)
        if lost { record.problems.append("the event stream is longer than maximumEventBytes of \(Self.maximumEventBytes)") }
        try Failure.replacing(folder + "/" + SwiftTestCollector.eventsName, with: events)
        try Failure.replacing(folder + "/" + SwiftTestCollector.consoleName, with: Array(console.text.utf8))
    }

    private static func summary(_ declared: Int, _ running: [String]) -> String {
        guard let newest = running.last else { return "\(declared) tests" }
        return "\(declared) tests, \(running.count) running: \(newest)"
    }

    // MARK: Coverage

    /// Where `swift test` lets the tests write their profiles, and where tests may let the package's executables write theirs.
    private static let profileFolders = ["/codecov", "/codecov/executables"]

    private static func profiles(_ binaries: String) -> [String] {
        profileFolders.flatMap { folder in
            Workspace.names(in: binaries + folder).filter { $0.hasSuffix(".profraw") }.map { binaries + folder + "/" + $0 }
        }
    }

    /// Profiles of an earlier run would count for this one.
    private func removeProfiles(_ binaries: String) {
        for path in Self.profiles(binaries) { unlink(path) }
    }

    /// Merges the raw profiles and exports two reports: of the files that are linked into the test bundle or an executable, and of those
    /// that are compiled and linked nowhere.
    private mutating func exportCoverage(_ model: PackageModel, _ binaries: String) throws(Failure) {
        context.progress.phase("\(collector.id): exporting coverage")
        guard let tools = Self.toolFolder(context.environment) else {
            record.problems.append("the toolchain's llvm-cov was not found beside swift")
            return
        }
        let bundle = binaries + "/" + model.name + "PackageTests.xctest"
        let executables = model.executables.map { binaries + "/" + $0 }
            .filter { access($0, X_OK) == 0 }
        guard access(bundle, R_OK) == 0 else {
            record.problems.append("there is no test bundle at \(bundle): the package has no tests")
            return
        }
        let profiles = Self.profiles(binaries)
        var profile = ["--empty-profile"]
        if !profiles.isEmpty {
            let merged = folder + "/tests.profdata"
            // Profiles of processes that were killed may be torn; the others still count.
            let (step, outcome) = context.run(
                "merge", [tools + "/llvm-profdata", "merge", "--sparse", "--failure-mode=all", "-o", merged] + profiles,
                collector: collector, folder: packageFolder)
            if append(step) {
                profile = ["--instr-profile", merged]
            } else {
                record.problems.append("llvm-profdata \(step.ending): \(outcome?.standardError.text.prefix(300) ?? "")")
            }
        }
        let sources = model.productTargets.flatMap(\.files).map { packageFolder + "/" + $0 }
        guard !sources.isEmpty else { return }
        let objects = executables.flatMap { ["--object", $0] }
        let linked = try export(
            "coverage", tools, profile, [bundle] + objects, sources: sources, into: SwiftTestCollector.coverageName)
        guard let linked else { return }
        let known = Self.fileNames(linked)
        let missing = model.productTargets.flatMap { target in target.files.map { (target, $0) } }
            .filter { !known.contains(packageFolder + "/" + $0.1) }
        let compiled = missing.compactMap { target, path -> String? in
            let inner = String(path.dropFirst(target.path.isEmpty ? 0 : target.path.count + 1))
            let object = binaries + "/" + target.name + ".build/" + inner + ".o"
            return access(object, R_OK) == 0 ? object : nil
        }
        guard !compiled.isEmpty else { return }
        _ = try export(
            "unlinked", tools, ["--empty-profile"], [bundle] + compiled.flatMap { ["--object", $0] },
            sources: missing.map { packageFolder + "/" + $0.1 }, into: SwiftTestCollector.unlinkedName)
    }

    private mutating func export(
        _ name: String, _ tools: String, _ profile: [String], _ binaries: [String], sources: [String], into file: String
    ) throws(Failure) -> [UInt8]? {
        let (step, outcome) = context.run(
            name, [tools + "/llvm-cov", "export", "--skip-functions", "--skip-expansions"] + profile + binaries + ["--sources"] + sources,
            collector: collector, folder: packageFolder, outputLimitBytes: 2 * CollectionContext.maximumReportBytes
        ) { event in if case .tick = event { context.progress.tick() } }
        var shown = step
        // The list of sources is the manifest's; it need not be kept a second time.
        if let index = shown.arguments.firstIndex(of: "--sources") { shown.arguments = Array(shown.arguments[...index]) + ["…"] }
        guard append(shown), let bytes = outcome?.standardOutput.complete else {
            record.problems.append("llvm-cov \(step.ending): \(outcome?.standardError.text.prefix(300) ?? "")")
            return nil
        }
        try Failure.replacing(folder + "/" + file, with: bytes)
        return bytes
    }

    /// The names of the files in an export, without reading the rest of it into memory.
    private static func fileNames(_ bytes: [UInt8]) -> Set<String> {
        var names: Set<String> = []
        let facts = try? LLVMCovJSON.read(bytes, ReadingContext(file: SwiftTestCollector.coverageName))
        for file in facts?.coverage ?? [] { names.insert(file.path) }
        return names
    }

    /// The folder of the real `swift`, where the llvm tools of the same version lie; those on PATH may be of another version and refuse.
    private static func toolFolder(_ environment: [String: String]) -> String? {
        guard let swift = ExecutableSearch(path: environment["PATH"]).find("swift"), let real = Workspace.absolute(swift) else {
            return nil
        }
        let folder = Workspace.folder(of: real)
        return access(folder + "/llvm-cov", X_OK) == 0 ? folder : nil
    }
}
