import ContentDigest
import GRDB
import StrictDocuments

/// What the ledger keeps of a piece of raw evidence.
public struct Blob: Hashable, Sendable {
    public let digest: Digest
    public let sizeBytes: Int64
    public let media: String?
    /// Nil where the blob was larger than ``LedgerLimits/maximumBlobBytes`` or has been redacted.
    public let bytes: [UInt8]?
}

extension Ledger {
    /// The leaf at a place; nil where the ledger has none there. O(log n).
    public func leaf(_ seq: Int64) throws(LedgerError) -> Leaf? {
        try read { db in
            try db.first("SELECT seq, type, digest, body FROM leaf WHERE seq = ?", .int(seq)) { try leaf($0) }
        }
    }

    /// Leaves in their order, newest first when `descending`; of one type, or of all.
    public func leaves(type: String? = nil, limit: Int, descending: Bool = false) throws(LedgerError) -> [Leaf] {
        try checkLimit(limit)
        let order = descending ? "DESC" : "ASC"
        let condition = type == nil ? "" : "WHERE type = ?"
        let values: [SQLValue] = (type.map { [.text($0)] } ?? []) + [.int(Int64(limit))]
        return try read { db in
            var leaves: [Leaf] = []
            try db.rows("SELECT seq, type, digest, body FROM leaf \(condition) ORDER BY seq \(order) LIMIT ?", values) { row in
                leaves.append(try leaf(row))
            }
            return leaves
        }
    }

    /// A blob by its digest; nil where the ledger has none. The bytes are compared with the digest.
    ///
    /// - Throws: `broken` where the bytes are not those that were recorded.
    public func blob(_ digest: Digest) throws(LedgerError) -> Blob? {
        try read { db in
            try db.first("SELECT size, media, bytes FROM blob WHERE sha256 = ?", .blob(digest.bytes)) { row in
                let bytes = row.blob(2)
                if let bytes, SHA256Digest.of(bytes) != digest {
                    throw LedgerError(
                        .broken, path: path, "the blob \(digest) has other bytes than were recorded", hint: "run the verification")
                }
                return Blob(digest: digest, sizeBytes: row.int(0) ?? 0, media: row.text(1), bytes: bytes)
            }
        }
    }

    func leaf(_ row: RawStatement) throws -> Leaf {
        guard let seq = row.int(0), let type = row.text(1), let digest = row.digest(2), let body = row.blob(3) else {
            throw LedgerError(
                .broken, path: path, "leaf #\(row.int(0) ?? 0) is malformed", hint: "run the verification")
        }
        return Leaf(seq: seq, type: type, digest: digest, body: body)
    }

    func checkLimit(_ limit: Int) throws(LedgerError) {
        guard limit >= 1, limit <= LedgerLimits.maximumRowsPerQuery else {
            throw LedgerError(
                .limit, path: path, "a query returns 1 to \(LedgerLimits.maximumRowsPerQuery) rows (maximumRowsPerQuery), not \(limit)")
        }
    }
}
