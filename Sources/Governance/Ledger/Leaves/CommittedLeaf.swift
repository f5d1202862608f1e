import ContentDigest
import Determinism
import StrictDocuments

/// A leaf as it is committed under `governance/`: one JSON file, so that it outlives any clone's ledger.
///
/// ```json
/// {
///   "at": "2024-01-01T00:00:00Z",
///   "format": "pulsegate-leaf",
///   "id": "<64 hexadecimal digits>",
///   "payload": {…},
///   "type": "signoff",
///   "version": 1
/// }
/// ```
///
/// The schema is `docs/schemas/committed-leaf.schema.json`. `id` is SHA-256 of the canonical bytes of the other members: an
/// edited file is refused, and importing a file twice records it once. ``bytes`` are what is committed; on reading, white
/// space and the order of keys are free, since people merge these files.
public struct CommittedLeaf: Hashable, Sendable {
    public static let format = "pulsegate-leaf"
    public static let version: Int64 = 1

    public let type: String
    public let at: Instant
    public let payload: JSONValue
    /// The digest of everything else in the file.
    public let id: Digest

    public init(type: String, at: Instant, payload: JSONValue) {
        self.type = type
        self.at = at
        self.payload = payload
        id = SHA256Digest.of(JSONValue.object(Self.members(type: type, at: at.rfc3339, payload: payload)).canonicalBytes())
    }

    /// The file's content, for people and diffs.
    public var bytes: [UInt8] {
        var members = Self.members(type: type, at: at.rfc3339, payload: payload)
        members["id"] = .string(id.hex)
        return JSONValue.object(members).prettyBytes()
    }

    /// Reads a file strictly.
    ///
    /// - Throws: a located ``DocumentError``: an unknown or missing key, a newer version, a value out of form, or an `id` that
    ///   is not that of the content.
    public init(parsing bytes: [UInt8], file: String) throws(DocumentError) {
        let root = try JSONDocument.parse(
            bytes, file: file,
            limits: JSONLimits(maximumBytes: LedgerLimits.maximumLeafBytes, maximumDepth: LedgerLimits.maximumPayloadDepth + 1))
        func bad(_ kind: DocumentError.Kind, _ node: JSONNode, _ message: String, hint: String? = nil) -> DocumentError {
            DocumentError(kind, file: file, at: node.position, message, hint: hint)
        }
        guard case .object(let members) = root.content else {
            throw bad(.wrongType, root, "a committed leaf is an object, not \(root.typeName)")
        }
        let known = ["at", "format", "id", "payload", "type", "version"]
        for member in members where !known.contains(member.key) {
            throw DocumentError(
                .unknownKey, file: file, at: member.keyPosition, "a committed leaf has no key '\(member.key)'",
                hint: "its keys are \(known.joined(separator: ", "))")
        }
        func value(_ key: String) throws(DocumentError) -> JSONNode {
            guard let member = members.first(where: { $0.key == key }) else {
                throw bad(.missingKey, root, "the key '\(key)' is missing")
            }
            return member.value
        }
        func text(_ key: String) throws(DocumentError) -> (text: String, node: JSONNode) {
            let node = try value(key)
            guard case .string(let text) = node.content else { throw bad(.wrongType, node, "'\(key)' is a string, not \(node.typeName)") }
            return (text, node)
        }
        let format = try text("format")
        guard format.text == Self.format else { throw bad(.badValue, format.node, "the format is not '\(Self.format)'") }
        let versionNode = try value("version")
        guard case .number(let number) = versionNode.content, let version = number.int64, version >= 1 else {
            throw bad(.badValue, versionNode, "'version' is an integer from 1")
        }
        guard version <= Self.version else {
            throw bad(
                .newerVersion, versionNode, "version \(version) of the format; this program knows versions up to \(Self.version)",
                hint: "use the program's newer release")
        }
        let type = try text("type")
        guard LeafEnvelope.isValidType(type.text) else {
            throw bad(.badValue, type.node, "a type is a lower-case letter, then up to 63 of a-z 0-9 _ . -")
        }
        let atText = try text("at")
        let at: Instant
        do throws(InstantError) { at = try Instant(rfc3339: atText.text) } catch { throw bad(.badValue, atText.node, error.description) }
        let payloadNode = try value("payload")
        guard case .object = payloadNode.content else {
            throw bad(.wrongType, payloadNode, "'payload' is an object, not \(payloadNode.typeName)")
        }
        let idText = try text("id")
        guard let id = Digest(hex: idText.text) else { throw bad(.badValue, idText.node, "'id' is 64 hexadecimal digits in lower case") }
        self.init(type: type.text, at: at, payload: try JSONValue(payloadNode, file: file))
        guard self.id == id else {
            throw bad(
                .contradiction, idText.node, "the id is not that of the content, which is \(self.id)",
                hint: "a committed leaf is not edited; commit another that supersedes it")
        }
    }

    private static func members(type: String, at: String, payload: JSONValue) -> [String: JSONValue] {
        [
            "format": .string(format), "version": .int(version), "type": .string(type), "at": .string(at), "payload": payload,
        ]
    }
}

extension Ledger {
    /// Appends those committed leaves that this ledger does not hold yet, in the order given, in one transaction.
    ///
    /// Importing again changes nothing: a leaf is known by its id. Returns the receipts of the leaves that were appended.
    @discardableResult
    public func importCommitted(_ leaves: [CommittedLeaf]) throws(LedgerError) -> [LeafReceipt] {
        let drafts = leaves.map { LeafDraft(type: $0.type, payload: $0.payload, at: $0.at) }
        for draft in drafts { try check(draft) }
        guard leaves.count <= LedgerLimits.maximumLeavesPerAppend else {
            throw LedgerError(
                .limit, path: path,
                "\(leaves.count) committed leaves; the limit maximumLeavesPerAppend is \(LedgerLimits.maximumLeavesPerAppend)")
        }
        let (receipts, edge) = try write { db in
            var seen: Set<Digest> = []
            var fresh: [Int] = []
            for (index, leaf) in leaves.enumerated() where seen.insert(leaf.id).inserted {
                let known = try db.first("SELECT seq FROM committed WHERE id = ?", .blob(leaf.id.bytes)) { $0.int(0) }
                if known == nil { fresh.append(index) }
            }
            let (receipts, edge) = try insert(fresh.map { drafts[$0] }, db)
            for (index, receipt) in zip(fresh, receipts) {
                try db.run("INSERT INTO committed(id, seq) VALUES(?, ?)", .blob(leaves[index].id.bytes), .int(receipt.seq))
            }
            return (receipts, edge)
        }
        frontier.withLock { $0 = edge }
        return receipts
    }
}
