import ContentDigest
import GRDB

/// That a leaf stands at its place in the tree with a root; checked with nothing but SHA-256.
public struct InclusionProof: Hashable, Sendable {
    public let seq: Int64
    public let leafDigest: Digest
    /// The size and root of the tree that the proof is about.
    public let size: Int64
    public let root: Digest
    /// From the leaf upwards.
    public let path: [Digest]

    /// Whether the path leads from the leaf to the root.
    public var isValid: Bool {
        guard seq >= 1, seq <= size else { return false }
        return MerkleTree.verifyInclusion(
            leaf: leafDigest, index: UInt64(seq - 1), size: UInt64(size), proof: path, root: root)
    }
}

extension Ledger {
    /// The checkpoint of the ledger as it stands. Unsigned.
    ///
    /// - Parameter origin: names the ledger: a line of text without newline, such as "example.org/project".
    public func checkpoint(origin: String) throws(LedgerError) -> Checkpoint {
        guard !origin.isEmpty, !origin.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw LedgerError(.invalid, path: path, "an origin is one line of text")
        }
        let head = try head()
        return Checkpoint(origin: origin, size: head.size, root: head.root)
    }

    /// The checkpoint of the first `size` leaves: what ``checkpoint(origin:)`` gave when there were no more. O(log n).
    ///
    /// - Throws: `notFound` beyond the end; `invalid` for an origin of more than a line.
    public func checkpoint(origin: String, size: Int64) throws(LedgerError) -> Checkpoint {
        let newest = try checkpoint(origin: origin)
        if size == newest.size { return newest }
        guard size >= 0, size < newest.size else {
            throw LedgerError(.notFound, path: path, "the ledger has \(newest.size) leaves, not \(size)")
        }
        let root = try read { db in
            let lookup = { (level: Int, index: UInt64) throws -> Digest in try self.node(level: level, index: index, db) }
            return try MerkleTree.root(size: UInt64(size), node: lookup)
        }
        return Checkpoint(origin: origin, size: size, root: root)
    }

    /// Shows that leaf `seq` is part of the ledger as it stands. O(log n).
    ///
    /// - Throws: `notFound`; `broken` where the stored tree does not lead to the head's root.
    public func inclusionProof(_ seq: Int64) throws(LedgerError) -> InclusionProof {
        let proof = try read { db in
            let head = try head(db)
            guard seq >= 1, seq <= head.size else { throw LedgerError(.notFound, path: path, "there is no leaf #\(seq)") }
            let lookup = { (level: Int, index: UInt64) throws -> Digest in try self.node(level: level, index: index, db) }
            let path = try MerkleTree.inclusionProof(index: UInt64(seq - 1), size: UInt64(head.size), node: lookup) ?? []
            let leaf = try node(level: 0, index: UInt64(seq - 1), db)
            return InclusionProof(seq: seq, leafDigest: leaf, size: head.size, root: head.root, path: path)
        }
        guard proof.isValid else {
            throw LedgerError(.broken, path: path, "the stored tree does not lead to the head's root", hint: "run the verification")
        }
        return proof
    }

    /// Shows that the ledger as it stands begins with its first `size` leaves. O(log² n). `notFound` beyond the end.
    public func consistencyProof(from size: Int64) throws(LedgerError) -> [Digest] {
        try read { db in
            let head = try head(db)
            guard size >= 0, size <= head.size else {
                throw LedgerError(.notFound, path: path, "the ledger has \(head.size) leaves, not \(size)")
            }
            let lookup = { (level: Int, index: UInt64) throws -> Digest in try self.node(level: level, index: index, db) }
            return try MerkleTree.consistencyProof(prefix: UInt64(size), size: UInt64(head.size), node: lookup) ?? []
        }
    }

    /// The root of a complete subtree: stored from ``LedgerSchema/lowestStoredLevel`` on, else made from leaf digests.
    func node(level: Int, index: UInt64, _ db: Database) throws -> Digest {
        let missing = LedgerError(
            .broken, path: path, "the tree has no node at level \(level), index \(index)", hint: "run the verification")
        guard let signedIndex = Int64(exactly: index) else { throw missing }
        if level >= LedgerSchema.lowestStoredLevel {
            let stored = try db.first("SELECT hash FROM node WHERE level = ? AND idx = ?", .int(Int64(level)), .int(signedIndex)) {
                $0.digest(0)
            }
            guard let stored else { throw missing }
            return stored
        }
        let first = signedIndex << Int64(level)
        var leaves: [Digest] = []
        try db.rows(
            "SELECT digest FROM leaf WHERE seq > ? AND seq <= ? ORDER BY seq", .int(first), .int(first + 1 << Int64(level))
        ) { row in
            guard let digest = row.digest(0) else { throw missing }
            leaves.append(digest)
        }
        guard leaves.count == 1 << level else { throw missing }
        return MerkleTree.root(of: leaves)
    }
}
