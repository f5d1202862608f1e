import ContentDigest
import Determinism
import Evidence
import Gates
import StrictDocuments

/// A verdict with all that it was made from, ready for the ledger.
struct Judgement: Sendable {
    var verdict: VerdictDocument
    var collectors: [CollectorRecord]
    /// Facts by collector.
    var facts: [String: Facts]
    /// Raw bytes by digest: facts, inputs, gates.json, reports.
    var blobs: [(sha256: String, media: String, bytes: [UInt8])]
    var inputsDigest: String

    /// Judges collections. Pure: the same arguments give the same judgement.
    static func make(
        configuration: GatesConfiguration, configurationBytes: [UInt8], profile: Profile, collections: [(Collector, Collection)],
        inputs: RecordedInputs, git: GitRepository.State?, baseCommit: String?, now: Instant
    ) -> Judgement {
        let input = EvaluationInput(
            configuration: configuration, profile: profile, evidence: collections.map(\.1.evidence), baseline: inputs.baseline,
            changes: inputs.changes, now: now)
        let gates = Evaluator.verdicts(input)
        let code = Evaluator.exitCode(gates, evidence: input.evidence)
        var blobs: [(sha256: String, media: String, bytes: [UInt8])] = []
        let configurationDigest = SHA256Digest.hex(configurationBytes)
        blobs.append((configurationDigest, "gates.json", configurationBytes))
        let inputBytes = inputs.json.canonicalBytes()
        let inputsDigest = SHA256Digest.hex(inputBytes)
        blobs.append((inputsDigest, "inputs", inputBytes))
        var records: [CollectorRecord] = []
        var facts: [String: Facts] = [:]
        for (collector, collection) in collections {
            let bytes = collection.evidence.facts.json.canonicalBytes()
            let digest = SHA256Digest.hex(bytes)
            blobs.append((digest, "facts", bytes))
            blobs += collection.blobs
            facts[collector.id] = collection.evidence.facts
            let step = collection.record?.mainStep
            records.append(
                CollectorRecord(
                    runID: "", collector: collector.id, kind: collector.kind.rawValue, state: collection.evidence.state,
                    detail: collection.evidence.detail, arguments: step?.arguments ?? [], environment: step?.environment ?? [],
                    exitStatus: step?.exitStatus, signal: step?.signal, timedOut: step?.timedOut ?? false,
                    durationNanoseconds: collection.record.map { $0.steps.reduce(0) { $0 + $1.durationNanoseconds } },
                    strays: collection.record.map { $0.steps.reduce(0) { $0 + $1.strays } } ?? 0, reports: collection.reports,
                    factsDigest: digest))
        }
        let sources = records.map(VerdictDocument.Source.init)
        let identity = identity(
            configurationDigest: configurationDigest, profile: profile.name, now: now, commit: git?.commit, inputsDigest: inputsDigest,
            sources: sources)
        for index in records.indices { records[index].runID = identity }
        let verdict = VerdictDocument(
            runID: identity, project: configuration.project.name, profile: profile.name, now: now, commit: git?.commit, dirty: git?.dirty,
            base: baseCommit, configurationDigest: configurationDigest, exitCode: code, gates: gates, sources: sources)
        return Judgement(verdict: verdict, collectors: records, facts: facts, blobs: blobs, inputsDigest: inputsDigest)
    }

    /// A digest of everything the verdict depends on, in 16 hexadecimal digits.
    private static func identity(
        configurationDigest: String, profile: String, now: Instant, commit: String?, inputsDigest: String, sources: [VerdictDocument.Source]
    ) -> String {
        let parts: JSONValue = [
            "config": .string(configurationDigest), "profile": .string(profile), "now": .string(now.rfc3339),
            "commit": commit.map { .string($0) } ?? .null, "inputs": .string(inputsDigest),
            "sources": .array(
                sources.map { [.string($0.collector), .string($0.state.rawValue), .string($0.detail ?? ""), .string($0.factsDigest)] }),
        ]
        return String(SHA256Digest.hex(parts.canonicalBytes()).prefix(16))
    }
}
