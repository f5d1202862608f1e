import Glibc
import StrictDocuments
import Testing

/// The published schemas are documents of their own: readable, named, and strict.
@Suite("the files of docs/schemas")
struct SchemasTests {
    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")

    /// The name of each schema: what stands before ".schema.json".
    static let names: [String] = {
        guard let folder = opendir(root + "/docs/schemas") else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }()

    static func schema(_ file: String) throws -> JSONValue {
        let bytes = try DocumentFile.read(root + "/docs/schemas/" + file, maximumBytes: 1 << 20)
        return try JSONValue(JSONDocument.parse(bytes, file: file), file: file)
    }

    @Test("there is a schema for each document that is read or written, and no other file")
    func all() {
        #expect(
            Self.names
                == [
                    "benchmark-baselines", "benchmark-history", "benchmark-result", "collector", "committed-leaf", "evidence", "fuzz-crash",
                    "fuzz-evidence", "gates",
                    "golden-manifest", "ledger-leaf",
                    "property-example",
                    "property-observations", "verdict",
                ].map { $0 + ".schema.json" })
    }

    @Test("each is JSON Schema 2020-12 under a name of its own, with a title and a description", arguments: names)
    func head(file: String) throws {
        let schema = try Self.schema(file)
        #expect(schema["$schema"]?.stringValue == "https://json-schema.org/draft/2020-12/schema")
        let name = file.split(separator: ".").first ?? ""
        #expect(schema["$id"]?.stringValue == "urn:pulsegate:\(name):1")
        #expect(schema["title"]?.stringValue?.isEmpty == false)
        #expect(schema["description"]?.stringValue?.isEmpty == false)
        #expect(schema["additionalProperties"]?.boolValue == false)
    }

    /// Every place inside a schema, with its path.
    static func places(_ value: JSONValue, at path: String = "#") -> [(path: String, value: JSONValue)] {
        switch value {
        case .object(let members):
            return [(path, value)] + members.keys.sorted().flatMap { key in members[key].map { places($0, at: "\(path)/\(key)") } ?? [] }
        case .array(let elements): return elements.enumerated().flatMap { places($1, at: "\(path)/\($0)") }
        default: return []
        }
    }

    @Test("each reference leads somewhere, and each required key is one that is described", arguments: names)
    func references(file: String) throws {
        let schema = try Self.schema(file)
        let places = Self.places(schema)
        let paths = Set(places.map(\.path))
        for place in places {
            if let reference = place.value["$ref"]?.stringValue { #expect(paths.contains(reference), "\(place.path): \(reference)") }
            // Conditions ("if", "then") may require keys that are described elsewhere.
            guard place.value["additionalProperties"] != nil, let required = place.value["required"]?.arrayValue,
                let properties = place.value["properties"]?.objectValue
            else { continue }
            for key in required.compactMap(\.stringValue) { #expect(properties[key] != nil, "\(place.path): \(key)") }
        }
    }

    // MARK: collector.json

    /// What a collector writes, every key of it.
    static let collectorSample: JSONValue = [
        "format": "pulsegate-collector", "version": 1, "collector": "unit", "kind": "command", "commit": nil,
        "started_at": "2024-01-01T00:00:00Z", "roots": ["/r"], "problems": ["a sentence"], "files": ["console.log": "00"], "complete": true,
        "steps": [
            [
                "name": "run", "argv": ["true"], "env": ["PATH"], "exit_status": 0, "signal": nil, "timed_out": false, "interrupted": false,
                "duration_ns": 1, "strays": 0, "failure": nil,
            ]
        ],
        "reports": [["path": "r.xml", "format": "junit", "strip_prefix": nil, "stored": "reports/0", "problem": nil]],
    ]

    @Test("the schema of collector.json lists exactly the keys of a record, and all are required")
    func collector() throws {
        let schema = try Self.schema("collector.schema.json")
        func expect(_ definition: JSONValue?, _ sample: JSONValue?, _ what: String) throws {
            let keys = try #require(sample?.objectValue).keys.sorted()
            #expect(definition?["properties"]?.objectValue?.keys.sorted() == keys, "\(what)")
            #expect(definition?["required"]?.arrayValue?.compactMap(\.stringValue).sorted() == keys, "\(what)")
            #expect(definition?["additionalProperties"]?.boolValue == false, "\(what)")
        }
        try expect(schema, Self.collectorSample, "record")
        try expect(schema["$defs"]?["step"], Self.collectorSample["steps"]?.arrayValue?.first, "step")
        try expect(schema["$defs"]?["report"], Self.collectorSample["reports"]?.arrayValue?.first, "report")
    }

    @Test("the source that writes collector.json names every key of its schema")
    func collectorSource() throws {
        let path = Self.root + "/Sources/pulsegate/Collecting/CollectionRecord.swift"
        let source = String(decoding: try DocumentFile.read(path, maximumBytes: 1 << 20), as: UTF8.self)
        for place in Self.places(try Self.schema("collector.schema.json")) {
            for key in (place.value["properties"]?.objectValue?.keys.sorted() ?? []) {
                #expect(source.contains("\"\(key)\":"), "\(place.path): \(key)")
            }
        }
    }
}
