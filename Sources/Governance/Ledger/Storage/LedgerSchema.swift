import GRDB

/// The tables of a ledger, and the steps that lead from one version of them to the next.
///
/// `leaf`, `node`, `blob`, `committed` and `head` are the record: triggers refuse every change but growth. The tables of
/// ``IndexTable`` are indexes for people's queries; they can be thrown away and made again from the leaves.
///
/// A step, once released, never changes; what a later version needs is a further step. `PRAGMA user_version` counts the
/// steps taken, `PRAGMA application_id` says that the file is a ledger.
struct LedgerSchema: Sendable {
    /// "PGLG" in ASCII.
    static let applicationID: Int64 = 0x5047_4C47

    /// Nodes of this level and above are stored; lower ones are computed from at most 2^level leaf digests.
    ///
    /// Measured with 250,000 leaves (127 MB): level 1 takes 11.3 MB for nodes, level 4 takes 1.4 MB, level 8 takes 0.1 MB; building
    /// takes 6.1, 4.2 and 4.4 s; verifying 0.34, 0.22 and 0.21 s. Level 4 was chosen over 8 because an append or a proof that
    /// starts cold then reads at most 15 leaf digests at the edge, not 255.
    static let lowestStoredLevel = 4

    typealias Step = @Sendable (Database) throws -> Void
    let steps: [Step]

    static let current = LedgerSchema(steps: [createVersion1])
    var version: Int64 { Int64(steps.count) }

    /// Takes the steps that are missing. To be called inside an immediate transaction.
    func migrate(_ db: Database) throws {
        let found = try db.first("PRAGMA user_version") { $0.int(0) } ?? 0
        guard found < version, found >= 0 else { return }
        for step in steps[Int(found)...] { try step(db) }
        // A pragma takes no bound values; both are numbers of ours.
        try db.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        try db.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Name and text of every table, index and trigger, in order of name.
    static func objects(_ db: Database) throws -> [String: String] {
        var objects: [String: String] = [:]
        try db.rows("SELECT type, name, sql FROM main.sqlite_schema WHERE name NOT LIKE 'sqlite_%'") { row in
            objects["\(row.text(0) ?? "?") \(row.text(1) ?? "?")"] = row.text(2) ?? ""
        }
        return objects
    }

    /// ``objects(_:)`` of a ledger made by this program.
    static let currentObjects = Result {
        let queue = try DatabaseQueue()
        return try queue.inDatabase { db in
            try current.migrate(db)
            return try objects(db)
        }
    }

    @Sendable
    private static func createVersion1(_ db: Database) throws {
        try db.execute(sql: recordTables)
        for table in IndexTable.allCases { try db.execute(sql: table.definition(schema: "main", withIndexes: true)) }
    }

    private static let recordTables = """
        CREATE TABLE leaf(
            seq INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, body BLOB NOT NULL, digest BLOB NOT NULL
        ) STRICT;
        CREATE INDEX leaf_type ON leaf(type, seq);
        CREATE TABLE node(
            level INTEGER NOT NULL, idx INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY(level, idx)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE blob(
            sha256 BLOB NOT NULL PRIMARY KEY, size INTEGER NOT NULL, media TEXT, bytes BLOB
        ) STRICT;
        CREATE TABLE committed(id BLOB NOT NULL PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;
        CREATE TABLE head(
            only INTEGER PRIMARY KEY CHECK(only = 1), size INTEGER NOT NULL, root BLOB NOT NULL, digest BLOB NOT NULL
        ) STRICT;
        CREATE TRIGGER leaf_in_order BEFORE INSERT ON leaf
            WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM leaf)
            BEGIN SELECT RAISE(ABORT, 'a leaf is appended at the end only'); END;
        CREATE TRIGGER leaf_no_update BEFORE UPDATE ON leaf BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
        CREATE TRIGGER leaf_no_delete BEFORE DELETE ON leaf BEGIN SELECT RAISE(ABORT, 'leaf is append-only'); END;
        CREATE TRIGGER node_no_replace BEFORE INSERT ON node
            WHEN EXISTS (SELECT 1 FROM node WHERE level = NEW.level AND idx = NEW.idx)
            BEGIN SELECT RAISE(ABORT, 'node is append-only'); END;
        CREATE TRIGGER node_no_update BEFORE UPDATE ON node BEGIN SELECT RAISE(ABORT, 'node is append-only'); END;
        CREATE TRIGGER node_no_delete BEFORE DELETE ON node BEGIN SELECT RAISE(ABORT, 'node is append-only'); END;
        CREATE TRIGGER blob_no_replace BEFORE INSERT ON blob
            WHEN EXISTS (SELECT 1 FROM blob WHERE sha256 = NEW.sha256)
            BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
        CREATE TRIGGER blob_only_redaction BEFORE UPDATE ON blob
            WHEN NEW.bytes IS NOT NULL OR NEW.sha256 IS NOT OLD.sha256 OR NEW.size IS NOT OLD.size
                OR NEW.media IS NOT OLD.media OR NOT EXISTS (SELECT 1 FROM redaction WHERE sha256 = lower(hex(OLD.sha256)))
            BEGIN SELECT RAISE(ABORT, 'blob is append-only; bytes go only by a redaction leaf'); END;
        CREATE TRIGGER blob_no_delete BEFORE DELETE ON blob BEGIN SELECT RAISE(ABORT, 'blob is append-only'); END;
        CREATE TRIGGER committed_no_update BEFORE UPDATE ON committed
            BEGIN SELECT RAISE(ABORT, 'committed is append-only'); END;
        CREATE TRIGGER committed_no_delete BEFORE DELETE ON committed
            BEGIN SELECT RAISE(ABORT, 'committed is append-only'); END;
        CREATE TRIGGER head_only_one BEFORE INSERT ON head WHEN EXISTS (SELECT 1 FROM head)
            BEGIN SELECT RAISE(ABORT, 'head has one row'); END;
        CREATE TRIGGER head_only_grows BEFORE UPDATE ON head WHEN NEW.size <= OLD.size
            BEGIN SELECT RAISE(ABORT, 'head only grows'); END;
        CREATE TRIGGER head_no_delete BEFORE DELETE ON head BEGIN SELECT RAISE(ABORT, 'head has one row'); END;
        """
}
