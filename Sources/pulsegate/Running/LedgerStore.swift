import ContentDigest
import Determinism
import Evidence
import Gates
import Ledger
import Reporting
import StrictDocuments

/// The ledger in the words of runs: what a run appends, and a recorded run read back.
struct LedgerStore {
    let ledger: Ledger

    /// Leaves that are looked at, backwards, for the run before.
    static let maximumLookBack: Int64 = 20_000

    static func open(_ path: String, create: Bool, readOnly: Bool = false) throws(Failure) -> LedgerStore {
        if create { try Workspace.makeFolder(Workspace.folder(of: RunSession.absolute(path))) }
        return LedgerStore(
            ledger: try translate { () throws(LedgerError) in try Ledger.open(path: path, create: create, readOnly: readOnly) })
    }

    /// Every error of the ledger with the exit code it means.
    static func translate<Value>(_ body: () throws(LedgerError) -> Value) throws(Failure) -> Value {
        do {
            return try body()
        } catch {
            let code: ExitCode =
                switch error.kind {
                case .broken, .damaged, .notALedger: .ledgerBroken
                case .busy: .internalError
                default: .usage
                }
            throw Failure(code, error.description)
        }
    }

    private func translate<Value>(_ body: () throws(LedgerError) -> Value) throws(Failure) -> Value { try Self.translate(body) }

    // MARK: Writing

    /// Takes over committed leaves that the ledger does not have yet.
    func importCommitted(_ leaves: [CommittedLeaf]) throws(Failure) {
        guard !leaves.isEmpty else { return }
        _ = try translate { () throws(LedgerError) in try ledger.importCommitted(leaves) }
    }

    /// Appends a run in one transaction: the run, the evidence of each collector, the verdict. Returns the leaf number of the run.
    func append(_ run: RunRecord, _ judgement: Judgement) throws(Failure) -> Int64 {
        var drafts = [LeafDraft(type: "run", payload: run.json, at: run.endedAt)]
        drafts += judgement.collectors.map { LeafDraft(type: "evidence", payload: $0.json, at: run.endedAt) }
        drafts.append(LeafDraft(type: "verdict", payload: judgement.verdict.json, at: run.endedAt))
        var seen: Set<String> = []
        let blobs = judgement.blobs.filter { seen.insert($0.sha256).inserted }.map { BlobDraft($0.bytes, media: $0.media) }
        let receipts = try translate { () throws(LedgerError) in try ledger.append(drafts, blobs: blobs) }
        guard let first = receipts.first else { throw Failure(.internalError, "the ledger acknowledged no leaf") }
        return first.seq
    }

    // MARK: Reading

    func recordedRun(matching text: String) throws(Failure) -> RecordedRun {
        let summary = try translate { () throws(LedgerError) in try ledger.run(matching: text) }
        return try recordedRun(sequence: summary.seq)
    }

    /// The run whose leaf has this number, with its evidence and verdict, which follow it.
    func recordedRun(sequence: Int64) throws(Failure) -> RecordedRun {
        guard let run = RunRecord(json: try payload(sequence, type: "run")) else {
            throw Failure(.cannotEvaluate, "leaf #\(sequence) is not a run that this version reads")
        }
        var collectors: [CollectorRecord] = []
        var next = sequence + 1
        while let leaf = try leaf(next), leaf.type == "evidence" {
            guard let record = CollectorRecord(json: try payload(next, type: "evidence")) else {
                throw Failure(.cannotEvaluate, "leaf #\(next) is not evidence that this version reads")
            }
            collectors.append(record)
            next += 1
        }
        guard let verdict = VerdictDocument(json: try payload(next, type: "verdict")), verdict.runID == run.runID else {
            throw Failure(.cannotEvaluate, "leaf #\(next) is not the verdict of run \(run.runID)")
        }
        var facts: [String: Facts] = [:]
        for record in collectors {
            // Facts that retention dropped leave the report without details, not without a verdict.
            guard let bytes = try? blob(record.factsDigest, what: "facts"), let node = try? JSONDocument.parse(bytes, file: "facts"),
                let value = try? JSONValue(node, file: "facts")
            else { continue }
            facts[record.collector] = try? Facts(json: value)
        }
        let checkpoint = try translate { () throws(LedgerError) in try ledger.checkpoint(origin: Self.origin(run.project), size: next) }
        return RecordedRun(
            run: run, verdict: verdict, collectors: collectors, facts: facts, previous: try previous(of: run, before: sequence),
            ledgerSequence: next, checkpoint: checkpoint.text)
    }

    /// The first line of checkpoints: names the ledger.
    static func origin(_ project: String) -> String {
        let name = project.unicodeScalars.map { $0.value > 0x20 && $0.value != 0x7F ? Character($0) : "-" }
        return "pulsegate/" + String(name)
    }

    /// The verdict of the same project and profile before a leaf.
    private func previous(of run: RunRecord, before sequence: Int64) throws(Failure) -> VerdictDocument? {
        var candidate = sequence - 1
        let last = max(0, sequence - Self.maximumLookBack)
        while candidate > last {
            if let leaf = try leaf(candidate), leaf.type == "verdict",
                let verdict = VerdictDocument(json: try payload(candidate, type: "verdict")), verdict.project == run.project,
                verdict.profile == run.profile
            {
                return verdict
            }
            candidate -= 1
        }
        return nil
    }

    private func leaf(_ sequence: Int64) throws(Failure) -> Leaf? { try translate { () throws(LedgerError) in try ledger.leaf(sequence) } }

    private func payload(_ sequence: Int64, type: String) throws(Failure) -> JSONValue {
        guard let leaf = try leaf(sequence), leaf.type == type else {
            throw Failure(.ledgerBroken, "leaf #\(sequence) is missing or not of type '\(type)'", hint: "run `pulsegate verify`")
        }
        do {
            return try leaf.envelope().payload
        } catch {
            throw Failure(.ledgerBroken, error.description, hint: "run `pulsegate verify`")
        }
    }

    func blob(_ digest: String, what: String) throws(Failure) -> [UInt8] {
        guard let parsed = Digest(hex: digest) else { throw Failure(.ledgerBroken, "'\(digest.prefix(80))' is no digest") }
        guard let blob = try translate({ () throws(LedgerError) in try ledger.blob(parsed) }) else {
            throw Failure(.cannotEvaluate, "the ledger does not keep \(what) (\(digest.prefix(12)))")
        }
        guard let bytes = blob.bytes else {
            throw Failure(.cannotEvaluate, "the ledger keeps only the digest of \(what) (\(digest.prefix(12)), \(blob.sizeBytes) bytes)")
        }
        return bytes
    }

    /// The newest verdict on a gate.
    func newestVerdict(of gate: String) throws(Failure) -> GateVerdict? {
        let rows = try translate { () throws(LedgerError) in try ledger.history(limit: 1, filter: HistoryFilter(gate: gate)) }
        guard let row = rows.first, let sequence = row.verdictSeq else { return nil }
        return VerdictDocument(json: try payload(sequence, type: "verdict"))?.gates.first { $0.id == gate }
    }

    func summary() throws(Failure) -> String {
        let head = try translate { () throws(LedgerError) in try ledger.head() }
        return "\(head.size) leaves, root \(head.root.description.prefix(12))"
    }

    // MARK: History

    struct HistoryRow {
        var sequence: Int64
        var runID: String
        var startedAt: String
        var profile: String
        var branch: String?
        var commit: String?
        var outcome: String
        var exitCode: Int64
        var gateStatus: String?
        var gateObserved: String?
        var gateReason: String?

        var json: JSONValue {
            var members: [String: JSONValue] = [
                "leaf": .int(sequence), "run_id": .string(runID), "started_at": .string(startedAt), "profile": .string(profile),
                "branch": branch.map { .string($0) } ?? .null, "commit": commit.map { .string($0) } ?? .null,
                "outcome": .string(outcome), "exit_code": .int(exitCode),
            ]
            if let gateStatus {
                members["gate"] = [
                    "status": .string(gateStatus), "observed": gateObserved.map { .string($0) } ?? .null,
                    "reason": gateReason.map { .string($0) } ?? .null,
                ]
            }
            return .object(members)
        }
    }

    func history(limit: Int, gate: String?, branch: String?, profile: String?) throws(Failure) -> [HistoryRow] {
        let filter = HistoryFilter(branch: branch, profile: profile, gate: gate)
        var rows: [HistoryRow] = []
        for summary in try translate({ () throws(LedgerError) in try ledger.history(limit: limit, filter: filter) }) {
            var row = HistoryRow(
                sequence: summary.seq, runID: summary.runID ?? "-", startedAt: summary.startedAt ?? "-", profile: summary.profile ?? "-",
                branch: summary.branch, commit: summary.commit, outcome: summary.outcome ?? "-", exitCode: summary.exitCode ?? -1)
            if let gate, let sequence = summary.verdictSeq,
                let verdict = VerdictDocument(json: try payload(sequence, type: "verdict"))?.gates.first(where: { $0.id == gate })
            {
                row.gateStatus = verdict.status.rawValue
                row.gateObserved = verdict.observed
                row.gateReason = verdict.reason
            }
            rows.append(row)
        }
        return rows
    }
}
