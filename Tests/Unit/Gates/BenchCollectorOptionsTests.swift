import Determinism
import Evidence
import StrictDocuments
import Testing

@testable import Gates

@Suite("the collector of benchmarks in gates.json")
struct BenchCollectorOptionsTests {
    static func collect(_ keys: String) -> String {
        #"{ "id": "unit", "kind": "swift-test" }, { "id": "speed", "kind": "bench"\#(keys.isEmpty ? "" : ", ")\#(keys) }"#
    }

    static func options(_ keys: String) throws -> BenchCollectorOptions {
        let configuration = try GatesConfiguration(json: Array(document(collect: collect(keys)).utf8), file: "gates.json")
        return try #require(configuration.collectors.last?.benchmarking)
    }

    static func budget(_ keys: String) -> String { #""budgets": [{ "benchmarks": "a", \#(keys) }]"# }

    @Test("without keys it compares with the merge base for a minute, with the default budget")
    func defaults() throws {
        let options = try Self.options("")
        #expect(options == BenchCollectorOptions())
        #expect(options.base == .mergeBase)
        #expect(options.seconds == 60)
        let budget = options.budget(for: "anything")
        #expect(budget.slowdownPartsPerMillion == 50_000)
        #expect(budget.allocationGrowth == 0)
        #expect(budget.timePicoseconds == nil && budget.ratioPartsPerMillion == nil && budget.allocations == nil && budget.peakBytes == nil)
        #expect(!budget.isLoosened)
        #expect(!budget.isExpired(at: Instant(nanosecondsSinceEpoch: .max)))
    }

    @Test("every key is read, limits as exact integers")
    func everything() throws {
        let options = try Self.options(
            #""suite": "Bench", "base": "release/1.0", "tags": ["pr", "hot"], "seconds": 90, "timeout": "20m", "budgets": [{ "benchmarks": "#
                + #""macd.*", "slowdown": "7.25%", "time": "0.245ns", "ratio": "1.8", "allocations": 12, "allocation_growth": 2, "#
                + #""peak_memory": "1.5MiB", "reason": "why", "expires": "2028-02-29" }]"#)
        #expect(options.suite == "Bench")
        #expect(options.base == .reference("release/1.0"))
        #expect(options.tags == ["pr", "hot"])
        #expect(options.seconds == 90)
        let budget = options.budget(for: "macd.wilder")
        #expect(budget.slowdownPartsPerMillion == 72_500)
        #expect(budget.timePicoseconds == 245)
        #expect(budget.ratioPartsPerMillion == 1_800_000)
        #expect(budget.allocations == 12)
        #expect(budget.allocationGrowth == 2)
        #expect(budget.peakBytes == 3 << 19)
        #expect(budget.reason == "why")
        #expect(budget.expires?.text == "2028-02-29")
        #expect(budget.isLoosened)
        #expect(try Self.options(#""base": "none""#).base == .headOnly)
    }

    @Test("the first pattern that matches counts, and one star does not pass a slash")
    func firstMatch() throws {
        let options = try Self.options(
            #""budgets": [{ "benchmarks": "macd.fast", "time": "1us" }, { "benchmarks": "macd.*", "time": "2us" }, { "benchmarks": "#
                + #""{rsi,macd}/**", "time": "3us" }]"#)
        func time(_ name: String) -> Int64? { options.budget(for: name).timePicoseconds }
        #expect(time("macd.fast") == 1_000_000)
        #expect(time("macd.slow") == 2_000_000)
        #expect(time("macd.slow/1000") == nil)
        #expect(time("rsi/1000/cold") == 3_000_000)
        #expect(time("other") == nil)
        #expect(options.budget(for: "other") == BenchBudget())
    }

    @Test("a budget holds through its last day, in UTC, and not a nanosecond longer")
    func expiry() throws {
        let options = try Self.options(Self.budget(#""slowdown": "9%", "reason": "r", "expires": "2027-01-31""#))
        let budget = options.budget(for: "a")
        let end = try Instant(rfc3339: "2027-02-01T00:00:00Z")
        #expect(budget.expires?.end == end)
        #expect(!budget.isExpired(at: end.advanced(byNanoseconds: -1)))
        #expect(budget.isExpired(at: end))
        #expect(options.expired(at: end) == [budget])
        #expect(options.expired(at: .epoch).isEmpty)
    }

    @Test(
        "what is tighter than the default, or as tight, needs no reason",
        arguments: [#""slowdown": "5%""#, #""slowdown": "0.0001%""#, #""allocation_growth": 0"#, #""time": "1h", "reason": "r""#])
    func unexplained(keys: String) throws { #expect(try !Self.options(Self.budget(keys)).budgets[0].isLoosened) }

    typealias Mistake = ConfigurationMistakesTests.Case
    static func mistake(_ what: String, _ kind: DocumentError.Kind, _ says: String, _ keys: String) -> Mistake {
        Mistake(what, kind, says, document(collect: collect(keys)))
    }

    static let mistakes: [Mistake] = [
        mistake("a key of another kind", .unknownKey, "does not take 'run'", #"⟦"run": ["x"]"#),
        mistake("a misspelt key of a budget", .unknownKey, "'slowdown'", budget(#"⟦"slowdwon": "5%", "time": "1us""#)),
        mistake("a base that is an option", .badValue, "merge-base", #""base": ⟦"--upload-pack""#),
        mistake("a base of two words", .badValue, "merge-base", #""base": ⟦"main x""#),
        mistake("a suite that is an option", .badValue, "suite", #""suite": ⟦"-x""#),
        mistake("a tag that is an option", .badValue, "tag", #""tags": ["pr", ⟦"--all"]"#),
        mistake("a tag twice", .duplicate, "twice", #""tags": ["pr", ⟦"pr"]"#),
        mistake("too many tags", .limit, "maximumTags", #"⟦"tags": [\#((0...64).map { "\"t\($0)\"" }.joined(separator: ","))]"#),
        mistake("no second", .badValue, "1 to", #""seconds": ⟦0"#),
        mistake("seconds beyond the timeout", .contradiction, "timeout", #""timeout": "1m", ⟦"seconds": 60"#),
        mistake("a timeout too short for a minute", .contradiction, "timeout", #"⟦"timeout": "1m""#),
        mistake("a budget of nothing", .missingKey, "benchmarks", #""budgets": [⟦{ "time": "1us" }]"#),
        mistake("a budget without a limit", .badValue, "limits nothing", #""budgets": [{ "benchmarks": ⟦"a", "reason": "r" }]"#),
        mistake("an empty pattern", .badValue, "empty", #""budgets": [{ "benchmarks": ⟦"", "time": "1us" }]"#),
        mistake("a malformed pattern", .badValue, "'{' without '}'", #""budgets": [{ "benchmarks": ⟦"{a", "time": "1us" }]"#),
        mistake(
            "a pattern twice", .duplicate, "first",
            #""budgets": [{ "benchmarks": "a", "time": "1us" }, { "benchmarks": ⟦"a", "time": "2us" }]"#),
        mistake(
            "too many budgets", .limit, "maximumBudgets",
            #"⟦"budgets": [\#((0...500).map { #"{ "benchmarks": "b\#($0)", "time": "1us" }"# }.joined(separator: ",\n"))]"#),
        mistake("a slow-down as a bare number", .wrongType, "5%", budget(#""slowdown": ⟦5"#)),
        mistake("a slow-down in points", .badValue, "5%", budget(#""slowdown": ⟦"5pp""#)),
        mistake("a slow-down of nothing", .badValue, "above 0", budget(#""slowdown": ⟦"0%""#)),
        mistake("a negative slow-down", .badValue, "above 0", budget(#""slowdown": ⟦"-5%""#)),
        mistake("a slow-down finer than a millionth", .badValue, "millionths", budget(#""slowdown": ⟦"5.00001%""#)),
        mistake(
            "a slow-down beyond all", .limit, "beyond the limit",
            budget(#""slowdown": ⟦"100001%", "reason": "r", "expires": "2027-01-31""#)),
        mistake("a time in bytes", .badValue, "250us", budget(#""time": ⟦"250B""#)),
        mistake("a time as a count", .badValue, "250us", budget(#""time": ⟦"250""#)),
        mistake("a time finer than a picosecond", .badValue, "picoseconds", budget(#""time": ⟦"0.0001ns""#)),
        mistake("a ratio as a percentage", .badValue, "1.8", budget(#""ratio": ⟦"180%""#)),
        mistake("a ratio as a bare number", .badValue, "1.8", budget(#""ratio": ⟦1.8"#)),
        mistake("a negative ratio", .badValue, "above 0", budget(#""ratio": ⟦"-1.8""#)),
        mistake("a fraction of an allocation", .wrongType, "allocations", budget(#""allocations": ⟦1.5"#)),
        mistake("fewer than no allocation", .badValue, "allocation_growth", budget(#""allocation_growth": ⟦-1"#)),
        mistake("memory as a time", .badValue, "64MiB", budget(#""peak_memory": ⟦"64ms""#)),
        mistake("half a byte", .badValue, "bytes", budget(#""peak_memory": ⟦"0.5B""#)),
        mistake("a loosened slow-down without a word", .missingKey, "'reason' and 'expires'", budget(#"⟦"slowdown": "5.0001%""#)),
        mistake("a loosened slow-down for ever", .missingKey, "without 'expires'", budget(#"⟦"slowdown": "8%", "reason": "r""#)),
        mistake(
            "a loosened count without a reason", .missingKey, "says why",
            budget(#""allocation_growth": 1, "expires": ⟦"2027-01-31""#)),
        mistake("a loosened count for ever", .missingKey, "until when", budget(#"⟦"allocation_growth": 1, "reason": "r""#)),
        mistake("a reason that is none", .badValue, "gives none", budget(#""time": "1us", "reason": ⟦"  ""#)),
        mistake("a slow-down without a base", .contradiction, "none", #""base": "none", "# + budget(#"⟦"slowdown": "5%""#)),
    ]

    @Test("each mistake is told once, at its place, with a way to mend it", arguments: mistakes)
    func mistake(_ one: Mistake) throws { try one.expectOneMistake() }

    @Test(
        "a last day is a day of the calendar",
        arguments: [
            "2027-02-29", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-01-32", "2027-1-31", "27-01-31", "2027/01/31",
            "2027-01-31T00:00:00Z", "1999-12-31", "2201-01-01", "tomorrow", "", "２027-01-31", "2027-01-3\u{301}", "-027-01-31",
        ])
    func days(text: String) {
        let document = MarkedDocument(
            document(collect: Self.collect(Self.budget(#""slowdown": "8%", "reason": "r", "expires": ⟦"\#(text)""#))))
        #expect(document.mistakes.map(\.kind) == [.badValue], "\(document.mistakes)")
        #expect(document.mistakes.first?.position?.description == document.marks.first)
    }

    @Test("figures of benchmarks are asked for in their own units, on each benchmark and against the baseline")
    func conditions() throws {
        var scene = Scene(#"{ "metric": "bench.time", "on": "each_item", "op": "<=", "value": "250us" }"#)
        scene.facts.measures = [
            Measure("bench.time", subject: "a", Quantity(250_000_000, over: 1000, unit: .nanoseconds)),
            Measure("bench.time", subject: "b", Quantity(250_000_001, over: 1000, unit: .nanoseconds)),
        ]
        let verdict = try scene.verdict()
        #expect(verdict.status == .fail)
        #expect(verdict.findings.filter { $0.status == .fail }.map(\.subject) == ["b"])
        scene.condition = #"{ "metric": "bench.time", "on": "each_item", "against": "baseline", "drop_at_most": "5%" }"#
        scene.baseline = Baseline.Figures(measures: [
            Measure("bench.time", subject: "a", Quantity(240_000, unit: .nanoseconds)),
            Measure("bench.time", subject: "b", Quantity(240_000, unit: .nanoseconds)),
        ])
        #expect(try scene.verdict().status == .pass)
        scene.facts.measures.removeLast()
        #expect(try scene.verdict().status == .notEvaluated)
        var slower = Scene(#"{ "metric": "bench.slowdown", "on": "each_item", "op": "<=", "value": "5%" }"#)
        slower.facts.measures = [
            Measure("bench.slowdown", subject: "a", Quantity(-200_000, over: 1_000_000, unit: .ratio)),
            Measure("bench.slowdown", subject: "b", Quantity(50_000, over: 1_000_000, unit: .ratio)),
        ]
        #expect(try slower.verdict().status == .pass)
        slower.facts.measures[1] = Measure("bench.slowdown", subject: "b", Quantity(1_500_000, over: 1_000_000, unit: .ratio))
        #expect(try slower.verdict().findings.filter { $0.status == .fail }.map(\.subject) == ["b"])
        let failed = Scene(
            #"{ "metric": "bench.failed", "op": "==", "value": 0 }"#, measures: [Measure("bench.failed", .count(1))])
        #expect(try failed.verdict().status == .fail)
    }

    @Test("a slow-down is not compared with a baseline: it is a comparison already")
    func noDropOfChange() {
        let document = MarkedDocument(
            document(condition: #"{ "metric": "bench.slowdown", "against": "baseline", "drop_at_most": ⟦"5%" }"#))
        #expect(document.mistakes.map(\.kind) == [.badValue])
        #expect(document.mistakes.first?.position?.description == document.marks.first)
    }

    @Test("lint says which ends of a benchmark no gate asks for, and that no limit of a change is idle")
    func lint() throws {
        func warnings(_ metrics: [String]) throws -> [String] {
            let conditions = metrics.map { #"{ "metric": "\#($0)", "op": "<=", "value": \#($0 == "bench.slowdown" ? "\"100%\"" : "0") }"# }
            let gates = #"{ "id": "s", "title": "t", "from": ["speed"], "pass_when": { "all": [\#(conditions.joined(separator: ","))] } }"#
            let text = document(collect: Self.collect(""), gates: gates)
            let configuration = try GatesConfiguration(json: Array(text.utf8), file: "gates.json")
            return ConfigurationLint.warnings(configuration) { _ in true }.map(\.message)
        }
        #expect(
            try warnings(["bench.failed", "bench.slowdown"]).contains(
                "no gate on 'speed' asks for bench.missing, bench.broken: such benchmarks would stop nothing"))
        #expect(try !warnings(["bench.failed", "bench.slowdown"]).contains { $0.contains("no figure can break") })
        #expect(try !warnings(["bench.failed", "bench.missing", "bench.broken"]).contains { $0.contains("would stop nothing") })
    }
}
