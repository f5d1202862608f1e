import Evidence
import Gates
import StrictDocuments
import Testing

@testable import pulsegate

@Suite("the collector of benchmarks")
struct BenchCollectorTests {
    private func collector(_ keys: String = "") throws -> Collector {
        let text = """
            {"version": 1, "project": {"name": "p", "product": ["Sources/**"]}, "collect": [{"id": "speed", "kind": "bench"\(keys)}],
             "gates": [{"id": "s", "title": "t", "from": ["speed"], "pass_when": {"metric": "bench.failed", "op": "==", "value": 0}}]}
            """
        return try #require(try GatesConfiguration(json: Array(text.utf8), file: "gates.json").collectors.first)
    }

    @Test("its keys become the words of a command line; budgets stay in gates.json, where its id leads")
    func arguments() throws {
        #expect(
            BenchCollector.arguments(try collector(), program: "pg") == [
                "pg", "bench", "compare", "merge-base", "--for-gate", "speed", "--suite-seconds", "60",
            ])
        let full = try collector(#", "suite": "Bench", "base": "v1", "tags": ["pr", "hot"], "seconds": 90, "timeout": "20m""#)
        #expect(
            BenchCollector.arguments(full, program: "pg") == [
                "pg", "bench", "compare", "v1", "--for-gate", "speed", "--suite-seconds", "90", "--suite", "Bench", "--tag", "pr", "--tag",
                "hot",
            ])
        #expect(
            BenchCollector.arguments(try collector(#", "base": "none""#), program: "pg") == [
                "pg", "bench", "run", "--for-gate", "speed", "--suite-seconds", "60",
            ])
    }

    private func state(
        _ measures: [Measure]?, status: Int?, reason: String? = nil
    ) throws -> (state: CollectedEvidence.State, detail: String?) {
        var collection = Collection(try collector(), .collected)
        collection.evidence.facts.measures = measures ?? []
        BenchCollector.judge(&collection, .init(status: status, reason: reason))
        return (collection.evidence.state, collection.evidence.detail)
    }

    private static let good = [Measure("bench.benchmarks", .count(3)), Measure("bench.failed", .count(0))]

    @Test("evidence that bears out how the run ended is believed")
    func believed() throws {
        #expect(try state(Self.good, status: 0).state == .collected)
        #expect(try state(Self.good + [Measure("bench.inconclusive", .count(1))], status: 3).state == .collected)
        for metric in BenchCollector.failures {
            let measures = [Measure("bench.benchmarks", .count(3)), Measure(metric, .count(1))]
            #expect(try state(measures, status: 1).state == .collected, "\(metric)")
            #expect(try state(measures, status: 0).state == .invalid, "\(metric)")
        }
    }

    @Test("no vacuous green: nothing was measured, nothing was written, or something else was said")
    func refused() throws {
        #expect(try state(nil, status: 0).state == .absent)
        #expect(try state(nil, status: 3, reason: "a debug build").detail == "the run wrote no evidence: a debug build")
        #expect(try state([Measure("bench.benchmarks", .count(0))], status: 0).state == .absent)
        #expect(try state(Self.good, status: 1).state == .invalid)
        #expect(try state(Self.good, status: 5).state == .crashed)
        #expect(try state(nil, status: 2, reason: "no suite").detail == "no suite")
    }
}
