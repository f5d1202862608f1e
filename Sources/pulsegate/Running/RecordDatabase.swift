import GRDB
import Gates

/// The tables of one file of records: whose file it is, and the steps that lead to them.
///
/// A step, once released, never changes; `PRAGMA user_version` counts the steps taken, `PRAGMA application_id` says whose file it is.
struct RecordSchema: Sendable {
    var applicationID: Int64
    var steps: [@Sendable (Database) throws -> Void]
    /// What to do about a file that cannot be opened.
    var advice: String

    var version: Int64 { Int64(steps.count) }

    private enum Refusal: Error {
        case foreign
        case newer(Int64)
    }

    /// Takes the steps that are missing, all or none; a file that is only read is looked at and left as it is.
    fileprivate func migrate(_ queue: DatabaseQueue, readOnly: Bool) throws(Failure) {
        do {
            try queue.inTransaction(readOnly ? .deferred : .immediate) { db in
                let application = try Int64.fetchOne(db, sql: "PRAGMA application_id") ?? 0
                let found = try Int64.fetchOne(db, sql: "PRAGMA user_version") ?? 0
                let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
                guard application == applicationID || (application == 0 && tables == 0) else { throw Refusal.foreign }
                guard found <= version else { throw Refusal.newer(found) }
                guard found < version, found >= 0, !readOnly else { return .commit }
                for step in steps[Int(found)...] { try step(db) }
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
                try db.execute(sql: "PRAGMA user_version = \(version)")
                return .commit
            }
        } catch Refusal.foreign {
            throw Failure(.usage, "\(queue.path): it is a database of something else", hint: "move it away; the records are begun anew")
        } catch Refusal.newer(let found) {
            throw Failure(
                .usage, "\(queue.path): its tables are of version \(found), newer than this program", hint: "use a newer pulsegate")
        } catch {
            throw unopened(queue.path, error)
        }
    }

    fileprivate func unopened(_ path: String, _ error: any Error) -> Failure {
        Failure(.usage, "\(path): cannot be opened: \(error)", hint: advice)
    }
}

/// One opened SQLite file of records, brought to its schema. Calls run one after the other.
///
/// ```swift
/// let records = try RecordDatabase(path: path, schema: .campaigns)
/// try records.write { db in try db.execute(sql: "DELETE FROM sample") }
/// ```
///
/// Throws `Failure`: a file of something else, of a newer program, or one that cannot be opened or written.
struct RecordDatabase: Sendable {
    let path: String
    let queue: DatabaseQueue

    /// How long a call waits for another process.
    static let busySeconds = 10.0

    init(path: String, schema: RecordSchema, readOnly: Bool = false) throws(Failure) {
        self.path = path
        do {
            var configuration = GRDB.Configuration()
            configuration.busyMode = .timeout(Self.busySeconds)
            configuration.readonly = readOnly
            queue = try DatabaseQueue(path: path, configuration: configuration)
            if !readOnly {
                try queue.inDatabase { db in try db.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL") }
            }
        } catch {
            throw schema.unopened(path, error)
        }
        try schema.migrate(queue, readOnly: readOnly)
    }

    /// One transaction, all or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do {
            var value: Value?
            try queue.inTransaction(.immediate) { db in
                value = try body(db)
                return .commit
            }
            guard let value else { throw Failure(.internalError, "a transaction without a result") }
            return value
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure(.cannotEvaluate, "\(path): cannot be written: \(error)", hint: "is there room on the disk?")
        }
    }
}
