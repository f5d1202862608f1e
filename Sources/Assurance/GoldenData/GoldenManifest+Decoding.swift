import Determinism
import StrictDocuments

extension GoldenManifest {
    /// Reads a manifest; `file` is its name for messages. Throws `DocumentError` with line and column. O(bytes).
    public static func decode(_ bytes: [UInt8], file: String) throws(DocumentError) -> GoldenManifest {
        let root = try JSONDocument.parse(
            bytes, file: file, limits: JSONLimits(maximumBytes: maximumBytes, maximumDepth: 16))
        let object = try StrictObject(root, file: file, allowed: ["format", "version", "entries"])
        let format = try object.member("format")
        guard try object.text("format") == Self.format else {
            throw object.error(.badValue, at: format, "expected the format \"\(Self.format)\"")
        }
        let version = try object.member("version")
        guard case .number(let number) = version.content, let value = number.int64 else {
            throw object.error(.wrongType, at: version, "expected an integer, found \(version.typeName)")
        }
        if value > Self.version {
            throw object.error(
                .newerVersion, at: version, "version \(value) of the manifest is newer than this program, which knows \(Self.version)",
                hint: "update the program")
        }
        guard value == Self.version else { throw object.error(.badValue, at: version, "there is no version \(value)") }
        let list = try object.member("entries")
        let nodes = try object.array("entries", limit: maximumEntries, named: "maximumEntries")
        guard !nodes.isEmpty else { throw object.error(.empty, at: list, "the manifest names no golden file") }
        var entries: [GoldenEntry] = []
        var seen: Set<String> = []
        for node in nodes {
            let entry = try GoldenEntry(node, file: file)
            guard seen.insert(entry.file).inserted else {
                throw object.error(.duplicate, at: node, "the file '\(entry.file)' has two entries")
            }
            entries.append(entry)
        }
        return GoldenManifest(entries: entries)
    }
}

extension GoldenEntry {
    fileprivate init(_ node: JSONNode, file: String) throws(DocumentError) {
        let object = try StrictObject(
            node, file: file,
            allowed: ["file", "sha256", "generator", "parameters", "tolerances", "owner", "created", "reason", "history"])
        self.file = try object.text("file")
        if let objection = GoldenPath.objection(to: self.file) {
            throw object.error(.badValue, at: try object.member("file"), "the file '\(self.file)' \(objection)")
        }
        generator = try object.text("generator")
        if generator.isEmpty { throw object.error(.badValue, at: try object.member("generator"), "a generator must have a name") }
        let parametersNode = try object.member("parameters")
        parameters = try JSONValue(parametersNode, file: file)
        guard parameters.objectValue != nil else {
            throw object.error(.wrongType, at: parametersNode, "expected an object, found \(parametersNode.typeName)")
        }
        tolerances = try Self.tolerances(object)
        blessing = try GoldenBlessing(object)
        var history: [GoldenBlessing] = []
        for node in try object.array("history", limit: GoldenManifest.maximumHistory, named: "maximumHistory") {
            let past = try GoldenBlessing(
                try StrictObject(node, file: file, allowed: ["sha256", "owner", "created", "reason"]))
            if let last = history.last, past.created < last.created {
                throw object.error(.contradiction, at: node, "the history is not in order of time", hint: "it is only ever appended to")
            }
            history.append(past)
        }
        if let last = history.last, blessing.created < last.created {
            throw object.error(.contradiction, at: try object.member("created"), "'created' is before the last entry of the history")
        }
        self.history = history
    }

    private static func tolerances(_ object: StrictObject) throws(DocumentError) -> [String: GoldenTolerance] {
        let node = try object.member("tolerances")
        guard case .object(let members) = node.content else {
            throw object.error(.wrongType, at: node, "expected an object, found \(node.typeName)")
        }
        guard !members.isEmpty else { throw object.error(.empty, at: node, "no column has a tolerance") }
        var tolerances: [String: GoldenTolerance] = [:]
        for member in members {
            guard case .string(let text) = member.value.content else {
                throw object.error(.wrongType, at: member.value, "expected a string, found \(member.value.typeName)")
            }
            guard let tolerance = GoldenTolerance(text) else {
                throw object.error(
                    .badValue, at: member.value, "'\(text)' is no tolerance", hint: "write \"exact\" or a number such as \"5e-7\"")
            }
            tolerances[member.key] = tolerance
        }
        return tolerances
    }
}

extension GoldenBlessing {
    fileprivate init(_ object: StrictObject) throws(DocumentError) {
        sha256 = try object.text("sha256")
        let isDigest = sha256.utf8.count == 64 && sha256.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
        guard isDigest else {
            throw object.error(.badValue, at: try object.member("sha256"), "expected 64 lower-case hexadecimal digits")
        }
        owner = try object.text("owner")
        if let objection = Self.objection(toOwner: owner) { throw object.error(.badValue, at: try object.member("owner"), objection) }
        reason = try object.text("reason")
        if let objection = Self.objection(toReason: reason) { throw object.error(.badValue, at: try object.member("reason"), objection) }
        let text = try object.text("created")
        do {
            created = try Instant(rfc3339: text)
        } catch {
            throw object.error(.badValue, at: try object.member("created"), error.description)
        }
    }
}

/// A JSON object of which every key is known.
private struct StrictObject {
    private let node: JSONNode
    private let file: String
    private let members: [String: JSONNode]

    init(_ node: JSONNode, file: String, allowed: Set<String>) throws(DocumentError) {
        guard case .object(let list) = node.content else {
            throw DocumentError(.wrongType, file: file, at: node.position, "expected an object, found \(node.typeName)")
        }
        var members: [String: JSONNode] = [:]
        for member in list {
            guard allowed.contains(member.key) else {
                throw DocumentError(
                    .unknownKey, file: file, at: member.keyPosition, "unknown key '\(member.key)'",
                    hint: "the keys are: \(allowed.sorted().joined(separator: ", "))")
            }
            members[member.key] = member.value
        }
        self.node = node
        self.file = file
        self.members = members
    }

    func error(_ kind: DocumentError.Kind, at node: JSONNode, _ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(kind, file: file, at: node.position, message, hint: hint)
    }

    func member(_ key: String) throws(DocumentError) -> JSONNode {
        if let member = members[key] { return member }
        throw error(.missingKey, at: node, "the key '\(key)' is missing")
    }

    func text(_ key: String) throws(DocumentError) -> String {
        let node = try member(key)
        if case .string(let text) = node.content { return text }
        throw error(.wrongType, at: node, "'\(key)': expected a string, found \(node.typeName)")
    }

    func array(_ key: String, limit: Int, named name: String) throws(DocumentError) -> [JSONNode] {
        let node = try member(key)
        guard case .array(let elements) = node.content else {
            throw error(.wrongType, at: node, "'\(key)': expected an array, found \(node.typeName)")
        }
        guard elements.count <= limit else {
            throw error(.limit, at: node, "'\(key)' has \(elements.count) elements; the limit \(name) is \(limit)")
        }
        return elements
    }
}
