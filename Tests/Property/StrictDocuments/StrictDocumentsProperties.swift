import Determinism
import Testing

@testable import StrictDocuments

/// Texts from an alphabet in which everything that formats trip over is frequent.
private func text(_ generator: inout SeededGenerator, maximumCount: Int = 8) -> String {
    let alphabet: [String] = [
        "a", "b", ",", "\"", "\n", "\r", "\r\n", "\\", "/", " ", "\t", "é", "e\u{301}", "😀", "\u{FEFF}", "\u{2028}", "\u{7F}", "\u{1}",
        "\u{FB33}", "0", "-",
    ]
    return (0..<generator.integer(in: 0...maximumCount)).map { _ in alphabet[generator.integer(in: 0...alphabet.count - 1)] }.joined()
}

private func value(_ generator: inout SeededGenerator, depth: Int) -> JSONValue {
    switch generator.integer(in: 0...(depth > 0 ? 6 : 4)) {
    case 0: return .null
    case 1: return .bool(generator.integer(in: 0...1) == 1)
    case 2: return .int(Int64(truncatingIfNeeded: generator.next()) >> Int64(generator.integer(in: 0...63)))
    case 3: return .int([0, -1, .max, .min][generator.integer(in: 0...3)])
    case 4: return .string(text(&generator))
    case 5: return .array((0..<generator.integer(in: 0...4)).map { _ in value(&generator, depth: depth - 1) })
    default:
        var members: [String: JSONValue] = [:]
        for _ in 0..<generator.integer(in: 0...4) { members[text(&generator)] = value(&generator, depth: depth - 1) }
        return .object(members)
    }
}

@Suite("Laws of JSON")
struct JSONProperties {
    private func parse(_ bytes: [UInt8]) throws -> JSONValue {
        try JSONValue(try JSONDocument.parse(bytes, file: "t.json"), file: "t.json")
    }

    @Test("what is written, in either form, is read back as the same value, and canonical bytes are a fixpoint")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<1500 {
            let value = value(&generator, depth: 4)
            let canonical = value.canonicalBytes()
            // Bytes are compared as well: Swift takes "é" and "e" with an accent for equal strings.
            let again = try parse(canonical)
            #expect(again == value)
            #expect(again.canonicalBytes() == canonical)
            #expect(try parse(value.prettyBytes()).canonicalBytes() == canonical)
        }
    }

    @Test("canonical keys stand in strictly ascending order of their UTF-16 code units")
    func keyOrder() throws {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<300 {
            var members: [String: JSONValue] = [:]
            for _ in 0..<generator.integer(in: 2...12) { members[text(&generator, maximumCount: 4)] = .null }
            guard case .object(let written) = try JSONDocument.parse(JSONValue.object(members).canonicalBytes(), file: "t").content else {
                Issue.record("no object")
                return
            }
            for (a, b) in zip(written, written.dropFirst()) { #expect(Array(a.key.utf16).lexicographicallyPrecedes(Array(b.key.utf16))) }
        }
    }

    @Test("every proper prefix of a document with an outer bracket or quote is refused as cut short")
    func prefixes() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<60 {
            var value = value(&generator, depth: 3)
            switch value {
            case .array, .object, .string: break
            default: value = .array([value])
            }
            let bytes = generator.integer(in: 0...1) == 0 ? value.canonicalBytes() : Array(value.prettyBytes().dropLast())
            for count in 0..<bytes.count {
                do {
                    _ = try JSONDocument.parse(Array(bytes[..<count]), file: "t.json")
                    Issue.record("\(count) of \(bytes.count) bytes were accepted: \(String(decoding: bytes, as: UTF8.self))")
                } catch {
                    #expect(error.kind == .truncated || (count == 0 && error.kind == .empty), "\(error)")
                }
            }
        }
    }

    @Test("skipping and reading accept the same documents and end at the same byte")
    func skipAgrees() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<600 {
            var bytes = value(&generator, depth: 3).canonicalBytes()
            if generator.integer(in: 0...2) > 0 {
                bytes[generator.integer(in: 0...bytes.count - 1)] = Array("{}[],:\"\\tn1e.-\u{1}é".utf8)[generator.integer(in: 0...16)]
            }
            func accepts(_ read: (inout JSONReader) throws -> Void) -> Bool {
                guard var reader = try? JSONReader(bytes, file: "t.json"), (try? read(&reader)) != nil else { return false }
                return (try? reader.end()) != nil
            }
            func readAll(_ reader: inout JSONReader) throws {
                switch try reader.peek() {
                case .null: try reader.null()
                case .bool: _ = try reader.bool()
                case .number: _ = try reader.number()
                case .string: _ = try reader.string()
                case .array:
                    try reader.beginArray()
                    while try reader.nextElement() { try readAll(&reader) }
                case .object:
                    try reader.beginObject()
                    while try reader.nextKey() != nil { try readAll(&reader) }
                }
            }
            #expect(accepts { try $0.skip() } == accepts(readAll), "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("white space between tokens changes nothing")
    func whiteSpace() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            let value = value(&generator, depth: 3)
            var spaced: [UInt8] = []
            var inString = false
            var escaped = false
            for byte in value.canonicalBytes() {
                let isMark = !inString && "{}[],:".utf8.contains(byte)
                if isMark { spaced += [0x20, 0x09, 0x0D, 0x0A].prefix(generator.integer(in: 0...4)) }
                spaced.append(byte)
                if isMark { spaced += [0x0A, 0x20].prefix(generator.integer(in: 0...2)) }
                if byte == UInt8(ascii: "\""), !escaped { inString.toggle() }
                escaped = inString && byte == UInt8(ascii: "\\") && !escaped
            }
            #expect(try parse(spaced).canonicalBytes() == value.canonicalBytes())
        }
    }
}

@Suite("Laws of CSV")
struct CSVProperties {
    private func table(_ generator: inout SeededGenerator) throws -> CSVTable {
        var header: [String] = []
        for index in 0..<generator.integer(in: 1...5) { header.append(text(&generator, maximumCount: 3) + "c\(index)") }
        let rows = (0..<generator.integer(in: 0...6)).map { _ in header.map { _ in text(&generator) } }
        return try CSVTable(header: header, rows: rows)
    }

    @Test("what is written is read back unchanged, with either line end, and written again as the same bytes")
    func roundTrip() throws {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<1000 {
            let table = try table(&generator)
            for end in [CSVWriter.LineEnding.lf, .crlf] {
                let bytes = try table.bytes(lineEnding: end)
                let again = try CSVTable.read(bytes, file: "t.csv")
                #expect(again == table)
                #expect(try again.bytes(lineEnding: end) == bytes)
            }
        }
    }

    @Test("a field that is found at a place is what the document has there")
    func places() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let bytes = try table(&generator).bytes()
            var reader = try CSVReader(bytes, file: "t.csv")
            while let row = try reader.nextRow() {
                for field in row.fields {
                    let start = field.byteOffset + (field.byteOffset < bytes.count && bytes[field.byteOffset] == UInt8(ascii: "\"") ? 1 : 0)
                    let plain = Array(field.text.utf8.prefix { $0 != UInt8(ascii: "\"") })
                    #expect(Array(bytes[start...].prefix(plain.count)) == plain)
                }
            }
        }
    }

    @Test("cutting a table within a quoted field is noticed")
    func cutShort() throws {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<300 {
            let bytes = try CSVTable(header: ["a", "b"], rows: [["1", text(&generator) + "," + text(&generator)]]).bytes()
            let open = try #require(bytes.firstIndex(of: UInt8(ascii: "\"")))
            // Everything up to the closing quote and the line end behind it; a cut between two quotes of a pair closes the field.
            let cut = generator.integer(in: open + 1...bytes.count - 2)
            let quotes = bytes[open..<cut].filter { $0 == UInt8(ascii: "\"") }.count
            guard quotes % 2 == 1 else { continue }
            let error = #expect(throws: DocumentError.self) { try CSVTable.read(Array(bytes[..<cut]), file: "t.csv") }
            #expect(error?.kind == .truncated || error?.kind == .encoding)
        }
    }
}

@Suite("Laws of decimal text")
struct DecimalTextProperties {
    @Test("a fixed text is within half a unit of its last place, and writing what it says gives it again")
    func halfUnit() throws {
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<3000 {
            let places = generator.integer(in: 0...9)
            let value = (generator.uniform() - 0.5) * [1e-9, 1, 100, 60_000, 1e9][generator.integer(in: 0...4)]
            let text = try #require(DecimalText.fixed(value, places: places))
            let parsed = try #require(DecimalText.parse(text))
            var unit = 1.0
            for _ in 0..<places { unit /= 10 }
            #expect((parsed - value).magnitude <= unit * 0.5000001 + value.magnitude.ulp)
            #expect(DecimalText.fixed(parsed, places: places) == text)
        }
    }

    @Test("the shortest text of any finite double is parsed as that double")
    func shortest() {
        var generator = SeededGenerator(seed: 10)
        for _ in 0..<3000 {
            let value = Double(bitPattern: generator.next())
            #expect(DecimalText.parse("\(value)") == (value.isFinite ? value : nil))
        }
    }
}
