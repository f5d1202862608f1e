import Evidence
import FoundationEssentials
import StrictDocuments
import Testing

@testable import Gates

@Suite("the published schemas")
struct SchemaTests {
    /// A schema as a tree of names: only what is asked for here.
    private struct Schema {
        var node: JSONNode

        init(_ name: String) throws {
            let parts = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
            let path = parts.joined(separator: "/") + "/docs/schemas/\(name).schema.json"
            let data = try Data(contentsOf: URL(filePath: path))
            node = try JSONDocument.parse([UInt8](data), file: "\(name).schema.json")
        }

        private init(node: JSONNode) { self.node = node }

        subscript(key: String) -> Schema? {
            guard case .object(let members) = node.content else { return nil }
            return members.first { $0.key == key }.map { Schema(node: $0.value) }
        }

        var keys: [String] {
            guard case .object(let members) = node.content else { return [] }
            return members.map(\.key)
        }

        var strings: [String] {
            guard case .array(let elements) = node.content else { return [] }
            return elements.compactMap { if case .string(let text) = $0.content { text } else { nil } }
        }

        var text: String? { if case .string(let text) = node.content { text } else { nil } }
        var isFalse: Bool { if case .bool(false) = node.content { true } else { false } }
    }

    @Test("gates.schema.json names exactly the keys that are read, refuses others and describes each")
    func gatesKeys() throws {
        let schema = try Schema("gates")
        let definitions = try #require(schema["$defs"])
        let gate = try #require(definitions["gate"]?["properties"])
        let places: [String: Schema?] = [
            "root": schema, "project": definitions["project"], "baseline": definitions["baseline"], "profile": definitions["profile"],
            "collector": definitions["collector"], "budget": definitions["budget"], "report": definitions["report"],
            "gate": definitions["gate"],
            "applies_when": gate["applies_when"], "min_evidence": gate["min_evidence"], "condition": definitions["condition"],
            "scope": definitions["condition"]?["properties"]?["scope"],
        ]
        #expect(Set(places.keys) == Set(GatesConfiguration.keys.keys))
        for (place, keys) in GatesConfiguration.keys {
            let object = try #require(places[place] ?? nil, "\(place)")
            #expect(object["properties"]?.keys.sorted() == keys.sorted(), "\(place)")
            #expect(object["additionalProperties"]?.isFalse == true, "\(place)")
            for key in keys { #expect(object["properties"]?[key]?["description"]?.text?.isEmpty == false, "\(place).\(key)") }
        }
        #expect(schema["$id"]?.text == "urn:pulsegate:gates:1")
    }

    @Test("its words are those that are read")
    func gatesWords() throws {
        let definitions = try #require(try Schema("gates")["$defs"])
        func words(_ object: String, _ key: String) -> [String]? { definitions[object]?["properties"]?[key]?["enum"]?.strings }
        #expect(words("baseline", "ref") == BaselinePolicy.Reference.allCases.map(\.rawValue))
        #expect(words("baseline", "on_missing") == BaselinePolicy.OnMissing.allCases.map(\.rawValue))
        #expect(words("profile", "on_inconclusive") == Profile.OnInconclusive.allCases.map(\.rawValue))
        #expect(words("condition", "otherwise") == Condition.Otherwise.allCases.map(\.rawValue))
        #expect(words("collector", "kind") == Collector.Kind.allCases.map(\.rawValue))
        #expect(words("gate", "on_absent") == Gate.OnAbsent.allCases.map(\.rawValue))
        #expect(words("condition", "on") == Condition.Scope.allCases.map(\.rawValue))
        #expect(words("condition", "op") == Condition.Operator.allCases.map(\.rawValue))
    }

    @Test("verdict.schema.json names exactly the keys that are written")
    func verdictKeys() throws {
        let schema = try Schema("verdict")
        let verdict = try RecordTests.verdict()
        func check(_ object: JSONValue?, _ schema: Schema?) throws {
            let written = try #require(object?.objectValue).keys.sorted()
            #expect(schema?["properties"]?.keys.sorted() == written)
            #expect(schema?["required"]?.strings.sorted() == written)
            #expect(schema?["additionalProperties"]?.isFalse == true)
        }
        let json = verdict.json
        try check(json, schema)
        try check(json["counts"], schema["properties"]?["counts"])
        let definitions = schema["$defs"]
        try check(json["gates"]?.arrayValue?.first, definitions?["gate"])
        try check(json["gates"]?.arrayValue?.first?["findings"]?.arrayValue?.first, definitions?["finding"])
        try check(json["collectors"]?.arrayValue?.first, definitions?["collector"])
        try check(json["collectors"]?.arrayValue?.first?["reports"]?.arrayValue?.first, definitions?["report"])
        #expect(definitions?["status"]?["enum"]?.strings == VerdictStatus.allCases.map(\.rawValue))
        #expect(definitions?["collector"]?["properties"]?["state"]?["enum"]?.strings == CollectedEvidence.State.allCases.map(\.rawValue))
        #expect(schema["properties"]?["outcome"]?["enum"]?.strings == ExitCode.allCases.map(\.word))
    }
}
