/// Reads a whole JSON document into a located tree; duplicate keys are refused.
///
/// Use it for documents that people write and for small ones of machines; for large ones use ``JSONReader``.
/// Complexity: O(bytes); memory about 100 bytes a value.
public enum JSONDocument {
    public static func parse(_ bytes: [UInt8], file: String, limits: JSONLimits = JSONLimits()) throws(DocumentError) -> JSONNode {
        var reader = try JSONReader(bytes, file: file, limits: limits)
        var lines = LineIndex(bytes)
        let root = try value(&reader, &lines)
        try reader.end()
        return root
    }

    // Depth is bounded by JSONLimits.maximumDepth, so that recursion cannot exhaust the stack.
    private static func value(_ reader: inout JSONReader, _ lines: inout LineIndex) throws(DocumentError) -> JSONNode {
        let position = lines.position(of: reader.byteOffset)
        switch try reader.peek() {
        case .null:
            try reader.null()
            return JSONNode(.null, at: position)
        case .bool: return JSONNode(.bool(try reader.bool()), at: position)
        case .number: return JSONNode(.number(try reader.number()), at: position)
        case .string: return JSONNode(.string(try reader.string()), at: position)
        case .array:
            var elements: [JSONNode] = []
            try reader.beginArray()
            while try reader.nextElement() { elements.append(try value(&reader, &lines)) }
            return JSONNode(.array(elements), at: position)
        case .object:
            var members: [JSONMember] = []
            var seen: Set<String> = []
            try reader.beginObject()
            while true {
                // The key stands after the comma and its white space; locate it from the text behind it.
                let before = reader.byteOffset
                guard let key = try reader.nextKey() else { break }
                let keyPosition = lines.position(of: lines.firstQuote(from: before))
                guard seen.insert(key).inserted else {
                    throw DocumentError(.duplicate, file: reader.file, at: keyPosition, "the key '\(key)' appears twice")
                }
                members.append(JSONMember(key: key, keyPosition: keyPosition, value: try value(&reader, &lines)))
            }
            return JSONNode(.object(members), at: position)
        }
    }
}

/// Positions of ever-growing offsets in amortised O(1).
private struct LineIndex {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var column = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func firstQuote(from start: Int) -> Int {
        var index = start
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") { index += 1 }
        return index
    }

    mutating func position(of target: Int) -> SourcePosition {
        precondition(target >= offset)
        while offset < target {
            if bytes[offset] == 0x0A {
                line += 1
                column = 1
            } else if bytes[offset] & 0xC0 != 0x80 {
                column += 1
            }
            offset += 1
        }
        return SourcePosition(line: line, column: column, byteOffset: target)
    }
}
