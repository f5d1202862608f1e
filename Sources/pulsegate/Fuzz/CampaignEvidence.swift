import Evidence
import Gates
import StrictDocuments

/// What a campaign shows, target by target: the document that gates read (docs/schemas/fuzz-evidence.schema.json).
struct CampaignEvidence: Equatable, Sendable {
    struct Target: Equatable, Sendable {
        var name: String
        /// In this campaign; earlier ones are not counted.
        var executions: UInt64 = 0
        var nanoseconds: Int64 = 0
        /// Of all campaigns of this build.
        var edges: UInt64 = 0
        var newEdges = 0
        var corpus: UInt64 = 0
        /// Why nothing was seen; nil where something was.
        var blind: String?
        /// Committed regressions, and those of them that still end the target.
        var regressions = 0
        var failedRegressions: [String] = []
        var findings: [Finding] = []

        struct Finding: Equatable, Sendable {
            var bucket: String
            var kind: String
            var title: String
            var location: String?
            var value: String?
            var isFlaky: Bool
        }
    }

    var suite: String
    var build: String
    var edges: Int
    var sanitizer: String?
    var seed: UInt64
    var workers: Int
    var asked: Int64
    /// The campaign did all it set out to do: false when it was interrupted or its machinery failed.
    var isComplete: Bool
    var targets: [Target]

    static let fileName = "fuzz" + FuzzEvidenceReader.fileSuffix

    var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        func count(_ value: UInt64) -> JSONValue { .int(Int64(clamping: value)) }
        return [
            "format": .string(FuzzEvidenceReader.documentFormat), "version": .int(Int64(FuzzEvidenceReader.documentVersion)),
            "producer": ["name": "pulsegate", "version": .string(RunSession.toolVersion)], "suite": .string(suite),
            "build": ["number": .string(build), "edges": .int(Int64(edges)), "sanitizer": text(sanitizer)],
            "seed": .string(String(seed)), "workers": .int(Int64(workers)), "asked_ns": .int(asked), "complete": .bool(isComplete),
            "totals": [
                "targets": .int(Int64(targets.count)), "findings": .int(Int64(targets.reduce(0) { $0 + $1.findings.count })),
            ],
            "targets": .array(
                targets.sorted { $0.name < $1.name }.map { target in
                    [
                        "name": .string(target.name), "executions": count(target.executions), "duration_ns": .int(target.nanoseconds),
                        "edges": count(target.edges), "new_edges": .int(Int64(target.newEdges)), "corpus": count(target.corpus),
                        "blind": text(target.blind),
                        "regressions": [
                            "run": .int(Int64(target.regressions)), "failed": .array(target.failedRegressions.sorted().map { .string($0) }),
                        ],
                        "findings": .array(
                            target.findings.sorted { $0.bucket < $1.bucket }.map { finding in
                                [
                                    "bucket": .string(finding.bucket), "kind": .string(finding.kind), "title": .string(finding.title),
                                    "location": text(finding.location), "value": text(finding.value), "flaky": .bool(finding.isFlaky),
                                ]
                            }),
                    ]
                }),
        ]
    }

    func write(_ path: String) throws(Failure) { try Failure.replacing(path, with: json.prettyBytes()) }
}
