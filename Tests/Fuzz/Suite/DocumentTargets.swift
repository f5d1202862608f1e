import Determinism
import Fuzzing
import PropertyTesting
import StrictDocuments

/// Readers of `StrictDocuments`.
enum DocumentTargets {
    static let all: [FuzzTarget] = [json, jsonReaders, csv, decimal, instant, jsonTyped, csvTyped, evidenceTyped]

    /// What is read has one canonical form, and that is read back as the same value; a refusal names a place within the document.
    private static let json = FuzzTarget("json", maximumLength: 1024) { bytes in
        let node: JSONNode
        do { node = try JSONDocument.parse(bytes, file: "f", limits: JSONLimits(maximumBytes: 4096, maximumDepth: 16)) } catch let error
            as DocumentError
        {
            try located(error, in: bytes)
            return
        }
        guard let value = try? JSONValue(node, file: "f") else { return }
        let canonical = value.canonicalBytes()
        try expect(read(canonical) == value, "the canonical form is read as another value")
        try expect(read(value.prettyBytes()) == value, "the pretty form is read as another value")
        try expect(try members(node) == members(try JSONDocument.parse(canonical, file: "c")), "a member of the document is lost")
    }

    /// The pull reader and the tree accept the same documents but for keys that come twice, and find the same in them.
    private static let jsonReaders = FuzzTarget("json-readers", maximumLength: 512) { bytes in
        let limits = JSONLimits(maximumBytes: 4096, maximumDepth: 8)
        var skips = false
        if var reader = try? JSONReader(bytes, file: "f", limits: limits) {
            do {
                try reader.skip()
                try reader.end()
                skips = true
            } catch {}
        }
        do {
            let node = try JSONDocument.parse(bytes, file: "f", limits: limits)
            try expect(skips, "a document is read that the pull reader refuses")
            var reader = try JSONReader(bytes, file: "f", limits: limits)
            try same(node, &reader)
            try reader.end()
        } catch let error as DocumentError {
            try expect(!skips || error.kind == .duplicate, "the pull reader passes over what is refused: \(error)")
        }
    }

    /// A table that is read is written and read as the same; its rows are as wide as its header.
    private static let csv = FuzzTarget("csv", maximumLength: 1024) { bytes in
        let limits = CSVLimits(maximumBytes: 4096, maximumColumns: 8, maximumFieldBytes: 128, maximumRows: 64)
        let table: CSVTable
        do { table = try CSVTable.read(bytes, file: "f", limits: limits) } catch let error as DocumentError {
            try located(error, in: bytes)
            return
        }
        try expect(table.rows.allSatisfy { $0.count == table.header.count }, "a row is not as wide as the header")
        for ending in [CSVWriter.LineEnding.lf, .crlf] {
            // A header of white space alone can be read in front of rows, but not be written without them.
            guard let written = try? table.bytes(lineEnding: ending) else { continue }
            try expect(try CSVTable.read(written, file: "again") == table, "the table is not read as it was written")
        }
    }

    /// A decimal that is read is finite, and what `fixed` writes is read back within half a unit of its last place.
    private static let decimal = FuzzTarget("decimal", maximumLength: 64) { bytes in
        guard let value = DecimalText.parse(String(decoding: bytes, as: UTF8.self)) else { return }
        try expect(value.isFinite, "a decimal is not finite")
        for (places, unit) in [(0, 1.0), (2, 1e-2), (8, 1e-8)] {
            guard let text = DecimalText.fixed(value, places: places) else { continue }
            guard let again = DecimalText.parse(text) else { throw FuzzFailure("\(text) is written and not read") }
            try expect((again - value).magnitude <= unit * 0.5 + value.ulp, "\(value) is written as \(text)")
            try expect(DecimalText.fixed(again, places: places) == text || value.magnitude > 0x1p30, "\(text) is not fixed")
        }
    }

    /// A time that is read is written in one form, which stands for the same time.
    private static let instant = FuzzTarget("instant", maximumLength: 64) { bytes in
        guard let time = try? Instant(rfc3339: String(decoding: bytes, as: UTF8.self)) else { return }
        let text = time.rfc3339
        try expect(try Instant(rfc3339: text) == time, "\(text) is another time")
        try expect(try Instant(rfc3339: text).rfc3339 == text, "\(text) is not the only form")
    }

    private static let jsonTyped = FuzzTarget(
        "json-values", drawing: { draws in draws.jsonText(maximumDepth: 4, size: 40) },
        { drawn in
            let value = try JSONValue(JSONDocument.parse(Array(drawn.text.utf8), file: "f"), file: "f")
            try expect(value == drawn.value, "the text of a value is read as another value")
            try expect(read(value.canonicalBytes()) == value && read(value.prettyBytes()) == value, "a value does not survive its encoding")
        })

    private static let csvTyped = FuzzTarget(
        "csv-tables",
        drawing: { draws in
            let columns = draws.int(in: 1...5)
            return (
                header: (0..<columns).map { "\($0)" + draws.anyText(0...6) },
                rows: draws.array(0...6) { draws in (0..<columns).map { _ in draws.anyText(0...8) } }
            )
        },
        { drawn in
            // Some cells cannot be written (NUL, a lone CR …): the writer says so.
            guard let table = try? CSVTable(header: drawn.header, rows: drawn.rows), let bytes = try? table.bytes() else { return }
            try expect(try CSVTable.read(bytes, file: "f") == table, "a table does not survive its encoding")
        })

    private static let evidenceTyped = FuzzTarget("evidence-documents", drawing: DrawnEvidence.draw) { drawn in
        try drawn.check()
    }

    // MARK: Oracles

    static func read(_ bytes: [UInt8]) -> JSONValue? {
        guard let node = try? JSONDocument.parse(bytes, file: "again") else { return nil }
        return try? JSONValue(node, file: "again")
    }

    static func located(_ error: DocumentError, in bytes: [UInt8]) throws {
        try expect((error.position?.byteOffset ?? 0) <= bytes.count, "the place of an error is behind the end: \(error)")
        try expect(error.description.hasPrefix("f"), "an error does not begin with the file's name: \(error)")
    }

    private static func members(_ node: JSONNode) throws -> Int {
        switch node.content {
        case .array(let elements): try elements.reduce(1) { try $0 + members($1) }
        case .object(let all): try all.reduce(1) { try $0 + members($1.value) }
        default: 1
        }
    }

    private static func same(_ node: JSONNode, _ reader: inout JSONReader) throws {
        switch node.content {
        case .null: try reader.null()
        case .bool(let value): try expect(try reader.bool() == value, "two readers see other booleans")
        case .string(let value): try expect(Array(try reader.string().utf8) == Array(value.utf8), "two readers see other strings")
        case .number(let number):
            var copy = reader
            try expect((try? copy.int64()) == number.int64, "two readers see another integer in \(number.literal)")
            try expect(try reader.number() == number, "two readers see other numbers")
        case .array(let elements):
            try reader.beginArray()
            for element in elements {
                try expect(try reader.nextElement(), "an element is missing")
                try same(element, &reader)
            }
            try expect(try !reader.nextElement(), "there is one element more")
        case .object(let all):
            try reader.beginObject()
            for member in all {
                try expect(try reader.nextKey().map { Array($0.utf8) } == Array(member.key.utf8), "two readers see other keys")
                try same(member.value, &reader)
            }
            try expect(try reader.nextKey() == nil, "there is one key more")
        }
    }
}
