import ContentDigest
import Determinism
import StrictDocuments

/// The body of a leaf: canonical JSON (RFC 8785) that says what, when, where in the chain, and after which leaf.
///
/// ```json
/// {"at":"2024-01-01T00:00:00Z","payload":{…},"prev":"<64 hexadecimal digits>","seq":1,"type":"run","v":1}
/// ```
///
/// The schema is `docs/schemas/ledger-leaf.schema.json`. Since the keys are in canonical order, everything after the payload
/// is a text of known form, ``writeSuffix``: a verifier compares it without parsing JSON. `prev` is the digest
/// H(0x00 || body) of the leaf before, and 64 zeros in the first.
public struct LeafEnvelope: Hashable, Sendable {
    /// The version of the envelope, its member `v`.
    public static let version: Int64 = 1

    public let at: Instant
    public let payload: JSONValue
    public let previous: Digest
    public let seq: Int64
    public let type: String

    public init(at: Instant, payload: JSONValue, previous: Digest, seq: Int64, type: String) {
        self.at = at
        self.payload = payload
        self.previous = previous
        self.seq = seq
        self.type = type
    }

    /// The canonical bytes. O(payload).
    public func body() -> [UInt8] {
        // Written by hand around the payload: the same bytes as `JSONValue.canonicalBytes()` of the whole, without the copy.
        var bytes: [UInt8] = []
        let payloadBytes = payload.canonicalBytes()
        bytes.reserveCapacity(payloadBytes.count + 192)
        bytes.append(contentsOf: "{\"at\":\"".utf8)
        bytes.append(contentsOf: at.rfc3339.utf8)
        bytes.append(contentsOf: "\",\"payload\":".utf8)
        bytes.append(contentsOf: payloadBytes)
        bytes.append(contentsOf: ",\"prev\":\"\(previous.hex)\",\"seq\":\(seq),\"type\":\"\(type)\",\"v\":1}".utf8)
        return bytes
    }

    /// Reads a body strictly: exactly these keys, and the very bytes that ``body()`` would write.
    public init(body: [UInt8], name: String) throws(DocumentError) {
        let value = try JSONValue(JSONDocument.parse(body, file: name), file: name)
        func bad(_ kind: DocumentError.Kind, _ message: String) -> DocumentError {
            DocumentError(kind, file: name, at: nil, message)
        }
        guard let members = value.objectValue else { throw bad(.wrongType, "the body is not an object") }
        let known: Set<String> = ["at", "payload", "prev", "seq", "type", "v"]
        for key in members.keys.sorted() where !known.contains(key) { throw bad(.unknownKey, "the envelope has no key '\(key)'") }
        guard let version = members["v"]?.intValue else { throw bad(.missingKey, "the envelope's version 'v' is missing") }
        guard version == Self.version else {
            throw bad(version > Self.version ? .newerVersion : .badValue, "version \(version) of the envelope is not known")
        }
        guard let atText = members["at"]?.stringValue, let payload = members["payload"], payload.objectValue != nil,
            let previousText = members["prev"]?.stringValue, let seq = members["seq"]?.intValue,
            let type = members["type"]?.stringValue
        else { throw bad(.missingKey, "the envelope needs at, payload (an object), prev, seq, type and v") }
        guard let at = try? Instant(rfc3339: atText) else { throw bad(.badValue, "'at' is not an RFC 3339 time") }
        guard let previous = Digest(hex: previousText) else { throw bad(.badValue, "'prev' is not a digest in lower case") }
        guard seq >= 1, Self.isValidType(type) else { throw bad(.badValue, "'seq' or 'type' is out of range") }
        self.init(at: at, payload: payload, previous: previous, seq: seq, type: type)
        guard self.body() == body else { throw bad(.badValue, "the body is not canonical JSON") }
    }

    /// A lower-case letter, then at most 63 of `a-z 0-9 _ . -`.
    public static func isValidType(_ type: String) -> Bool {
        guard let first = type.utf8.first, (0x61...0x7A).contains(first) else { return false }
        return type.utf8.count <= LedgerLimits.maximumTypeLength && type.utf8.allSatisfy(isTypeByte)
    }

    @inline(__always)
    static func isTypeByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F || byte == 0x2E || byte == 0x2D
    }
}
