import GRDB

/// One line of the history: a run with what its newest verdict said.
public struct RunSummary: Hashable, Sendable {
    /// The seq of the run's leaf.
    public let seq: Int64
    public let runID: String?
    public let project: String?
    public let profile: String?
    public let commit: String?
    public let tree: String?
    public let branch: String?
    public let isDirty: Bool?
    public let startedAt: String?
    public let endedAt: String?
    /// Of the run's newest verdict; where it has none, as the run itself says.
    public let outcome: String?
    public let exitCode: Int64?
    /// The seq of the newest verdict leaf of this run.
    public let verdictSeq: Int64?
    public let gateCount: Int64?
    public let failedGateCount: Int64?
}

/// Which runs a history shows; nil means any.
public struct HistoryFilter: Hashable, Sendable {
    public var project: String?
    public var branch: String?
    public var profile: String?
    /// Runs that have a verdict on this gate.
    public var gate: String?

    public init(project: String? = nil, branch: String? = nil, profile: String? = nil, gate: String? = nil) {
        self.project = project
        self.branch = branch
        self.profile = profile
        self.gate = gate
    }
}

extension Ledger {
    /// The newest runs, newest first. O(limit · log n) through the indexes.
    public func history(limit: Int, filter: HistoryFilter = HistoryFilter()) throws(LedgerError) -> [RunSummary] {
        try checkLimit(limit)
        var conditions: [String] = []
        var values: [SQLValue] = []
        if let gate = filter.gate {
            // A gate with few verdicts is listed whole; of one with many, the newest runs soon give enough.
            conditions.append(
                try isRare(gate: gate)
                    ? "r.seq IN (SELECT x.seq FROM verdict v JOIN run x ON x.run_id = v.run_id WHERE v.gate = ?)"
                    : "EXISTS (SELECT 1 FROM verdict v WHERE v.run_id = r.run_id AND v.gate = ?)")
            values.append(.text(gate))
        }
        if let project = filter.project {
            conditions.append("r.project = ?")
            values.append(.text(project))
        }
        if let branch = filter.branch {
            conditions.append("r.branch = ?")
            values.append(.text(branch))
        }
        if let profile = filter.profile {
            conditions.append("r.profile = ?")
            values.append(.text(profile))
        }
        let condition = conditions.isEmpty ? "" : "WHERE " + conditions.joined(separator: " AND ")
        return try read { db in try summaries(db, condition, values, limit: limit) }
    }

    /// The run that a person means: "#12" (the seq of its leaf), "latest", or the beginning of a run id.
    ///
    /// - Throws: `notFound`; `ambiguous` with some of the ids that begin so; `invalid` for an empty text.
    public func run(matching text: String) throws(LedgerError) -> RunSummary {
        let found: [RunSummary]
        if text == "latest" {
            found = try history(limit: 1)
        } else if text.hasPrefix("#") {
            guard let seq = Int64(text.dropFirst()), seq >= 1 else {
                throw LedgerError(.invalid, path: path, "'\(text.prefix(40))' is no number of a leaf", hint: "write #12")
            }
            found = try read { db in try summaries(db, "WHERE r.seq = ?", [.int(seq)], limit: 1) }
        } else {
            guard !text.isEmpty, text.utf8.count <= 256 else {
                throw LedgerError(.invalid, path: path, "a run is named by '#12', 'latest' or the beginning of its id")
            }
            found = try read { db in
                // Ids from the text on up to, but not including, the first that cannot begin with it; the text itself is first.
                var ids: [String] = []
                try db.rows(
                    "SELECT DISTINCT run_id FROM run WHERE run_id >= ? AND run_id < ? || char(1114111) ORDER BY run_id LIMIT ?",
                    .text(text), .text(text), .int(Int64(Self.candidatesShown))
                ) { row in row.text(0).map { ids.append($0) } }
                guard let id = ids.first else { return [] }
                guard ids.count == 1 || id == text else {
                    throw LedgerError(
                        .ambiguous, path: path, "'\(text.prefix(80))' begins several run ids: \(ids.joined(separator: ", "))",
                        hint: "write more of the id")
                }
                return try summaries(db, "WHERE r.run_id = ?", [.text(id)], limit: 1)
            }
        }
        guard let first = found.first else {
            throw LedgerError(.notFound, path: path, "no run matches '\(text.prefix(80))'", hint: "history lists them")
        }
        return first
    }

    /// Run ids that the message about an ambiguous prefix may list.
    private static let candidatesShown = 5

    /// Verdicts up to which a gate is rare.
    private static let rareVerdictLimit: Int64 = 1000

    private func isRare(gate: String) throws(LedgerError) -> Bool {
        try read { db in
            let count = try db.first(
                "SELECT count(*) FROM (SELECT 1 FROM verdict WHERE gate = ? LIMIT ?)", .text(gate), .int(Self.rareVerdictLimit)
            ) { $0.int(0) }
            return (count ?? 0) < Self.rareVerdictLimit
        }
    }

    private func summaries(_ db: Database, _ condition: String, _ values: [SQLValue], limit: Int) throws -> [RunSummary] {
        let sql = """
            SELECT r.seq, r.run_id, r.project, r.profile, r.commit_id, r.tree, r.branch, r.dirty, r.started_at, r.ended_at,
                coalesce(s.outcome, r.outcome), coalesce(s.exit_code, r.exit_code), s.seq, s.gates, s.failed
            FROM run r LEFT JOIN verdict_summary s
                ON s.seq = (SELECT max(n.seq) FROM verdict_summary n WHERE n.run_id = r.run_id)
            \(condition) ORDER BY r.seq DESC LIMIT ?
            """
        var runs: [RunSummary] = []
        try db.rows(sql, values + [.int(Int64(limit))]) { row in
            runs.append(
                RunSummary(
                    seq: row.int(0) ?? 0, runID: row.text(1), project: row.text(2), profile: row.text(3), commit: row.text(4),
                    tree: row.text(5), branch: row.text(6), isDirty: row.int(7).map { $0 != 0 }, startedAt: row.text(8),
                    endedAt: row.text(9), outcome: row.text(10), exitCode: row.int(11), verdictSeq: row.int(12),
                    gateCount: row.int(13), failedGateCount: row.int(14)))
        }
        return runs
    }
}
