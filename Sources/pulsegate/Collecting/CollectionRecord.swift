import ChildProcesses
import ContentDigest
import Determinism
import Gates
import Glibc
import StrictDocuments

/// What a collector did: the document `collector.json` beside the raw evidence, from which `check` judges again.
///
/// Schema: `docs/schemas/collector.schema.json`.
struct CollectionRecord: Hashable, Sendable {
    static let format = "pulsegate-collector"
    static let currentVersion: Int64 = 1
    static let fileName = "collector.json"
    static let maximumBytes = 4 << 20

    /// One command that was run.
    struct Step: Hashable, Sendable {
        var name: String
        var arguments: [String]
        var environment: [String]
        var exitStatus: Int?
        var signal: Int?
        var timedOut: Bool
        var interrupted: Bool
        var durationNanoseconds: Int64
        var strays: Int
        /// Why it could not be run at all.
        var failure: String?

        var succeeded: Bool { failure == nil && exitStatus == 0 && !timedOut && !interrupted }
    }

    /// A report that the collector found, and the name it is kept under.
    struct StoredReport: Hashable, Sendable {
        var path: String
        var format: String
        var stripPrefix: String?
        /// Relative to the collector's folder; nil where the report was stale and not kept.
        var stored: String?
        var problem: String?
    }

    var collector: String
    var kind: Collector.Kind
    var commit: String?
    var startedAt: Instant
    /// Absolute folders that paths in the evidence are made relative to.
    var roots: [String]
    var steps: [Step]
    var reports: [StoredReport]
    /// What is wrong with the evidence beside its steps, one sentence each.
    var problems: [String]
    /// SHA-256 of every file in the collector's folder but this record, by path relative to it: what is cut short, changed,
    /// added or lost afterwards is no evidence.
    var files: [String: String] = [:]

    func step(_ name: String) -> Step? { steps.first { $0.name == name } }
    /// The command that most of the evidence comes from: the last one that was run.
    var mainStep: Step? { step("test") ?? step("run") ?? steps.last }
}

extension CollectionRecord {
    var json: JSONValue {
        [
            "format": .string(Self.format), "version": .int(Self.currentVersion), "collector": .string(collector),
            "kind": .string(kind.rawValue), "commit": commit.map { .string($0) } ?? .null, "started_at": .string(startedAt.rfc3339),
            "roots": .array(roots.map { .string($0) }), "steps": .array(steps.map(\.json)), "reports": .array(reports.map(\.json)),
            "problems": .array(problems.map { .string($0) }), "files": .object(files.mapValues { .string($0) }), "complete": true,
        ]
    }

    /// Reads a record; strict in what matters: a record that is cut short, of another collector or of a newer version is refused.
    init(json bytes: [UInt8], file: String) throws(DocumentError) {
        let node = try JSONDocument.parse(bytes, file: file)
        let value = try JSONValue(node, file: file)
        func broken(_ what: String) -> DocumentError {
            DocumentError(
                .badValue, file: file, at: node.position, "\(what); it is not a collector's record of this version",
                hint: "run `pulsegate run` again")
        }
        guard value["format"]?.stringValue == Self.format else { throw broken("'format' is not \"\(Self.format)\"") }
        guard value["version"]?.intValue == Self.currentVersion else { throw broken("'version' is not \(Self.currentVersion)") }
        guard value["complete"]?.boolValue == true else { throw broken("'complete' is not true") }
        guard let collector = value["collector"]?.stringValue,
            let kind = value["kind"]?.stringValue.flatMap(Collector.Kind.init(rawValue:)),
            let startedText = value["started_at"]?.stringValue, let startedAt = try? Instant(rfc3339: startedText),
            let roots = value["roots"]?.arrayValue, let steps = value["steps"]?.arrayValue, let reports = value["reports"]?.arrayValue,
            let problems = value["problems"]?.arrayValue, let files = value["files"]?.objectValue
        else { throw broken("a key is missing") }
        self.collector = collector
        self.kind = kind
        self.startedAt = startedAt
        commit = value["commit"]?.stringValue
        self.roots = roots.compactMap(\.stringValue)
        self.steps = []
        for step in steps {
            guard let parsed = Step(json: step) else { throw broken("a step is malformed") }
            self.steps.append(parsed)
        }
        self.reports = []
        for report in reports {
            guard let parsed = StoredReport(json: report) else { throw broken("a report is malformed") }
            self.reports.append(parsed)
        }
        self.problems = problems.compactMap(\.stringValue)
        self.files = files.compactMapValues(\.stringValue)
        guard self.files.count == files.count else { throw broken("'files' holds something else than digests") }
    }
}

// MARK: Seal

extension CollectionRecord {
    /// Largest file of evidence.
    static let maximumFileBytes = 1 << 30

    /// In the place of a digest: a file that could not be read when the run ended.
    static let unreadable = "unreadable"

    /// Notes the digests of all files in the folder and writes the record beside them: the last act of a collector.
    mutating func seal(_ folder: String) throws(Failure) {
        files = [:]
        for entry in Self.entries(in: folder) where entry.path != Self.fileName && entry.oddity == nil {
            let bytes = try? DocumentFile.read(folder + "/" + entry.path, maximumBytes: Self.maximumFileBytes)
            files[entry.path] = bytes.map { SHA256Digest.hex($0) } ?? Self.unreadable
        }
        try Failure.replacing(folder + "/" + Self.fileName, with: json.prettyBytes())
    }

    /// What differs from the seal, or nil.
    func broken(_ folder: String) -> String? {
        let present = Self.entries(in: folder).filter { $0.path != Self.fileName }
        if let odd = present.first(where: { $0.oddity != nil }), let oddity = odd.oddity { return "\(odd.path) \(oddity)" }
        let paths = Set(present.map(\.path))
        if let lost = files.keys.sorted().first(where: { !paths.contains($0) }) { return "\(lost) is missing" }
        for path in present.map(\.path) {
            guard let digest = files[path] else { return "\(path) was added after the run" }
            if digest == Self.unreadable { return "\(path) could not be read when the run ended" }
            guard let bytes = try? DocumentFile.read(folder + "/" + path, maximumBytes: Self.maximumFileBytes) else {
                return "\(path) cannot be read"
            }
            if SHA256Digest.hex(bytes) != digest { return "\(path) is not what the run left (\(bytes.count) bytes, another digest)" }
        }
        return nil
    }

    /// Something in a collector's folder, by its path relative to it.
    private struct Entry {
        var path: String
        /// Why it is no evidence: only regular files are, a link might lead anywhere and a pipe never ends.
        var oddity: String?
    }

    /// Folders below a collector's folder that are entered.
    private static let maximumDepth = 40

    private static func entries(in folder: String, below prefix: String = "", depth: Int = 0) -> [Entry] {
        Workspace.names(in: folder).flatMap { name -> [Entry] in
            let path = folder + "/" + name
            switch Workspace.kind(path) {
            case S_IFREG: return [Entry(path: prefix + name)]
            case S_IFDIR:
                guard depth < maximumDepth else { return [Entry(path: prefix + name, oddity: "lies deeper than \(maximumDepth) folders")] }
                guard access(path, R_OK | X_OK) == 0 else { return [Entry(path: prefix + name, oddity: "is a folder that cannot be read")] }
                return entries(in: path, below: prefix + name + "/", depth: depth + 1)
            case S_IFLNK: return [Entry(path: prefix + name, oddity: "is a symbolic link; evidence consists of regular files")]
            case nil: return [Entry(path: prefix + name, oddity: "has a name that is not UTF-8")]
            default: return [Entry(path: prefix + name, oddity: "is a pipe, socket or device; evidence consists of regular files")]
            }
        }
    }
}

extension CollectionRecord.Step {
    init(name: String, command: Command, _ result: Result<Outcome, SpawnError>, durationNanoseconds: Int64) {
        self.name = name
        arguments = command.arguments
        environment = command.environment.keys.sorted()
        exitStatus = nil
        signal = nil
        timedOut = false
        interrupted = false
        strays = 0
        failure = nil
        self.durationNanoseconds = durationNanoseconds
        switch result {
        case .failure(let error): failure = error.description
        case .success(let outcome):
            switch outcome.termination {
            case .exited(let code): exitStatus = Int(code)
            case .signalled(let number): signal = Int(number)
            }
            timedOut = outcome.timedOut
            interrupted = outcome.interrupted
            strays = outcome.strays
        }
    }

    var json: JSONValue {
        [
            "name": .string(name), "argv": .array(arguments.map { .string($0) }), "env": .array(environment.map { .string($0) }),
            "exit_status": exitStatus.map { .int(Int64($0)) } ?? .null, "signal": signal.map { .int(Int64($0)) } ?? .null,
            "timed_out": .bool(timedOut), "interrupted": .bool(interrupted), "duration_ns": .int(durationNanoseconds),
            "strays": .int(Int64(strays)), "failure": failure.map { .string($0) } ?? .null,
        ]
    }

    init?(json: JSONValue) {
        guard let name = json["name"]?.stringValue, let arguments = json["argv"]?.arrayValue, let environment = json["env"]?.arrayValue,
            let timedOut = json["timed_out"]?.boolValue, let interrupted = json["interrupted"]?.boolValue,
            let duration = json["duration_ns"]?.intValue, let strays = json["strays"]?.intValue
        else { return nil }
        self.name = name
        self.arguments = arguments.compactMap(\.stringValue)
        self.environment = environment.compactMap(\.stringValue)
        exitStatus = json["exit_status"]?.intValue.map { Int(clamping: $0) }
        signal = json["signal"]?.intValue.map { Int(clamping: $0) }
        self.timedOut = timedOut
        self.interrupted = interrupted
        durationNanoseconds = duration
        self.strays = Int(clamping: strays)
        failure = json["failure"]?.stringValue
    }

    /// "exited with 1", "was killed by signal 9", …: for messages.
    var ending: String {
        if let failure { return "could not be run: \(failure)" }
        if interrupted { return "was interrupted" }
        if timedOut { return "exceeded its time limit" }
        if let signal { return "died of signal \(signal)" }
        return "exited with \(exitStatus ?? -1)"
    }
}

extension CollectionRecord.StoredReport {
    var json: JSONValue {
        [
            "path": .string(path), "format": .string(format), "strip_prefix": stripPrefix.map { .string($0) } ?? .null,
            "stored": stored.map { .string($0) } ?? .null, "problem": problem.map { .string($0) } ?? .null,
        ]
    }

    init?(json: JSONValue) {
        guard let path = json["path"]?.stringValue, let format = json["format"]?.stringValue else { return nil }
        self.path = path
        self.format = format
        stripPrefix = json["strip_prefix"]?.stringValue
        stored = json["stored"]?.stringValue
        problem = json["problem"]?.stringValue
    }
}
