import Testing

@testable import StrictDocuments

@Suite("The JSON reader")
struct JSONReaderTests {
    private func refusal(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> DocumentError? {
        do {
            _ = try JSONDocument.parse(bytes, file: "t.json", limits: limits)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "what is not JSON is refused at its place",
        arguments: [
            ("", .empty, nil), (" \n", .empty, nil), ("[1,]", .syntax, "1:4"), ("[,1]", .syntax, "1:2"), ("[1 2]", .syntax, "1:4"),
            ("{\"a\":1,}", .syntax, "1:8"), ("{\"a\" 1}", .syntax, "1:6"), ("{a:1}", .syntax, "1:2"), ("{\"a\":}", .syntax, "1:6"),
            ("[1}", .syntax, "1:3"), ("{]", .syntax, "1:2"), ("]", .syntax, "1:1"), ("[1]]", .syntax, "1:4"), ("1 2", .syntax, "1:3"),
            ("[01]", .syntax, "1:2"), ("[-01]", .syntax, "1:2"), ("[.5]", .syntax, "1:2"), ("[+1]", .syntax, "1:2"),
            ("[1.]", .syntax, "1:4"),
            ("[1e]", .syntax, "1:4"), ("[NaN]", .syntax, "1:2"), ("[-Infinity]", .syntax, "1:3"), ("[True]", .syntax, "1:2"),
            ("[tru]", .syntax, "1:2"), ("['a']", .syntax, "1:2"), ("[\"\t\"]", .syntax, "1:3"), ("[\"\\x\"]", .syntax, "1:3"),
            ("[\"\\u12g4\"]", .syntax, "1:7"), ("[\"\\ud800\"]", .encoding, "1:3"), ("[\"\\udc00\"]", .encoding, "1:3"),
            ("\"\\ud800\"", .encoding, "1:2"), ("[\"\\ud800\\u0041\"]", .encoding, "1:3"), ("// x\n1", .syntax, "1:1"),
            ("\u{FEFF}1", .encoding, "1:1"), ("{\"a\":1,\n \"a\":2}", .duplicate, "2:2"), ("{\"a\":1,\"\\u0061\":2}", .duplicate, "1:8"),
            ("[1", .truncated, "1:3"), ("{\"a\"", .truncated, "1:5"), ("\"a", .truncated, "1:3"), ("tr", .truncated, "1:3"),
        ] as [(String, DocumentError.Kind, String?)])
    func refusals(text: String, kind: DocumentError.Kind, place: String?) {
        let error = refusal(Array(text.utf8))
        #expect(error?.kind == kind, "\(error?.description ?? "it was accepted")")
        #expect(error?.position?.description == place)
    }

    @Test(
        "invalid UTF-8 in a string is refused",
        arguments: [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF5, 0x80, 0x80, 0x80]] as [[UInt8]])
    func encoding(bytes: [UInt8]) {
        #expect(refusal(Array("[\"".utf8) + bytes + Array("\"]".utf8))?.kind == .encoding)
        #expect(refusal(Array("[\"\\n".utf8) + bytes + Array("\"]".utf8))?.kind == .encoding)
    }

    @Test("nesting is taken up to the limit and no deeper, and a hundred thousand levels exhaust nothing")
    func depth() throws {
        func nested(_ depth: Int) -> [UInt8] { [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth) }
        #expect(refusal(nested(64)) == nil)
        #expect(refusal(nested(65))?.kind == .limit)
        #expect(refusal(nested(65))?.message.contains("maximumDepth") == true)
        #expect(refusal(nested(100_000))?.kind == .limit)
        #expect(refusal([UInt8](repeating: 0x5B, count: 100_000))?.kind == .limit)
        var reader = try JSONReader(nested(100_000), file: "t.json", limits: JSONLimits(maximumDepth: 100_000))
        try reader.skip()
        try reader.end()
    }

    @Test("a document beyond the limit of bytes is refused before it is read")
    func size() {
        #expect(refusal(Array("[1]".utf8), limits: JSONLimits(maximumBytes: 3)) == nil)
        let error = refusal(Array("[1 ]".utf8), limits: JSONLimits(maximumBytes: 3))
        #expect(error?.kind == .limit)
        #expect(error?.message.contains("maximumBytes") == true)
    }

    @Test("integers are exact to the ends of 64 bits and refused beyond, never rounded")
    func integers() throws {
        func read(_ text: String) throws -> Int64 {
            var reader = try JSONReader(Array(text.utf8), file: "t.json")
            return try reader.int64()
        }
        #expect(try read("9223372036854775807") == .max)
        #expect(try read("-9223372036854775808") == .min)
        for text in ["9223372036854775808", "-9223372036854775809", "-0", "1" + String(repeating: "0", count: 5000)] {
            #expect(#expect(throws: DocumentError.self) { try read(text) }?.kind == .badValue)
        }
        for text in ["1.0", "1e2", "\"1\"", "true"] { #expect(#expect(throws: DocumentError.self) { try read(text) }?.kind == .wrongType) }
    }

    @Test("a number of any length is kept as written; as a double it is finite or nothing")
    func hugeNumbers() throws {
        let digits = String(repeating: "9", count: 100_000)
        guard case .number(let number) = try JSONDocument.parse(Array(digits.utf8), file: "t.json").content else {
            Issue.record("no number")
            return
        }
        #expect(number.literal == digits)
        #expect(number.int64 == nil)
        #expect(number.double == nil)
        #expect(JSONNumber(literal: "1e999999999").double == nil)
        #expect(JSONNumber(literal: "1e-999999999").double == 0)
    }

    @Test("escapes and surrogate pairs are decoded")
    func escapes() throws {
        let text = #""\"\\\/\b\f\n\r\t\u0000\u00e9\ud83d\ude00""#
        var reader = try JSONReader(Array(text.utf8), file: "t.json")
        #expect(try reader.string() == "\"\\/\u{8}\u{C}\n\r\t\u{0}é😀")
    }

    @Test("asking for another type than stands there says both, and is no syntax error")
    func wrongTypes() throws {
        var reader = try JSONReader(Array("\"x\"".utf8), file: "t.json")
        #expect(#expect(throws: DocumentError.self) { try reader.null() }?.description == "t.json:1:1: expected null, found a string")
        #expect(#expect(throws: DocumentError.self) { _ = try reader.bool() }?.kind == .wrongType)
        #expect(#expect(throws: DocumentError.self) { try reader.beginArray() }?.kind == .wrongType)
        #expect(try reader.string() == "x")
    }

    @Test("a skipped value is checked as strictly as a read one")
    func skipping() throws {
        for text in ["{\"a\":[1,{\"b\":\"\\x\"}]}", "[1,[2,]]", "{\"a\":\"\u{1}\"}", "[\"\\ud800\"]", "{\"a\":[1}"] {
            var reader = try JSONReader(Array(text.utf8), file: "t.json")
            #expect(throws: DocumentError.self) { try reader.skip() }
        }
        var reader = try JSONReader(Array("{\"a\":{\"x\":[1,[],{}]},\"b\":2}".utf8), file: "t.json")
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        try reader.skip()
        #expect(try reader.nextKey() == "b")
        #expect(try reader.int64() == 2)
        #expect(try reader.nextKey() == nil)
        try reader.end()
    }

    @Test("positions count lines and scalars, and name the value")
    func positions() throws {
        let root = try JSONDocument.parse(Array("{\r\n  \"é😀\": [true,\n\t12]}".utf8), file: "t.json")
        guard case .object(let members) = root.content, case .array(let elements) = members[0].value.content else {
            Issue.record("no object with an array")
            return
        }
        #expect(members[0].keyPosition.description == "2:3")
        #expect(members[0].value.position.description == "2:9")
        #expect(elements.map(\.position.description) == ["2:10", "3:2"])
    }
}

@Suite("JSON values")
struct JSONValueTests {
    @Test("keys are ordered by UTF-16 code units, as in the example of RFC 8785")
    func keyOrder() {
        let value: JSONValue = [
            "\u{20AC}": "Euro Sign", "\r": "Carriage Return", "\u{FB33}": "Hebrew Letter Dalet With Dagesh", "1": "One",
            "\u{1F600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{F6}": "Latin Small Letter O With Diaeresis",
        ]
        let expected =
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\"\u{F6}\":\"Latin Small Letter O With Diaeresis\","
            + "\"\u{20AC}\":\"Euro Sign\",\"\u{1F600}\":\"Emoji: Grinning Face\",\"\u{FB33}\":\"Hebrew Letter Dalet With Dagesh\"}"
        #expect(value.canonicalText() == expected)
    }

    @Test("strings escape only what they must")
    func escapes() {
        #expect(JSONValue.string("\u{0}\u{1F}\u{7F}\"\\/\n\u{2028}é").canonicalText() == "\"\\u0000\\u001f\u{7F}\\\"\\\\/\\n\u{2028}é\"")
    }

    @Test("a fraction is refused where it stands")
    func fractions() throws {
        let node = try JSONDocument.parse(Array("[1,\n2.5]".utf8), file: "t.json")
        let error = #expect(throws: DocumentError.self) { try JSONValue(node, file: "t.json") }
        #expect(error?.description == "t.json:2:1: expected an integer within 64 bits, found 2.5")
    }
}
