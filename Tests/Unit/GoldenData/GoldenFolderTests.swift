import ContentDigest
import Determinism
import Foundation
import StrictDocuments
import Testing

@testable import GoldenData

@Suite("A folder of golden files")
final class GoldenFolderTests {
    private let path: String
    private let folder: GoldenFolder
    private let golden = "ts,macd\n1,0.500000\n2,0.221135\n"
    private let later = Instant(nanosecondsSinceEpoch: 1_800_000_000_000_000_000)

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("golden-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path + "/golden", withIntermediateDirectories: true)
        folder = GoldenFolder(manifest: path + "/golden/manifest.json", digest: SHA256Digest.hex)
        try write("golden/x.csv", golden)
        try writeManifest(["sha256": "\"\(SHA256Digest.hex(Array(golden.utf8)))\""])
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private func write(_ name: String, _ text: String) throws { try DocumentFile.replace(path + "/" + name, with: Array(text.utf8)) }
    private func writeManifest(_ changes: [String: String]) throws { try write("golden/manifest.json", manifestText(changes)) }
    private func read(_ name: String) throws -> [UInt8] { try DocumentFile.read(path + "/" + name, maximumBytes: 1 << 20) }

    private func check(producing text: String? = nil) throws(GoldenError) -> GoldenReport {
        let text = text ?? golden
        return try folder.check { _ throws(GoldenReproductionError) in
            do throws(DocumentError) {
                return try CSVTable.read(Array(text.utf8), file: "produced")
            } catch {
                throw GoldenReproductionError(error.description)
            }
        }
    }

    @Test("passes where bytes and values are right")
    func passes() throws {
        let report = try check()
        #expect(report.passes && report.mismatches == 0 && report.comparedCells == 4 && report.unreviewedUpdates == 0)
        #expect(report.lines.last == "1 golden file, 4 cells compared, 0 mismatches, 0 unreviewed updates")
    }

    @Test("reports a changed golden cell and the changed bytes, both")
    func changedCell() throws {
        try write("golden/x.csv", golden.replacingOccurrences(of: "0.221135", with: "0.221136"))
        let report = try check()
        #expect(!report.passes && report.mismatches == 1 && report.unreviewedUpdates == 1)
        let findings = report.files[0].findings
        #expect(findings.count == 2)
        #expect(findings[0].contains("/golden/x.csv: row 2, column macd: expected 0.221136, got 0.221135"))
        #expect(findings[1].contains("SHA-256"))
    }

    @Test("reports bytes that were changed without changing a value")
    func changedBytes() throws {
        try write("golden/x.csv", golden.replacingOccurrences(of: "\n", with: "\r\n"))
        let report = try check()
        #expect(!report.passes && report.mismatches == 0 && report.unreviewedUpdates == 1)
    }

    @Test("reports what the engine gets wrong although the file is as blessed")
    func engineChanged() throws {
        let report = try check(producing: "ts,macd\n1,0.500000\n2,0.3\n")
        #expect(!report.passes && report.mismatches == 1 && report.unreviewedUpdates == 0)
    }

    @Test("a missing, an unreadable and an unreproducible file are mismatches, each of its sort")
    func unusable() throws {
        #expect(try check(producing: "").files[0].mismatches == 1)
        try write("golden/x.csv", "ts,macd\n1\n")
        let unreadable = try check()
        #expect(unreadable.mismatches == 1 && unreadable.unreviewedUpdates == 1 && !unreadable.hasMissingFile)
        #expect(unreadable.files[0].findings[0].contains("x.csv:2:1"))
        try FileManager.default.removeItem(atPath: path + "/golden/x.csv")
        let missing = try check()
        #expect(missing.hasMissingFile && !missing.passes && missing.mismatches == 1)
    }

    @Test("the evidence says how many files, cells, mismatches and unreviewed updates there are")
    func evidence() throws {
        try write("golden/x.csv", golden.replacingOccurrences(of: "0.221135", with: "0.221136"))
        let json = try check().evidence(producer: .init(name: "test", version: "1")).json
        let measures = try #require(json["measures"]?.arrayValue)
        #expect(
            measures.compactMap { $0["metric"]?.stringValue } == [
                "golden.cells", "golden.files", "golden.mismatches", "golden.unreviewed_updates",
            ])
        #expect(measures.map { $0["value"]?["numerator"] } == [4, 1, 1, 1])
        #expect(measures[2]["subject"]?.stringValue?.hasSuffix("/golden/x.csv") == true)
        #expect(measures[2]["samples"] == 4)
        #expect(measures[2]["note"]?.stringValue?.contains("row 2, column macd") == true)
        #expect(json["complete"] == true && json["tests"] == [])
    }

    @Test("blessing rewrites the file and its entry, and moves the old blessing to the history")
    func blessing() throws {
        let new = Array("ts,macd\n1,0.500000\n2,0.300000\n".utf8)
        let before = try folder.load().entries[0]
        try folder.bless("x.csv", bytes: new, owner: "@you", reason: "new rule", at: later)
        let entry = try folder.load().entries[0]
        #expect(try read("golden/x.csv") == new)
        #expect(entry.blessing == GoldenBlessing(sha256: SHA256Digest.hex(new), owner: "@you", created: later, reason: "new rule"))
        #expect(entry.history == [before.blessing])
        #expect(try check(producing: "ts,macd\n1,0.5\n2,0.3\n").passes)
        try folder.bless("x.csv", bytes: Array(golden.utf8), owner: "@you", reason: "back", at: later)
        #expect(try folder.load().entries[0].history.map(\.reason) == ["first values", "new rule"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: path + "/golden").sorted() == ["manifest.json", "x.csv"])
    }

    @Test("blessing is refused without reason, owner, entry or change, and then touches nothing")
    func blessingRefused() throws {
        let (file, manifest) = (try read("golden/x.csv"), try read("golden/manifest.json"))
        let new = Array("ts,macd\n1,1\n".utf8)
        func refusal(_ bytes: [UInt8], file: String = "x.csv", owner: String = "@you", reason: String = "r", at: Instant? = nil)
            -> GoldenError?
        {
            do {
                try folder.bless(file, bytes: bytes, owner: owner, reason: reason, at: at ?? later)
                return nil
            } catch {
                return error
            }
        }
        for reason in ["", "  ", "\n", "a\nb"] {
            guard case .badReason = refusal(new, reason: reason) else {
                Issue.record("'\(reason)' was taken")
                continue
            }
        }
        for owner in ["", "you", "@you two"] {
            guard case .badOwner = refusal(new, owner: owner) else {
                Issue.record("'\(owner)' was taken")
                continue
            }
        }
        #expect(refusal(new, file: "y.csv") == .unknownFile("y.csv", known: ["x.csv"]))
        #expect(refusal(Array(golden.utf8)) == .nothingChanged(file: "x.csv", fileDiffers: false))
        guard case .clockBehind = refusal(new, at: .epoch) else {
            Issue.record("a blessing in the past was taken")
            return
        }
        #expect(try read("golden/x.csv") == file && read("golden/manifest.json") == manifest)
        try write("golden/x.csv", "by hand")
        #expect(refusal(Array(golden.utf8)) == .nothingChanged(file: "x.csv", fileDiffers: true))
    }

    @Test("symbolic links that lead out of the folder are refused, for reading and for blessing")
    func links() throws {
        let files = FileManager.default
        try write("secret.csv", golden)
        try files.createDirectory(atPath: path + "/outside", withIntermediateDirectories: true)
        try files.removeItem(atPath: path + "/golden/x.csv")
        let sha = ["sha256": "\"\(SHA256Digest.hex(Array(golden.utf8)))\""]
        for (link, target, name) in [
            ("x.csv", "../secret.csv", "x.csv"), ("x.csv", "/nowhere/at/all", "x.csv"), ("d", "../outside", "d/new.csv"),
            ("d", "/", "d/etc"),
        ] {
            try files.createSymbolicLink(atPath: path + "/golden/" + link, withDestinationPath: target)
            try writeManifest(sha.merging(["file": "\"\(name)\""]) { $1 })
            for attempt in [
                { _ = try self.check() }, { _ = try self.folder.bless(name, bytes: [1], owner: "@a", reason: "r", at: self.later) },
            ] {
                let error = #expect(throws: GoldenError.self) { try attempt() }
                guard case .escapes(file: name, _) = error else {
                    Issue.record("\(link) -> \(target): \(error.map(String.init(describing:)) ?? "")")
                    continue
                }
            }
            try files.removeItem(atPath: path + "/golden/" + link)
        }
        // A link that stays within the folder is fine.
        try write("golden/real.csv", golden)
        try files.createSymbolicLink(atPath: path + "/golden/x.csv", withDestinationPath: "real.csv")
        try writeManifest(sha)
        #expect(try check().passes)
    }

    @Test("a file is found by its name in the manifest or by its path")
    func names() {
        let folder = GoldenFolder(manifest: "data/golden/manifest.json", digest: { _ in "" })
        #expect(folder.name(of: "data/golden/a/x.csv") == "a/x.csv")
        #expect(folder.name(of: "x.csv") == "x.csv")
        #expect(GoldenFolder(manifest: "manifest.json", digest: { _ in "" }).name(of: "./x.csv") == "x.csv")
    }
}
