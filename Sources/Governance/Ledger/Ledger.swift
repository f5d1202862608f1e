import ContentDigest
import GRDB
import GRDBSQLite
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The append-only record of runs, evidence and verdicts: one SQLite file, hash-chained, and verifiable by anybody.
///
/// ```swift
/// let ledger = try Ledger.open(path: ".pulsegate/ledger.sqlite", create: true)
/// let receipts = try ledger.append([LeafDraft(type: "run", payload: ["run_id": "r-1", "outcome": "pass"], at: now)])
/// print(try ledger.history(limit: 10), try ledger.checkpoint(origin: "example.org/ledger"))
/// let report = try ledger.verify()
/// ```
///
/// **What is recorded.** A leaf is a canonical-JSON envelope (``LeafEnvelope``). Its digest H(0x00 || body) is at once the
/// link of a chain (`prev` of the next leaf) and a leaf of the Merkle tree of RFC 6962, so that a truncated or edited file
/// is obvious to any script, and one leaf can be shown to belong to a published root without the file. Raw evidence is kept
/// beside the leaves by its digest. Tables for queries are indexes: ``rebuildIndexes()`` makes them again.
///
/// **What the indexes understand.** `run`: run_id, project, profile, commit, tree, branch, dirty, base, config_digest,
/// started_at, ended_at, outcome, exit_code, toolchain, machine_class, measures. `evidence`: run_id, collector, kind, state,
/// duration_ns, exit_status, signal, timed_out, facts, reports of path, format, sha256, size, and measures of name, value,
/// unit, n. `verdict`: run_id, profile, outcome, exit_code, now, gates of id, title, status, reason, observed, limit, owner,
/// blocking. `redaction`: blob, reason. What is absent is NULL.
///
/// **What holds.** An append is one immediate transaction with `synchronous=FULL` in write-ahead mode: what was acknowledged
/// survives `kill -9` and power loss, several processes may append at once, readers never wait. Triggers refuse every change
/// but growth. They stop mistakes, not an owner with a text editor; that is what ``verify(_:anchors:progress:)`` and
/// published checkpoints are for.
///
/// All methods throw ``LedgerError``; a damaged file never traps. The type may be used from several threads; its calls on one
/// instance run one after the other.
public final class Ledger: Sendable {
    /// The path as given to ``open(path:create:readOnly:)``.
    public let path: String
    let queue: DatabaseQueue
    /// The tree's right edge behind the newest append, to spare the next one reading it.
    let frontier = Mutex<MerkleFrontier?>(nil)

    init(path: String, queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Opens a ledger.
    ///
    /// - Parameter create: make it where there is none (its folder must exist).
    /// - Parameter readOnly: refuse to write; an older version of the tables is then not brought up to date.
    /// - Throws: `missing`, `cannotOpen`, `notALedger`, `newerVersion`, `damaged`, `busy`.
    public static func open(path: String, create: Bool, readOnly: Bool = false) throws(LedgerError) -> Ledger {
        try open(path: path, create: create, readOnly: readOnly, schema: .current)
    }

    static func open(path: String, create: Bool, readOnly: Bool, schema: LedgerSchema) throws(LedgerError) -> Ledger {
        guard (create && !readOnly) || access(path, F_OK) == 0 else {
            throw LedgerError(.missing, path: path, "there is no ledger", hint: "a run makes one; or give the path of another")
        }
        let queue = try Ledger.convert(path) { try DatabaseQueue(path: path, configuration: configuration(readOnly: readOnly)) }
        let ledger = Ledger(path: path, queue: queue)
        try ledger.identify(create: create && !readOnly, schema: schema)
        if !readOnly {
            try ledger.useWriteAheadLog()
            try ledger.write { db in
                try schema.migrate(db)
                if try db.first("SELECT 1 FROM head", read: { $0.int(0) }) == nil,
                    try db.first("SELECT 1 FROM leaf LIMIT 1", read: { $0.int(0) }) == nil
                {
                    try db.run(
                        "INSERT INTO head VALUES(1, 0, ?, ?)", .blob(MerkleTree.emptyRoot.bytes), .blob(Digest.zero.bytes))
                }
            }
        }
        return ledger
    }

    /// Closes the file; later calls throw. Without it the file is closed when the last reference goes.
    public func close() throws(LedgerError) { try Ledger.convert(path) { try queue.close() } }

    static func configuration(readOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(Double(LedgerLimits.busyTimeoutSeconds))
        configuration.prepareDatabase { db in
            // FULL: a commit is on the disk before it is acknowledged. A schema from elsewhere runs no functions of ours.
            try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF; PRAGMA recursive_triggers = ON;")
        }
        return configuration
    }

    /// Is it a ledger, and one that this program can read? Asked before anything is written to the file.
    private func identify(create: Bool, schema: LedgerSchema) throws(LedgerError) {
        let (application, version, objects) = try read { db in
            (
                try db.first("PRAGMA application_id") { $0.int(0) } ?? 0, try db.first("PRAGMA user_version") { $0.int(0) } ?? 0,
                try db.first("SELECT count(*) FROM sqlite_schema") { $0.int(0) } ?? 0
            )
        }
        if create, application == 0, version == 0, objects == 0 { return }
        guard application == LedgerSchema.applicationID else {
            throw LedgerError(
                .notALedger, path: path, "the file is a SQLite database but no ledger of this program",
                hint: "give the path of the ledger; this file was not touched")
        }
        guard version <= schema.version else {
            throw LedgerError(
                .newerVersion, path: path,
                "the ledger has version \(version) of the tables; this program knows versions up to \(schema.version)",
                hint: "use the program's newer release")
        }
        guard version >= 1 else {
            throw LedgerError(.damaged, path: path, "the ledger's version is \(version), which never was")
        }
    }

    private func useWriteAheadLog() throws(LedgerError) {
        // Switching the mode needs the file for oneself for a moment, and SQLite does not always wait for it.
        for attempt in 1... {
            do throws(LedgerError) {
                let mode = try Ledger.convert(path) {
                    try queue.inDatabase { db in try db.first("PRAGMA journal_mode = WAL") { $0.text(0) } }
                }
                guard mode == "wal" else {
                    throw LedgerError(
                        .cannotOpen, path: path, "write-ahead logging is not possible here (journal mode '\(mode ?? "none")')",
                        hint: "keep the ledger on a local disk")
                }
                return
            } catch {
                guard error.kind == .busy, attempt < LedgerLimits.maximumJournalAttempts else { throw error }
                usleep(LedgerLimits.journalAttemptPauseMicroseconds)
            }
        }
    }

    // MARK: Transactions and errors

    /// One consistent view of the file.
    func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try Ledger.convert(path) { try queue.read(body) }
    }

    /// One immediate transaction: everything or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        try Ledger.convert(path) {
            var value: Value?
            try queue.inTransaction(.immediate) { db in
                value = try body(db)
                return .commit
            }
            guard let value else { throw LedgerError(.broken, path: path, "the transaction ended without a result") }
            return value
        }
    }

    /// Turns every error of SQLite and GRDB into a ``LedgerError``.
    static func convert<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError) -> Value {
        do { return try body() } catch let error as LedgerError { throw error } catch let error as DatabaseError {
            throw LedgerError(error, path: path)
        } catch { throw LedgerError(.cannotOpen, path: path, "\(error)") }
    }
}

extension LedgerError {
    init(_ error: DatabaseError, path: String) {
        let said = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        if error.extendedResultCode == .SQLITE_IOERR_SHORT_READ {
            self.init(.damaged, path: path, "the file is cut short: \(said)", hint: Self.restoreHint)
            return
        }
        switch error.resultCode {
        case .SQLITE_CORRUPT:
            self.init(.damaged, path: path, "the file is damaged: \(said)", hint: Self.restoreHint)
        case .SQLITE_NOTADB: self.init(.damaged, path: path, "the file is not a SQLite database: \(said)", hint: Self.restoreHint)
        case .SQLITE_ERROR: self.init(.damaged, path: path, "the tables are not those of a ledger: \(said)", hint: Self.restoreHint)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .busy, path: path, "another process holds the ledger (busyTimeoutSeconds is \(LedgerLimits.busyTimeoutSeconds))",
                hint: "try again when it has ended")
        case .SQLITE_CONSTRAINT: self.init(.appendOnly, path: path, said)
        case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH, .SQLITE_MISUSE:
            self.init(.cannotOpen, path: path, said, hint: "look at the path and its permissions")
        case .SQLITE_FULL: self.init(.storage, path: path, "the disk is full", hint: "nothing of the append was recorded")
        case .SQLITE_TOOBIG: self.init(.damaged, path: path, "a row is larger than any that was written: \(said)", hint: Self.restoreHint)
        default: self.init(.storage, path: path, "\(said) (SQLite code \(error.extendedResultCode.rawValue))")
        }
    }

    private static let restoreHint = "put back a copy; what is committed under governance/ can be imported again"
}
