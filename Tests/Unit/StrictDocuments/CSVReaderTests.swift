import Testing

@testable import StrictDocuments

@Suite("The CSV reader")
struct CSVReaderTests {
    private func table(_ text: String, limits: CSVLimits = CSVLimits()) throws -> CSVTable {
        try CSVTable.read(Array(text.utf8), file: "t.csv", limits: limits)
    }

    private func refusal(_ bytes: [UInt8], limits: CSVLimits = CSVLimits()) -> DocumentError? {
        do {
            _ = try CSVTable.read(bytes, file: "t.csv", limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test("reads LF and CRLF alike, with or without an end of the last line", arguments: ["\n", "\r\n"])
    func lineEnds(end: String) throws {
        for last in ["", end] {
            let table = try table("ts,close\(end)1,100.00\(end)2,\(last)")
            #expect(table.header == ["ts", "close"])
            #expect(table.rows == [["1", "100.00"], ["2", ""]])
        }
    }

    @Test("reads quoted fields with commas, quotes and line ends, and keeps white space")
    func quotes() throws {
        let table = try table("a,\"b \"\"x\"\"\"\n\"1,2\",\"line\r\nnext\n\"\n\"\", x \n\"\"\"\",é\n")
        #expect(table.header == ["a", "b \"x\""])
        #expect(table.rows == [["1,2", "line\r\nnext\n"], ["", " x "], ["\"", "é"]])
    }

    @Test("a header alone is a table without rows")
    func headerOnly() throws {
        #expect(try table("a,b").rows.isEmpty)
        #expect(try table("a,b\n").rows.isEmpty)
    }

    @Test("gives rows one at a time, with their numbers and the places of their fields")
    func streaming() throws {
        var reader = try CSVReader(Array("ts,näme\n1,a\n\"2\n\",\"b\"\n3,c".utf8), file: "t.csv")
        let name = try reader.column(named: "näme")
        var seen: [(Int, String, String)] = []
        while let row = try reader.nextRow() {
            seen.append((row.number, row[name], reader.position(of: row.fields[name]).description))
        }
        #expect(seen.map(\.0) == [1, 2, 3])
        #expect(seen.map(\.1) == ["a", "b", "c"])
        #expect(seen.map(\.2) == ["2:3", "4:3", "5:3"])
        #expect(try reader.nextRow() == nil)
    }

    @Test("names the columns there are when one is not")
    func unknownColumn() throws {
        let reader = try CSVReader(Array("ts,close\n".utf8), file: "t.csv")
        let error = #expect(throws: DocumentError.self) { try reader.column(named: "open") }
        #expect(error?.description == "t.csv:1:1: there is no column 'open' (the columns are: ts, close)")
    }

    @Test(
        "what readers differ about is refused at its place",
        arguments: [
            ("", .empty, nil), (" \r\n\n", .empty, nil), ("\na,b\n", .syntax, "1:1"), ("a,a\n", .duplicate, "1:3"),
            ("a,\n", .badValue, "1:3"),
            ("a,b\n1\n", .contradiction, "2:1"), ("a,b\n1,2,3\n", .contradiction, "2:1"), ("a,b\n1,2\n\n", .syntax, "3:1"),
            ("a\n\n", .syntax, "2:1"), ("a,b\n1,x\"y\n", .syntax, "2:4"), ("a,b\n1,\"x\"y\n", .syntax, "2:6"),
            ("a,b\n1,\"xy\n", .truncated, "2:3"), ("a,b\n\"", .truncated, "2:1"), ("a,b\n\"\"\"", .truncated, "2:1"),
            ("a,b\r1,2\r", .syntax, "1:4"), ("a,b\n1,2\r", .syntax, "2:4"), ("a,b\n1,\u{0}\n", .syntax, "2:3"),
            ("a,b\n1,\"\u{0}\"\n", .syntax, "2:4"), ("\u{FEFF}a,b\n", .encoding, "1:1"), ("a,b\n\n", .syntax, "2:1"),
        ] as [(String, DocumentError.Kind, String?)])
    func refusals(text: String, kind: DocumentError.Kind, place: String?) {
        let error = refusal(Array(text.utf8))
        #expect(error?.kind == kind, "\(error?.description ?? "it was accepted")")
        #expect(error?.position?.description == place)
    }

    @Test("invalid UTF-8 is refused at its field", arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80]] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        for document in [Array("a,b\n1,".utf8) + bytes, Array("a,b\n1,\"".utf8) + bytes + Array("\"\n".utf8)] {
            #expect(refusal(document)?.kind == .encoding)
            #expect(refusal(document)?.position?.description == "2:3")
        }
    }

    @Test("every limit is reached by one more, and names itself")
    func limits() throws {
        let text = "aa,bb\n1,22\n3,4\n"
        let fitting = CSVLimits(maximumBytes: 15, maximumColumns: 2, maximumFieldBytes: 2, maximumRows: 2)
        #expect(try table(text, limits: fitting).rows.count == 2)
        let cases: [(WritableKeyPath<CSVLimits, Int>, String)] = [
            (\.maximumBytes, "maximumBytes"), (\.maximumColumns, "maximumColumns"), (\.maximumFieldBytes, "maximumFieldBytes"),
            (\.maximumRows, "maximumRows"),
        ]
        for (path, name) in cases {
            var limits = fitting
            limits[keyPath: path] -= 1
            let error = refusal(Array(text.utf8), limits: limits)
            #expect(error?.kind == .limit)
            #expect(error?.message.contains(name) == true)
        }
    }

    @Test("a decimal number is read, anything else is refused by line, column and column name")
    func decimals() throws {
        var reader = try CSVReader(Array("x,y\n1.5e3,nan\n".utf8), file: "t.csv")
        let row = try #require(try reader.nextRow())
        #expect(try reader.decimal(row.fields[0], of: "x") == 1500)
        let error = #expect(throws: DocumentError.self) { try reader.decimal(row.fields[1], of: "y") }
        #expect(error?.description == "t.csv:2:7: column 'y': expected a decimal number, found 'nan'")
    }
}

@Suite("The CSV writer")
struct CSVWriterTests {
    @Test("quotes only what must be quoted")
    func quoting() throws {
        var writer = try CSVWriter(header: ["a", "b"])
        try writer.append(["1", "x y"])
        try writer.append(["1,2", "say \"hi\""])
        try writer.append(["", "l\nm"])
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "a,b\n1,x y\n\"1,2\",\"say \"\"hi\"\"\"\n,\"l\nm\"\n")
        #expect(try CSVTable(header: ["a"], rows: [[""]]).bytes(lineEnding: .crlf) == Array("a\r\n\"\"\r\n".utf8))
    }

    @Test("refuses what could not be read back")
    func refusals() throws {
        #expect(throws: CSVWriterError.noColumns) { try CSVWriter(header: []) }
        #expect(throws: CSVWriterError.namelessColumn) { try CSVWriter(header: ["a", ""]) }
        #expect(throws: CSVWriterError.namelessColumn) { try CSVWriter(header: [" "]) }
        #expect(throws: CSVWriterError.duplicateColumn("a")) { try CSVWriter(header: ["a", "a"]) }
        #expect(throws: CSVWriterError.nulByte) { try CSVWriter(header: ["a\u{0}"]) }
        var writer = try CSVWriter(header: ["a", "b"])
        let before = writer.bytes
        #expect(throws: CSVWriterError.raggedRow(expected: 2, found: 1)) { try writer.append(["1"]) }
        #expect(throws: CSVWriterError.nulByte) { try writer.append(["1", "\u{0}"]) }
        #expect(writer.bytes == before)
    }
}
