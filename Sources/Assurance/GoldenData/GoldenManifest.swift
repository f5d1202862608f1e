import Determinism
import StrictDocuments

/// Which golden files there are, how each is made again, how exactly it must be met, and who last vouched for it.
///
/// ```swift
/// let manifest = try GoldenManifest.decode(bytes, file: "data/golden/manifest.json")
/// for entry in manifest.entries { print(entry.file, entry.owner, entry.reason) }
/// ```
///
/// The document is JSON (schema `docs/schemas/golden-manifest.schema.json`), decoded strictly: an unknown key, a missing
/// one, a newer version or a file outside of the manifest's folder is a `DocumentError` with line and column. It is
/// written in one form only (`bytes`), so that a bless shows as the few lines that it changed.
public struct GoldenManifest: Hashable, Sendable {
    public static let format = "pulsegate-golden-manifest"
    public static let version: Int64 = 1
    /// Limits of a manifest.
    public static let maximumBytes = 16 << 20
    public static let maximumEntries = 10_000
    public static let maximumHistory = 10_000
    public static let maximumTextBytes = 2000

    public var entries: [GoldenEntry]

    public init(entries: [GoldenEntry]) { self.entries = entries }

    public var json: JSONValue {
        [
            "format": .string(Self.format), "version": .int(Self.version), "entries": .array(entries.map(\.json)),
        ]
    }

    public var bytes: [UInt8] { json.prettyBytes() }
}

/// One golden file.
public struct GoldenEntry: Hashable, Sendable {
    /// Relative to the manifest's folder, with '/'; never leaves it.
    public var file: String
    /// The name of what reproduces it, such as "macd".
    public var generator: String
    /// What the generator needs; an object.
    public var parameters: JSONValue
    /// One for each column of the file.
    public var tolerances: [String: GoldenTolerance]
    /// The bytes in force, and who vouched for them.
    public var blessing: GoldenBlessing
    /// The blessings before it, oldest first. Only ever appended to.
    public var history: [GoldenBlessing]

    public init(
        file: String, generator: String, parameters: JSONValue, tolerances: [String: GoldenTolerance], blessing: GoldenBlessing,
        history: [GoldenBlessing] = []
    ) {
        self.file = file
        self.generator = generator
        self.parameters = parameters
        self.tolerances = tolerances
        self.blessing = blessing
        self.history = history
    }

    var json: JSONValue {
        guard case .object(var members) = blessing.json else { return .null }
        members["file"] = .string(file)
        members["generator"] = .string(generator)
        members["parameters"] = parameters
        members["tolerances"] = .object(tolerances.mapValues { .string($0.text) })
        members["history"] = .array(history.map(\.json))
        return .object(members)
    }
}

/// Somebody's word that these bytes are right, and why.
public struct GoldenBlessing: Hashable, Sendable {
    /// SHA-256 of the file's bytes, 64 lower-case hexadecimal digits.
    public var sha256: String
    /// A code owner's handle ("@team/quants") or mail address.
    public var owner: String
    public var created: Instant
    public var reason: String

    public init(sha256: String, owner: String, created: Instant, reason: String) {
        self.sha256 = sha256
        self.owner = owner
        self.created = created
        self.reason = reason
    }

    var json: JSONValue {
        [
            "sha256": .string(sha256), "owner": .string(owner), "created": .string(created.rfc3339), "reason": .string(reason),
        ]
    }

    /// Why a text is no owner; nil where it is one.
    static func objection(toOwner owner: String) -> String? {
        if owner.utf8.count > 100 { return "an owner has at most 100 bytes" }
        if !owner.utf8.contains(UInt8(ascii: "@")) || owner.utf8.count < 2 || owner.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) {
            return "an owner is a handle such as @team/quants or a mail address, without white space"
        }
        return nil
    }

    /// Why a text is no reason; nil where it is one.
    static func objection(toReason reason: String) -> String? {
        if reason.utf8.allSatisfy({ $0 <= 0x20 }) { return "a reason must say something" }
        if reason.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return "a reason is one line without control characters" }
        if reason.utf8.count > GoldenManifest.maximumTextBytes {
            return "a reason has at most \(GoldenManifest.maximumTextBytes) bytes (maximumTextBytes)"
        }
        return nil
    }
}
