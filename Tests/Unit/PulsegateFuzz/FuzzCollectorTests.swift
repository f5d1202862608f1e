import Evidence
import Gates
import StrictDocuments
import Testing

@testable import pulsegate

@Suite("the collector of campaigns")
struct FuzzCollectorTests {
    static let configuration = """
        {"version": 1, "project": {"name": "p", "product": ["Sources/**"]},
         "collect": [{"id": "fuzz", "kind": "fuzz"%}],
         "gates": [{"id": "fuzz", "title": "t", "from": ["fuzz"], "pass_when": {"metric": "fuzz.findings", "op": "==", "value": 0}}]}
        """

    private func collector(_ keys: String = "") throws -> Collector {
        let text = Self.configuration.replacing("%", with: keys)
        return try #require(try GatesConfiguration(json: Array(text.utf8), file: "gates.json").collectors.first)
    }

    @Test("its keys become the words of a campaign's command line")
    func arguments() throws {
        let plain = FuzzCollector.arguments(try collector(), program: "pg")
        #expect(plain == ["pg", "fuzz", "run", "--time", "60000ms", "--workers", "1", "--seed", "1"])
        let full = try collector(
            #", "suite": "Fuzz", "targets": ["json", "l.*"], "time": "20m", "workers": 2, "seed": 7, "sanitize": "address", "timeout": "30m""#
        )
        #expect(
            FuzzCollector.arguments(full, program: "pg") == [
                "pg", "fuzz", "run", "json", "l.*", "--time", "1200000ms", "--workers", "2", "--seed", "7", "--suite", "Fuzz", "--sanitize",
                "address",
            ])
    }

    @Test(
        "wrong keys are refused where gates.json is read",
        arguments: [
            #", "suite": "-x""#, #", "targets": ["--json"]"#, #", "workers": 0"#, #", "workers": 65"#, #", "time": "20""#, #", "seed": -1"#,
            #", "sanitize": "memory""#, #", "run": ["x"]"#, #", "manifest": "x""#, #", "targets": [""]"#,
        ])
    func refused(keys: String) { #expect(throws: DocumentErrors.self) { try collector(keys) } }

    static func evidence(
        executions: UInt64 = 10, findings: Int = 0, failed: [String] = [], blind: String? = nil, complete: Bool = true
    ) -> CampaignEvidence {
        CampaignEvidence(
            suite: "Fuzz", build: "aa", edges: 20, sanitizer: nil, seed: .max, workers: 1, asked: 60, isComplete: complete,
            targets: [
                .init(
                    name: "json", executions: executions, nanoseconds: 60, edges: executions > 0 && blind == nil ? 9 : 0, newEdges: 0,
                    corpus: 3,
                    blind: blind, regressions: failed.count, failedRegressions: failed,
                    findings: (0..<findings).map {
                        .init(bucket: "b\($0)", kind: "crash", title: "t", location: nil, value: nil, isFlaky: false)
                    }),
                .init(name: "csv", executions: 5, nanoseconds: 60, edges: 4, newEdges: 1, corpus: 2),
            ])
    }

    private func state(
        _ evidence: CampaignEvidence?, asked: [String] = [], status: Int?
    ) throws -> (state: CollectedEvidence.State, detail: String?) {
        var collection = Collection(try collector(), .collected)
        if let evidence {
            collection.read(
                evidence.json.prettyBytes(), format: FuzzEvidenceReader.format, path: "fuzz.fuzz.json", context: ReadingContext(file: "f"))
        }
        FuzzCollector.judge(&collection, asked: asked, .init(status: status))
        return (collection.evidence.state, collection.evidence.detail)
    }

    @Test("evidence that bears out how the campaign ended is believed")
    func believed() throws {
        #expect(try state(Self.evidence(), asked: ["json", "c*"], status: 0).state == .collected)
        #expect(try state(Self.evidence(findings: 2), status: 1).state == .collected)
        #expect(try state(Self.evidence(failed: ["x"]), status: 1).state == .collected)
    }

    @Test("no vacuous green: nothing ran, nothing was seen, nothing was written, or something else was said")
    func refusedEvidence() throws {
        #expect(try state(nil, status: 0).state == .absent)
        #expect(try state(nil, status: 3).state == .absent)
        #expect(try state(Self.evidence(executions: 0), status: 0).state == .absent)
        #expect(try state(Self.evidence(), asked: ["xml"], status: 0).detail == "the target 'xml' was asked for and did not run")
        let blind = try state(Self.evidence(blind: "it lit no edge"), status: 3)
        #expect(blind.state == .absent)
        #expect(blind.detail == "the target 'json' is blind: it lit no edge")
        #expect(try state(Self.evidence(findings: 1), status: 0).state == .invalid)
        #expect(try state(Self.evidence(), status: 1).state == .invalid)
        #expect(try state(Self.evidence(), status: 5).state == .crashed)
        #expect(try state(nil, status: 2).state == .invalid)
        #expect(try state(Self.evidence(complete: false), status: 0).state == .invalid)
    }

    @Test("the reason of a campaign that failed is its own, not the advice behind it")
    func reason() {
        let log = "building Fuzz …\npulsegate: blind: Fuzz counts no edge\n  give the modules under test the settings\n"
        #expect(OwnCommandCollector.reason(log) == "blind: Fuzz counts no edge")
        #expect(OwnCommandCollector.reason("something else\n") == nil)
    }

    @Test("the document that a campaign writes is the one that its schema describes, key for key")
    func schema() throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
        let file = root + "/docs/schemas/fuzz-evidence.schema.json"
        let schema = try JSONValue(JSONDocument.parse(try DocumentFile.read(file, maximumBytes: 1 << 20), file: file), file: file)
        func expect(_ definition: JSONValue?, _ value: JSONValue?, _ what: String) throws {
            let keys = try #require(value?.objectValue).keys.sorted()
            #expect(definition?["properties"]?.objectValue?.keys.sorted() == keys, "\(what)")
            #expect(definition?["required"]?.arrayValue?.compactMap(\.stringValue).sorted() == keys, "\(what)")
        }
        let document = Self.evidence(findings: 1).json
        try expect(schema, document, "document")
        for key in ["producer", "build", "totals"] { try expect(schema["properties"]?[key], document[key], key) }
        let target = document["targets"]?.arrayValue?.last
        try expect(schema["$defs"]?["target"], target, "target")
        try expect(schema["$defs"]?["target"]?["properties"]?["regressions"], target?["regressions"], "regressions")
        try expect(schema["$defs"]?["finding"], target?["findings"]?.arrayValue?.first, "finding")
        #expect(schema["properties"]?["format"]?["const"] == document["format"])
        #expect(schema["properties"]?["version"]?["const"] == document["version"])
    }
}
