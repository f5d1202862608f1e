import Evidence
import StrictDocuments
import Testing

@Suite("hyperfine JSON")
struct HyperfineJSONTests {
    /// A result as hyperfine writes it, of runs of 0.1, 0.3 and 0.2 s.
    static func result(
        _ command: String = "tool -f", mean: String = "0.2", median: String = "0.2", min: String = "0.1", max: String = "0.3",
        stddev: String = "0.1", user: String = "0.09", times: String = "[0.1,0.3,0.2]", exits: String = "[0,0,0]", extra: String = ""
    ) -> String {
        #"{"command":"\#(command)","mean":\#(mean),"stddev":\#(stddev),"median":\#(median),"user":\#(user),"system":0.01,"min":\#(min),"#
            + #""max":\#(max),"times":\#(times),"exit_codes":\#(exits)\#(extra)}"#
    }

    static func document(_ results: [String]) -> String { #"{"results":[\#(results.joined(separator: ","))]}"# }

    static func single(_ time: String, stddev: String = "null") -> String {
        result(mean: time, median: time, min: time, max: time, stddev: stddev, times: "[\(time)]", exits: "[0]")
    }

    private func measure(_ facts: Facts, _ metric: String, _ name: String? = "tool -f") -> Measure? {
        facts.measures.first { $0.metric == metric && $0.subject == name }
    }

    @Test("each command yields the median of its runs, and the report its number of commands")
    func median() throws {
        let read = try facts(
            "hyperfine",
            Self.document([Self.result(), Self.result("b", median: "0.20000000001", extra: #","parameters":{"n":"1"}"#)]))
        #expect(measure(read, "bench.time")?.quantity.compare(to: Quantity(200_000_000, unit: .nanoseconds)) == 0)
        #expect(measure(read, "bench.time")?.samples == 3)
        #expect(
            measure(read, "bench.time")?.note
                == "median of 3 runs (user 90.0 ms, system 10.0 ms); not paired with another build, so that noise of the machine is in it")
        #expect(measure(read, "bench.benchmarks", nil)?.quantity == .count(2))
        #expect(measure(read, "bench.broken", nil)?.quantity == .count(0))
        #expect(read.measures.count == 4)
    }

    @Test("a single run has no deviation, and a time is exact to the picosecond")
    func once() throws {
        let read = try facts("hyperfine", Self.document([Self.single("0.123456789012")]))
        #expect(measure(read, "bench.time")?.quantity == Quantity(123_456_789_012, over: 1000, unit: .nanoseconds))
        #expect(measure(read, "bench.time")?.samples == 1)
    }

    @Test("the most memory of all runs is the peak, where it was measured")
    func memory() throws {
        let read = try facts("hyperfine", Self.document([Self.result(extra: #","memory_usage_byte":[7,9,8]"#)]))
        #expect(measure(read, "bench.peak_memory")?.quantity == Quantity(9, unit: .bytes))
        let unknown = try facts("hyperfine", Self.document([Self.result(extra: #","memory_usage_byte":[0,0,0]"#)]))
        #expect(measure(unknown, "bench.peak_memory") == nil)
    }

    @Test("a run that failed or was killed is named, and the report is no evidence")
    func exits() {
        let failed = refusal("hyperfine", Self.document([Self.result(exits: "[0,0,137]")]))
        #expect(failed?.kind == .badValue)
        #expect(failed?.message == "run 3 of 'tool -f' exited with 137, not with 0")
        #expect(
            refusal("hyperfine", Self.document([Self.result(exits: "[0,null,0]")]))?.message == "run 2 of 'tool -f' was ended by a signal")
    }

    @Test(
        "what is not whole, not a time or not true to itself is refused",
        arguments: [
            ("", DocumentError.Kind.empty), ("{}", .missingKey), ("[]", .wrongType), (document([]), .empty), (document(["7"]), .wrongType),
            (document([result(), result()]), .duplicate), (document([result("")]), .badValue),
            (document([result(mean: "0.21")]), .contradiction), (document([result(median: "0.21")]), .contradiction),
            (document([result(min: "0.11")]), .contradiction), (document([result(max: "0.31")]), .contradiction),
            (document([result(times: "[0.1,0.3]")]), .contradiction), (document([result(exits: "[0,0]")]), .contradiction),
            (document([result(times: "[]", exits: "[]")]), .empty), (document([single("0")]), .badValue),
            (document([result(times: "[0.1,0.3,-0.2]")]), .badValue), (document([result(times: "[0.1,1e99,0.2]")]), .limit),
            (document([result(times: "[0.1,NaN,0.2]")]), .syntax), (document([result(times: "[0.1,null,0.2]")]), .wrongType),
            (document([result(times: "0.1")]), .wrongType), (document([result(exits: "[0,0,\"0\"]")]), .wrongType),
            (document([result(exits: "[0,0,-1]")]), .badValue), (document([result(stddev: "-1")]), .badValue),
            (document([result(user: "1e999")]), .limit), (document([result(user: "null")]), .wrongType),
            (document([result().replacing(",\"exit_codes\":[0,0,0]", with: "")]), .missingKey),
            (document([result().replacing("\"times\"", with: "\"time\"")]), .missingKey),
            (document([result(extra: #","memory_usage_byte":[7]"#)]), .contradiction),
            (document([result(extra: #","memory_usage_byte":[7,-1,8]"#)]), .badValue),
        ] as [(String, DocumentError.Kind)])
    func refusals(document: String, kind: DocumentError.Kind) { #expect(refusal("hyperfine", document)?.kind == kind) }
}
