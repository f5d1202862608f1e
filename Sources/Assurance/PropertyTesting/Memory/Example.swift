import StrictDocuments

/// A case worth remembering: what it takes to run it again, and why it was kept.
///
/// ```swift
/// let example = Example(property: "Lists/reversal twice", role: .failure, token: failure.token, origin: failure.failure.origin)
/// store.save(example)
/// ```
///
/// As a file it is one line of canonical JSON, ``format`` version 1 (schema: `docs/schemas/property-example.schema.json`). The role is not
/// in it: it stands in the file's name, so that a failure is set aside by renaming.
public struct Example: Hashable, Sendable {
    /// Why it was kept, in the order in which examples are run again.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// The simplest case of a bug; runs before all else.
        case failure
        /// A failure that something simpler has taken the place of: it may fail again, in another way.
        case displaced
        /// A case that passed and reached what no other did: a good start for a search.
        case corpus
    }

    /// The stable name of its property.
    public var property: String
    public var role: Role
    public var token: ReplayToken
    /// What made it a failure; nil for the corpus.
    public var origin: FailureOrigin?

    public init(property: String, role: Role, token: ReplayToken, origin: FailureOrigin? = nil) {
        self.property = property
        self.role = role
        self.token = token
        self.origin = origin
    }

    public static let format = "pulsegate-example"
    public static let version: Int64 = 1
    /// Of one file. A token of the greatest length fits.
    public static let maximumBytes = ReplayToken.maximumLength + (64 << 10)

    /// Failures before what was displaced before the corpus, and the simplest first.
    static func runsBefore(_ a: Example, _ b: Example) -> Bool {
        let roles = Role.allCases
        let (first, second) = (roles.firstIndex(of: a.role) ?? 0, roles.firstIndex(of: b.role) ?? 0)
        if first != second { return first < second }
        if a.token.indices != b.token.indices { return isSimpler(a.token.indices, than: b.token.indices) }
        return (a.origin?.description ?? "") < (b.origin?.description ?? "")
    }

    // MARK: As a file

    /// The content of its file.
    public var bytes: [UInt8] {
        let json: JSONValue = [
            "format": .string(Self.format), "version": .int(Self.version), "property": .string(property),
            "token": .string(token.description), "reason": origin.map { .string($0.reason) } ?? .null,
            "location": origin?.location.map { .string($0) } ?? .null,
        ]
        return json.canonicalBytes() + [0x0A]
    }

    /// Why bytes are no example.
    enum Refusal: Error, Hashable {
        case broken(String)
        case newerVersion(Int64)
    }

    init(_ bytes: [UInt8], role: Role, file: String) throws(Refusal) {
        let limits = JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 4)
        let json: JSONValue
        do { json = try JSONValue(JSONDocument.parse(bytes, file: file, limits: limits), file: file) } catch { throw .broken("\(error)") }
        guard json["format"]?.stringValue == Self.format, let version = json["version"]?.intValue else {
            throw .broken("\(file): it is no document of the format \(Self.format)")
        }
        // A newer version may have other keys; its number is all that is read of it.
        guard version <= Self.version else { throw .newerVersion(version) }
        guard version == Self.version, json.objectValue?.count == 6, let property = json["property"]?.stringValue,
            let text = json["token"]?.stringValue, let token = ReplayToken(text), let reason = json["reason"],
            let location = json["location"],
            reason == .null || reason.stringValue != nil, location == .null || location.stringValue != nil
        else { throw .broken("\(file): its keys are not those of version \(Self.version), or its token is damaged") }
        self.init(
            property: property, role: role, token: token,
            origin: reason.stringValue.map { FailureOrigin(reason: $0, location: location.stringValue) })
    }
}

/// Something about the memory that a person should know and that is no reason to stop: the report lists it.
public struct ExampleWarning: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A file that was cut short, changed, or was never an example.
        case broken
        /// A file of another property, or with a name that no example has.
        case foreign
        /// A file of a newer version.
        case newerVersion
        /// A named limit was reached and something was left out.
        case limit
        /// The system refused to read or write.
        case system
    }

    public var kind: Kind
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}
