import BenchmarkStatistics
import StrictDocuments
import TerminalDisplay
import Testing

@testable import pulsegate

struct PerformanceFormatsTests {
    private typealias Fixture = PerformanceFixture

    static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")

    // MARK: Terminal

    @Test("the table has the worst first, what broke in full, and ends with the verdict")
    func terminal() {
        let text = PerformanceText(verdict: Fixture.all).rendered(width: 300, colour: .plain)
        let lines = text.split(separator: "\n")
        #expect(lines[0] == "problem: a debug build")
        let names = lines.dropFirst(2).prefix(11).compactMap { $0.split(separator: " ").first }
        #expect(
            names == [
                "gone", "throws", "ledger.append", "macd.1000", "jittery", "memory.walk", "limiter.new", "json.parse", "sort.1000",
                "sort.10000",
                "sort.100000",
            ])
        #expect(text.contains("macd.1000: slowdown broken: 1.083 x base (1.071 to 1.096), at most 1.05 x\n"))
        #expect(text.contains("ledger.append: allocation-growth expired: loosened until 2026-10-01\n"))
        #expect(text.contains("would have shown: ±7.7 % (never tested here)\n"))
        #expect(lines.last?.hasPrefix("fail: 2 of 10 broke their budgets") == true)
    }

    @Test("colour is added where it is asked for and changes no word")
    func colour() {
        let plain = PerformanceText(verdict: Fixture.all).rendered(width: 120, colour: .plain)
        let coloured = PerformanceText(verdict: Fixture.all).rendered(width: 120, colour: .ansi)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.contains("\u{1B}[1;31mfail\u{1B}[0m"))
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
    }

    @Test("an empty suite has a verdict and no table")
    func nothing() {
        #expect(PerformanceText(verdict: Fixture.suite([])).rendered(width: 80, colour: .plain) == "fail: Nothing was measured.\n")
    }

    @Test("what cannot be told from the code itself is said: code elsewhere, and another harness")
    func notes() {
        var suite = Fixture.suite([Fixture.slower])
        suite.placement = .matched(1734, of: 1736)
        func text() -> String { PerformanceText(verdict: suite).rendered(width: 100, colour: .plain) }
        func page() -> String { PerformanceReport(verdict: suite).markdown() }
        #expect(!text().contains("note:"))
        #expect(page().contains("functions at the same address in both builds: 1734 of 1736"))
        suite.placement = .asBuilt
        #expect(text().contains("note: the builds could not be linked"))
        #expect(page().contains("the builds could not be linked"))
        suite.hasOtherHarness = true
        #expect(text().contains("note: base was built with another version of Benchmarking"))
        #expect(page().contains("base was built with another version of Benchmarking"))
        // Where nothing became slower, where code lies is no matter.
        suite.benchmarks = [Fixture.faster]
        suite.hasOtherHarness = false
        #expect(!text().contains("note:"))
    }

    @Test("a gate is told what broke, was missing or stayed open, by name and with the reason")
    func evidence() {
        func note(_ metric: String, _ suite: SuiteVerdict) -> String? {
            BenchEvidence.document(suite).measures.first { $0.metric == metric }?.note
        }
        #expect(note("bench.broken", Fixture.all) == "a debug build; throws: the body threw: no such file")
        #expect(note("bench.missing", Fixture.all) == "gone")
        #expect(note("bench.failed", Fixture.all)?.hasPrefix("macd.1000: 1.083 x base") == true)
        #expect(note("bench.inconclusive", Fixture.all)?.contains("memory.walk: slower at first") == true)
        #expect(note("bench.broken", Fixture.suite([Fixture.faster])) == nil)
        let many = (0..<9).map { index in
            var broken = Fixture.broken
            broken.name = "b\(index)"
            broken.problem = String(repeating: "x", count: 10_000)
            return broken
        }
        let long = note("bench.broken", Fixture.suite(many))
        #expect(long?.hasSuffix("; 4 more") == true && (long?.count ?? 0) < 1000)
    }

    // MARK: JSON

    @Test("the document has exactly the keys of its schema, with its types, for every outcome")
    func document() throws {
        let schema = try SchemaCheck.schema("benchmark-result")
        var matched = Fixture.all
        matched.placement = .matched(3, of: 4)
        var asBuilt = Fixture.all
        asBuilt.placement = .asBuilt
        asBuilt.hasOtherHarness = true
        #expect(PerformanceJSON.document(matched)["placement"]?["matched"]?.intValue == 3)
        #expect(PerformanceJSON.document(asBuilt)["other_harness"]?.boolValue == true)
        for suite in [Fixture.all, matched, asBuilt, Fixture.suite([]), Fixture.suite([Fixture.new], base: nil)] {
            SchemaCheck.check(PerformanceJSON.document(suite), schema, schema, at: "#")
        }
    }

    @Test("times are picoseconds, shares parts per million, and what is not known is null")
    func units() throws {
        let document = PerformanceJSON.document(Fixture.all)
        let slower = try #require(document["benchmarks"]?.arrayValue?[1])
        #expect(slower["head"]?["time_ps"]?.intValue == 252_500_000)
        #expect(slower["time"]?["ratio_ppm"]?.intValue == 1_083_000)
        #expect(slower["knowledge"]?["false_alarms"]?["upper_ppm"]?.intValue == 12_221)
        #expect(document["benchmarks"]?.arrayValue?[5]["head"] == .null)
        #expect(document["verdict"]?.stringValue == "fail")
        #expect(PerformanceJSON.number(.nan, times: 1) == .null)
        #expect(PerformanceJSON.number(1e300, times: 1000) == .null)
        #expect(PerformanceJSON.document(Fixture.all).canonicalText() == document.canonicalText())
    }

    // MARK: google/benchmark

    @Test("the export is JSON, a launch a repetition, with times written exactly")
    func export() throws {
        let export = GoogleBenchmarkExport(
            verdict: Fixture.all, launches: Fixture.launches("macd.1000"), date: "2026-11-21T12:00:00+00:00", cpus: 2)
        let text = export.text(of: .head)
        // The strict reader takes no fractions into values, but reads the document.
        _ = try JSONDocument.parse(Array(text.utf8), file: "export.json")
        #expect(text.contains("\"num_cpus\": 2,"))
        #expect(text.contains("\"load_avg\": [1.250],"))
        // 6 launches of one, and one estimate of each of the nine others.
        #expect(text.split(separator: "\"run_type\"").count == 1 + 6 + 9)
        #expect(text.contains("\"repetition_index\": 5,"))
        #expect(text.contains("\"error_message\": \"the body threw: no such file\""))
        #expect(text.contains("\"bytes_per_second\": 1610612736"))
        let base = export.text(of: .base)
        #expect(base.contains("\"commit\": \"def5678\"") && !base.contains("error_message") && !base.contains("limiter.new"))
        let empty = GoogleBenchmarkExport(verdict: Fixture.suite([]), date: "").text(of: .head)
        #expect(empty.contains("\"benchmarks\": []"))
    }

    @Test("decimals are exact, medians those of whole numbers, and strings what JSON asks for")
    func writing() {
        #expect([0, 7, 123_456, -1_005].map(GoogleBenchmarkExport.decimal) == ["0.000", "0.007", "123.456", "-1.005"])
        #expect(GoogleBenchmarkExport.decimal(.min) == "-9223372036854775.808")
        #expect(GoogleBenchmarkExport.picoseconds([30, 10, 20], 3) == 6667)
        #expect(GoogleBenchmarkExport.picoseconds([.max], 1) == .max)
        #expect(GoogleBenchmarkExport.picoseconds([], 3) == 0)
        #expect(GoogleBenchmarkExport.quoted("a\"\\\n\u{0}\u{1F600}") == "\"a\\\"\\\\\\u000a\\u0000\u{1F600}\"")
    }
}
