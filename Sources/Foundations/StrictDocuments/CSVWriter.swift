/// Writes CSV (RFC 4180) that ``CSVReader`` reads back unchanged; a field is quoted only where it must be.
///
/// ```swift
/// var writer = try CSVWriter(header: ["ts", "close"])
/// try writer.append(["1", "100.00"])
/// let bytes = writer.bytes            // "ts,close\n1,100.00\n"
/// ```
///
/// Quoted are fields with a comma, a quote or a line end, a row's only field where it is empty (a blank line is no row),
/// and a first name that begins with a byte-order mark. Throws ``CSVWriterError``. Complexity: O(bytes).
public struct CSVWriter: Sendable {
    public enum LineEnding: Sendable {
        case lf
        case crlf
    }

    /// What has been written so far.
    public private(set) var bytes: [UInt8] = []
    private let width: Int
    private let lineEnding: LineEnding

    public init(header: [String], lineEnding: LineEnding = .lf) throws(CSVWriterError) {
        try Self.check(header: header)
        width = header.count
        self.lineEnding = lineEnding
        write(header)
    }

    public mutating func append(_ row: [String]) throws(CSVWriterError) {
        try Self.check(row: row, width: width)
        write(row)
    }

    static func check(header: [String]) throws(CSVWriterError) {
        if header.isEmpty { throw .noColumns }
        var seen: Set<String> = []
        for name in header {
            if name.isEmpty { throw .namelessColumn }
            if !seen.insert(name).inserted { throw .duplicateColumn(name) }
        }
        // A header of nothing but white space would be read as an empty document.
        if header.count == 1, header[0].utf8.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            throw .namelessColumn
        }
        try check(row: header, width: header.count)
    }

    static func check(row: [String], width: Int) throws(CSVWriterError) {
        guard row.count == width else { throw .raggedRow(expected: width, found: row.count) }
        for field in row where field.utf8.contains(0) { throw .nulByte }
    }

    private mutating func write(_ row: [String]) {
        for (index, field) in row.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            let mustQuote =
                field.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == 0x0A || $0 == 0x0D }
                || (row.count == 1 && field.isEmpty) || (bytes.isEmpty && field.utf8.starts(with: [0xEF, 0xBB, 0xBF]))
            guard mustQuote else {
                bytes.append(contentsOf: field.utf8)
                continue
            }
            bytes.append(UInt8(ascii: "\""))
            for byte in field.utf8 {
                if byte == UInt8(ascii: "\"") { bytes.append(byte) }
                bytes.append(byte)
            }
            bytes.append(UInt8(ascii: "\""))
        }
        if lineEnding == .crlf { bytes.append(0x0D) }
        bytes.append(0x0A)
    }
}

/// Why a table cannot be written as CSV.
public enum CSVWriterError: Error, Hashable, Sendable, CustomStringConvertible {
    case noColumns
    case namelessColumn
    case duplicateColumn(String)
    case raggedRow(expected: Int, found: Int)
    case nulByte

    public var description: String {
        switch self {
        case .noColumns: "a table needs at least one column"
        case .namelessColumn: "every column needs a name"
        case .duplicateColumn(let name): "the column '\(name)' appears twice"
        case .raggedRow(let expected, let found): "a row has \(found) fields, the header \(expected)"
        case .nulByte: "a field contains a NUL character, which CSV readers do not agree about"
        }
    }
}
