import ContentDigest
import Determinism
import GRDB
import StrictDocuments

/// Raw evidence to be kept beside the leaves by its digest.
public struct BlobDraft: Hashable, Sendable {
    public var bytes: [UInt8]
    /// The media type, such as "application/xml"; nil where nobody knows.
    public var media: String?

    public init(_ bytes: [UInt8], media: String? = nil) {
        self.bytes = bytes
        self.media = media
    }
}

/// How many leaves there are, and what they amount to.
public struct LedgerHead: Hashable, Sendable {
    /// The number of leaves, and the seq of the last.
    public let size: Int64
    /// The root of the RFC 6962 tree over all leaves.
    public let root: Digest
    /// The digest of the last leaf; zero where there is none.
    public let digest: Digest
}

extension Ledger {
    /// Appends leaves and blobs in one transaction; on return they are on the disk.
    ///
    /// A blob that is already there is not stored again; of one above ``LedgerLimits/maximumBlobBytes`` only digest and size
    /// are kept. Complexity: O(bytes) hashing, O(log n) rows of the tree.
    ///
    /// - Throws: `limit` and `invalid` before anything is written; `broken` where the head does not fit the tree; `busy`.
    @discardableResult
    public func append(_ drafts: [LeafDraft], blobs: [BlobDraft] = []) throws(LedgerError) -> [LeafReceipt] {
        for draft in drafts { try check(draft) }
        guard drafts.count <= LedgerLimits.maximumLeavesPerAppend else {
            throw LedgerError(
                .limit, path: path,
                "\(drafts.count) leaves at once; the limit maximumLeavesPerAppend is \(LedgerLimits.maximumLeavesPerAppend)")
        }
        guard !drafts.isEmpty || !blobs.isEmpty else { return [] }
        do {
            let (receipts, edge) = try write { db in
                for blob in blobs { try insert(blob, db) }
                return try insert(drafts, db)
            }
            frontier.withLock { $0 = edge }
            return receipts
        } catch {
            frontier.withLock { $0 = nil }
            throw error
        }
    }

    /// Removes the bytes of a blob for ever, by a leaf that says why. Digest, size and every proof stay.
    ///
    /// - Throws: `notFound` where there is no such blob.
    public func redact(blob digest: Digest, reason: String, at: Instant) throws(LedgerError) -> LeafReceipt {
        let draft = LeafDraft(
            type: "redaction", payload: .object(["blob": .string(digest.hex), "reason": .string(reason)]), at: at)
        try check(draft)
        let (receipt, edge) = try write { db in
            guard try db.first("SELECT 1 FROM blob WHERE sha256 = ?", .blob(digest.bytes), read: { $0.int(0) }) != nil else {
                throw LedgerError(.notFound, path: path, "there is no blob \(digest)")
            }
            // Freed pages are overwritten, so that what was secret does not stay in the file.
            try db.execute(sql: "PRAGMA secure_delete = ON")
            let (receipts, edge) = try insert([draft], db)
            try db.run("UPDATE blob SET bytes = NULL WHERE sha256 = ?", .blob(digest.bytes))
            guard let receipt = receipts.first else { throw LedgerError(.broken, path: path, "the redaction has no leaf") }
            return (receipt, edge)
        }
        frontier.withLock { $0 = edge }
        // The log holds the bytes until it is folded into the file and emptied.
        _ = try Ledger.convert(path) {
            try queue.inDatabase { db in try db.first("PRAGMA wal_checkpoint(TRUNCATE)") { $0.int(0) } }
        }
        return receipt
    }

    /// Size, root and last digest as the ledger states them. O(1).
    public func head() throws(LedgerError) -> LedgerHead { try read { try head($0) } }

    // MARK: Inside a transaction

    func head(_ db: Database) throws -> LedgerHead {
        let head: LedgerHead? = try db.first("SELECT size, root, digest FROM head WHERE only = 1") { row in
            guard let size = row.int(0), size >= 0, let root = row.digest(1), let digest = row.digest(2) else { return nil }
            return LedgerHead(size: size, root: root, digest: digest)
        }
        guard let head else {
            throw LedgerError(.broken, path: path, "the row of head is missing or malformed", hint: "run the verification")
        }
        return head
    }

    func insert(_ drafts: [LeafDraft], _ db: Database) throws -> ([LeafReceipt], MerkleFrontier) {
        let head = try head(db)
        var edge = try edge(of: head, db)
        guard !drafts.isEmpty else { return ([], edge) }
        let leafInsert = try RawStatement(cached: "INSERT INTO leaf(seq, type, body, digest) VALUES(?, ?, ?, ?)", in: db)
        let nodeInsert = try RawStatement(cached: "INSERT INTO node(level, idx, hash) VALUES(?, ?, ?)", in: db)
        var receipts: [LeafReceipt] = []
        receipts.reserveCapacity(drafts.count)
        var previous = head.digest
        var seq = head.size
        for draft in drafts {
            seq += 1
            let body = LeafEnvelope(at: draft.at, payload: draft.payload, previous: previous, seq: seq, type: draft.type).body()
            guard body.count <= LedgerLimits.maximumLeafBytes else {
                throw LedgerError(
                    .limit, path: path,
                    "a leaf of type \(draft.type) has \(body.count) bytes; the limit maximumLeafBytes is \(LedgerLimits.maximumLeafBytes)",
                    hint: "keep large content as a blob and its digest in the leaf")
            }
            let digest = MerkleTree.leaf(body)
            try leafInsert.bind(.int(seq), at: 1)
            try leafInsert.bind(.text(draft.type), at: 2)
            try leafInsert.bind(.blob(body), at: 3)
            try leafInsert.bind(digest, at: 4)
            try leafInsert.run()
            try edge.append(digest) { level, index, node in
                guard level >= LedgerSchema.lowestStoredLevel else { return }
                try nodeInsert.bind(.int(Int64(level)), at: 1)
                try nodeInsert.bind(.int(Int64(index)), at: 2)
                try nodeInsert.bind(node, at: 3)
                try nodeInsert.run()
            }
            for row in IndexRows(seq: seq, type: draft.type, payload: draft.payload).rows {
                let statement = try RawStatement(cached: row.table.insertion(schema: "main"), in: db)
                try statement.bind(row.values)
                try statement.run()
            }
            receipts.append(LeafReceipt(seq: seq, digest: digest))
            previous = digest
        }
        try db.run(
            "UPDATE head SET size = ?, root = ?, digest = ? WHERE only = 1", .int(seq), .blob(edge.root.bytes),
            .blob(previous.bytes))
        return (receipts, edge)
    }

    /// The tree's right edge at the head; refuses to go on from a tree that does not give the head's root.
    private func edge(of head: LedgerHead, _ db: Database) throws -> MerkleFrontier {
        if let cached = frontier.withLock({ $0 }), Int64(cached.size) == head.size, cached.root == head.root { return cached }
        let edge = try MerkleFrontier(size: UInt64(head.size)) { level, index in try node(level: level, index: index, db) }
        guard edge.root == head.root else {
            throw LedgerError(
                .broken, path: path, "the stored tree does not give the root of the head; nothing was appended",
                hint: "run the verification, which names the first bad leaf")
        }
        return edge
    }

    private func insert(_ blob: BlobDraft, _ db: Database) throws {
        let digest = SHA256Digest.of(blob.bytes)
        let kept: SQLValue = blob.bytes.count <= LedgerLimits.maximumBlobBytes ? .blob(blob.bytes) : .null
        guard try db.first("SELECT 1 FROM blob WHERE sha256 = ?", .blob(digest.bytes), read: { $0.int(0) }) == nil else { return }
        try db.run(
            "INSERT INTO blob(sha256, size, media, bytes) VALUES(?, ?, ?, ?)", .blob(digest.bytes),
            .int(Int64(blob.bytes.count)), blob.media.map { .text($0) } ?? .null, kept)
    }

    func check(_ draft: LeafDraft) throws(LedgerError) {
        guard LeafEnvelope.isValidType(draft.type) else {
            throw LedgerError(
                .invalid, path: path, "'\(draft.type.prefix(80))' is no type of a leaf",
                hint: "a lower-case letter, then up to \(LedgerLimits.maximumTypeLength - 1) of a-z 0-9 _ . -")
        }
        guard draft.payload.objectValue != nil else {
            throw LedgerError(.invalid, path: path, "the payload of a leaf of type \(draft.type) is not an object")
        }
        guard Self.isDepth(of: draft.payload, atMost: LedgerLimits.maximumPayloadDepth) else {
            throw LedgerError(
                .limit, path: path,
                "the payload of a leaf of type \(draft.type) is nested deeper than maximumPayloadDepth, "
                    + "\(LedgerLimits.maximumPayloadDepth)")
        }
    }

    /// Goes no deeper than the limit, so that no payload can exhaust the stack.
    private static func isDepth(of value: JSONValue, atMost limit: Int) -> Bool {
        switch value {
        case .array(let elements): limit > 0 && elements.allSatisfy { isDepth(of: $0, atMost: limit - 1) }
        case .object(let members): limit > 0 && members.values.allSatisfy { isDepth(of: $0, atMost: limit - 1) }
        default: true
        }
    }
}
