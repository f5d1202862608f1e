import StrictDocuments
import Testing

@testable import pulsegate

@Suite("the lines of a suite")
struct CampaignEventTests {
    @Test("a sample is read with all it says, and needs no more than its main figures")
    func sample() throws {
        let full = try CampaignEvent(
            line: """
                {"event":"sample","seconds":1.5,"executions":120000,"traced":7,"edges":31,"features":64,"corpus":9,"crashes":2,"restarts":2,\
                "lastFind":900,"depth":4096,"cpuNanoseconds":5,"stabilityChecks":10,"unstable":1,"workers":[60000,60000],"later":{"a":1}}
                """)
        #expect(
            full
                == .sample(
                    CampaignSample(
                        seconds: 1.5, executions: 120_000, traced: 7, edges: 31, features: 64, corpus: 9, crashes: 2, restarts: 2,
                        lastFind: 900,
                        depth: 4096, cpuNanoseconds: 5, stabilityChecks: 10, unstable: 1, workers: [60_000, 60_000])))
        let short = try CampaignEvent(
            line: #"{"event":"sample","seconds":0,"executions":18446744073709551615,"edges":0,"features":0,"corpus":0,"crashes":0}"#)
        guard case .sample(let sample) = short else { throw CampaignEventError(description: "\(short)") }
        #expect(sample.executions == .max)
        #expect(sample.workers.isEmpty)
    }

    @Test("the account of a build says what it can do")
    func build() throws {
        let line = #"""
            {"event":"build","edges":12,"build":"00ff","fault":0,"hooks":"1f","backtracer":false,"sanitizers":["address"],"commands":["list","triage"]}
            """#
        #expect(
            try CampaignEvent(line: line)
                == .build(
                    SuiteBuild(
                        edges: 12, number: "00ff", fault: 0, backtracer: false, sanitizers: ["address"], commands: ["list", "triage"])))
    }

    @Test("an entry names its parent or none")
    func entry() throws {
        #expect(
            try CampaignEvent(
                line: #"{"event":"entry","hash":"ab","length":3,"parent":null,"operators":["seed"],"foundAt":1}"#)
                == .entry(CampaignEntry(hash: "ab", length: 3, parent: nil, operators: ["seed"], foundAt: 1)))
    }

    @Test("what is not known is passed over", arguments: [#"{"event":"weather","sun":true}"#, #"{"event":"weather"}"#])
    func unknown(line: String) throws { #expect(try CampaignEvent(line: line) == .other("weather")) }

    @Test(
        "what cannot be understood is an error that shows the line",
        arguments: [
            "", "hello", "[]", "{}", #"{"event":1}"#, #"{"event":"sample"}"#, #"{"event":"sample","seconds":-1,"executions":1}"#,
            #"{"event":"crash","place":"a","kind":"crash","execution":-1,"length":1}"#, #"{"event":"crash","place":7}"#,
            #"{"event":"finished","seconds":"1"}"#, #"{"event":"target","name":"a"}"#, #"{"event":"finished","seconds":1"#,
        ])
    func broken(line: String) {
        #expect {
            try CampaignEvent(line: line)
        } throws: { error in
            (error as? CampaignEventError)?.description.hasSuffix(": \(line)") == true
        }
    }
}

@Suite("a campaign in plain lines")
struct PlainCampaignDisplayTests {
    private final class Lines { var all: [String] = [] }

    private static func sample(_ executions: UInt64, crashes: UInt64 = 0) -> CampaignEvent {
        .sample(CampaignSample(seconds: 1, executions: executions, edges: 5, features: 6, corpus: 7, crashes: crashes))
    }

    private static let plan = CampaignPlan(
        suite: "Fuzz", targets: [SuiteTarget(name: "json", isTyped: false, maximumLength: 9)], workers: 1, seed: 3, time: 60_000_000_000,
        folder: "/x")

    @Test("a line of words each ten seconds, and one for each crash")
    func words() {
        let lines = Lines()
        var display = PlainCampaignDisplay(isJSON: false) { lines.all.append($0) }
        display.begin(Self.plan)
        display.apply(
            .started(CampaignStart(target: "json", seed: 3, workers: 1, edges: 9, build: "a", seeds: 0, resumed: 0)), target: "json", at: 0)
        for second in 1...25 {
            display.apply(Self.sample(UInt64(second) * 100_000), target: "json", at: Int64(second) * 1_000_000_000)
            display.tick(at: Int64(second) * 1_000_000_000)
        }
        display.apply(.crash(CampaignCrash(place: "77", kind: "timeout", execution: 12, length: 3)), target: "json", at: 25_500_000_000)
        display.end(at: 26_000_000_000)
        #expect(
            lines.all == [
                "Fuzz: 1 target, 1 worker, 1 min, seed 3", "10 s of 1 min  json  1.0 M executions, 100 k/s, 5 edges, 7 inputs, 0 findings",
                "20 s of 1 min  json  2.0 M executions, 100 k/s, 5 edges, 7 inputs, 0 findings",
                "25 s  json: timeout at execution 12 (3 bytes), 77",
                "26 s of 1 min  json  2.5 M executions, 83 k/s, 5 edges, 7 inputs, 1 finding",
            ])
    }

    @Test("what earlier campaigns ran is no part of the speed")
    func resumed() {
        let lines = Lines()
        var display = PlainCampaignDisplay(isJSON: false) { lines.all.append($0) }
        display.apply(
            .started(CampaignStart(target: "json", seed: 3, workers: 1, edges: 9, build: "a", seeds: 0, resumed: 9_000_000)),
            target: "json", at: 0)
        display.apply(Self.sample(9_100_000), target: "json", at: 10_000_000_000)
        display.tick(at: 10_000_000_000)
        #expect(lines.all.first?.contains("10 k/s") == true, "\(lines.all)")
    }

    @Test("with JSON each event is a whole document with its target, and nothing else is printed")
    func json() throws {
        let lines = Lines()
        var display = PlainCampaignDisplay(isJSON: true) { lines.all.append($0) }
        display.begin(Self.plan)
        display.apply(Self.sample(5), target: "json", at: 7)
        display.apply(.other("x"), target: "json", at: 8)
        display.tick(at: 60_000_000_000)
        display.end(at: 60_000_000_000)
        #expect(lines.all.count == 2)
        let value = try JSONValue(JSONDocument.parse(Array(lines.all[1].utf8), file: "line"), file: "line")
        #expect(value["event"] == "sample")
        #expect(value["target"] == "json")
        #expect(value["executions"] == 5)
        #expect(value["elapsedNanoseconds"] == 7)
    }
}
