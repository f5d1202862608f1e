import GrowthMeasure
import StrictDocuments
import Testing

/// What is read or written strictly costs in proportion to its size.
@Suite struct StrictDocumentsGrowth {
    /// A document that is hard to read in one way, of about `size` tokens.
    enum Shape: String, CaseIterable {
        case wideObject, objects, deep, longString, escapes, nonASCII, lines

        func bytes(_ size: Int) -> [UInt8] {
            switch self {
            case .wideObject: Array("{\((0..<size).map { "\"key\($0)\":\($0)" }.joined(separator: ","))}".utf8)
            case .objects: Array("[\((0..<size).map { "{\"a\":\($0),\"b\":[true,null,-15]}" }.joined(separator: ","))]".utf8)
            case .deep:
                // As deep as the limit allows, again and again.
                Array(
                    "[\(Array(repeating: String(repeating: "[", count: 63) + String(repeating: "]", count: 63), count: size).joined(separator: ","))]"
                        .utf8)
            case .longString: Array("\"\(String(repeating: "abcdefghij", count: size))\"".utf8)
            case .escapes: Array("\"\(String(repeating: #"\n\u00e9\ud83d\ude00"#, count: size))\"".utf8)
            case .nonASCII: Array("[\"\(String(repeating: "漢é😀", count: size))\"]".utf8)
            case .lines: Array("[\n\((0..<size).map { "  {\n\"x\": \($0)\n}" }.joined(separator: ",\n"))\n]\n".utf8)
            }
        }
    }

    @Test("the measure tells a quadratic operation from a linear one")
    func measure() {
        func sum(_ count: Int) -> UInt64 { (0..<count).reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) } }
        let linear = Growth.measured {
            $0
        } of: { size in
            #expect(sum(size) != 1)
        }
        #expect(linear.isNearLinear, "\(linear)")
        let quadratic = Growth.measured {
            $0
        } of: { size in
            // Nothing linear beside the loop within the loop, which would hide it at small sizes.
            var total: UInt64 = 0
            for _ in 0..<size { total &+= sum(size) }
            #expect(total != 1)
        }
        #expect(!quadratic.isNearLinear, "\(quadratic)")
    }

    @Test("passing over a JSON value is linear", arguments: Shape.allCases)
    func skip(shape: Shape) throws {
        let growth = try Growth.measured(input: shape.bytes) { bytes in
            var reader = try JSONReader(bytes, file: "x")
            try reader.skip()
            try reader.end()
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("reading a JSON document is linear", arguments: Shape.allCases)
    func parse(shape: Shape) throws {
        let growth = try Growth.measured(input: shape.bytes) { bytes in _ = try JSONDocument.parse(bytes, file: "x") }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("the canonical and the readable form are written in linear time", arguments: Shape.allCases)
    func canonical(shape: Shape) throws {
        let growth = try Growth.measured { size in
            try JSONValue(JSONDocument.parse(shape.bytes(size), file: "x"), file: "x")
        } of: { value in
            #expect(value.canonicalBytes().count <= value.prettyBytes().count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a document full of mistakes is refused in linear time, each mistake with its place")
    func manyMistakes() throws {
        let growth = try Growth.measured { size in
            Array("{\n\((0..<size).map { "\"nmae\($0)\": true" }.joined(separator: ",\n"))\n}".utf8)
        } of: { bytes in
            var decoder = StrictDecoder(file: "x")
            _ = decoder.object(try JSONDocument.parse(bytes, file: "x"), "thing", keys: ["name", "version", "title", "owner"])
            #expect(throws: DocumentErrors.self) { try decoder.finish() }
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a mistake at the end of a document is found in linear time")
    func lateMistake() throws {
        let growth = Growth.measured { size in
            Shape.lines.bytes(size).dropLast(2) + Array("}".utf8)
        } of: { bytes in
            #expect(throws: DocumentError.self) { try JSONDocument.parse(bytes, file: "x") }
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("reading a CSV table is linear", arguments: ["1.25,plain", "\"quoted, \"\"twice\"\"\",\"b\nc\"", ",", "漢é,😀"])
    func csv(row: String) throws {
        let growth = try Growth.measured { size in
            Array(("a,b\n" + String(repeating: row + "\n", count: size)).utf8)
        } of: { bytes in
            var reader = try CSVReader(bytes, file: "x")
            while try reader.nextRow() != nil {}
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a CSV table is written in linear time")
    func csvWriting() throws {
        let growth = try Growth.measured { size in
            try CSVTable(header: ["a", "b"], rows: (0..<size).map { ["\($0)", "x, \"\($0)\""] })
        } of: { table in
            _ = try table.bytes()
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("decimals are read in linear time, however many digits they have")
    func decimals() {
        let growth = Growth.measured(limit: 1 << 16) { size in
            "0." + String(repeating: "7", count: size)
        } of: { text in
            #expect(DecimalText.parse(text) != 1)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }
}
