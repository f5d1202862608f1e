import Evidence
import GrowthMeasure
import StrictDocuments
import Testing

/// Reports of any size are read in time proportional to their size.
@Suite struct EvidenceGrowth {
    static let context = ReadingContext(file: "report", roots: ["/r"])

    /// Holds `read`, which yields how many entries it found, to linear time on what `text` makes of a size.
    static func expectLinear(_ text: (Int) -> String, _ read: ([UInt8]) throws -> Int) rethrows {
        let growth = try Growth.measured {
            Array(text($0).utf8)
        } of: { bytes in
            let found = try read(bytes)
            #expect(found > 0)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("JUnit XML of many cases, of many suites, of deep suites and of one long message", arguments: ["cases", "suites", "message"])
    func junit(shape: String) throws {
        func testCase(_ index: Int) -> String {
            #"<testcase classname="A" name="t\#(index)" time="0.25"><failure message="no"/></testcase>"#
        }
        try Self.expectLinear { size in
            switch shape {
            case "cases":
                #"<testsuite name="A" tests="\#(size)">"# + (0..<size).map(testCase).joined(separator: "\n") + "</testsuite>"
            case "suites":
                "<testsuites>"
                    + (0..<size).map { #"<testsuite name="S\#($0)" tests="1">\#(testCase($0))</testsuite>"# }.joined()
                    + "</testsuites>"
            default:
                #"<testsuite name="A"><testcase classname="A" name="t"><failure>"#
                    + String(repeating: "&lt;line&gt;\n", count: min(size, 1 << 17)) + "</failure></testcase></testsuite>"
            }
        } _: { bytes in
            try JUnitXML.read(bytes, Self.context).tests.count
        }
    }

    @Test("lcov of many files, of many lines, of lines in descending order", arguments: ["files", "lines", "descending", "repeated"])
    func lcov(shape: String) throws {
        try Self.expectLinear { size in
            switch shape {
            case "files": (0..<size).map { "SF:/r/f\($0).swift\nDA:1,2\nDA:2,0\nend_of_record\n" }.joined()
            case "lines": "SF:a\n" + (1...size).map { "DA:\($0),\($0 % 3)\n" }.joined() + "end_of_record\n"
            case "descending":
                "SF:a\n" + (1...size).reversed().map { "FN:\($0),f\($0)\nFNDA:1,f\($0)\nBRDA:\($0),0,0,1\nDA:\($0),1\n" }.joined()
                    + "end_of_record\n"
            default: String(repeating: "SF:a\nDA:1,2\nDA:7,0\nend_of_record\n", count: size)
            }
        } _: { bytes in
            try LCOV.read(bytes, Self.context).coverage.count
        }
    }

    @Test("llvm-cov of many files, and of many segments", arguments: ["files", "segments", "functions"])
    func llvmCov(shape: String) throws {
        func file(_ name: String, _ segments: [String]) -> String {
            #"{"filename": "\#(name)", "segments": [\#(segments.joined(separator: ","))], "summary": {}}"#
        }
        try Self.expectLinear { size in
            let files =
                switch shape {
                case "files": (0..<size).map { file("/r/f\($0).swift", ["[1,1,2,true,true,false]", "[4,2,0,false,false,false]"]) }
                case "segments":
                    [
                        file(
                            "/r/a.swift",
                            (0..<size).flatMap { ["[\($0 * 2 + 1),1,\($0 % 3),true,true,false]", "[\($0 * 2 + 2),2,0,false,false,false]"] })
                    ]
                default: [file("/r/a.swift", ["[1,1,2,true,true,false]", "[4,2,0,false,false,false]"])]
                }
            let functions =
                shape == "functions" ? (0..<size).map { #"{"name": "f\#($0)", "count": 1, "regions": [[1,1,4,2,1,0,0,0]]}"# } : []
            return
                #"{"data": [{"files": [\#(files.joined(separator: ","))], "functions": [\#(functions.joined(separator: ","))], "totals": {}}], "type": "llvm.coverage.json.export", "version": "3.1.0"}"#
        } _: { bytes in
            try LLVMCovJSON.read(bytes, Self.context).coverage.count
        }
    }

    @Test("an event stream of many tests, of many cases, of many issues", arguments: ["tests", "issues"])
    func eventStream(shape: String) throws {
        func test(_ id: Int) -> String {
            #"{"kind":"test","payload":{"id":"A.t\#(id)()\/T.swift:1:6","kind":"function","name":"t\#(id)()","sourceLocation":{"fileID":"A\/T.swift","line":1}},"version":"6.3.0"}"#
                + "\n"
        }
        func event(_ kind: String, _ id: Int? = nil) -> String {
            let name = id.map { #","testID":"A.t\#($0)()\/T.swift:1:6""# } ?? ""
            let issue = kind == "issueRecorded" ? #""issue":{"isFailure":true,"isKnown":false,"severity":"error"},"# : ""
            return
                #"{"kind":"event","payload":{"instant":{"absolute":1.5,"since1970":9.5},\#(issue)"kind":"\#(kind)","messages":[{"symbol":"fail","text":"no"}]\#(name)},"version":"6.3.0"}"#
                + "\n"
        }
        try Self.expectLinear { size in
            let count = shape == "tests" ? size : 1
            let issues = shape == "tests" ? 1 : size
            return (0..<count).map(test).joined() + event("runStarted") + (0..<count).map { event("testStarted", $0) }.joined()
                + (0..<count).map { id in String(repeating: event("issueRecorded", id), count: issues) }.joined()
                + (0..<count).map { event("testEnded", $0) }.joined() + event("runEnded")
        } _: { bytes in
            try SwiftTestingEventStream.read(bytes, Self.context).tests.count
        }
    }

    @Test("an evidence document of many measures and tests")
    func evidenceDocument() throws {
        let growth = try Growth.measured { size in
            var document = EvidenceDocument(kind: "golden", producer: .init(name: "G", version: "1"), subject: nil)
            document.measures = (0..<size).map { EvidenceMeasure("golden.mismatches", subject: "s\($0)", .count(1)) }
            document.tests = (0..<size).map { EvidenceTest(id: "t\($0)", outcome: .passed) }
            return document.json.canonicalBytes()
        } of: { bytes in
            let found = try EvidenceDocumentReader.read(bytes, Self.context).tests.count
            #expect(found > 0)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a diff of many files, and of many hunks and lines", arguments: ["files", "hunks"])
    func diff(shape: String) throws {
        try Self.expectLinear { size in
            switch shape {
            case "files":
                (0..<size).map { "diff --git a/f\($0) b/f\($0)\n--- a/f\($0)\n+++ b/f\($0)\n@@ -1 +1,2 @@\n-a\n+b\n+c\n" }.joined()
            default: "diff --git a/f b/f\n--- a/f\n+++ b/f\n" + (0..<size).map { "@@ -\($0 * 9 + 1) +\($0 * 9 + 1) @@\n-a\n+b\n" }.joined()
            }
        } _: { bytes in
            try UnifiedDiff.parse(bytes).files.count
        }
    }

    @Test("asking whether a line changed costs little, however many ranges there are")
    func changedLines() {
        let growth = Growth.measured { size in
            ChangedLines.File(path: "a", change: .modified, ranges: (0..<size).map { ($0 * 3 + 1)...($0 * 3 + 1) })
        } of: { file in
            #expect((1...(file.ranges.count * 3)).count { file.contains(line: $0) } == file.ranges.count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("the console of XCTest: many cases, cases that never end, long lines, whole and in pieces", arguments: [1 << 20, 100])
    func console(piece: Int) throws {
        let at = "2026-11-21 11:11:17.286"
        try Self.expectLinear { size in
            "Test Suite 'All tests' started at \(at)\n"
                + (0..<size).map { index in
                    "Test Case 'X.test\(index)' started at \(at)\n/r/T.swift:1: error: X.test\(index) : no\n"
                        + (index % 2 == 0 ? "Test Case 'X.test\(index)' failed (0.25 seconds)\n" : "")
                }.joined()
                + String(repeating: "x", count: size) + "\n"
        } _: { bytes in
            var state = XCTestConsoleState(context: Self.context)
            for start in stride(from: 0, to: bytes.count, by: piece) {
                state.feed(Array(bytes[start..<min(start + piece, bytes.count)]))
            }
            #expect(!state.running.isEmpty)
            return try state.finish().tests.count
        }
    }

    // MARK: Facts

    /// `count` tests, files and measures, every number a distinct one; half of the names are shared with any other offset.
    static func facts(_ count: Int, offset: Int = 0) -> Facts {
        var facts = Facts()
        for index in offset..<(offset + count) {
            // Not in order.
            let name = String((index &* 7_919) % 1_000_003)
            facts.tests.append(TestFact(id: "M.S/t\(name)()", outcome: .passed, message: "m"))
            facts.coverage.append(
                FileCoverage(path: "Sources/A/f\(name).swift", lines: [1, 2, 5].map { FileCoverage.LineCount(line: $0, count: 1) }))
            facts.measures.append(Measure("custom.x", subject: name, .count(index)))
        }
        return facts
    }

    @Test("joining two large sets of facts")
    func merging() {
        let growth = Growth.measured { size in
            (Self.facts(size).normalised(), Self.facts(size, offset: size / 2).normalised())
        } of: { left, right in
            #expect(left.merging(right).measures.count == left.measures.count + right.measures.count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("joining many small sets of facts, as of a folder with a report for each class")
    func mergingMany() {
        let growth = Growth.measured { size in
            (0..<size).map { Self.facts(1, offset: $0) }
        } of: { many in
            #expect(Facts.merged(many).tests.count == many.count)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("one test or file that very many reports name")
    func mergingTheSame() {
        let growth = Growth.measured { size in
            var facts = Facts()
            facts.tests = Array(repeating: TestFact(id: "t", outcome: .passed), count: size)
            facts.coverage = Array(repeating: FileCoverage(path: "f", lines: [FileCoverage.LineCount(line: 1, count: 1)]), count: size)
            return facts
        } of: { facts in
            #expect(facts.normalised().tests.count == 1)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("facts to JSON and back", arguments: ["many", "lines"])
    func roundTrip(shape: String) throws {
        let growth = try Growth.measured { size in
            if shape == "many" { return Self.facts(size).normalised() }
            var facts = Facts()
            // Every line a run of its own.
            facts.coverage = [FileCoverage(path: "f", lines: (0..<size).map { FileCoverage.LineCount(line: $0 * 2 + 1, count: 1) })]
            return facts
        } of: { facts in
            let node = try JSONDocument.parse(facts.json.canonicalBytes(), file: "facts")
            let again = try Facts(json: JSONValue(node, file: "facts"))
            #expect(again == facts)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }
}
