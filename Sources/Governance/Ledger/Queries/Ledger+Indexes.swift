import GRDB
import StrictDocuments

/// The first row that the indexes and the leaves do not agree on.
public struct IndexDifference: Hashable, Sendable, CustomStringConvertible {
    public let table: String
    /// The leaf that the row belongs to.
    public let seq: Int64
    /// What is wrong, in one clause.
    public let problem: String

    public var description: String { "table \(table), leaf #\(seq): \(problem)" }
}

extension Ledger {
    /// Makes the tables for queries anew from the leaves, in one transaction. O(leaves).
    public func rebuildIndexes() throws(LedgerError) {
        try write { db in
            // A blob's redaction is allowed only while its row is there; nothing is redacted in between.
            for table in IndexTable.allCases { try db.run("DELETE FROM main.\(table.name)") }
            try fillIndexes(db, schema: "main")
        }
    }

    /// Makes the tables anew beside those in the file, compares, and says the first difference; nil when they are equal.
    /// Writes nothing to the ledger. O(leaves).
    public func checkIndexes() throws(LedgerError) -> IndexDifference? {
        try Ledger.convert(path) {
            try queue.inDatabase { db in
                for table in IndexTable.allCases { try db.execute(sql: table.definition(schema: "temp", withIndexes: false)) }
                defer { for table in IndexTable.allCases { try? db.execute(sql: "DROP TABLE temp.\(table.name)") } }
                var first: IndexDifference?
                try db.inTransaction(.deferred) {
                    try fillIndexes(db, schema: "temp")
                    for table in IndexTable.allCases {
                        if let found = try difference(in: table, db), first.map({ found.seq < $0.seq }) ?? true { first = found }
                    }
                    return .rollback
                }
                return first
            }
        }
    }

    private func difference(in table: IndexTable, _ db: Database) throws -> IndexDifference? {
        func first(_ here: String, without there: String) throws -> Int64? {
            try db.first(
                """
                SELECT \(table.columnList) FROM \(here).\(table.name) EXCEPT
                SELECT \(table.columnList) FROM \(there).\(table.name) ORDER BY \(table.order) LIMIT 1
                """
            ) { $0.int(0) }
        }
        let extra = try first("main", without: "temp")
        let absent = try first("temp", without: "main")
        switch (extra, absent) {
        case (nil, nil): return nil
        case (let seq?, nil): return IndexDifference(table: table.name, seq: seq, problem: "a row that the leaf does not give")
        case (nil, let seq?): return IndexDifference(table: table.name, seq: seq, problem: "a row that the leaf gives is missing")
        case (let extra?, let absent?):
            let problem = extra == absent ? "a row differs from what the leaf gives" : "rows differ from what the leaves give"
            return IndexDifference(table: table.name, seq: min(extra, absent), problem: problem)
        }
    }

    private func fillIndexes(_ db: Database, schema: String) throws {
        try db.rows("SELECT seq, type, digest, body FROM leaf WHERE type IN ('run', 'evidence', 'verdict', 'redaction') ORDER BY seq") {
            row in
            let leaf = try leaf(row)
            let payload: JSONValue
            do { payload = try leaf.envelope().payload } catch let error as DocumentError {
                throw LedgerError(.broken, path: path, error.description, hint: "run the verification")
            }
            for row in IndexRows(seq: leaf.seq, type: leaf.type, payload: payload).rows {
                let statement = try RawStatement(cached: row.table.insertion(schema: schema), in: db)
                try statement.bind(row.values)
                try statement.run()
            }
        }
    }
}
