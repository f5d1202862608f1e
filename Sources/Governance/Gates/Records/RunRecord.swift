import Determinism
import StrictDocuments

/// What was judged and where: the payload of a leaf of type "run".
public struct RunRecord: Hashable, Sendable {
    /// A digest of everything the verdict depends on; the same inputs give the same id.
    public var runID: String
    public var project: String
    public var profile: String
    /// "run" or "check".
    public var command: String
    public var commit: String?
    public var tree: String?
    public var branch: String?
    /// Whether the work tree differs from the commit; nil outside a repository.
    public var dirty: Bool?
    /// The commit that changes are counted from.
    public var base: String?
    /// SHA-256 of gates.json.
    public var configurationDigest: String
    /// SHA-256 of what else the verdict depends on (changes, baseline), under which the ledger keeps it.
    public var inputsDigest: String
    public var startedAt: Instant
    public var endedAt: Instant
    public var toolchain: String?
    /// "x86_64-linux-2" : architecture, system, cores.
    public var machineClass: String?
    public var toolVersion: String
    public var exitCode: ExitCode

    public init(
        runID: String, project: String, profile: String, command: String, commit: String?, tree: String?, branch: String?, dirty: Bool?,
        base: String?, configurationDigest: String, inputsDigest: String, startedAt: Instant, endedAt: Instant, toolchain: String?,
        machineClass: String?,
        toolVersion: String, exitCode: ExitCode
    ) {
        self.runID = runID
        self.project = project
        self.profile = profile
        self.command = command
        self.commit = commit
        self.tree = tree
        self.branch = branch
        self.dirty = dirty
        self.base = base
        self.configurationDigest = configurationDigest
        self.inputsDigest = inputsDigest
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.toolchain = toolchain
        self.machineClass = machineClass
        self.toolVersion = toolVersion
        self.exitCode = exitCode
    }

    public var json: JSONValue {
        [
            "run_id": .string(runID), "project": .string(project), "profile": .string(profile), "command": .string(command),
            "commit": .optional(commit), "tree": .optional(tree), "branch": .optional(branch), "dirty": dirty.map { .bool($0) } ?? .null,
            "base": .optional(base), "config_digest": .string(configurationDigest),
            "inputs": .string(inputsDigest), "started_at": .string(startedAt.rfc3339),
            "ended_at": .string(endedAt.rfc3339), "toolchain": .optional(toolchain), "machine_class": .optional(machineClass),
            "tool_version": .string(toolVersion), "outcome": .string(exitCode.word), "exit_code": .int(Int64(exitCode.rawValue)),
        ]
    }

    /// nil when the payload is not one that this version writes.
    public init?(json: JSONValue) {
        guard let runID = json["run_id"]?.stringValue, let project = json["project"]?.stringValue,
            let profile = json["profile"]?.stringValue,
            let command = json["command"]?.stringValue, let digest = json["config_digest"]?.stringValue,
            let inputs = json["inputs"]?.stringValue, let started = json["started_at"]?.instant, let ended = json["ended_at"]?.instant,
            let code = json["exit_code"]?.intValue.flatMap({ Int32(exactly: $0) }).flatMap(ExitCode.init(rawValue:)),
            let toolVersion = json["tool_version"]?.stringValue
        else { return nil }
        self.init(
            runID: runID, project: project, profile: profile, command: command, commit: json["commit"]?.stringValue,
            tree: json["tree"]?.stringValue, branch: json["branch"]?.stringValue, dirty: json["dirty"]?.boolValue,
            base: json["base"]?.stringValue, configurationDigest: digest, inputsDigest: inputs, startedAt: started, endedAt: ended,
            toolchain: json["toolchain"]?.stringValue, machineClass: json["machine_class"]?.stringValue, toolVersion: toolVersion,
            exitCode: code)
    }
}

extension [JSONValue] {
    /// All of them or nil: a record is never read in part.
    func decoded<Record>(_ decode: (JSONValue) -> Record?) -> [Record]? {
        var result: [Record] = []
        for value in self {
            guard let element = decode(value) else { return nil }
            result.append(element)
        }
        return result
    }
}

extension JSONValue {
    static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    static func optional(_ number: Int64?) -> JSONValue { number.map { .int($0) } ?? .null }
    var instant: Instant? { stringValue.flatMap { try? Instant(rfc3339: $0) } }
}
