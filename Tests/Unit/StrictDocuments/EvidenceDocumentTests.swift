import Foundation
import Testing

@testable import StrictDocuments

@Suite("Evidence documents and their files")
struct EvidenceDocumentTests {
    private func document() -> EvidenceDocument {
        var document = EvidenceDocument(kind: "golden", producer: .init(name: "tradepulse", version: "0.1.0"), subject: nil)
        document.measures = [
            EvidenceMeasure("golden.mismatches", subject: "b.csv", .count(0), samples: 35),
            EvidenceMeasure("golden.mismatches", subject: "a.csv", .count(2), samples: 7, note: "row 1"),
            EvidenceMeasure("golden.files", .init(1, over: 2, unit: .ratio)),
        ]
        document.tests = [
            EvidenceTest(id: "z", outcome: .passed, durationNanoseconds: 5), EvidenceTest(id: "a", outcome: .failed, message: "no"),
        ]
        return document
    }

    @Test("say that they are complete, and how much must be in them, in a fixed order")
    func shape() {
        let json = document().json
        #expect(json["format"] == "pulsegate-evidence")
        #expect(json["version"] == 1)
        #expect(json["complete"] == true)
        #expect(json["subject"] == .null)
        #expect(json["totals"] == ["measures": 3, "tests": 2])
        #expect(json["measures"]?.arrayValue?.map { $0["subject"] } == [.null, "a.csv", "b.csv"])
        #expect(json["measures"]?.arrayValue?.first?["value"] == ["numerator": 1, "denominator": 2, "unit": "ratio"])
        #expect(
            json["tests"]?.arrayValue?.first
                == ["id": "a", "outcome": "failed", "cases": 1, "duration_ns": nil, "location": nil, "message": "no"])
        var shuffled = document()
        shuffled.measures.reverse()
        shuffled.tests.reverse()
        #expect(shuffled.json.canonicalBytes() == json.canonicalBytes())
    }

    @Test("always have measures and tests, even where there are none")
    func empty() {
        let json = EvidenceDocument(kind: "soak", producer: .init(name: "x", version: "1"), subject: "s").json
        #expect(json["measures"] == [] && json["tests"] == [] && json["totals"] == ["measures": 0, "tests": 0])
    }

    @Test("replace the file of the same name whole, and leave nothing else in the folder")
    func writing() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evidence-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for _ in 0..<2 { try document().write(toFolder: folder, named: "golden") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["golden.json"])
        let bytes = try DocumentFile.read(folder + "/golden.json", maximumBytes: 1 << 20)
        let node = try JSONDocument.parse(bytes, file: "golden.json")
        #expect(try JSONValue(node, file: "golden.json") == document().json)
    }

    @Test("a file that is absent, too large or no file is an error that says so")
    func fileErrors() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("files-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(#expect(throws: DocumentFileError.self) { try DocumentFile.read(folder + "/none", maximumBytes: 9) }?.isMissing == true)
        #expect(throws: DocumentFileError.notARegularFile(path: folder)) { try DocumentFile.read(folder, maximumBytes: 9) }
        try DocumentFile.replace(folder + "/x", with: [1, 2, 3])
        #expect(try DocumentFile.read(folder + "/x", maximumBytes: 3) == [1, 2, 3])
        #expect(throws: DocumentFileError.tooLarge(path: folder + "/x", maximumBytes: 2)) {
            try DocumentFile.read(folder + "/x", maximumBytes: 2)
        }
        #expect(throws: DocumentFileError.self) { try DocumentFile.replace(folder + "/none/x", with: []) }
        try DocumentFile.replace(folder + "/x", with: [])
        #expect(try DocumentFile.read(folder + "/x", maximumBytes: 0) == [])
    }
}
