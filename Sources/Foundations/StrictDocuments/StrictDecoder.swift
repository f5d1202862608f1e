/// Decodes a located JSON tree strictly and collects every mistake, so that a person mends a document in one go.
///
/// ```swift
/// var decoder = StrictDecoder(file: "gates.json")
/// if let gate = decoder.object(node, "a gate", keys: ["id", "title"]) {
///     let id = decoder.requiredString(gate, "id")
/// }
/// try decoder.finish()
/// ```
///
/// Each accessor returns nil after it has reported why, so that decoding goes on and finds the next mistake.
/// At most ``maximumErrors`` mistakes are kept.
public struct StrictDecoder {
    public static let maximumErrors = 50

    public let file: String
    public private(set) var errors: [DocumentError] = []

    public init(file: String) { self.file = file }

    /// A value with the place where it stands.
    public struct Located<Value> {
        public let value: Value
        public let position: SourcePosition

        public init(_ value: Value, at position: SourcePosition) {
            self.value = value
            self.position = position
        }
    }

    /// An object whose keys were checked.
    public struct Object {
        public let what: String
        public let position: SourcePosition
        fileprivate let members: [String: JSONMember]

        public subscript(key: String) -> JSONNode? { members[key]?.value }
        public func keyPosition(_ key: String) -> SourcePosition { members[key]?.keyPosition ?? position }
        public func has(_ key: String) -> Bool { members[key] != nil }
    }

    public mutating func report(_ kind: DocumentError.Kind, at position: SourcePosition, _ message: String, hint: String? = nil) {
        guard errors.count < Self.maximumErrors else { return }
        errors.append(DocumentError(kind, file: file, at: position, message, hint: hint))
    }

    /// Throws what was collected, in the order of the document.
    public func finish() throws(DocumentErrors) {
        if !errors.isEmpty { throw DocumentErrors(errors) }
    }

    /// The object at `node`; keys outside `keys` are reported with a suggestion.
    public mutating func object(_ node: JSONNode, _ what: String, keys: [String]) -> Object? {
        guard case .object(let members) = node.content else {
            report(.wrongType, at: node.position, "\(what) is an object, found \(node.typeName)")
            return nil
        }
        var known: [String: JSONMember] = [:]
        for member in members {
            if keys.contains(member.key) {
                known[member.key] = member
            } else {
                let hint: String
                if let near = SpellingSuggestion.nearest(to: member.key, among: keys) {
                    hint = "did you mean '\(near)'?"
                } else {
                    hint = "known keys: \(keys.joined(separator: ", "))"
                }
                report(.unknownKey, at: member.keyPosition, "unknown key '\(member.key)' in \(what)", hint: hint)
            }
        }
        return Object(what: what, position: node.position, members: known)
    }

    /// The members of an object whose keys are names of the user's own.
    public mutating func dictionary(_ node: JSONNode, _ what: String) -> [JSONMember] {
        guard case .object(let members) = node.content else {
            report(.wrongType, at: node.position, "\(what) is an object, found \(node.typeName)")
            return []
        }
        return members
    }

    public mutating func require(_ object: Object, _ key: String) -> JSONNode? {
        guard let node = object[key] else {
            report(.missingKey, at: object.position, "\(object.what) lacks the key '\(key)'")
            return nil
        }
        return node
    }

    public mutating func string(_ node: JSONNode, _ what: String) -> Located<String>? {
        guard case .string(let value) = node.content else {
            report(.wrongType, at: node.position, "\(what) is a string, found \(node.typeName)")
            return nil
        }
        return Located(value, at: node.position)
    }

    public mutating func requiredString(_ object: Object, _ key: String) -> Located<String>? {
        guard let node = require(object, key), let text = string(node, "'\(key)'") else { return nil }
        guard !text.value.isEmpty else {
            report(.badValue, at: node.position, "'\(key)' is empty")
            return nil
        }
        return text
    }

    public mutating func optionalString(_ object: Object, _ key: String) -> Located<String>? {
        guard let node = object[key] else { return nil }
        return string(node, "'\(key)'")
    }

    public mutating func optionalBool(_ object: Object, _ key: String) -> Bool? {
        guard let node = object[key] else { return nil }
        guard case .bool(let value) = node.content else {
            report(.wrongType, at: node.position, "'\(key)' is true or false, found \(node.typeName)")
            return nil
        }
        return value
    }

    public mutating func optionalInteger(_ object: Object, _ key: String, in range: ClosedRange<Int64>) -> Located<Int64>? {
        guard let node = object[key] else { return nil }
        return integer(node, key, in: range)
    }

    public mutating func integer(_ node: JSONNode, _ key: String, in range: ClosedRange<Int64>) -> Located<Int64>? {
        guard case .number(let number) = node.content, let value = number.int64 else {
            report(.wrongType, at: node.position, "'\(key)' is an integer, found \(Self.shown(node))")
            return nil
        }
        guard range.contains(value) else {
            report(.badValue, at: node.position, "'\(key)' is \(value); it must be \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return Located(value, at: node.position)
    }

    public mutating func elements(_ object: Object, _ key: String) -> [JSONNode]? {
        guard let node = object[key] else { return nil }
        guard case .array(let elements) = node.content else {
            report(.wrongType, at: node.position, "'\(key)' is an array, found \(node.typeName)")
            return nil
        }
        return elements
    }

    public mutating func strings(_ object: Object, _ key: String, nonEmpty: Bool = true) -> [Located<String>]? {
        guard let elements = elements(object, key) else { return nil }
        if nonEmpty, elements.isEmpty { report(.badValue, at: object[key]?.position ?? object.position, "'\(key)' is an empty array") }
        var values: [Located<String>] = []
        for element in elements {
            guard let text = string(element, "an element of '\(key)'") else { continue }
            if text.value.isEmpty {
                report(.badValue, at: text.position, "an element of '\(key)' is empty")
            } else {
                values.append(text)
            }
        }
        return values
    }

    /// A word out of a list, with a suggestion when it is misspelt.
    public mutating func choice<Value: RawRepresentable & CaseIterable>(_ node: JSONNode, _ key: String, of type: Value.Type) -> Value?
    where Value.RawValue == String {
        guard let text = string(node, "'\(key)'") else { return nil }
        if let value = Value(rawValue: text.value) { return value }
        let words = Value.allCases.map(\.rawValue)
        let near = SpellingSuggestion.nearest(to: text.value, among: words).map { "did you mean '\($0)'? " } ?? ""
        report(
            .badValue, at: text.position, "'\(key)' is '\(text.value)', which is not one of its words",
            hint: "\(near)one of: \(words.joined(separator: ", "))")
        return nil
    }

    public mutating func optionalChoice<Value: RawRepresentable & CaseIterable>(_ object: Object, _ key: String, of type: Value.Type)
        -> Value?
    where Value.RawValue == String {
        guard let node = object[key] else { return nil }
        return choice(node, key, of: type)
    }

    /// A value as it was written, for messages.
    public static func shown(_ node: JSONNode) -> String {
        switch node.content {
        case .number(let number): number.literal
        case .string(let text): "\"\(text.prefix(40))\""
        case .bool(let value): value ? "true" : "false"
        default: node.typeName
        }
    }
}

/// All mistakes found in one document.
public struct DocumentErrors: Error, Hashable, Sendable, CustomStringConvertible {
    public let errors: [DocumentError]

    public init(_ errors: [DocumentError]) {
        self.errors = errors.sorted { ($0.position?.byteOffset ?? -1) < ($1.position?.byteOffset ?? -1) }
    }

    public var description: String { errors.map(\.description).joined(separator: "\n") }
}
