/// Limits of a CSV document. Reaching one is an error of kind ``DocumentError/Kind/limit`` that names it.
public struct CSVLimits: Sendable {
    /// Bytes of the whole document.
    public var maximumBytes: Int
    public var maximumColumns: Int
    /// Bytes of one field, quotes taken off.
    public var maximumFieldBytes: Int
    /// Data rows, without the header.
    public var maximumRows: Int

    public init(
        maximumBytes: Int = 256 << 20, maximumColumns: Int = 1024, maximumFieldBytes: Int = 1 << 20, maximumRows: Int = 10_000_000
    ) {
        self.maximumBytes = maximumBytes
        self.maximumColumns = maximumColumns
        self.maximumFieldBytes = maximumFieldBytes
        self.maximumRows = maximumRows
    }
}

/// One cell and where it stands.
public struct CSVField: Hashable, Sendable {
    public let text: String
    /// The byte at which it begins (its opening quote, where it has one).
    public let byteOffset: Int
}

/// One data row.
public struct CSVRow: Hashable, Sendable {
    /// 1 for the first row after the header.
    public let number: Int
    /// As many as the header has names.
    public let fields: [CSVField]

    public subscript(column: Int) -> String { fields[column].text }
}

/// A strict pull reader for CSV (RFC 4180) with a header line: one row at a time, every error with its line and column.
///
/// ```swift
/// var reader = try CSVReader(bytes, file: "prices.csv")
/// let close = try reader.column(named: "close")
/// while let row = try reader.nextRow() {
///     prices.append(try reader.decimal(row.fields[close], of: "close"))
/// }
/// ```
///
/// Accepted: LF and CRLF, quoted fields with commas, line ends and doubled quotes in them, a last line without its end.
/// Refused, since readers differ about them: no bytes at all, a byte-order mark, an empty or repeated column name, a row
/// with more or fewer fields than the header, a blank line (one empty field is written `""`), a quote within an unquoted
/// field, text behind a closing quote, a bare carriage return, NUL, invalid UTF-8. A quote that is never closed is kind
/// ``DocumentError/Kind/truncated``. White space belongs to the field.
///
/// Complexity: O(bytes); memory: the document and one row. Positions are computed only for errors.
public struct CSVReader {
    public let file: String
    /// The column names, in order; none empty, none twice.
    public private(set) var header: [String] = []

    private let bytes: [UInt8]
    private let limits: CSVLimits
    private var index = 0
    private var rowsRead = 0

    public init(_ bytes: [UInt8], file: String, limits: CSVLimits = CSVLimits()) throws(DocumentError) {
        self.bytes = bytes
        self.file = file
        self.limits = limits
        guard bytes.count <= limits.maximumBytes else {
            throw DocumentError(
                .limit, file: file, at: nil,
                "the document has \(bytes.count) bytes; the limit maximumBytes is \(limits.maximumBytes)")
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            throw error(.encoding, "the document begins with a byte-order mark", at: 0, hint: "save it as UTF-8 without BOM")
        }
        guard bytes.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }) else {
            throw DocumentError(.empty, file: file, at: nil, "the document is empty; a header line with column names was expected")
        }
        let fields = try record()
        var seen: Set<String> = []
        for field in fields {
            if field.text.isEmpty { throw error(.badValue, "a column without a name", at: field.byteOffset) }
            if !seen.insert(field.text).inserted {
                throw error(.duplicate, "the column '\(field.text)' appears twice", at: field.byteOffset)
            }
        }
        header = fields.map(\.text)
    }

    /// The index of a column; an error that lists what there is otherwise.
    public func column(named name: String) throws(DocumentError) -> Int {
        if let index = header.firstIndex(of: name) { return index }
        throw error(
            .missingKey, "there is no column '\(name)'", at: 0, hint: "the columns are: \(header.joined(separator: ", "))")
    }

    /// The next data row; nil at the end of the document.
    public mutating func nextRow() throws(DocumentError) -> CSVRow? {
        guard index < bytes.count else { return nil }
        guard rowsRead < limits.maximumRows else {
            throw error(.limit, "more rows than the limit maximumRows of \(limits.maximumRows)", at: index)
        }
        let start = index
        let fields = try record()
        guard fields.count == header.count else {
            throw error(
                .contradiction, "the row has \(fields.count) field\(fields.count == 1 ? "" : "s"), the header \(header.count)",
                at: start)
        }
        rowsRead += 1
        return CSVRow(number: rowsRead, fields: fields)
    }

    /// The line and column of a field. O(its offset).
    public func position(of field: CSVField) -> SourcePosition { .locate(byteOffset: field.byteOffset, in: bytes) }

    /// An error at a field's place.
    public func error(_ kind: DocumentError.Kind, _ message: String, at field: CSVField, hint: String? = nil) -> DocumentError {
        error(kind, message, at: field.byteOffset, hint: hint)
    }

    /// The finite decimal number in a field; an error that names the column otherwise.
    public func decimal(_ field: CSVField, of column: String) throws(DocumentError) -> Double {
        if let value = DecimalText.parse(field.text) { return value }
        throw error(
            .badValue, "column '\(column)': expected a decimal number, found '\(field.text.prefix(40))'", at: field.byteOffset)
    }

    // MARK: Grammar

    private mutating func record() throws(DocumentError) -> [CSVField] {
        let start = index
        if bytes[index] == 0x0A || bytes[index] == 0x0D {
            throw error(.syntax, "a blank line", at: start, hint: "remove it; one empty field is written \"\"")
        }
        var fields: [CSVField] = []
        fields.reserveCapacity(header.count)
        while true {
            guard fields.count < limits.maximumColumns else {
                throw error(.limit, "more columns than the limit maximumColumns of \(limits.maximumColumns)", at: index)
            }
            let quoted = index < bytes.count && bytes[index] == UInt8(ascii: "\"")
            fields.append(quoted ? try quotedField() : try plainField())
            guard index < bytes.count else { return fields }
            switch bytes[index] {
            case UInt8(ascii: ","): index += 1
            case 0x0A:
                index += 1
                return fields
            case 0x0D:
                guard index + 1 < bytes.count, bytes[index + 1] == 0x0A else {
                    throw error(.syntax, "a carriage return without a line feed", at: index, hint: "end lines with LF or CRLF")
                }
                index += 2
                return fields
            default: throw error(.syntax, "text after the closing quote of a field", at: index)
            }
        }
    }

    private mutating func plainField() throws(DocumentError) -> CSVField {
        let start = index
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D { break }
            if byte == UInt8(ascii: "\"") {
                throw error(
                    .syntax, "a quote within an unquoted field", at: index, hint: "quote the whole field and double the quotes in it")
            }
            if byte == 0 { throw error(.syntax, "a NUL byte", at: index) }
            index += 1
        }
        return try field(bytes[start..<index], at: start)
    }

    private mutating func quotedField() throws(DocumentError) -> CSVField {
        let open = index
        index += 1
        var start = index
        // Without a doubled quote the text is a slice of the document, and the buffer stays empty.
        var buffer: [UInt8] = []
        while true {
            guard index < bytes.count else {
                throw error(
                    .truncated, "the document ends within the quoted field that begins here", at: open, hint: "it seems to be cut short")
            }
            let byte = bytes[index]
            if byte == 0 { throw error(.syntax, "a NUL byte", at: index) }
            index += 1
            guard byte == UInt8(ascii: "\"") else { continue }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                buffer.append(contentsOf: bytes[start..<index])
                index += 1
                start = index
                continue
            }
            if buffer.isEmpty { return try field(bytes[start..<index - 1], at: open) }
            buffer.append(contentsOf: bytes[start..<index - 1])
            return try field(buffer[...], at: open)
        }
    }

    private func field(_ slice: ArraySlice<UInt8>, at offset: Int) throws(DocumentError) -> CSVField {
        guard slice.count <= limits.maximumFieldBytes else {
            throw error(
                .limit, "a field of \(slice.count) bytes; the limit maximumFieldBytes is \(limits.maximumFieldBytes)", at: offset)
        }
        guard let text = String(validating: slice, as: UTF8.self) else {
            throw error(.encoding, "the field is not valid UTF-8", at: offset)
        }
        return CSVField(text: text, byteOffset: offset)
    }

    private func error(_ kind: DocumentError.Kind, _ message: String, at offset: Int, hint: String? = nil) -> DocumentError {
        DocumentError(kind, file: file, at: .locate(byteOffset: offset, in: bytes), message, hint: hint)
    }
}
