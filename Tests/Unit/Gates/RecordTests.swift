import Determinism
import Evidence
import StrictDocuments
import Testing

@testable import Gates

@Suite("records")
struct RecordTests {
    static let report = CollectorRecord.Report(path: "a.xml", format: "junit", parserVersion: 2, sha256: "ab", sizeBytes: 7)
    static let collector = CollectorRecord(
        runID: "r", collector: "unit", kind: "swift-test", state: .timedOut, detail: "d", arguments: ["swift", "test"],
        environment: ["PATH"],
        exitStatus: 1, signal: 9, timedOut: true, durationNanoseconds: 5, strays: 2, reports: [report], factsDigest: "ff")

    static func verdict() throws -> VerdictDocument {
        var scene = Scene(tests: [passed("a"), TestFact(id: "b", outcome: .failed, message: "\"quoted\"\n")])
        scene.gate = #""owner": "@qa", "why": "because","#
        return VerdictDocument(
            runID: "r", project: "p", profile: "pr", now: Scene.noon, commit: nil, dirty: true, base: "main", configurationDigest: "cd",
            exitCode: .fail, gates: [try scene.verdict(), try Scene(tests: [passed("a")]).verdict()],
            sources: [VerdictDocument.Source(collector)])
    }

    /// What a record is after it was written and read.
    private func reread(_ value: JSONValue) throws -> JSONValue {
        try JSONValue(try JSONDocument.parse(value.canonicalBytes(), file: "x"), file: "x")
    }

    @Test("records are read as they were written")
    func roundTrips() throws {
        let verdict = try Self.verdict()
        #expect(VerdictDocument(json: try reread(verdict.json)) == verdict)
        #expect(CollectorRecord(json: try reread(Self.collector.json)) == Self.collector)
        let run = RunRecord(
            runID: "r", project: "p", profile: "pr", command: "run", commit: "c", tree: nil, branch: "b", dirty: false, base: nil,
            configurationDigest: "cd", inputsDigest: String(repeating: "e", count: 64), startedAt: .epoch, endedAt: Scene.noon,
            toolchain: "6.3", machineClass: nil, toolVersion: "1",
            exitCode: .collectorFailed)
        #expect(RunRecord(json: try reread(run.json)) == run)
        let baseline = Baseline(
            recordedAt: .epoch, commit: "c", reason: "first",
            figures: [
                "unit": Baseline.Figures(
                    coverage: [summary("Sources/a.swift", 1, of: 2)], tests: ["a"],
                    measures: [Measure("bench.x.median", subject: "s", Quantity(1, over: 3, unit: .nanoseconds), samples: 4)])
            ])
        #expect(Baseline(payload: try reread(baseline.payload), recordedAt: .epoch) == baseline)
    }

    @Test("a record of which a part cannot be read is not read in part")
    func whole() throws {
        var json = try #require(try Self.verdict().json.objectValue)
        json["collectors"] = .array([
            ["id": "unit", "kind": "file", "state": "collected", "facts": "f", "reports": .array([["path": "x"]])]
        ])
        #expect(VerdictDocument(json: .object(json)) == nil)
        var collector = try #require(Self.collector.json.objectValue)
        collector["reports"] = .array([7])
        #expect(CollectorRecord(json: .object(collector)) == nil)
        var gate = try #require(try Self.verdict().gates[0].json.objectValue)
        gate["findings"] = .array(["x"])
        #expect(GateVerdict(json: .object(gate)) == nil)
    }

    @Test("a document of another format or version is not read")
    func version() throws {
        var json = try #require(try Self.verdict().json.objectValue)
        json["version"] = 2
        #expect(VerdictDocument(json: .object(json)) == nil)
        #expect(VerdictDocument(json: [:]) == nil)
    }
}
