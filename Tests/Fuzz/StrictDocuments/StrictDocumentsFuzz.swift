import Determinism
import Testing

@testable import StrictDocuments

/// Valid seeds, broken in the ways in which documents break: bytes flipped, cut, repeated, swapped for marks of the format.
private func mutate(_ seed: [UInt8], marks: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = seed
    for _ in 0..<generator.integer(in: 1...6) {
        guard !bytes.isEmpty else { return bytes }
        let index = generator.integer(in: 0...bytes.count - 1)
        switch generator.integer(in: 0...5) {
        case 0: bytes[index] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes[index] = marks[generator.integer(in: 0...marks.count - 1)]
        case 2: bytes.remove(at: index)
        case 3: bytes.insert(marks[generator.integer(in: 0...marks.count - 1)], at: index)
        case 4: bytes.removeSubrange(index...)
        default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + generator.integer(in: 1...40))], at: index)
        }
    }
    return bytes
}

@Suite("Hostile documents")
struct StrictDocumentsFuzz {
    @Test("JSON is refused at a place within the document, or means what its canonical form means")
    func json() throws {
        let seeds = [
            #"{"a":[1,-2.5e+10,true,null],"b":{"c":"\u00e9\ud83d\ude00\n","d":[[],{}]}}"#, "[[[[[[\"x\"]]]]]]",
            "  {\n\t\"k\" : \"é😀\" }\r\n", "-0.0e-5",
        ].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 1)
        var accepted = 0
        for _ in 0..<4000 {
            let bytes = mutate(seeds[generator.integer(in: 0...seeds.count - 1)], marks: Array("{}[],:\"\\u0e-.tfn \u{1}".utf8), &generator)
            do {
                let node = try JSONDocument.parse(bytes, file: "f.json", limits: JSONLimits(maximumBytes: 4096, maximumDepth: 8))
                accepted += 1
                guard let value = try? JSONValue(node, file: "f.json") else { continue }
                let canonical = value.canonicalBytes()
                let again = try JSONValue(try JSONDocument.parse(canonical, file: "c.json"), file: "c.json")
                #expect(again.canonicalBytes() == canonical)
            } catch {
                #expect((error.position?.byteOffset ?? 0) <= bytes.count)
                #expect(error.description.hasPrefix("f.json"), "\(error)")
            }
        }
        #expect(accepted > 50)  // otherwise the mutations are too wild to test anything
    }

    @Test("any bytes at all trap nobody")
    func noise() {
        var generator = SeededGenerator(seed: 2)
        for _ in 0..<2000 {
            let bytes = (0..<generator.integer(in: 0...64)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            _ = try? JSONDocument.parse(bytes, file: "f")
            _ = try? CSVTable.read(bytes, file: "f")
            _ = DecimalText.parse(String(decoding: bytes, as: UTF8.self))
            _ = try? Instant(rfc3339: String(decoding: bytes, as: UTF8.self))
            if var reader = try? JSONReader(bytes, file: "f") { _ = try? reader.skip() }
        }
    }

    @Test("CSV is refused at a place within the document, or is written and read as the same table")
    func csv() throws {
        let seeds = ["ts,close\n1,100.00\n2,101.50\n", "a,\"b\"\"c\"\r\n\"x,y\",\"l\nm\"\r\n", "näme\n\"\"\n😀\n"].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 3)
        let limits = CSVLimits(maximumBytes: 4096, maximumColumns: 6, maximumFieldBytes: 64, maximumRows: 20)
        var accepted = 0
        for _ in 0..<5000 {
            let bytes = mutate(seeds[generator.integer(in: 0...seeds.count - 1)], marks: Array(",\"\n\r\u{0} x".utf8), &generator)
            do {
                let table = try CSVTable.read(bytes, file: "f.csv", limits: limits)
                accepted += 1
                #expect(table.rows.allSatisfy { $0.count == table.header.count })
                #expect(try CSVTable.read(try table.bytes(), file: "again.csv") == table)
            } catch let error as DocumentError {
                #expect((error.position?.byteOffset ?? 0) <= bytes.count)
                #expect(error.description.hasPrefix("f.csv"), "\(error)")
            } catch is CSVWriterError {
                // A header of white space alone can be read in front of rows, but not be written without them.
            }
        }
        #expect(accepted > 200)
    }

    @Test("a text is an instant or is not, and an accepted one round-trips")
    func instants() throws {
        let seeds = ["2024-02-29T23:59:59.123456789+05:30", "1970-01-01T00:00:00Z", "2262-04-11T23:47:16.854775807Z"].map { Array($0.utf8) }
        var generator = SeededGenerator(seed: 4)
        var accepted = 0
        for _ in 0..<8000 {
            let bytes = mutate(seeds[generator.integer(in: 0...2)], marks: Array("0123456789-+:.TZ".utf8), &generator)
            guard let instant = try? Instant(rfc3339: String(decoding: bytes, as: UTF8.self)) else { continue }
            accepted += 1
            #expect(try Instant(rfc3339: instant.rfc3339) == instant)
        }
        #expect(accepted > 100)
    }
}
