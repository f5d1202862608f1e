import Evidence
import StrictDocuments
import Testing

@Suite struct EvidenceDocumentTests {
    static let measure =
        #"{"metric":"golden.mismatches","subject":"data/x.csv","value":{"numerator":0,"denominator":1,"unit":"count"},"samples":1,"note":null}"#
    static let test = #"{"id":"G.macd","outcome":"passed","cases":2,"duration_ns":5,"location":"/r/T.swift:3","message":null}"#

    static func document(
        format: String = "pulsegate-evidence", version: String = "1", kind: String = "golden", complete: String = "true",
        measures: [String] = [measure], tests: [String] = [test], totals: String? = nil, extra: String = ""
    ) -> String {
        #"{"format":"\#(format)","version":\#(version),"kind":"\#(kind)","producer":{"name":"G","version":"1.0"},"subject":null,"#
            + #""complete":\#(complete),"measures":[\#(measures.joined(separator: ","))],"tests":[\#(tests.joined(separator: ","))],"#
            + #""totals":\#(totals ?? #"{"measures":\#(measures.count),"tests":\#(tests.count)}"#)\#(extra)}"#
    }

    static func measure(_ metric: String, _ numerator: String, _ denominator: String = "1", unit: String) -> String {
        #"{"metric":"\#(metric)","value":{"numerator":\#(numerator),"denominator":\#(denominator),"unit":"\#(unit)"},"samples":1}"#
    }

    @Test("measures and tests are read")
    func whole() throws {
        let report = try facts("pulsegate-evidence", Self.document(), roots: ["/r"])
        #expect(report.measures == [Measure("golden.mismatches", subject: "data/x.csv", .count(0))])
        #expect(
            report.tests == [TestFact(id: "G.macd", outcome: .passed, cases: 2, durationNanoseconds: 5, location: "T.swift:3")])
    }

    @Test("an unknown key is refused with the nearest known one and its place")
    func unknownKey() {
        let error = refusal("pulsegate-evidence", Self.document(extra: #","kindd":1"#))
        #expect(error?.kind == .unknownKey)
        #expect(error?.hint == "did you mean 'kind'?")
        #expect(error?.position?.line == 1)
    }

    @Test("an unknown metric is refused with the nearest known one")
    func unknownMetric() {
        let error = refusal("pulsegate-evidence", Self.document(measures: [Self.measure("golden.mismatch", "1", unit: "count")]))
        #expect(error?.kind == .unknownReference)
        #expect(error?.hint == "did you mean 'golden.mismatches'?")
    }

    @Test(
        "documents that are not whole, not known or not true to themselves are refused",
        arguments: [
            (document(complete: "false"), DocumentError.Kind.truncated), (document(version: "2"), .newerVersion),
            (document(version: "0"), .badValue),
            (document(version: "2", extra: #","new":1"#), .newerVersion), (document(format: "x"), .badValue),
            (document(kind: "goldne"), .badValue),
            (document(totals: #"{"measures":2,"tests":1}"#), .contradiction),
            (document(totals: #"{"measures":1,"tests":0}"#), .contradiction),
            (document(totals: #"{"measures":1}"#), .missingKey), (document(measures: [], tests: []), .empty), ("", .empty),
            ("{}", .missingKey),
            (document(measures: [measure, measure]), .duplicate), (document(tests: [test, test]), .duplicate),
            (document(measures: [measure("golden.mismatches", "1", unit: "ratio")]), .badValue),
            (document(measures: [measure("golden.mismatches", "1", unit: "counts")]), .badValue),
            (document(measures: [measure("golden.mismatches", "-1", unit: "count")]), .badValue),
            (document(measures: [measure("golden.mismatches", "1", "0", unit: "count")]), .badValue),
            (document(measures: [measure("golden.mismatches", "1.5", unit: "count")]), .badValue),
            (document(measures: [measure("mutation.score", "3", "2", unit: "ratio")]), .badValue),
            (document(measures: [measure("bench.slowdown", "-11", "10", unit: "ratio")]), .badValue),
            (document(tests: [#"{"id":"a","outcome":"passed","cases":0}"#]), .contradiction),
            (document(tests: [#"{"id":"a","outcome":"green","cases":1}"#]), .badValue),
            (document(tests: [#"{"id":"","outcome":"passed","cases":1}"#]), .badValue),
            (document(tests: [#"{"id":"a","cases":1}"#]), .missingKey),
        ] as [(String, DocumentError.Kind)])
    func refusals(document: String, kind: DocumentError.Kind) { #expect(refusal("pulsegate-evidence", document)?.kind == kind) }

    @Test("a change may be negative and larger than the whole, as no share may", arguments: [(-1, 10), (-10, 10), (0, 1), (25, 10)])
    func changes(numerator: Int64, denominator: Int64) throws {
        let measure = Self.measure("bench.slowdown", "\(numerator)", "\(denominator)", unit: "ratio")
        let read = try facts("pulsegate-evidence", Self.document(kind: "benchmark", measures: [measure]))
        #expect(read.measures.map(\.quantity) == [Quantity(numerator, over: denominator, unit: .ratio)])
    }
}
