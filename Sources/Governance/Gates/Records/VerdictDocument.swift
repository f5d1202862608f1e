import Determinism
import StrictDocuments

/// The verdict of a run as a document: what `--json` prints, `reports/verdict.json` holds, and a leaf of type "verdict" keeps.
///
/// It says nothing about how long things took or where the ledger stood, so that the same evidence judged again with the same
/// `now` gives the same bytes. Schema: `docs/schemas/verdict.schema.json`.
public struct VerdictDocument: Hashable, Sendable {
    public static let format = "pulsegate-verdict"
    public static let currentVersion: Int64 = 1

    /// A collector as far as the verdict depends on it.
    public struct Source: Hashable, Sendable {
        public var collector: String
        public var kind: String
        public var state: CollectedEvidence.State
        public var detail: String?
        public var factsDigest: String
        public var reports: [CollectorRecord.Report]

        public init(_ record: CollectorRecord) {
            collector = record.collector
            kind = record.kind
            state = record.state
            detail = record.detail
            factsDigest = record.factsDigest
            reports = record.reports
        }
    }

    public var runID: String
    public var project: String
    public var profile: String
    public var now: Instant
    public var commit: String?
    public var dirty: Bool?
    public var base: String?
    public var configurationDigest: String
    public var exitCode: ExitCode
    public var gates: [GateVerdict]
    public var sources: [Source]

    public init(
        runID: String, project: String, profile: String, now: Instant, commit: String?, dirty: Bool?, base: String?,
        configurationDigest: String, exitCode: ExitCode, gates: [GateVerdict], sources: [Source]
    ) {
        self.runID = runID
        self.project = project
        self.profile = profile
        self.now = now
        self.commit = commit
        self.dirty = dirty
        self.base = base
        self.configurationDigest = configurationDigest
        self.exitCode = exitCode
        self.gates = gates
        self.sources = sources
    }

    public func count(_ status: VerdictStatus) -> Int { gates.reduce(0) { $0 + ($1.status == status ? 1 : 0) } }

    public var json: JSONValue {
        [
            "format": .string(Self.format), "version": .int(Self.currentVersion), "run_id": .string(runID), "project": .string(project),
            "profile": .string(profile), "now": .string(now.rfc3339), "commit": .optional(commit),
            "dirty": dirty.map { .bool($0) } ?? .null,
            "base": .optional(base), "config_digest": .string(configurationDigest), "outcome": .string(exitCode.word),
            "exit_code": .int(Int64(exitCode.rawValue)), "gates": .array(gates.map(\.json)), "collectors": .array(sources.map(\.json)),
            "counts": .object(Dictionary(uniqueKeysWithValues: VerdictStatus.allCases.map { ($0.rawValue, .int(Int64(count($0)))) })),
        ]
    }

    /// nil when the document is not one that this version writes.
    public init?(json: JSONValue) {
        guard json["format"]?.stringValue == Self.format, json["version"]?.intValue == Self.currentVersion,
            let runID = json["run_id"]?.stringValue, let project = json["project"]?.stringValue, let profile = json["profile"]?.stringValue,
            let now = json["now"]?.instant, let digest = json["config_digest"]?.stringValue,
            let code = json["exit_code"]?.intValue.flatMap({ Int32(exactly: $0) }).flatMap(ExitCode.init(rawValue:)),
            let gates = json["gates"]?.arrayValue, let sources = json["collectors"]?.arrayValue
        else { return nil }
        guard let verdicts = gates.decoded(GateVerdict.init(json:)), let collectors = sources.decoded(Source.init(json:)) else {
            return nil
        }
        self.init(
            runID: runID, project: project, profile: profile, now: now, commit: json["commit"]?.stringValue,
            dirty: json["dirty"]?.boolValue, base: json["base"]?.stringValue, configurationDigest: digest, exitCode: code, gates: verdicts,
            sources: collectors)
    }
}

extension VerdictDocument.Source {
    var json: JSONValue {
        [
            "id": .string(collector), "kind": .string(kind), "state": .string(state.rawValue), "detail": .optional(detail),
            "facts": .string(factsDigest), "reports": .array(reports.map(\.json)),
        ]
    }

    init?(json: JSONValue) {
        guard let id = json["id"]?.stringValue, let kind = json["kind"]?.stringValue,
            let state = json["state"]?.stringValue.flatMap(CollectedEvidence.State.init(rawValue:)), let facts = json["facts"]?.stringValue,
            let reports = json["reports"]?.arrayValue?.decoded(CollectorRecord.Report.init(json:))
        else { return nil }
        collector = id
        self.kind = kind
        self.state = state
        detail = json["detail"]?.stringValue
        factsDigest = facts
        self.reports = reports
    }
}

extension GateVerdict {
    public var json: JSONValue {
        [
            "id": .string(id), "title": .string(title), "owner": .optional(owner), "why": .optional(why), "blocking": .bool(blocking),
            "status": .string(status.rawValue), "blocks": .bool(blocks), "reason": .string(reason), "observed": .optional(observed),
            "limit": .optional(limit), "exception": .optional(exception), "findings": .array(findings.map(\.json)),
            "more_findings": .int(Int64(moreFindings)),
        ]
    }

    public init?(json: JSONValue) {
        guard let id = json["id"]?.stringValue, let title = json["title"]?.stringValue, let blocking = json["blocking"]?.boolValue,
            let status = json["status"]?.stringValue.flatMap(VerdictStatus.init(rawValue:)), let blocks = json["blocks"]?.boolValue,
            let reason = json["reason"]?.stringValue, let findings = json["findings"]?.arrayValue?.decoded(Finding.init(json:))
        else { return nil }
        self.init(
            id: id, title: title, owner: json["owner"]?.stringValue, why: json["why"]?.stringValue, blocking: blocking, status: status,
            blocks: blocks, reason: reason, observed: json["observed"]?.stringValue, limit: json["limit"]?.stringValue,
            exception: json["exception"]?.stringValue, findings: findings,
            moreFindings: json["more_findings"]?.intValue.map { Int(clamping: $0) } ?? 0)
    }
}

extension Finding {
    var json: JSONValue {
        [
            "metric": .string(metric), "on": .string(scope), "subject": .optional(subject), "status": .string(status.rawValue),
            "observed": .optional(observed), "limit": .string(limit), "reason": .string(reason),
        ]
    }

    init?(json: JSONValue) {
        guard let metric = json["metric"]?.stringValue, let scope = json["on"]?.stringValue,
            let status = json["status"]?.stringValue.flatMap(VerdictStatus.init(rawValue:)), let limit = json["limit"]?.stringValue,
            let reason = json["reason"]?.stringValue
        else { return nil }
        self.init(
            metric: metric, scope: scope, subject: json["subject"]?.stringValue, status: status, observed: json["observed"]?.stringValue,
            limit: limit, reason: reason)
    }
}
