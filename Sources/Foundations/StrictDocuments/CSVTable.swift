/// A whole CSV document in memory: a header and rows of text, for documents small enough to hold.
///
/// ```swift
/// let table = try CSVTable.read(bytes, file: "golden.csv")
/// let close = try table.column(named: "close")
/// print(table.rows[0][close])
/// ```
///
/// What is accepted and refused is ``CSVReader``'s matter. Complexity: O(bytes).
public struct CSVTable: Hashable, Sendable {
    public let header: [String]
    /// Each as wide as the header.
    public let rows: [[String]]

    /// Throws ``CSVWriterError`` where the parts make no table.
    public init(header: [String], rows: [[String]]) throws(CSVWriterError) {
        try CSVWriter.check(header: header)
        for row in rows { try CSVWriter.check(row: row, width: header.count) }
        self.header = header
        self.rows = rows
    }

    private init(checkedHeader header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }

    public static func read(_ bytes: [UInt8], file: String, limits: CSVLimits = CSVLimits()) throws(DocumentError) -> CSVTable {
        var reader = try CSVReader(bytes, file: file, limits: limits)
        var rows: [[String]] = []
        while let row = try reader.nextRow() { rows.append(row.fields.map(\.text)) }
        return CSVTable(checkedHeader: reader.header, rows: rows)
    }

    public func columnIndex(named name: String) -> Int? { header.firstIndex(of: name) }

    /// The bytes of the table, with LF line ends unless asked otherwise.
    public func bytes(lineEnding: CSVWriter.LineEnding = .lf) throws(CSVWriterError) -> [UInt8] {
        var writer = try CSVWriter(header: header, lineEnding: lineEnding)
        for row in rows { try writer.append(row) }
        return writer.bytes
    }
}
