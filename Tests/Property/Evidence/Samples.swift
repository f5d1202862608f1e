import Determinism
import Evidence

/// One good report of each format, without white space at its end, and generators of facts.
enum Samples {
    static let junit = """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites tests="3" failures="1">
          <testsuite name="A" tests="3" failures="1" errors="0" skipped="1">
            <properties><property name="a" value="b"/></properties>
            <testcase classname="A" name="works &lt;1&gt;" time="0.25" file="T.swift" line="7"/>
            <testcase classname="A" name="breaks"><failure message="no"><![CDATA[1 < 2]]></failure></testcase>
            <!-- later --><testcase classname="A" name="later"><skipped/></testcase>
          </testsuite>
        </testsuites>
        """

    /// Two records: a cut exactly behind the first leaves a whole report (``lcovRecordEnds``).
    static let lcov =
        "TN:t\nSF:a.swift\nFN:1,f\nFNDA:2,f\nBRDA:1,0,0,-\nDA:1,2\nDA:2,0\nLF:2\nLH:1\nend_of_record\nSF:b.swift\nDA:7,1\nend_of_record"

    /// Lengths at which a prefix of ``lcov`` is a whole report of fewer files.
    static let lcovRecordEnds: Set<Int> = {
        let text = Array(lcov.utf8)
        let word = Array("end_of_record".utf8)
        // With and without the line end behind it.
        let ends = (word.count...text.count).filter { Array(text[($0 - word.count)..<$0]) == word }
        return Set(ends + ends.map { $0 + 1 })
    }()

    static let llvmCov = """
        {"data": [{"files": [{"branches": [[1, 2, 1, 9, 3, 0, 0, 0, 4]], "filename": "a.swift",
        "segments": [[1, 5, 2, true, true, false], [2, 3, 0, true, true, false], [4, 2, 0, false, false, false]],
        "summary": {"lines": {"count": 4, "covered": 2}, "functions": {"count": 1, "covered": 1}}}],
        "functions": [{"name": "$s\\u0041", "regions": [[1, 2, 3]]}], "totals": {"lines": {"count": 4, "covered": 2}}}],
        "type": "llvm.coverage.json.export", "version": "3.1.0"}
        """

    static let evidence = """
        {"format": "pulsegate-evidence", "version": 1, "kind": "golden", "producer": {"name": "G", "version": "1"},
        "subject": "indicators", "complete": true,
        "measures": [{"metric": "golden.mismatches", "subject": "x", "samples": 3, "note": "é",
        "value": {"numerator": 1, "denominator": 1, "unit": "count"}}],
        "tests": [{"id": "a", "outcome": "failed", "cases": 2, "duration_ns": 4, "location": "T.swift:1", "message": "no"}],
        "totals": {"measures": 1, "tests": 1}}
        """

    static let campaign = """
        {"format": "pulsegate-fuzz-evidence", "version": 1, "producer": {"name": "pulsegate", "version": "1"}, "suite": "Fuzz",
        "build": {"number": "00c0ffee00c0ffee", "edges": 812, "sanitizer": null}, "seed": "1", "workers": 1, "asked_ns": 60,
        "complete": true, "totals": {"targets": 1, "findings": 1},
        "targets": [{"name": "json", "executions": 12, "duration_ns": 59, "edges": 31, "new_edges": 12, "corpus": 24, "blind": null,
        "regressions": {"run": 3, "failed": ["3fa1"]}, "findings": [{"bucket": "77", "kind": "crash", "title": "no é", "location": "a:1",
        "value": null, "flaky": false}]}]}
        """

    static let googleBenchmark = """
        {"context": {"num_cpus": 2, "library_build_type": "release"}, "benchmarks": [
        {"name": "BM_é/8", "run_name": "BM_é/8", "run_type": "iteration", "repetitions": 2, "repetition_index": 0, "threads": 1,
        "iterations": 1000, "real_time": 13.5, "cpu_time": 1.225e+01, "time_unit": "ns", "bytes_per_second": 1.5e9},
        {"name": "BM_é/8", "run_name": "BM_é/8", "run_type": "iteration", "repetitions": 2, "repetition_index": 1, "threads": 1,
        "iterations": 1000, "real_time": 13.5, "cpu_time": 1.425e+01, "time_unit": "ns", "bytes_per_second": 1.5e9},
        {"name": "BM_é/8_median", "run_name": "BM_é/8", "run_type": "aggregate", "repetitions": 2, "threads": 1,
        "aggregate_name": "median", "aggregate_unit": "time", "iterations": 2, "real_time": 13.5, "cpu_time": 13.25, "time_unit": "ns"}]}
        """

    static let hyperfine = """
        {"results": [{"command": "tool é", "mean": 0.15, "stddev": 0.07, "median": 0.15, "user": 0.09, "system": 1e-2, "min": 0.1,
        "max": 0.2, "times": [0.1, 0.2], "memory_usage_byte": [7, 9], "exit_codes": [0, 0], "parameters": {"n": "1"}}]}
        """

    static let eventStream = [
        #"{"kind":"test","payload":{"id":"A.b()\/T.swift:1:6","kind":"function","name":"b()","sourceLocation":{"fileID":"A\/T.swift","line":1}},"version":"6.3.0"}"#,
        #"{"kind":"event","payload":{"instant":{"absolute":1.5,"since1970":9.5},"kind":"runStarted","messages":[]},"version":"6.3.0"}"#,
        #"{"kind":"event","payload":{"instant":{"absolute":1.75},"kind":"testStarted","messages":[],"testID":"A.b()\/T.swift:1:6"},"version":"6.3.0"}"#,
        #"{"kind":"event","payload":{"instant":{"absolute":2},"issue":{"isFailure":true,"isKnown":false,"severity":"error"},"kind":"issueRecorded","#
            + #""messages":[{"symbol":"fail","text":"no"}],"testID":"A.b()\/T.swift:1:6"},"version":"6.3.0"}"#,
        #"{"kind":"event","payload":{"instant":{"absolute":2.5},"kind":"testEnded","messages":[{"symbol":"fail","text":"x"}],"testID":"A.b()\/T.swift:1:6"},"version":"6.3.0"}"#,
        #"{"kind":"event","payload":{"instant":{"absolute":3},"kind":"runEnded","messages":[]},"version":"6.3.0"}"#,
    ].joined(separator: "\n")

    static func sample(of format: String) -> String? {
        switch format {
        case "google-benchmark": googleBenchmark
        case "hyperfine": hyperfine
        case "junit": junit
        case "lcov": lcov
        case "llvm-cov": llvmCov
        case "pulsegate-evidence": evidence
        case "pulsegate-fuzz": campaign
        case "swift-testing": eventStream
        default: nil
        }
    }

    // MARK: Random facts

    static func facts(_ generator: inout SeededGenerator) -> Facts {
        var facts = Facts()
        for _ in 0..<generator.integer(in: 0...6) { facts.tests.append(test(&generator)) }
        for _ in 0..<generator.integer(in: 0...4) { facts.coverage.append(coverage(&generator)) }
        for _ in 0..<generator.integer(in: 0...4) { facts.measures.append(measure(&generator)) }
        return facts
    }

    private static func test(_ generator: inout SeededGenerator) -> TestFact {
        TestFact(
            id: word(&generator), outcome: TestOutcome.allCases[generator.integer(in: 0...4)], cases: number(&generator),
            durationNanoseconds: generator.integer(in: 0...2) == 0 ? nil : Int64(number(&generator)),
            location: generator.integer(in: 0...2) == 0 ? nil : word(&generator),
            message: generator.integer(in: 0...2) == 0 ? nil : word(&generator), knownIssues: generator.integer(in: 0...2),
            warnings: number(&generator))
    }

    private static func coverage(_ generator: inout SeededGenerator) -> FileCoverage {
        var lines: [FileCoverage.LineCount] = []
        var line = 0
        for _ in 0..<generator.integer(in: 0...12) {
            line += generator.integer(in: 1...3)
            lines.append(FileCoverage.LineCount(line: line, count: Int64(number(&generator))))
        }
        return FileCoverage(
            path: word(&generator), package: generator.integer(in: 0...1) == 0 ? nil : word(&generator),
            state: FileCoverage.State.allCases[generator.integer(in: 0...2)], lines: lines, branches: tally(&generator),
            functions: tally(&generator), regions: tally(&generator))
    }

    private static func tally(_ generator: inout SeededGenerator) -> FileCoverage.Tally? {
        if generator.integer(in: 0...2) == 0 { return nil }
        let total = number(&generator)
        return FileCoverage.Tally(covered: generator.integer(in: 0...total), total: total)
    }

    private static func measure(_ generator: inout SeededGenerator) -> Measure {
        Measure(
            word(&generator), subject: generator.integer(in: 0...1) == 0 ? nil : word(&generator),
            Quantity(
                Int64(truncatingIfNeeded: generator.next()), over: Int64(generator.integer(in: 1...Int(Int64.max))),
                unit: Unit.allCases[generator.integer(in: 0...5)]),
            samples: number(&generator), note: generator.integer(in: 0...1) == 0 ? nil : word(&generator))
    }

    /// Few words, so that collisions happen; two of them equal by Unicode equivalence and not by bytes.
    private static func word(_ generator: inout SeededGenerator) -> String {
        ["a", "b", "A.b()/T.swift", "\u{E9}", "e\u{301}", "\"\\\n\u{1}", "😀", ""][generator.integer(in: 0...7)]
    }

    private static func number(_ generator: inout SeededGenerator) -> Int {
        switch generator.integer(in: 0...5) {
        case 0: 0
        case 1: Int.max
        case 2: Int.max - generator.integer(in: 0...3)
        default: generator.integer(in: 0...9)
        }
    }
}
