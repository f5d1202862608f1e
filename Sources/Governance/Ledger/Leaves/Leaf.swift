import ContentDigest
import Determinism
import StrictDocuments

/// What is to be recorded: a leaf before it has a place in the chain.
public struct LeafDraft: Hashable, Sendable {
    /// "run", "evidence", "verdict", "baseline", "config", "checkpoint", "redaction" …: a lower-case letter, then at most 63
    /// of `a-z 0-9 _ . -`.
    public var type: String
    /// An object; what the types mean is the writer's affair, but see ``Ledger`` for those that the indexes understand.
    public var payload: JSONValue
    /// When it happened, by the caller's clock.
    public var at: Instant

    public init(type: String, payload: JSONValue, at: Instant) {
        self.type = type
        self.payload = payload
        self.at = at
    }
}

/// Where a draft came to stand, once the transaction is on the disk.
public struct LeafReceipt: Hashable, Sendable {
    /// From 1, without gaps.
    public let seq: Int64
    /// H(0x00 || body), the digest that the chain and the tree carry.
    public let digest: Digest
}

/// A recorded leaf.
public struct Leaf: Hashable, Sendable {
    public let seq: Int64
    public let type: String
    /// The digest as recorded; ``Ledger/verify(_:anchors:progress:)`` is what compares it with the body.
    public let digest: Digest
    /// The envelope in canonical JSON; see ``LeafEnvelope``.
    public let body: [UInt8]

    /// Reads the envelope. Throws a ``DocumentError`` that names the leaf where the body is not one.
    public func envelope() throws(DocumentError) -> LeafEnvelope { try LeafEnvelope(body: body, name: "leaf #\(seq)") }
}
