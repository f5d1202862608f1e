import StrictDocuments

/// What a collector did and brought: the payload of a leaf of type "evidence".
public struct CollectorRecord: Hashable, Sendable {
    /// A report that was read, kept by its digest.
    public struct Report: Hashable, Sendable {
        public var path: String
        public var format: String
        public var parserVersion: Int
        /// SHA-256 of its bytes.
        public var sha256: String
        public var sizeBytes: Int

        public init(path: String, format: String, parserVersion: Int, sha256: String, sizeBytes: Int) {
            self.path = path
            self.format = format
            self.parserVersion = parserVersion
            self.sha256 = sha256
            self.sizeBytes = sizeBytes
        }
    }

    public var runID: String
    public var collector: String
    public var kind: String
    public var state: CollectedEvidence.State
    public var detail: String?
    /// The argument list; empty where nothing was run.
    public var arguments: [String]
    /// Names of the environment variables that the command saw; never their values.
    public var environment: [String]
    public var exitStatus: Int?
    public var signal: Int?
    public var timedOut: Bool
    public var durationNanoseconds: Int64?
    /// Processes that were still alive after the command had ended, and were killed.
    public var strays: Int
    public var reports: [Report]
    /// SHA-256 of the canonical JSON of the facts, under which the ledger keeps them.
    public var factsDigest: String

    public init(
        runID: String, collector: String, kind: String, state: CollectedEvidence.State, detail: String? = nil, arguments: [String] = [],
        environment: [String] = [], exitStatus: Int? = nil, signal: Int? = nil, timedOut: Bool = false,
        durationNanoseconds: Int64? = nil, strays: Int = 0, reports: [Report] = [], factsDigest: String
    ) {
        self.runID = runID
        self.collector = collector
        self.kind = kind
        self.state = state
        self.detail = detail
        self.arguments = arguments
        self.environment = environment
        self.exitStatus = exitStatus
        self.signal = signal
        self.timedOut = timedOut
        self.durationNanoseconds = durationNanoseconds
        self.strays = strays
        self.reports = reports
        self.factsDigest = factsDigest
    }

    public var json: JSONValue {
        [
            "run_id": .string(runID), "collector": .string(collector), "kind": .string(kind), "state": .string(state.rawValue),
            "detail": .optional(detail), "argv": .array(arguments.map { .string($0) }), "env": .array(environment.map { .string($0) }),
            "exit_status": .optional(exitStatus.map { Int64($0) }), "signal": .optional(signal.map { Int64($0) }),
            "timed_out": .bool(timedOut), "duration_ns": .optional(durationNanoseconds), "strays": .int(Int64(strays)),
            "facts": .string(factsDigest), "reports": .array(reports.map(\.json)),
        ]
    }

    /// nil when the payload is not one that this version writes.
    public init?(json: JSONValue) {
        guard let runID = json["run_id"]?.stringValue, let collector = json["collector"]?.stringValue, let kind = json["kind"]?.stringValue,
            let state = json["state"]?.stringValue.flatMap(CollectedEvidence.State.init(rawValue:)),
            let facts = json["facts"]?.stringValue, let reports = json["reports"]?.arrayValue?.decoded(Report.init(json:))
        else { return nil }
        self.init(
            runID: runID, collector: collector, kind: kind, state: state, detail: json["detail"]?.stringValue,
            arguments: json["argv"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            environment: json["env"]?.arrayValue?.compactMap(\.stringValue) ?? [],
            exitStatus: json["exit_status"]?.intValue.map { Int(clamping: $0) }, signal: json["signal"]?.intValue.map { Int(clamping: $0) },
            timedOut: json["timed_out"]?.boolValue ?? false, durationNanoseconds: json["duration_ns"]?.intValue,
            strays: json["strays"]?.intValue.map { Int(clamping: $0) } ?? 0, reports: reports, factsDigest: facts)
    }
}

extension CollectorRecord.Report {
    public var json: JSONValue {
        [
            "path": .string(path), "format": .string(format), "parser_version": .int(Int64(parserVersion)), "sha256": .string(sha256),
            "size": .int(Int64(sizeBytes)),
        ]
    }

    public init?(json: JSONValue) {
        guard let path = json["path"]?.stringValue, let format = json["format"]?.stringValue, let digest = json["sha256"]?.stringValue,
            let size = json["size"]?.intValue, let version = json["parser_version"]?.intValue
        else { return nil }
        self.init(path: path, format: format, parserVersion: Int(clamping: version), sha256: digest, sizeBytes: Int(clamping: size))
    }
}
