/// The tables that are made from the leaves for people's queries, and can be made again at any time.
///
/// Every row carries the `seq` of the leaf that it comes from; `position` counts rows of one leaf.
enum IndexTable: String, CaseIterable, Sendable {
    case run
    case evidence
    case report
    case measure
    case verdictSummary = "verdict_summary"
    case verdict
    case redaction

    var name: String { rawValue }

    /// Column names with their SQLite types, in order.
    var columns: [(name: String, type: String)] {
        switch self {
        case .run:
            [
                ("seq", "INTEGER"), ("run_id", "TEXT"), ("project", "TEXT"), ("profile", "TEXT"), ("commit_id", "TEXT"),
                ("tree", "TEXT"), ("branch", "TEXT"), ("dirty", "INTEGER"), ("base", "TEXT"), ("config_digest", "TEXT"),
                ("started_at", "TEXT"), ("ended_at", "TEXT"), ("outcome", "TEXT"), ("exit_code", "INTEGER"),
                ("toolchain", "TEXT"), ("machine_class", "TEXT"),
            ]
        case .evidence:
            [
                ("seq", "INTEGER"), ("run_id", "TEXT"), ("collector", "TEXT"), ("kind", "TEXT"), ("state", "TEXT"),
                ("duration_ns", "INTEGER"), ("exit_status", "INTEGER"), ("signal", "INTEGER"), ("timed_out", "INTEGER"),
                ("facts", "TEXT"),
            ]
        case .report:
            [
                ("seq", "INTEGER"), ("position", "INTEGER"), ("path", "TEXT"), ("format", "TEXT"), ("sha256", "TEXT"),
                ("size", "INTEGER"),
            ]
        case .measure:
            [
                ("seq", "INTEGER"), ("position", "INTEGER"), ("run_id", "TEXT"), ("name", "TEXT"), ("value", "TEXT"),
                ("unit", "TEXT"), ("n", "INTEGER"),
            ]
        case .verdictSummary:
            [
                ("seq", "INTEGER"), ("run_id", "TEXT"), ("profile", "TEXT"), ("outcome", "TEXT"), ("exit_code", "INTEGER"),
                ("now", "TEXT"), ("gates", "INTEGER"), ("failed", "INTEGER"),
            ]
        case .verdict:
            [
                ("seq", "INTEGER"), ("position", "INTEGER"), ("run_id", "TEXT"), ("gate", "TEXT"), ("title", "TEXT"),
                ("status", "TEXT"), ("reason", "TEXT"), ("observed", "TEXT"), ("limit_text", "TEXT"), ("owner", "TEXT"),
                ("blocking", "INTEGER"),
            ]
        case .redaction: [("seq", "INTEGER"), ("sha256", "TEXT"), ("reason", "TEXT")]
        }
    }

    private var keyColumns: String { columns[1].name == "position" ? "seq, position" : "seq" }

    private var indexes: [(name: String, columns: String)] {
        switch self {
        case .run: [("run_id", "run_id, seq"), ("run_project", "project, seq"), ("run_branch", "branch, seq")]
        case .evidence: [("evidence_run", "run_id, seq")]
        case .report: []
        case .measure: [("measure_name", "name, seq")]
        case .verdictSummary: [("verdict_summary_run", "run_id, seq")]
        case .verdict: [("verdict_gate", "gate, seq"), ("verdict_run", "run_id, gate")]
        case .redaction: [("redaction_sha256", "sha256")]
        }
    }

    /// SQL that creates the table in a schema ("main" or "temp").
    func definition(schema: String, withIndexes: Bool) -> String {
        let list = columns.map { "\($0.name) \($0.type)\($0.name == "seq" || $0.name == "position" ? " NOT NULL" : "")" }
        var sql = "CREATE TABLE \(schema).\(name)(\(list.joined(separator: ", ")), PRIMARY KEY(\(keyColumns))) STRICT, WITHOUT ROWID;\n"
        if withIndexes {
            for index in indexes { sql += "CREATE INDEX \(schema).\(index.name) ON \(name)(\(index.columns));\n" }
        }
        return sql
    }

    func insertion(schema: String) -> String {
        "INSERT INTO \(schema).\(name) VALUES(\(columns.map { _ in "?" }.joined(separator: ", ")))"
    }

    var columnList: String { columns.map(\.name).joined(separator: ", ") }
    var order: String { keyColumns }
}
