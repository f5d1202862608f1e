import StrictDocuments
import Testing

@testable import Fuzzing

@Suite("what is kept of a finding")
struct CrashReportTests {
    private static let record = CrashRecord(
        kind: .crash, signal: 4, frames: [0x10, 0x20], output: "A/A.swift:3: Fatal error: \"no\"\n", input: [1, 2, 3], execution: 7,
        parent: 2,
        operators: 2)

    @Test("a note of a death is read as it was written")
    func note() throws {
        let note = DeathNote(Self.record)
        #expect(try #require(DeathNote(note.text, input: [1, 2, 3])).record == Self.record)
        for text in ["", "crash", "nothing\n4\n\n1 2 3\n", "crash\n4\n\n1 2\n"] { #expect(DeathNote(text, input: []) == nil) }
    }

    @Test(
        "times are told in UTC",
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (951_827_696, "2000-02-29T12:34:56Z"), (1_709_251_199, "2024-02-29T23:59:59Z"),
            (4_102_444_800, "2100-01-01T00:00:00Z"),
        ])
    func times(seconds: UInt64, text: String) {
        #expect(CrashReport.time(seconds) == text)
        #expect(CrashReport.time(.max).hasPrefix("9999-"))
    }

    @Test("severity follows from the signal and the address")
    func severity() {
        func level(_ kind: CrashRecord.Kind, _ signal: Int, _ fault: UInt64) -> CrashSeverity {
            CrashSeverity(CrashRecord(kind: kind, signal: signal, frames: [], output: "", input: []), faultAddress: fault)
        }
        #expect(level(.crash, 11, 0x5000_0000) == .critical)
        #expect(level(.crash, 11, 8) == .high)
        #expect(level(.crash, 4, 0x5000_0000) == .high)
        #expect(level(.timeout, 24, 0) == .medium)
        #expect(level(.exit, 0, 0) == .low)
    }

    @Test("a report tells its places again, and one of another version does not")
    func places() throws {
        let report = CrashReport(
            bucket: "crash-0000000000000001", target: "t", record: Self.record, faultAddress: 0,
            frames: [CodeFrame(function: "A.f", file: "Sources/A/A.swift", line: 3)], places: [9, 3], count: 5, firstSeen: 0, lastSeen: 1,
            isFlaky: false, build: 1, minimisedBytes: 1, value: nil)
        let text = String(decoding: report.json.prettyBytes(), as: UTF8.self)
        #expect(CrashReport.places(of: Array(text.utf8)) == [3, 9])
        #expect(CrashReport.places(of: Array(text.replacing("\"version\": 1", with: "\"version\": 2").utf8)) == nil)
        #expect(CrashReport.places(of: Array("{".utf8)) == nil)
        #expect(report.location == "Sources/A/A.swift:3")
        #expect(report.title == "crash in A.f: A/A.swift:3: Fatal error: \"no\"")
    }

    @Test("a test names its suite and holds the bytes")
    func source() {
        let text = ReproSource.text(
            suite: "Probe.Targets.Suite", target: "order", bucket: "crash-1", title: "two\nlines", input: [0, 255],
            value: "let value: Order = Order()")
        #expect(text.contains("@testable import Probe\n"))
        #expect(text.contains("/// two\n/// lines\n@Suite(\"the fuzz finding crash-1\") struct FuzzFinding_crash_1 {"))
        #expect(text.contains("            let input: [UInt8] = [0x00, 0xFF]\n"))
        #expect(text.contains("            // let value: Order = Order()\n"))
        #expect(text.contains("try Targets.Suite.run(input, target: \"order\")"))
    }

    @Test("a cover holds every feature, and no input that adds nothing")
    func cover() {
        let sets: [(features: [UInt32], size: Int)] = [([1, 2], 9), ([1, 2], 3), ([3], 1), ([1, 2, 3], 30), ([4], 2), ([], 0)]
        #expect(SuiteCorpus.cover(sets) == [3, 4])
        #expect(SuiteCorpus.cover([([1], 5), ([1], 4)]) == [1])
        #expect(SuiteCorpus.cover([]) == [])
        var generator = ShardGenerator(seed: 5)
        let many = (0..<200).map { _ in (features: (0..<8).map { _ in UInt32(generator.below(300)) }, size: generator.below(100)) }
        let chosen = SuiteCorpus.cover(many)
        #expect(Set(chosen.flatMap { many[$0].features }) == Set(many.flatMap(\.features)))
        #expect(chosen.count < 120)
    }
}
