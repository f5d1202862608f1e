import ChildProcesses
import Evidence
import Gates
import Glibc
import StrictDocuments

/// Runs a command and reads what it wrote: kinds `command`, `golden`, `fuzz` and `bench`.
///
/// The command finds the folder for its evidence documents in `PULSEGATE_EVIDENCE_DIR`. A report that it did not touch is
/// stale and refused: it says something about an earlier state.
enum CommandCollector {
    static let documentsFolder = "documents"
    static let reportsFolder = "reports"
    static let logName = "output.log"
    /// Characters of a command that are shown while it runs.
    static let maximumPhaseLength = 40
    static let evidenceVariable = "PULSEGATE_EVIDENCE_DIR"

    /// Runs the command and leaves its evidence in the collector's folder.
    static func execute(_ collector: Collector, _ context: CollectionContext) throws(Failure) {
        let folder = context.folder(of: collector)
        try Workspace.removeFolder(folder)
        try Workspace.makeFolder(folder + "/" + documentsFolder)
        try Workspace.makeFolder(folder + "/" + reportsFolder)
        let before = stamps(collector, context)
        var record = CollectionRecord(
            collector: collector.id, kind: collector.kind, commit: context.commit, startedAt: context.time.wallNow,
            roots: [context.workspace.root], steps: [], reports: [], problems: [])
        // A long command must leave room for its own newest word.
        let words = collector.run.joined(separator: " ")
        context.progress.phase(
            "\(collector.id): " + (words.count > maximumPhaseLength ? words.prefix(maximumPhaseLength) + " …" : words))
        var lines = LineAssembler()
        let (step, outcome) = context.run(
            "run", collector.run, collector: collector,
            variables: [evidenceVariable: folder + "/" + documentsFolder]
        ) { event in
            switch event {
            case .standardOutput(let bytes), .standardError(let bytes):
                if let last = lines.append(bytes).last { context.progress.detail(last) }
            case .tick: context.progress.tick()
            default: break
            }
        }
        record.steps.append(step)
        let log = (outcome?.standardOutput.text ?? "") + (outcome?.standardError.text ?? "")
        try Failure.replacing(folder + "/" + logName, with: Array(log.utf8))
        try store(collector, context, before: before, into: &record)
        try record.seal(folder)
    }

    /// What a file looked like: enough to tell that it was written again.
    private struct Stamp: Hashable {
        var inode: UInt64
        var size: Int64
        var modifiedSeconds: Int
        var modifiedNanoseconds: Int
    }

    private static func stamp(_ path: String) -> Stamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Stamp(
            inode: UInt64(status.st_ino), size: Int64(status.st_size), modifiedSeconds: status.st_mtim.tv_sec,
            modifiedNanoseconds: status.st_mtim.tv_nsec)
    }

    private static func stamps(_ collector: Collector, _ context: CollectionContext) -> [String: Stamp] {
        var stamps: [String: Stamp] = [:]
        for report in collector.reports {
            for path in FileCollector.matches(report.path, below: context.workspace.root) {
                stamps[path] = stamp(context.workspace.path(path))
            }
        }
        return stamps
    }

    /// Copies the reports that the command wrote into the collector's folder.
    private static func store(
        _ collector: Collector, _ context: CollectionContext, before: [String: Stamp], into record: inout CollectionRecord
    ) throws(Failure) {
        for report in collector.reports {
            let paths = FileCollector.matches(report.path, below: context.workspace.root)
            if paths.isEmpty { record.problems.append("the command wrote no file that matches '\(report.path)'") }
            if paths.count > FileCollector.maximumMatches {
                let problem = "'\(report.path)' matches more than maximumMatches of \(FileCollector.maximumMatches) files"
                record.reports.append(.init(path: report.path.pattern, format: report.format, problem: problem))
            }
            for path in paths.prefix(FileCollector.maximumMatches) {
                var stored = CollectionRecord.StoredReport(path: path, format: report.format, stripPrefix: report.stripPrefix)
                if let old = before[path], old == stamp(context.workspace.path(path)) {
                    stored.problem = "\(path): stale, the command did not write it"
                } else {
                    do {
                        let bytes = try DocumentFile.read(context.workspace.path(path), maximumBytes: CollectionContext.maximumReportBytes)
                        // The end of a long name is enough: with the number before it, it must stay a name.
                        let tail = String(decoding: Workspace.fileName(of: path).utf8.suffix(100), as: UTF8.self)
                        let name = "\(reportsFolder)/\(record.reports.count)-\(tail)"
                        try Failure.replacing(context.folder(of: collector) + "/" + name, with: bytes)
                        stored.stored = name
                    } catch let error as DocumentFileError {
                        stored.problem = error.description
                    } catch let error as Failure {
                        throw error
                    } catch {
                        stored.problem = "\(error)"
                    }
                }
                record.reports.append(stored)
            }
        }
    }

    // MARK: Reading

    /// Reads the evidence that a run left. Pure but for the files it reads.
    static func read(_ collector: Collector, _ record: CollectionRecord, _ context: CollectionContext) -> Collection {
        var collection = Collection(collector, .collected)
        let folder = context.folder(of: collector)
        guard let step = record.step("run") else {
            collection.degrade(to: .invalid, "the record has no step 'run'")
            return collection
        }
        collection.evidence.facts.measures = measures(
            step, log: (try? DocumentFile.read(folder + "/" + logName, maximumBytes: 16 << 20)) ?? [])
        for report in record.reports {
            guard let stored = report.stored else {
                collection.degrade(to: .invalid, report.problem ?? "\(report.path): it was not kept")
                continue
            }
            readFile(folder + "/" + stored, path: report.path, format: report.format, stripPrefix: report.stripPrefix, record, &collection)
        }
        for problem in record.problems { collection.degrade(to: .absent, problem) }
        readDocuments(folder + "/" + documentsFolder, record, &collection)
        if step.timedOut {
            collection.degrade(to: .timedOut, "`\(collector.run.joined(separator: " "))` exceeded its time limit and was killed")
        } else if step.failure != nil || step.signal != nil || step.interrupted {
            collection.degrade(to: .crashed, "`\(collector.run.joined(separator: " "))` \(step.ending)")
        }
        return collection
    }

    /// Reads every evidence document in a folder.
    static func readDocuments(_ folder: String, _ record: CollectionRecord, _ collection: inout Collection) {
        let names = Workspace.names(in: folder).filter { $0.hasSuffix(".json") }
        if names.count > FileCollector.maximumMatches {
            collection.degrade(to: .invalid, "more than maximumMatches of \(FileCollector.maximumMatches) evidence documents")
        }
        for name in names.prefix(FileCollector.maximumMatches) {
            let format = name.hasSuffix(FuzzEvidenceReader.fileSuffix) ? FuzzEvidenceReader.format : EvidenceDocumentReader.format
            readFile(folder + "/" + name, path: documentsFolder + "/" + name, format: format, stripPrefix: nil, record, &collection)
        }
    }

    private static func readFile(
        _ file: String, path: String, format: String, stripPrefix: String?, _ record: CollectionRecord, _ collection: inout Collection
    ) {
        do {
            let bytes = try DocumentFile.read(file, maximumBytes: CollectionContext.maximumReportBytes)
            let reading = ReadingContext(file: path, roots: record.roots, stripPrefix: stripPrefix)
            collection.read(bytes, format: format, path: path, context: reading)
        } catch {
            collection.degrade(to: .invalid, error.description)
        }
    }

    /// The figures of the command itself.
    private static func measures(_ step: CollectionRecord.Step, log: [UInt8]) -> [Measure] {
        var failures = Measure("command.failures", .count(step.succeeded ? 0 : 1))
        if !step.succeeded {
            failures.note = "`\(step.arguments.joined(separator: " "))` \(step.ending)" + (lastLine(log).map { ": \($0)" } ?? "")
        }
        var measures = [failures, Measure("command.duration", Quantity(step.durationNanoseconds, unit: .nanoseconds))]
        if let status = step.exitStatus { measures.append(Measure("command.exit_code", .count(status))) }
        return measures
    }

    /// The last line with text in it, cut to a length that fits a table.
    private static func lastLine(_ log: [UInt8]) -> String? {
        let lines = log.split(separator: 0x0A)
        guard let line = lines.last(where: { $0.contains { $0 > 0x20 } }) else { return nil }
        return String(String(decoding: line, as: UTF8.self).prefix(300))
    }
}
