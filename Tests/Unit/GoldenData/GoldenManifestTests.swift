import Determinism
import StrictDocuments
import Testing

@testable import GoldenData

/// A manifest with one entry, of which parts can be exchanged.
func manifestText(_ changes: [String: String] = [:], header: String = #""format":"pulsegate-golden-manifest","version":1"#) -> String {
    var members = [
        "file": #""x.csv""#, "sha256": "\"" + String(repeating: "a", count: 64) + "\"", "generator": #""macd""#,
        "parameters": #"{"fast":12}"#,
        "tolerances": #"{"ts":"exact","macd":"5e-7"}"#, "owner": #""@team/quants""#, "created": #""2024-01-01T00:00:00Z""#,
        "reason": #""first values""#, "history": "[]",
    ]
    for (key, value) in changes { members[key] = value.isEmpty ? nil : value }
    let entry = members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",\n")
    return "{\(header),\n\"entries\":[{\n\(entry)}]}"
}

@Suite("The golden manifest")
struct GoldenManifestTests {
    private func decode(_ text: String) throws(DocumentError) -> GoldenManifest {
        try GoldenManifest.decode(Array(text.utf8), file: "m.json")
    }

    private func refusal(_ text: String) -> DocumentError? {
        do {
            _ = try decode(text)
            return nil
        } catch {
            return error
        }
    }

    @Test("is decoded, and written back as a document that says the same")
    func decoding() throws {
        let past = #"{"sha256":"\#(String(repeating: "b", count: 64))","owner":"a@b","created":"2023-12-31T00:00:00Z","reason":"old"}"#
        let manifest = try decode(manifestText(["history": "[\(past)]"]))
        let entry = try #require(manifest.entries.first)
        #expect(entry.file == "x.csv" && entry.generator == "macd" && entry.parameters == ["fast": 12])
        #expect(entry.tolerances == ["ts": .exact, "macd": .absolute(5e-7, literal: "5e-7")])
        #expect(entry.blessing.owner == "@team/quants" && entry.blessing.created.rfc3339 == "2024-01-01T00:00:00Z")
        #expect(entry.history.map(\.reason) == ["old"])
        #expect(try GoldenManifest.decode(manifest.bytes, file: "again.json") == manifest)
    }

    @Test(
        "refuses an entry that is not right, at the place of what is wrong",
        arguments: [
            ("sha256", "\"ab\"", .badValue), ("sha256", "\"" + String(repeating: "A", count: 64) + "\"", .badValue),
            ("sha256", "1", .wrongType),
            ("sha256", "", .missingKey), ("file", "", .missingKey), ("generator", "\"\"", .badValue), ("parameters", "[]", .wrongType),
            ("parameters", "{\"a\":1.5}", .badValue), ("tolerances", "{}", .empty), ("tolerances", "{\"a\":1}", .wrongType),
            ("tolerances", "{\"a\":\"about\"}", .badValue), ("tolerances", "{\"a\":\"-1\"}", .badValue),
            ("tolerances", "{\"a\":\"nan\"}", .badValue),
            ("owner", "\"\"", .badValue), ("owner", "\"quants\"", .badValue), ("owner", "\"@a b\"", .badValue),
            ("reason", "\"\"", .badValue),
            ("reason", "\"  \"", .badValue), ("reason", "\"a\\nb\"", .badValue), ("created", "\"today\"", .badValue),
            ("created", "\"2024-01-01\"", .badValue), ("history", "{}", .wrongType), ("history", "", .missingKey),
            ("colour", "1", .unknownKey),
        ] as [(String, String, DocumentError.Kind)])
    func entryRefusals(key: String, value: String, kind: DocumentError.Kind) {
        let error = refusal(manifestText([key: value]))
        #expect(error?.kind == kind, "\(error?.description ?? "it was accepted")")
        #expect((error?.position?.line ?? 0) > 1)
    }

    @Test("refuses another format, a newer version, no entry, two entries of one file")
    func documentRefusals() {
        #expect(refusal(manifestText(header: #""format":"x","version":1"#))?.kind == .badValue)
        #expect(refusal(manifestText(header: #""format":"pulsegate-golden-manifest","version":2"#))?.kind == .newerVersion)
        #expect(refusal(manifestText(header: #""format":"pulsegate-golden-manifest","version":0"#))?.kind == .badValue)
        #expect(refusal(manifestText(header: #""format":"pulsegate-golden-manifest","version":"1""#))?.kind == .wrongType)
        #expect(refusal(manifestText(header: #""version":1"#))?.kind == .missingKey)
        #expect(refusal(#"{"format":"pulsegate-golden-manifest","version":1,"entries":[]}"#)?.kind == .empty)
        #expect(refusal("[]")?.kind == .wrongType)
        #expect(refusal("")?.kind == .empty)
        let entry = String(manifestText().split(separator: "[", maxSplits: 1)[1].dropLast(2))
        #expect(refusal(#"{"format":"pulsegate-golden-manifest","version":1,"entries":[\#(entry),\#(entry)]}"#)?.kind == .duplicate)
    }

    @Test("refuses a history that is not in order of time, or is after the present blessing")
    func historyOrder() {
        func past(_ created: String) -> String {
            #"{"sha256":"\#(String(repeating: "b", count: 64))","owner":"@a","created":"\#(created)","reason":"r"}"#
        }
        #expect(
            refusal(manifestText(["history": "[\(past("2023-02-01T00:00:00Z")),\(past("2023-01-01T00:00:00Z"))]"]))?.kind == .contradiction)
        #expect(refusal(manifestText(["history": "[\(past("2025-01-01T00:00:00Z"))]"]))?.kind == .contradiction)
        #expect(refusal(manifestText(["history": "[\(past("2023-01-01T00:00:00Z")),\(past("2023-01-01T00:00:00Z"))]"])) == nil)
    }

    @Test(
        "refuses files that leave its folder",
        arguments: [
            "/etc/passwd", "../x.csv", "a/../../x.csv", "a/..", "..", ".", "./x.csv", "a//x.csv", "a/", "", "a\\\\x", "a\\u0000b", "a\\nb",
        ])
    func escapes(file: String) {
        let error = refusal(manifestText(["file": "\"\(file)\""]))
        #expect(error?.kind == .badValue)
        #expect(error?.position != nil)
    }

    @Test("takes files in folders below", arguments: ["x.csv", "limiter/x.csv", "a/b/..c.csv", "...", "é.csv"])
    func below(file: String) { #expect(refusal(manifestText(["file": "\"\(file)\""])) == nil) }
}
