import Evidence
import StrictDocuments
import Testing

@Suite struct FactsTests {
    static let sample: Facts = {
        var facts = Facts()
        facts.tests = [TestFact(id: "A", outcome: .failed, message: "no", warnings: 1)]
        facts.coverage = [
            FileCoverage(
                path: "a.swift", lines: [.init(line: 3, count: 1), .init(line: 4, count: 0), .init(line: 9, count: 4)],
                functions: .init(covered: 1, total: 2))
        ]
        facts.measures = [Measure("mutation.score", Quantity(3, over: 4, unit: .ratio))]
        return facts
    }()

    @Test("the canonical form is compact: lines are runs, what is absent is left out")
    func canonicalForm() {
        #expect(
            Self.sample.json.canonicalText()
                == #"{"coverage":[{"functions":[1,2],"lines":[[3,1,0],[9,4]],"path":"a.swift","state":"measured"}],"#
                + #""measures":[{"metric":"mutation.score","samples":1,"value":[3,4,"ratio"]}],"#
                + #""tests":[{"cases":1,"id":"A","message":"no","outcome":"failed","warnings":1}]}"#)
    }

    @Test(
        "a record that breaks its form is refused with the place",
        arguments: [
            (#"{"tests":[],"coverage":[]}"#, "measures"), (#"{"tests":[],"coverage":[],"measures":[],"x":1}"#, "'x'"),
            (#"{"tests":[{"id":"a","outcome":"ok","cases":1}],"coverage":[],"measures":[]}"#, "tests[0].outcome"),
            (#"{"tests":[{"id":"a","outcome":"passed","cases":-1}],"coverage":[],"measures":[]}"#, "tests[0].cases"),
            (#"{"tests":[],"coverage":[{"path":"a","state":"measured","lines":[[3]]}],"measures":[]}"#, "coverage[0].lines"),
            (#"{"tests":[],"coverage":[{"path":"a","state":"measured","lines":[[3,1],[3,1]]}],"measures":[]}"#, "coverage[0].lines"),
            (#"{"tests":[],"coverage":[{"path":"a","state":"measured","lines":[[3,-1]]}],"measures":[]}"#, "coverage[0].lines"),
            (
                #"{"tests":[],"coverage":[{"path":"a","state":"measured","lines":[[9223372036854775807,1]]}],"measures":[]}"#,
                "coverage[0].lines"
            ),
            (#"{"tests":[],"coverage":[{"path":"a","state":"measured","lines":[],"regions":[2,1]}],"measures":[]}"#, "coverage[0].regions"),
            (#"{"tests":[],"coverage":[],"measures":[{"metric":"a","samples":1,"value":[1,0,"count"]}]}"#, "measures[0].value"),
        ])
    func refused(text: String, place: String) throws {
        let value = try JSONValue(try JSONDocument.parse(Array(text.utf8), file: "x"), file: "x")
        do throws(DocumentError) {
            _ = try Facts(json: value)
            Issue.record("expected a refusal")
        } catch {
            #expect(error.message.contains(place), "\(error)")
        }
    }

    @Test("merging keeps the worst outcome with its message and adds counts")
    func merging() {
        var other = Facts()
        other.tests = [TestFact(id: "A", outcome: .unfinished, cases: 2, message: "hang", warnings: 2)]
        other.coverage = [
            FileCoverage(path: "a.swift", state: .unmeasured, lines: [.init(line: 4, count: 5), .init(line: 10, count: .max)])
        ]
        let joined = Self.sample.merging(other)
        #expect(joined.tests == [TestFact(id: "A", outcome: .failed, cases: 3, message: "no", warnings: 3)])
        #expect(joined.coverage.first?.linesText == "3:1 4:5 9:4 10:\(Int64.max)")
        #expect(joined.coverage.first?.state == .measured)
        #expect(joined.merging(other).coverage.first?.lines.last?.count == .max)
    }

    @Test("outcomes are ordered errored, failed, unfinished, skipped, passed")
    func severity() {
        let order: [TestOutcome] = [.passed, .skipped, .unfinished, .failed, .errored]
        for (i, better) in order.enumerated() {
            for worse in order[i...] {
                var a = Facts()
                a.tests = [TestFact(id: "t", outcome: better)]
                var b = Facts()
                b.tests = [TestFact(id: "t", outcome: worse)]
                #expect(a.merging(b).tests.first?.outcome == worse)
            }
        }
    }
}
