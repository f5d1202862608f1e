/// A JSON value together with the place where it stands, for documents that people write and must be told about.
///
/// Machines' documents that are large are read with ``JSONReader`` instead, which builds no tree.
public struct JSONNode: Sendable {
    public enum Content: Sendable {
        case null
        case bool(Bool)
        /// The literal as written; numbers are not rounded on reading.
        case number(JSONNumber)
        case string(String)
        case array([JSONNode])
        case object([JSONMember])
    }

    public let content: Content
    public let position: SourcePosition

    public init(_ content: Content, at position: SourcePosition) {
        self.content = content
        self.position = position
    }

    /// "an object", "a string" …: for messages.
    public var typeName: String {
        switch content {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A key with its value, in the order of the document.
public struct JSONMember: Sendable {
    public let key: String
    public let keyPosition: SourcePosition
    public let value: JSONNode
}

/// A JSON number as written.
public struct JSONNumber: Hashable, Sendable {
    public let literal: String

    public init(literal: String) { self.literal = literal }

    /// The value where it is an integer literal (no fraction, no exponent) within 64 bits.
    public var int64: Int64? { literal == "-0" ? nil : Int64(literal) }

    /// The nearest double; nil where it would be infinite.
    public var double: Double? {
        guard let value = Double(literal), value.isFinite else { return nil }
        return value
    }
}

/// Limits of a JSON document. Reaching one is an error of kind ``DocumentError/Kind/limit`` that names it.
public struct JSONLimits: Sendable {
    /// Bytes of the whole document.
    public var maximumBytes: Int
    /// Nesting of arrays and objects.
    public var maximumDepth: Int

    public init(maximumBytes: Int = 64 << 20, maximumDepth: Int = 64) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
    }
}
