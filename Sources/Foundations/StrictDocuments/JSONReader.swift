/// A strict pull reader for JSON (RFC 8259): no tree, no recursion, every error with its place.
///
/// ```swift
/// var reader = try JSONReader(bytes, file: "coverage.json")
/// try reader.beginObject()
/// while let key = try reader.nextKey() {
///     if key == "version" { version = try reader.string() } else { try reader.skip() }
/// }
/// try reader.end()
/// ```
///
/// Refused: a byte-order mark, anything before or after the value, trailing commas, comments, single quotes, leading
/// zeros, lone surrogates, invalid UTF-8, unescaped control characters, nesting beyond the limit, a document cut
/// short (kind ``DocumentError/Kind/truncated``). Duplicate keys are the caller's to judge here; ``JSONDocument``
/// refuses them.
///
/// Complexity: O(bytes); memory: the document, one string at a time, one byte a nesting level.
public struct JSONReader {
    public enum TokenKind: Sendable { case null, bool, number, string, array, object }

    public let file: String
    @usableFromInline let bytes: [UInt8]
    @usableFromInline var index: Int
    /// One entry a level: true for an object; and whether a first element was seen.
    private var stack: [(isObject: Bool, seenOne: Bool)] = []
    private let limits: JSONLimits

    public init(_ bytes: [UInt8], file: String, limits: JSONLimits = JSONLimits()) throws(DocumentError) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
        self.index = 0
        guard bytes.count <= limits.maximumBytes else {
            throw DocumentError(
                .limit, file: file, at: nil,
                "the document has \(bytes.count) bytes; the limit maximumBytes is \(limits.maximumBytes)")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw DocumentError(
                .encoding, file: file, at: SourcePosition(line: 1, column: 1, byteOffset: 0),
                "the document begins with a byte-order mark", hint: "save it as UTF-8 without BOM")
        }
        skipWhitespace()
        guard index < bytes.count else {
            throw DocumentError(.empty, file: file, at: nil, "the document is empty; a JSON value was expected")
        }
    }

    /// Where the next token begins.
    public var position: SourcePosition { SourcePosition.locate(byteOffset: index, in: bytes) }
    /// The byte at which the next token begins; O(1), for callers that locate only when there is something to say.
    public var byteOffset: Int { index }

    public func error(_ kind: DocumentError.Kind, _ message: String, hint: String? = nil, at offset: Int? = nil) -> DocumentError {
        DocumentError(
            kind, file: file, at: SourcePosition.locate(byteOffset: offset ?? index, in: bytes), message, hint: hint)
    }

    // MARK: Values

    /// The kind of the value that comes next.
    public func peek() throws(DocumentError) -> TokenKind {
        guard index < bytes.count else { throw cutShort("a value") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), 0x30...0x39: return .number
        default: throw error(.syntax, "expected a JSON value, found \(describe(bytes[index]))")
        }
    }

    public mutating func null() throws(DocumentError) {
        guard try peek() == .null else { throw mismatch("null") }
        try literal("null")
        try afterValue()
    }

    public mutating func bool() throws(DocumentError) -> Bool {
        guard try peek() == .bool else { throw mismatch("a boolean") }
        let value = bytes[index] == UInt8(ascii: "t")
        try literal(value ? "true" : "false")
        try afterValue()
        return value
    }

    public mutating func number() throws(DocumentError) -> JSONNumber {
        guard try peek() == .number else { throw mismatch("a number") }
        let start = index
        try scanNumber()
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        try afterValue()
        return JSONNumber(literal: text)
    }

    /// An integer literal within 64 bits; a fraction, an exponent or an overflow is an error.
    public mutating func int64() throws(DocumentError) -> Int64 {
        guard try peek() == .number else { throw mismatch("an integer") }
        let start = index
        try scanNumber()
        var cursor = start
        let negative = bytes[cursor] == UInt8(ascii: "-")
        if negative { cursor += 1 }
        var value: Int64 = 0
        while cursor < index {
            let digit = Int64(bytes[cursor]) - 48
            guard digit >= 0, digit <= 9 else { throw error(.wrongType, "expected an integer, found a fraction or exponent", at: start) }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
            guard !overflow, !carry else { throw error(.badValue, "the integer does not fit in 64 bits", at: start) }
            value = sum
            cursor += 1
        }
        // A sign that an integer cannot keep: `JSONNumber.int64` does not take it either.
        guard !negative || value != 0 else { throw error(.badValue, "-0 is not an integer", at: start) }
        try afterValue()
        return value
    }

    public mutating func string() throws(DocumentError) -> String {
        guard try peek() == .string else { throw mismatch("a string") }
        let value = try scanString()
        try afterValue()
        return value
    }

    /// Passes over one whole value, checking its grammar.
    public mutating func skip() throws(DocumentError) {
        let depth = stack.count
        repeat {
            switch try peek() {
            case .null: try null()
            case .bool: _ = try bool()
            case .number:
                try scanNumber()
                try afterValue()
            case .string:
                try skipString()
                try afterValue()
            case .array:
                try beginArray()
            case .object:
                try beginObject()
            }
            // Close what ends here, and stand before the next value of what is still open.
            while stack.count > depth {
                if stack[stack.count - 1].isObject {
                    if try nextKeySkippingText() { break }
                } else {
                    if try nextElement() { break }
                }
            }
        } while stack.count > depth
    }

    // MARK: Containers

    public mutating func beginObject() throws(DocumentError) {
        guard try peek() == .object else { throw mismatch("an object") }
        try push(isObject: true)
    }

    public mutating func beginArray() throws(DocumentError) {
        guard try peek() == .array else { throw mismatch("an array") }
        try push(isObject: false)
    }

    /// The next key of the innermost object, or nil at its end, which is passed.
    public mutating func nextKey() throws(DocumentError) -> String? {
        guard try nextMember() else { return nil }
        let key = try scanString()
        try colon()
        return key
    }

    /// Whether the innermost array has another element; at its end, the end is passed.
    public mutating func nextElement() throws(DocumentError) -> Bool {
        try nextItem(close: UInt8(ascii: "]"), name: "array")
    }

    /// Demands that nothing but white space is left.
    public mutating func end() throws(DocumentError) {
        guard stack.isEmpty else { throw error(.syntax, "the value is not complete") }
        guard index >= bytes.count else {
            throw error(.syntax, "text after the end of the document: \(describe(bytes[index]))")
        }
    }

    // MARK: Grammar

    private mutating func push(isObject: Bool) throws(DocumentError) {
        guard stack.count < limits.maximumDepth else {
            throw error(.limit, "nesting is deeper than the limit maximumDepth of \(limits.maximumDepth)")
        }
        index += 1
        stack.append((isObject, false))
        skipWhitespace()
    }

    private mutating func nextMember() throws(DocumentError) -> Bool {
        guard try nextItem(close: UInt8(ascii: "}"), name: "object") else { return false }
        guard index < bytes.count else { throw cutShort("a key") }
        guard bytes[index] == UInt8(ascii: "\"") else {
            throw error(.syntax, "expected a key in double quotes, found \(describe(bytes[index]))")
        }
        return true
    }

    private mutating func nextKeySkippingText() throws(DocumentError) -> Bool {
        guard try nextMember() else { return false }
        try skipString()
        try colon()
        return true
    }

    private mutating func colon() throws(DocumentError) {
        skipWhitespace()
        guard index < bytes.count else { throw cutShort("':'") }
        guard bytes[index] == UInt8(ascii: ":") else { throw error(.syntax, "expected ':' after the key, found \(describe(bytes[index]))") }
        index += 1
        skipWhitespace()
        guard index < bytes.count else { throw cutShort("a value") }
    }

    private mutating func nextItem(close: UInt8, name: String) throws(DocumentError) -> Bool {
        guard index < bytes.count else { throw cutShort("the end of the \(name)") }
        let top = stack.count - 1
        if bytes[index] == close {
            stack.removeLast()
            index += 1
            try afterValue()
            return false
        }
        if stack[top].seenOne {
            guard bytes[index] == UInt8(ascii: ",") else {
                throw error(.syntax, "expected ',' or the end of the \(name), found \(describe(bytes[index]))")
            }
            index += 1
            skipWhitespace()
            guard index < bytes.count else { throw cutShort("another element") }
            if bytes[index] == close { throw error(.syntax, "a comma before the end of the \(name)", hint: "remove the comma") }
        } else {
            stack[top].seenOne = true
        }
        return true
    }

    private mutating func afterValue() throws(DocumentError) {
        skipWhitespace()
        if stack.isEmpty, index < bytes.count {
            throw error(.syntax, "text after the end of the document: \(describe(bytes[index]))")
        }
    }

    @inline(__always)
    private mutating func skipWhitespace() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x0A, 0x0D, 0x09: index += 1
            default: return
            }
        }
    }

    private mutating func literal(_ text: StaticString) throws(DocumentError) {
        let start = index
        for offset in 0..<text.utf8CodeUnitCount {
            guard index < bytes.count else { throw cutShort("'\(text)'") }
            guard bytes[index] == text.utf8Start[offset] else {
                throw error(.syntax, "expected a JSON value (true, false, null, a number, a string, …)", at: start)
            }
            index += 1
        }
    }

    private mutating func scanNumber() throws(DocumentError) {
        let start = index
        func digits(_ index: inout Int) -> Int {
            let first = index
            while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
            return index - first
        }
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let whole = index
        let count = digits(&index)
        if count == 0 {
            if index >= bytes.count { throw cutShort("a digit") }
            throw error(.syntax, "expected a digit, found \(describe(bytes[index]))")
        }
        if count > 1, bytes[whole] == 0x30 { throw error(.syntax, "a number may not begin with 0", at: start) }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            if digits(&index) == 0 {
                if index >= bytes.count { throw cutShort("a digit") }
                throw error(.syntax, "expected a digit after the decimal point")
            }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
            if digits(&index) == 0 {
                if index >= bytes.count { throw cutShort("a digit") }
                throw error(.syntax, "expected a digit in the exponent")
            }
        }
    }

    /// Passes over a string whose text is not wanted; the grammar is checked all the same.
    private mutating func skipString() throws(DocumentError) {
        let start = index + 1
        var cursor = start
        while cursor < bytes.count {
            let byte = bytes[cursor]
            if byte == UInt8(ascii: "\"") {
                index = cursor + 1
                return
            }
            if byte == UInt8(ascii: "\\") || byte < 0x20 || byte >= 0x80 {
                _ = try scanString()
                return
            }
            cursor += 1
        }
        throw cutShort("the end of the string")
    }

    private mutating func scanString() throws(DocumentError) -> String {
        let open = index
        index += 1
        let start = index
        // Without an escape the text is a slice of the document.
        while index < bytes.count, bytes[index] != UInt8(ascii: "\""), bytes[index] != UInt8(ascii: "\\"), bytes[index] >= 0x20 {
            index += 1
        }
        guard index < bytes.count else {
            index = bytes.count
            throw cutShort("the end of the string")
        }
        if bytes[index] == UInt8(ascii: "\"") {
            let slice = bytes[start..<index]
            index += 1
            return try decode(slice, at: open)
        }
        var buffer = Array(bytes[start..<index])
        while true {
            guard index < bytes.count else { throw cutShort("the end of the string") }
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return try decode(buffer[...], at: open)
            case 0..<0x20:
                throw error(.syntax, "a control character in a string must be written as an escape", at: index - 1)
            case UInt8(ascii: "\\"): try scanEscape(into: &buffer)
            default: buffer.append(byte)
            }
        }
    }

    private mutating func scanEscape(into buffer: inout [UInt8]) throws(DocumentError) {
        guard index < bytes.count else { throw cutShort("an escape") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
        case UInt8(ascii: "b"): buffer.append(0x08)
        case UInt8(ascii: "f"): buffer.append(0x0C)
        case UInt8(ascii: "n"): buffer.append(0x0A)
        case UInt8(ascii: "r"): buffer.append(0x0D)
        case UInt8(ascii: "t"): buffer.append(0x09)
        case UInt8(ascii: "u"):
            let start = index - 2
            var scalar = try hexQuad()
            if scalar >= 0xD800, scalar < 0xDC00 {
                // Byte by byte: what stands there may already refute the pair where the document ends.
                for expected in [UInt8(ascii: "\\"), UInt8(ascii: "u")] {
                    guard index < bytes.count else { throw cutShort("the second half of a surrogate pair") }
                    guard bytes[index] == expected else { throw error(.encoding, "a lone surrogate", at: start) }
                    index += 1
                }
                let low = try hexQuad()
                guard low >= 0xDC00, low < 0xE000 else { throw error(.encoding, "a lone surrogate", at: start) }
                scalar = 0x10000 + ((scalar - 0xD800) << 10) + (low - 0xDC00)
            }
            guard let unicode = Unicode.Scalar(scalar) else { throw error(.encoding, "a lone surrogate", at: start) }
            // UTF-8 can encode every scalar, so that the optional is never nil.
            if let encoded = UTF8.encode(unicode) { buffer.append(contentsOf: encoded) }
        default: throw error(.syntax, "unknown escape '\\\(describe(byte))'", at: index - 2)
        }
    }

    private mutating func hexQuad() throws(DocumentError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard index < bytes.count else { throw cutShort("four hexadecimal digits") }
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
            default: throw error(.syntax, "expected four hexadecimal digits")
            }
            index += 1
        }
        return value
    }

    private func decode(_ slice: ArraySlice<UInt8>, at offset: Int) throws(DocumentError) -> String {
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw error(.encoding, "the string is not valid UTF-8", at: offset)
        }
        return text
    }

    // MARK: Messages

    private func cutShort(_ expected: String) -> DocumentError {
        DocumentError(
            .truncated, file: file, at: SourcePosition.locate(byteOffset: bytes.count, in: bytes),
            "the document ends where \(expected) was expected", hint: "it seems to be cut short")
    }

    private func mismatch(_ expected: String) -> DocumentError {
        let found = (try? peek()).map { kind in
            switch kind {
            case .null: "null"
            case .bool: "a boolean"
            case .number: "a number"
            case .string: "a string"
            case .array: "an array"
            case .object: "an object"
            }
        }
        return error(.wrongType, "expected \(expected), found \(found ?? "something else")")
    }

    private func describe(_ byte: UInt8) -> String {
        byte >= 0x20 && byte < 0x7F ? "'\(Character(Unicode.Scalar(byte)))'" : "byte 0x\(String(byte, radix: 16))"
    }
}
