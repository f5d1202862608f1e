/// Where something stands in a document: 1-based line and column, and the byte offset.
///
/// Columns count Unicode scalars, as editors do for plain text; a tab is one column.
public struct SourcePosition: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let line: Int
    public let column: Int
    public let byteOffset: Int

    public init(line: Int, column: Int, byteOffset: Int) {
        self.line = line
        self.column = column
        self.byteOffset = byteOffset
    }

    public var description: String { "\(line):\(column)" }
    public static func < (a: SourcePosition, b: SourcePosition) -> Bool { a.byteOffset < b.byteOffset }

    /// The position of a byte of a document. O(byteOffset).
    public static func locate(byteOffset: Int, in bytes: [UInt8]) -> SourcePosition {
        var line = 1
        var column = 1
        var index = 0
        let end = min(byteOffset, bytes.count)
        while index < end {
            let byte = bytes[index]
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
            index += 1
        }
        return SourcePosition(line: line, column: column, byteOffset: byteOffset)
    }
}

/// What is wrong with a document, where, and how to mend it.
///
/// `description` reads `file:line:column: message (hint)`, the form that editors and CI systems make clickable.
public struct DocumentError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of the mistake. Callers act on these; people read ``message``.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The document is empty, or nothing but white space.
        case empty
        /// The document ends before it is complete.
        case truncated
        /// The text breaks the grammar of its format.
        case syntax
        /// The bytes are not valid UTF-8.
        case encoding
        /// A named limit of size, depth or count is exceeded.
        case limit
        /// A key that this version of the format does not know.
        case unknownKey
        /// A key that the format demands is absent.
        case missingKey
        /// The same key or identifier twice.
        case duplicate
        /// A value of another type than the format demands.
        case wrongType
        /// A value of the right type that is out of range or of the wrong form or unit.
        case badValue
        /// A name that refers to nothing.
        case unknownReference
        /// A reference that leads back to itself.
        case cycle
        /// A version of the format that is newer than this program.
        case newerVersion
        /// Parts of the document contradict one another.
        case contradiction
    }

    public let kind: Kind
    public let file: String
    public let position: SourcePosition?
    public let message: String
    /// How to mend it; one sentence, or nil where the message says it all.
    public let hint: String?

    public init(_ kind: Kind, file: String, at position: SourcePosition?, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.file = file
        self.position = position
        self.message = message
        self.hint = hint
    }

    public var description: String {
        var text = file
        if let position { text += ":\(position)" }
        text += ": \(message)"
        if let hint { text += " (\(hint))" }
        return text
    }
}
