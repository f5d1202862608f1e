import ChildProcesses
import Evidence
import Gates
import Glibc
import StrictDocuments

/// Builds a package's tests, runs them, and measures coverage: kind `swift-test`.
///
/// The truth about Swift Testing comes from its event stream through a named pipe, so that a test that hangs or crashes is known by
/// name; that about XCTest from its console lines; that about coverage from the raw profiles, which are there even when
/// a test failed. Everything raw stays in the collector's folder, and ``read(_:_:_:)`` judges from that alone.
enum SwiftTestCollector {
    static let packageName = "package.json"
    static let describeLogName = "describe.log"
    static let buildLogName = "build.log"
    static let eventsName = "events.jsonl"
    static let consoleName = "console.log"
    static let coverageName = "coverage.json"
    static let unlinkedName = "unlinked.json"
    static let eventStreamVersion = "6.3"
    /// Ten minutes: describing a package may fetch its dependencies.
    static let describeTimeoutNanoseconds: Int64 = 600_000_000_000
    static let maximumLogBytes = 64 << 20

    static func execute(_ collector: Collector, _ context: CollectionContext) throws(Failure) {
        var run = SwiftTestRun(collector: collector, context: context)
        try Workspace.removeFolder(run.folder)
        try Workspace.makeFolder(run.folder + "/" + CommandCollector.documentsFolder)
        if run.record.problems.isEmpty {
            // Its profiles are removed before the tests and merged after them: another run's must not come between.
            let claim = try FolderClaim(scratch: run.scratchFolder)
            defer { claim.release() }
            try run.perform()
        }
        try run.record.seal(run.folder)
    }

    // MARK: Reading

    /// Reads the evidence that a run left. Pure but for the files it reads.
    static func read(_ collector: Collector, _ record: CollectionRecord, _ context: CollectionContext) -> Collection {
        var collection = Collection(collector, .collected)
        let folder = context.folder(of: collector)
        func bytes(_ name: String, maximumBytes: Int) -> [UInt8]? {
            try? DocumentFile.read(folder + "/" + name, maximumBytes: maximumBytes)
        }
        guard let build = record.step("build") else {
            if let describe = record.step("describe"), describe.exitStatus ?? 0 != 0, !describe.timedOut, !describe.interrupted {
                // A manifest that does not compile is a build that failed.
                let said = CompilerDiagnostics(log: bytes(describeLogName, maximumBytes: maximumLogBytes) ?? [], roots: record.roots)
                if said.errors.contains(where: { !$0.hasPrefix("error: ") }) {
                    var facts = Facts()
                    facts.measures = said.measures(buildFailed: true)
                    collection.evidence.facts = facts.normalised()
                    return collection
                }
            }
            let failed = record.steps.last.map { "`\($0.arguments.joined(separator: " "))` \($0.ending)" } ?? "nothing was run"
            collection.degrade(to: .crashed, record.problems.first ?? failed)
            return collection
        }
        let diagnostics = CompilerDiagnostics(log: bytes(buildLogName, maximumBytes: maximumLogBytes) ?? [], roots: record.roots)
        var facts = Facts()
        facts.measures = diagnostics.measures(buildFailed: !build.succeeded)
        if !build.succeeded {
            collection.evidence.facts = facts.normalised()
            if build.timedOut {
                collection.degrade(to: .timedOut, "building the tests exceeded the time limit")
            } else if build.failure != nil || build.signal != nil || build.interrupted {
                collection.degrade(to: .crashed, "building the tests \(build.ending)")
            }
            return collection
        }
        guard let test = record.step("test") else {
            collection.evidence.facts = facts.normalised()
            // A package without tests has nothing to run; gates on tests and coverage then find no facts and say so.
            if record.problems.isEmpty, let package = bytes(packageName, maximumBytes: PackageModel.maximumBytes),
                let model = try? PackageModel(json: package, file: packageName), !model.hasTests
            {
                return collection
            }
            collection.degrade(to: .crashed, record.problems.first ?? "the tests were built and not run")
            return collection
        }
        facts = facts.merging(readTests(record, test, bytes, &collection))
        if collector.coverage { facts = facts.merging(readCoverage(record, context, bytes, &collection)) }
        collection.evidence.facts = facts
        CommandCollector.readDocuments(folder + "/" + CommandCollector.documentsFolder, record, &collection)
        judgeEnding(test, &collection)
        if let problem = record.problems.first { collection.degrade(to: .invalid, problem) }
        return collection
    }

    private static func readTests(
        _ record: CollectionRecord, _ test: CollectionRecord.Step, _ bytes: (String, Int) -> [UInt8]?, _ collection: inout Collection
    ) -> Facts {
        var facts = Facts()
        let events = bytes(eventsName, SwiftTestRun.maximumEventBytes) ?? []
        if !events.isEmpty {
            collection.keep(
                events, path: eventsName, format: SwiftTestingEventStream.format, parserVersion: SwiftTestingEventStream.parserVersion)
            var state = EventStreamState(context: ReadingContext(file: eventsName, roots: record.roots))
            do {
                try state.feed(events)
                facts = facts.merging(CrashReport.attribute(state.finish(), console: bytes(consoleName, maximumLogBytes) ?? []))
            } catch {
                collection.degrade(to: .invalid, error.description)
            }
        }
        let console = bytes(consoleName, maximumLogBytes) ?? []
        collection.keep(console, path: consoleName, format: "xctest-console", parserVersion: 1)
        var state = XCTestConsoleState(context: ReadingContext(file: consoleName, roots: record.roots))
        state.feed(console)
        do {
            facts = facts.merging(try state.finish())
        } catch {
            // A run that was cut short has no totals to agree with; what is unfinished is known all the same.
            if test.succeeded { collection.degrade(to: .invalid, error.description) }
        }
        return facts
    }

    /// Adds what the way the run ended says beyond the tests.
    private static func judgeEnding(_ test: CollectionRecord.Step, _ collection: inout Collection) {
        let facts = collection.evidence.facts
        let bad = facts.tests.filter { [.failed, .errored, .unfinished].contains($0.outcome) }
        if test.timedOut {
            let running = facts.tests.filter { $0.outcome == .unfinished }.map(\.id)
            let named = running.isEmpty ? "no test was running" : "still running: \(running.prefix(5).joined(separator: ", "))"
            collection.degrade(to: .timedOut, "the tests exceeded their time limit and were killed; \(named)")
        } else if test.failure != nil || test.interrupted {
            collection.degrade(to: .crashed, "`swift test` \(test.ending)")
        } else if !test.succeeded, bad.isEmpty {
            // Something failed that no report names; a pass would be a guess.
            collection.degrade(to: .invalid, "`swift test` \(test.ending), and no test says why; see its console.log")
        }
    }

    private static func readCoverage(
        _ record: CollectionRecord, _ context: CollectionContext, _ bytes: (String, Int) -> [UInt8]?, _ collection: inout Collection
    ) -> Facts {
        var facts = Facts()
        let model: PackageModel
        do {
            model = try PackageModel(json: bytes(packageName, PackageModel.maximumBytes) ?? [], file: packageName)
        } catch {
            collection.degrade(to: .invalid, error.description)
            return facts
        }
        let packageRoot = record.roots.first ?? context.workspace.root
        let prefix = packageRoot == context.workspace.root ? "" : String(packageRoot.dropFirst(context.workspace.root.count + 1)) + "/"
        var measured: [String: FileCoverage] = [:]
        var unlinked: [String: FileCoverage] = [:]
        for (name, isLinked) in [(coverageName, true), (unlinkedName, false)] {
            guard let report = bytes(name, CollectionContext.maximumReportBytes) else {
                if isLinked {
                    collection.degrade(to: .invalid, record.problems.first ?? "the coverage report is missing")
                }
                continue
            }
            collection.keep(report, path: name, format: LLVMCovJSON.format, parserVersion: LLVMCovJSON.parserVersion)
            do {
                let read = try LLVMCovJSON.read(report, ReadingContext(file: name, roots: record.roots))
                for file in read.coverage { if isLinked { measured[file.path] = file } else { unlinked[file.path] = file } }
            } catch {
                // A package whose unlinked files hold no code has an empty second report.
                if isLinked || error.kind != .empty { collection.degrade(to: .invalid, error.description) }
            }
        }
        for target in model.productTargets {
            for path in target.files where context.project.isProduct(prefix + path) {
                var file: FileCoverage
                if let known = measured[path] {
                    file = known
                } else if let known = unlinked[path] {
                    file = known
                    file.state = .unmeasured
                    for index in file.lines.indices { file.lines[index].count = 0 }
                } else if path.hasSuffix(".swift") {
                    file = FileCoverage(path: path, state: .noCode, lines: [])
                } else {
                    // SwiftPM does not instrument C; nothing can be said of the file, so nothing is.
                    continue
                }
                file.path = prefix + path
                file.package = prefix + target.path
                facts.coverage.append(file)
            }
        }
        return facts
    }
}
