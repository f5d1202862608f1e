import ContentDigest
import GRDB
import GRDBSQLite

/// A value to bind: what the ledger's tables hold.
enum SQLValue: Hashable, Sendable {
    case null
    case int(Int64)
    case text(String)
    case blob([UInt8])
}

/// A prepared statement that is stepped by hand.
///
/// GRDB converts columns by types and traps on a value of another type; a damaged file can hold any value anywhere, so
/// the ledger reads every column through SQLite's own accessors, which never trap, and asks for the type itself.
///
/// ```swift
/// try db.rows("SELECT seq FROM leaf WHERE seq > ?", .int(7)) { row in print(row.int(0) ?? -1) }
/// ```
///
/// Throws GRDB's `DatabaseError`; ``Ledger`` turns it into a ``LedgerError`` in one place.
struct RawStatement {
    // Keeps the statement alive: GRDB finalises it when the last reference goes.
    private let owner: Statement
    let handle: OpaquePointer

    /// From the connection's cache. Two uses of the same text must not overlap.
    init(cached sql: String, in db: Database) throws { try self.init(db.cachedStatement(sql: sql)) }

    /// Prepared anew, for statements of one text that are stepped side by side.
    init(fresh sql: String, in db: Database) throws { try self.init(db.makeStatement(sql: sql)) }

    private init(_ statement: Statement) throws {
        owner = statement
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    func bind(_ values: [SQLValue]) throws {
        for (index, value) in values.enumerated() { try bind(value, at: Int32(index + 1)) }
    }

    func bind(_ value: SQLValue, at position: Int32) throws {
        switch value {
        case .null: try check(sqlite3_bind_null(handle, position))
        case .int(let value): try check(sqlite3_bind_int64(handle, position, value))
        case .text(var text):
            try check(
                text.withUTF8 { utf8 in
                    utf8.withMemoryRebound(to: CChar.self) {
                        sqlite3_bind_text(handle, position, $0.baseAddress ?? Self.nothing, Int32($0.count), Self.transient)
                    }
                })
        case .blob(let bytes): try bytes.withUnsafeBytes { try bind(blob: $0, at: position) }
        }
    }

    func bind(blob buffer: UnsafeRawBufferPointer, at position: Int32) throws {
        guard let base = buffer.baseAddress, !buffer.isEmpty else {
            return try check(sqlite3_bind_zeroblob(handle, position, 0))
        }
        try check(sqlite3_bind_blob(handle, position, base, Int32(buffer.count), Self.transient))
    }

    func bind(_ digest: Digest, at position: Int32) throws { try digest.withBytes { try bind(blob: $0, at: position) } }

    /// Moves to the next row; false behind the last.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    /// Runs a statement that returns no rows, and makes it ready for the next values.
    func run() throws {
        defer { reset() }
        while try step() {}
    }

    func reset() { sqlite3_reset(handle) }

    // MARK: Columns of the present row

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func int(_ column: Int32) -> Int64? {
        sqlite3_column_type(handle, column) == SQLITE_INTEGER ? sqlite3_column_int64(handle, column) : nil
    }

    func text(_ column: Int32) -> String? {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { return nil }
        return String(decoding: bytes(column), as: UTF8.self)
    }

    func blob(_ column: Int32) -> [UInt8]? {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
        return Array(bytes(column))
    }

    func digest(_ column: Int32) -> Digest? {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { return nil }
        return Digest(buffer: bytes(column))
    }

    func value(_ column: Int32) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: .int(sqlite3_column_int64(handle, column))
        case SQLITE_TEXT: .text(String(decoding: bytes(column), as: UTF8.self))
        case SQLITE_BLOB: .blob(Array(bytes(column)))
        default: .null
        }
    }

    /// The bytes of a blob or text column; valid until the next step.
    func bytes(_ column: Int32) -> UnsafeRawBufferPointer {
        guard let base = sqlite3_column_blob(handle, column) else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        return UnsafeRawBufferPointer(start: base, count: Int(sqlite3_column_bytes(handle, column)))
    }

    func isBlob(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_BLOB }
    func isText(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_TEXT }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure(code) }
    }

    private func failure(_ code: Int32) -> DatabaseError {
        let message = sqlite3_db_handle(handle).flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) }
        reset()
        return DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
    }

    /// SQLITE_TRANSIENT, a macro that does not reach Swift: SQLite copies what is bound.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
    /// What an empty text points at: SQLite takes a null pointer for NULL.
    private static var nothing: UnsafePointer<CChar> { emptyText.utf8Start.withMemoryRebound(to: CChar.self, capacity: 1) { $0 } }
    private static let emptyText: StaticString = ""
}

extension Database {
    /// Visits the rows of a query.
    func rows(_ sql: String, _ values: SQLValue..., visit: (RawStatement) throws -> Void) throws {
        try rows(sql, values, visit: visit)
    }

    func rows(_ sql: String, _ values: [SQLValue], visit: (RawStatement) throws -> Void) throws {
        let statement = try RawStatement(cached: sql, in: self)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() { try visit(statement) }
    }

    /// What `read` makes of the first row; nil without one.
    func first<Value>(_ sql: String, _ values: SQLValue..., read: (RawStatement) throws -> Value?) throws -> Value? {
        let statement = try RawStatement(cached: sql, in: self)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? read(statement) : nil
    }

    func run(_ sql: String, _ values: SQLValue...) throws {
        let statement = try RawStatement(cached: sql, in: self)
        try statement.bind(values)
        try statement.run()
    }
}
