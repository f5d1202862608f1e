import Determinism
import Evidence
import StrictDocuments
import Testing

/// Hostile bytes over every reader: whatever comes, a reader answers with facts or a ``DocumentError``; it never traps, never hangs,
/// and what it does answer is well-formed.
@Suite struct HostileBytes {
    /// Everything that reads bytes.
    enum Target: String, CaseIterable, Sendable {
        case junit, lcov
        case llvmCov = "llvm-cov"
        case evidence = "pulsegate-evidence"
        case eventStream = "swift-testing"
        case googleBenchmark = "google-benchmark"
        case hyperfine
        case diff, console

        var seedText: String {
            switch self {
            case .junit:
                "<?xml version=\"1.0\"?><testsuites tests=\"2\"><testsuite name=\"A\" tests=\"2\" failures=\"1\"><testcase classname=\"A\" "
                    + "name=\"a &amp; b\" time=\"1,234.5\" file=\"x\" line=\"7\"/><testcase name=\"b\"><failure message=\"m\"><![CDATA[t]]></failure>"
                    + "</testcase></testsuite></testsuites>"
            case .lcov:
                "TN:t\nSF:a.swift\nFN:1,2,f\nFNDA:2,f\nFNL:0,1\nFNA:0,1,g\nBRDA:1,e0,x,-\nDA:1,2,abc\nDA:2,0\nLF:2\nLH:1\nend_of_record\n"
            case .llvmCov:
                "{\"data\":[{\"files\":[{\"branches\":[[1,2,1,9,3,0,0,0,4]],\"filename\":\"a\",\"segments\":[[1,5,2,true,true,false],"
                    + "[4,2,0,false,false,false]],\"summary\":{\"lines\":{\"count\":4,\"covered\":2}}}],\"totals\":{\"lines\":{\"count\":4,"
                    + "\"covered\":2}}}],\"type\":\"llvm.coverage.json.export\",\"version\":\"3.1.0\"}"
            case .evidence:
                "{\"format\":\"pulsegate-evidence\",\"version\":1,\"kind\":\"golden\",\"producer\":{\"name\":\"G\",\"version\":\"1\"},"
                    + "\"complete\":true,\"measures\":[{\"metric\":\"bench.a.p99\",\"value\":{\"numerator\":1,\"denominator\":3,"
                    + "\"unit\":\"nanoseconds\"},\"samples\":3}],\"tests\":[{\"id\":\"a\",\"outcome\":\"passed\",\"cases\":1}],"
                    + "\"totals\":{\"measures\":1,\"tests\":1}}"
            case .eventStream:
                "{\"kind\":\"test\",\"payload\":{\"id\":\"A.b()/T.swift:1:6\",\"kind\":\"function\",\"sourceLocation\":{\"line\":1}},\"version\":0}\n"
                    + "{\"kind\":\"event\",\"payload\":{\"kind\":\"runStarted\"},\"version\":\"6.3\"}\n{\"kind\":\"event\",\"payload\":{\"instant\":"
                    + "{\"absolute\":1.5},\"issue\":{\"isKnown\":false},\"kind\":\"testEnded\",\"messages\":[{\"symbol\":\"pass\",\"text\":\"x\"}],"
                    + "\"testID\":\"A.b()/T.swift:1:6\"},\"version\":0}\n{\"kind\":\"event\",\"payload\":{\"kind\":\"runEnded\"},\"version\":0}\n"
            case .googleBenchmark:
                "{\"context\":{\"json_schema_version\":1},\"benchmarks\":[{\"name\":\"a\",\"run_name\":\"a\",\"run_type\":\"iteration\","
                    + "\"repetitions\":1,\"repetition_index\":0,\"iterations\":9,\"real_time\":1.5e+3,\"cpu_time\":1.25,\"time_unit\":\"us\"},"
                    + "{\"name\":\"a_median\",\"run_name\":\"a\",\"run_type\":\"aggregate\",\"aggregate_name\":\"median\",\"iterations\":1,"
                    + "\"real_time\":1.5e+3,\"cpu_time\":1.25,\"time_unit\":\"us\"},{\"name\":\"b\",\"run_name\":\"b\","
                    + "\"run_type\":\"iteration\",\"skipped\":true,\"skip_message\":\"m\"}]}"
            case .hyperfine:
                "{\"results\":[{\"command\":\"c\",\"mean\":0.15,\"stddev\":null,\"median\":0.15,\"user\":0,\"system\":1e-2,\"min\":0.1,"
                    + "\"max\":0.2,\"times\":[0.1,0.2],\"exit_codes\":[0,0],\"memory_usage_byte\":[7,9]}]}"
            case .diff:
                "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@ f\n a\n-b\n+c\r\n+d\n\\ No newline at end of file\n"
                    + "diff --git \"a/\\303\\251\" \"b/\\303\\251\"\nrename from \"\\303\"\nrename to b\nBinary files a/x and b/x differ\n"
            case .console:
                "Test Suite 'All tests' started at x\nTest Case 'X.a' started at x\n/r/T.swift:2: error: X.a : threw error \"e\"\nTest Case 'X.a' "
                    + "failed (0.1 seconds)\nTest Suite 'All tests' failed at x\n\t Executed 1 test, with 1 failure (1 unexpected) in 0.1 (0.1) seconds"
            }
        }

        /// Facts or nil; other errors than ``DocumentError`` cannot be thrown.
        func run(_ bytes: [UInt8]) -> Facts? {
            let context = ReadingContext(file: "hostile", roots: ["/r"])
            switch self {
            case .diff:
                if let changes = try? UnifiedDiff.parse(bytes) { HostileBytes.check(changes) }
                return nil
            case .console:
                var state = XCTestConsoleState(context: context)
                let half = bytes.count / 2
                state.feed(Array(bytes[..<half]))
                state.feed(Array(bytes[half...]))
                return try? state.finish()
            case .eventStream:
                var state = EventStreamState(context: context)
                _ = try? state.feed(bytes)
                _ = state.running
                _ = state.finish()
                return try? SwiftTestingEventStream.read(bytes, context)
            default: return try? ReportFormats.reader(named: rawValue).read(bytes, context)
            }
        }
    }

    @Test("seeds are understood, so that mutations reach behind the first check", arguments: Target.allCases)
    func seeds(target: Target) throws {
        switch target {
        case .diff: #expect(try UnifiedDiff.parse(Array(target.seedText.utf8)).files.count == 2)
        default: #expect(target.run(Array(target.seedText.utf8)) != nil)
        }
    }

    @Test("bytes are changed, taken out, doubled, spliced and blown up", arguments: Target.allCases, 0..<4)
    func mutations(target: Target, seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed)).split(target.rawValue)
        let original = Array(target.seedText.utf8)
        for _ in 0..<250 {
            var bytes = original
            for _ in 0...generator.integer(in: 0...5) { mutate(&bytes, original, &generator) }
            if let facts = target.run(bytes) { Self.check(facts) }
        }
    }

    @Test("random bytes are answered", arguments: Target.allCases)
    func noise(target: Target) {
        var generator = SeededGenerator(seed: 99).split(target.rawValue)
        for length in 0..<150 {
            let bytes = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            if let facts = target.run(bytes) { Self.check(facts) }
        }
    }

    @Test("deep nesting, long text and huge numbers are answered", arguments: Target.allCases)
    func bombs(target: Target) {
        let count = 20_000
        let bombs = [
            String(repeating: "[", count: count), String(repeating: "{\"a\":", count: count),
            String(repeating: "<testsuite>", count: count),
            "<testsuite>" + String(repeating: "<a>", count: count), String(repeating: "\"", count: count),
            String(repeating: "\n", count: count),
            "<testsuite><testcase name='" + String(repeating: "a", count: count) + "'/></testsuite>",
            "<testsuite " + (0..<2000).map { "a\($0)='b'" }.joined(separator: " ") + "/>",
            "<testsuite><testcase name='a' time='" + String(repeating: "9", count: count) + "'/></testsuite>",
            "SF:" + String(repeating: "a", count: count) + "\nDA:1," + String(repeating: "9", count: count) + "\nend_of_record",
            "SF:a\nBRDA:1," + String(repeating: ",", count: count) + "\nend_of_record",
            "diff --git " + String(repeating: "a ", count: count), "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,99999999 @@\n-a\n",
            "diff --git a/x b/x\n" + String(repeating: "@@", count: count), "Test Case '" + String(repeating: "Test Case '", count: 2000),
            String(repeating: "Test Case 'a' started at 1\n", count: 2000),
            "\t Executed " + String(repeating: "9", count: count) + " tests, with",
            "{\"type\":\"llvm.coverage.json.export\",\"version\":\"3.0.0\",\"data\":[{\"files\":[{\"filename\":\"a\",\"segments\":"
                + "[[1,1,1,true,true,false],[1000000,1,1,true,true,false],[\(String(repeating: "9", count: count)),1,1,true,true,false]]}]}]}",
            "{\"kind\":\"event\",\"payload\":{\"instant\":{\"absolute\":1" + String(repeating: "0", count: count)
                + "},\"kind\":\"x\"},\"version\":0}",
        ]
        for bomb in bombs {
            let bytes = Array(bomb.utf8)
            if let facts = target.run(bytes) { Self.check(facts) }
            if let facts = target.run(Array(target.seedText.utf8) + bytes) { Self.check(facts) }
        }
    }

    // MARK: Mutations

    private func mutate(_ bytes: inout [UInt8], _ original: [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = generator.integer(in: 0...(bytes.count - 1))
        let end = min(bytes.count, place + generator.integer(in: 1...12))
        switch generator.integer(in: 0...8) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: generator.next())
        case 1: bytes[place] ^= 1 << UInt8(generator.integer(in: 0...7))
        case 2: bytes.removeSubrange(place..<end)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4: bytes.removeLast(bytes.count - place)
        case 5:
            let from = generator.integer(in: 0...(original.count - 1))
            bytes.insert(contentsOf: original[from..<min(original.count, from + generator.integer(in: 1...80))], at: place)
        case 6:
            let words = [
                "-1", "0", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e999", "null", "\u{FEFF}", "\r\n", "&x;",
                "<!DOCTYPE a>", "]]>", "\\ud800", "\\u0000", ",,", "-", "\0",
            ]
            bytes.replaceSubrange(place..<end, with: words[generator.integer(in: 0...(words.count - 1))].utf8)
        case 7: bytes.insert(contentsOf: [0xC0, 0x80, 0xED, 0xA0, 0x80, 0xFF].shuffled(using: &generator), at: place)
        default: bytes.swapAt(place, generator.integer(in: 0...(bytes.count - 1)))
        }
    }

    // MARK: What an answer must be

    private static func check(_ facts: Facts) {
        #expect(facts.normalised() == facts)
        for file in facts.coverage {
            var last = 0
            for line in file.lines {
                #expect(line.line > last && line.count >= 0)
                last = line.line
            }
            for tally in [file.branches, file.functions, file.regions] {
                if let tally { #expect(tally.covered >= 0 && tally.covered <= tally.total) }
            }
        }
        for test in facts.tests {
            #expect(test.cases >= 0 && test.id.utf8.count <= 10_000 && (test.durationNanoseconds ?? 0) >= 0)
        }
        #expect((try? Facts(json: facts.json)) == facts)
    }

    private static func check(_ changes: ChangedLines) {
        for file in changes.files {
            var last = 0
            for range in file.ranges {
                #expect(range.lowerBound > last + (last == 0 ? 0 : 1))
                last = range.upperBound
            }
        }
    }
}
