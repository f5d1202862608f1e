import Evidence
import StrictDocuments
import Testing

@Suite("google/benchmark JSON")
struct GoogleBenchmarkJSONTests {
    /// An entry as google/benchmark writes it; `extra` begins with a comma.
    static func run(
        _ name: String = "BM_a", real: String = "13", cpu: String = "12.25", unit: String = "ns", iterations: String = "1000",
        repetitions: String = "1", index: Int = 0, extra: String = ""
    ) -> String {
        #"{"name":"\#(name)","family_index":0,"run_name":"\#(name)","run_type":"iteration","repetitions":\#(repetitions),"#
            + #""repetition_index":\#(index),"threads":1,"iterations":\#(iterations),"real_time":\#(real),"cpu_time":\#(cpu),"#
            + #""time_unit":"\#(unit)"\#(extra)}"#
    }

    static func aggregate(
        _ kind: String, of name: String = "BM_a", cpu: String = "12.25", count: Int = 3, repetitions: Int = 3
    ) -> String {
        #"{"name":"\#(name)_\#(kind)","run_name":"\#(name)","run_type":"aggregate","repetitions":\#(repetitions),"threads":1,"#
            + #""aggregate_name":"\#(kind)","aggregate_unit":"time","iterations":\#(count),"real_time":13,"cpu_time":\#(cpu),"time_unit":"ns"}"#
    }

    static func document(_ entries: [String], context: String = #""num_cpus":2,"library_build_type":"release""#) -> String {
        #"{"context":{\#(context)},"benchmarks":[\#(entries.joined(separator: ","))]}"#
    }

    static let thrice = ["10", "14", "12.5"].enumerated().map { run(cpu: $1, repetitions: "3", index: $0) }

    private func time(_ facts: Facts, _ name: String = "BM_a") -> Measure? {
        facts.measures.first { $0.metric == "bench.time" && $0.subject == name }
    }

    private func count(_ facts: Facts, _ metric: String) -> Measure? { facts.measures.first { $0.metric == metric } }

    @Test("each benchmark yields its time in exact picoseconds, and the suite its number of benchmarks")
    func single() throws {
        let read = try facts(
            "google-benchmark",
            Self.document([
                Self.run(extra: #","bytes_per_second":1.5e9,"label":"x""#), Self.run("BM_b/8", cpu: "2.5", unit: "ms", repetitions: "0"),
            ]))
        #expect(time(read)?.quantity == Quantity(12_250, over: 1000, unit: .nanoseconds))
        #expect(time(read)?.samples == 1)
        #expect(time(read)?.note?.contains("not paired") == true)
        #expect(time(read, "BM_b/8")?.quantity.compare(to: Quantity(2_500_000, unit: .nanoseconds)) == 0)
        #expect(count(read, "bench.benchmarks")?.quantity == .count(2))
        #expect(count(read, "bench.broken")?.quantity == .count(0))
        #expect(count(read, "bench.missing")?.quantity == .count(0))
        #expect(read.measures.count == 5)
        #expect(read.tests.isEmpty && read.coverage.isEmpty)
    }

    @Test("of several repetitions the median counts, and they are the samples")
    func repetitions() throws {
        let odd = try facts("google-benchmark", Self.document(Self.thrice))
        #expect(time(odd)?.quantity == Quantity(12_500, over: 1000, unit: .nanoseconds))
        #expect(time(odd)?.samples == 3)
        let even = ["10", "13.001"].enumerated().map { Self.run(cpu: $1, repetitions: "2", index: $0) }
        #expect(time(try facts("google-benchmark", Self.document(even)))?.quantity == Quantity(23_001, over: 2000, unit: .nanoseconds))
    }

    @Test("aggregates are held against the repetitions; where there are no others, the median is taken")
    func aggregates() throws {
        let others =
            ["mean", "stddev", "cv"].map { Self.aggregate($0) } + [
                #"{"name":"BM_BigO","run_name":"BM","run_type":"aggregate","aggregate_name":"BigO","cpu_coefficient":1,"big_o":"N"}"#
            ]
        let both = Self.document(Self.thrice + others + [Self.aggregate("median", cpu: "12.500001")])
        #expect(time(try facts("google-benchmark", both))?.quantity.compare(to: Quantity(12_500, over: 1000, unit: .nanoseconds)) == 0)
        let alone = try facts("google-benchmark", Self.document(others + [Self.aggregate("median")]))
        #expect(time(alone)?.quantity == Quantity(12_250, over: 1000, unit: .nanoseconds))
        #expect(time(alone)?.samples == 3)
    }

    @Test(
        "the clock is the one that google/benchmark goes by",
        arguments: [("BM_a/real_time", 13), ("BM_a/manual_time", 13), ("BM_real_time", 12)])
    func clock(name: String, nanoseconds: Int64) throws {
        let read = try facts("google-benchmark", Self.document([Self.run(name, cpu: "12")]))
        #expect(time(read, name)?.quantity.compare(to: Quantity(nanoseconds, unit: .nanoseconds)) == 0)
    }

    @Test("a benchmark that skipped itself is missing, by name; a debug build of the library is said")
    func skipped() throws {
        let skip = #"{"name":"BM_s","run_name":"BM_s","run_type":"iteration","skipped":true,"skip_message":"no AVX","iterations":0}"#
        let read = try facts("google-benchmark", Self.document([Self.run(), skip], context: #""library_build_type":"debug""#))
        #expect(count(read, "bench.missing")?.quantity == .count(1))
        #expect(count(read, "bench.missing")?.note == "skipped: BM_s: no AVX")
        #expect(count(read, "bench.benchmarks")?.quantity == .count(1))
        #expect(count(read, "bench.benchmarks")?.note?.contains("debug") == true)
        #expect(refusal("google-benchmark", Self.document([skip]))?.kind == .empty)
    }

    @Test("a benchmark that failed makes the report no evidence, and is named")
    func failed() {
        let error = refusal(
            "google-benchmark", Self.document([Self.run(), Self.run("BM_b", extra: #","error_occurred":true,"error_message":"boom""#)]))
        #expect(error?.kind == .badValue)
        #expect(error?.message == "the benchmark 'BM_b' failed: boom")
        #expect(error?.position?.line == 1)
    }

    @Test(
        "what is not whole, not known, not a time or not true to itself is refused",
        arguments: [
            ("", DocumentError.Kind.empty), ("{}", .missingKey), ("[]", .wrongType), (document([]), .empty),
            (#"{"context":{}}"#, .missingKey), (#"{"benchmarks":[]}"#, .missingKey), (#"{"context":[],"benchmarks":[]}"#, .wrongType),
            (document([run()], context: #""json_schema_version":2"#), .newerVersion),
            (document([run(cpu: "-1")]), .badValue), (document([run(cpu: "-0.0")]), .badValue), (document([run(cpu: "0")]), .badValue),
            (document([run(cpu: "NaN")]), .syntax), (document([run(cpu: "Infinity")]), .syntax), (document([run(cpu: "1e300")]), .limit),
            (document([run(real: "-1")]), .badValue), (document([run(cpu: "\"12\"")]), .wrongType),
            (document([run(cpu: "null")]), .wrongType),
            (document([run(unit: "h")]), .badValue), (document([run(unit: "NS")]), .badValue),
            (document([run(iterations: "0")]), .badValue), (document([run(iterations: "-1")]), .badValue),
            (document([run(iterations: "1.5")]), .badValue), (document([run(iterations: "99999999999999999999")]), .badValue),
            (document([run(), run()]), .duplicate), (document([run(repetitions: "2"), run(repetitions: "2")]), .duplicate),
            (document([run(repetitions: "2")]), .contradiction), (document(Array(thrice.dropLast())), .contradiction),
            (document([run(repetitions: "2"), run(repetitions: "3", index: 1)]), .contradiction),
            (document([run(index: 1)]), .contradiction),
            (document(thrice + [aggregate("median", cpu: "13")]), .contradiction),
            (document(thrice + [aggregate("median", cpu: "12.5", count: 4, repetitions: 4)]), .contradiction),
            (document([aggregate("median", count: 2)]), .contradiction), (document([aggregate("median", count: 0)]), .contradiction),
            (document([aggregate("median"), aggregate("median")]), .duplicate), (document([aggregate("mean")]), .missingKey),
            (document([run("")]), .badValue), (document([run().replacing("iteration\"", with: "iterations\"")]), .badValue),
            (document([run().replacing("run_name", with: "runname")]), .missingKey),
            (document([run(extra: #","error_occurred":1"#)]), .wrongType),
        ] as [(String, DocumentError.Kind)])
    func refusals(document: String, kind: DocumentError.Kind) { #expect(refusal("google-benchmark", document)?.kind == kind) }
}
