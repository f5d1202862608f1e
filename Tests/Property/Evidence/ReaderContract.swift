import Determinism
import Evidence
import StrictDocuments
import Testing

/// The contract that every report reader keeps (``ReportReader``).
@Suite struct ReaderContract {
    private let context = ReadingContext(file: "report")

    private func sample(_ format: String) throws -> [UInt8] {
        // A format without a sample here is not held to its contract.
        Array(try #require(Samples.sample(of: format), "no sample of the format \(format)").utf8)
    }

    @Test("the whole sample is read, the same each time", arguments: ReportFormats.names)
    func whole(format: String) throws {
        let reader = try ReportFormats.reader(named: format)
        let bytes = try sample(format)
        let facts = try reader.read(bytes, context)
        #expect(!facts.tests.isEmpty || !facts.coverage.isEmpty || !facts.measures.isEmpty)
        #expect(try reader.read(bytes, context) == facts)
        #expect(facts == facts.normalised())
        #expect(try reader.read(bytes + [0x0A], context) == facts)
    }

    @Test("every proper prefix of a report is refused", arguments: ReportFormats.names)
    func prefixes(format: String) throws {
        let reader = try ReportFormats.reader(named: format)
        let bytes = try sample(format)
        for count in 0..<bytes.count {
            // lcov has no end: a cut exactly behind a record is a whole report of fewer files.
            if format == "lcov", Samples.lcovRecordEnds.contains(count) { continue }
            #expect(throws: DocumentError.self, "a prefix of \(count) bytes was read") {
                try reader.read(Array(bytes[..<count]), context)
            }
        }
    }

    @Test("a prefix says that it is cut short or empty, not that it is wrong", arguments: ReportFormats.names)
    func prefixKinds(format: String) throws {
        let reader = try ReportFormats.reader(named: format)
        let bytes = try sample(format)
        var told = 0
        for count in 0..<bytes.count {
            do throws(DocumentError) {
                _ = try reader.read(Array(bytes[..<count]), context)
            } catch {
                if error.kind == .truncated || error.kind == .empty { told += 1 }
            }
        }
        // Some cuts leave text that is wrong in itself, such as "DA:1" for "DA:1,2" behind a line end.
        #expect(told * 10 >= bytes.count * 9, "\(told) of \(bytes.count)")
    }

    @Test("anything behind a report is refused", arguments: ReportFormats.names)
    func trailingText(format: String) throws {
        let reader = try ReportFormats.reader(named: format)
        let bytes = try sample(format)
        for junk in ["x", "\nx", "<a/>", "{", "\n{}", "\0"] {
            #expect(throws: DocumentError.self) { try reader.read(bytes + Array(junk.utf8), context) }
        }
    }

    @Test(
        "the order of an object's keys does not matter",
        arguments: ["google-benchmark", "hyperfine", "llvm-cov", "pulsegate-evidence", "pulsegate-fuzz", "swift-testing"])
    func keyOrder(format: String) throws {
        let reader = try ReportFormats.reader(named: format)
        let text = try #require(Samples.sample(of: format))
        let facts = try reader.read(Array(text.utf8), context)
        // The event stream is a document a line.
        let documents = format == "swift-testing" ? text.split(separator: "\n").map(String.init) : [text]
        for seed in 0..<60 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let shuffled = try documents.map { document in
                Self.text(try JSONDocument.parse(Array(document.utf8), file: "sample"), &generator)
            }
            #expect(try reader.read(Array(shuffled.joined(separator: "\n").utf8), context) == facts)
        }
    }

    private static func text(_ node: JSONNode, _ generator: inout SeededGenerator) -> String {
        switch node.content {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let number): return number.literal
        case .string(let value): return JSONValue.string(value).canonicalText()
        case .array(let elements):
            return "[" + elements.map { text($0, &generator) }.joined(separator: ", ") + "]"
        case .object(let members):
            let shuffled = members.shuffled(using: &generator)
            return "{"
                + shuffled.map { JSONValue.string($0.key).canonicalText() + ":" + text($0.value, &generator) }.joined(separator: ",") + "}"
        }
    }

    @Test("a stream fed in pieces yields the facts of the whole", arguments: 0..<40)
    func pieces(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let bytes = Array(Samples.eventStream.utf8)
        var state = EventStreamState(context: context)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + generator.integer(in: 1...200))
            try state.feed(Array(bytes[start..<end]))
            start = end
        }
        #expect(state.finish() == (try SwiftTestingEventStream.read(bytes, context)))
        #expect(state.sawRunEnd)
    }

    @Test("a stream cut anywhere yields a test that is not passed, for a collector that knows of the crash")
    func cutStream() throws {
        let bytes = Array(Samples.eventStream.utf8)
        let declared = Samples.eventStream.utf8.firstIndex(of: 0x0A).map {
            Samples.eventStream.utf8.distance(from: Samples.eventStream.startIndex, to: $0)
        }
        for count in (try #require(declared) + 1)..<bytes.count {
            var state = EventStreamState(context: context)
            try state.feed(Array(bytes[..<count]))
            let facts = state.finish()
            #expect(facts.tests.contains { $0.outcome == .unfinished || $0.outcome == .failed }, "cut at \(count)")
        }
    }

    @Test("lcov counts of the same lines in random records add up", arguments: 0..<100)
    func lcovSums(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var text = ""
        var expected: [Int: Int64] = [:]
        for _ in 0..<generator.integer(in: 1...5) {
            text += "SF:a\n"
            for _ in 0..<generator.integer(in: 1...8) {
                let line = generator.integer(in: 1...6)
                let count = generator.integer(in: 0...5)
                expected[line, default: 0] += Int64(count)
                text += "DA:\(line),\(count)\n"
            }
            text += "end_of_record\n"
        }
        let facts = try LCOV.read(Array(text.utf8), context)
        let lines = expected.sorted { $0.key < $1.key }.map { FileCoverage.LineCount(line: $0.key, count: $0.value) }
        #expect(facts.coverage == [FileCoverage(path: "a", lines: lines)])
    }

    @Test("JUnit totals that differ by one from every way of counting are refused", arguments: 0..<100)
    func junitTotals(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let count = generator.integer(in: 1...9)
        let failed = generator.integer(in: 0...count)
        let cases = (0..<count).map { "<testcase name='t\($0)'>\($0 < failed ? "<failure/>" : "")</testcase>" }.joined()
        func report(_ tests: Int, _ failures: Int) -> [UInt8] {
            Array("<testsuites><testsuite tests='\(tests)' failures='\(failures)'>\(cases)</testsuite></testsuites>".utf8)
        }
        let facts = try JUnitXML.read(report(count, failed), context)
        #expect(facts.tests.filter { $0.outcome == .failed }.count == failed)
        #expect(throws: DocumentError.self) { try JUnitXML.read(report(count + 1, failed), context) }
        #expect(throws: DocumentError.self) { try JUnitXML.read(report(count, failed + 1), context) }
        if count > 1 { #expect(throws: DocumentError.self) { try JUnitXML.read(report(count - 1, failed), context) } }
    }

    @Test("the median of random repetitions lies in their middle, in whatever order they come", arguments: 0..<100)
    func benchmarkMedians(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let times = (0..<generator.integer(in: 1...9)).map { _ in generator.integer(in: 1...2000) }
        let entries = times.enumerated().map { index, time in
            #"{"name":"a","run_name":"a","run_type":"iteration","repetitions":\#(times.count),"repetition_index":\#(index),"iterations":1,"#
                + #""real_time":1,"cpu_time":\#(time / 1000).\#(String(time % 1000 + 1000).dropFirst()),"time_unit":"ns"}"#
        }
        func read(_ entries: [String]) throws -> Measure? {
            let text = #"{"context":{},"benchmarks":[\#(entries.joined(separator: ","))]}"#
            return try GoogleBenchmarkJSON.read(Array(text.utf8), context).measures.first { $0.metric == "bench.time" }
        }
        let measure = try #require(try read(entries))
        // Picoseconds, twice, so that the middle of an even number is whole.
        let median = measure.quantity.numerator * 2000 / measure.quantity.denominator
        #expect(times.count { Int64($0) * 2 < median } * 2 <= times.count)
        #expect(times.count { Int64($0) * 2 > median } * 2 <= times.count)
        #expect(measure.samples == times.count)
        #expect(try read(entries.shuffled(using: &generator)) == measure)
    }

    @Test("totals of hyperfine that differ from its runs are refused", arguments: 0..<60)
    func hyperfineTotals(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        // An odd number of distinct whole seconds around a mean that is whole too.
        let half = generator.integer(in: 1...4)
        let middle = generator.integer(in: 50...99)
        let times = (0...(2 * half)).map { middle + $0 - half }.shuffled(using: &generator)
        func report(mean: Int = 0, median: Int = 0, min: Int = 0, max: Int = 0) -> [UInt8] {
            let text =
                #"{"results":[{"command":"c","mean":\#(middle + mean),"median":\#(middle + median),"min":\#(middle - half + min),"#
                + #""max":\#(middle + half + max),"stddev":1,"user":1,"system":1,"times":\#(times),"exit_codes":\#(times.map { _ in 0 })}]}"#
            return Array(text.utf8)
        }
        #expect(throws: Never.self) { try HyperfineJSON.read(report(), context) }
        for change in [-1, 1] {
            for wrong in [report(mean: change), report(median: change), report(min: change), report(max: change)] {
                #expect(throws: DocumentError.self) { try HyperfineJSON.read(wrong, context) }
            }
        }
    }

    @Test("lines of a diff that is made from them are found again, and every cut inside a hunk is refused", arguments: 0..<60)
    func diffs(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        var text = "diff --git a/x b/x\n--- a/x\n+++ b/x\n"
        var ranges: [ClosedRange<Int>] = []
        var line = 1
        var insideHunk: [Range<Int>] = []
        for _ in 0..<generator.integer(in: 1...5) {
            line += generator.integer(in: 2...9)
            let count = generator.integer(in: 1...4)
            ranges.append(line...(line + count - 1))
            let start = text.utf8.count
            text += "@@ -\(line),0 +\(line),\(count) @@\n"
            for index in 0..<count { text += "+line \(index)\(index == 0 ? "\r" : "")\n" }
            insideHunk.append((start + 1)..<text.utf8.count)
            line += count
        }
        #expect(try UnifiedDiff.parse(Array(text.utf8))["x"]?.ranges == ranges)
        let bytes = Array(text.utf8)
        for range in insideHunk {
            for cut in range {
                #expect(throws: DocumentError.self, "cut at \(cut) of \(bytes.count)") { try UnifiedDiff.parse(Array(bytes[..<cut])) }
            }
        }
    }
}
