import BenchmarkStatistics
import StrictDocuments

/// What a comparison says to the gates: one evidence document, written whole or not at all.
enum BenchEvidence {
    static let fileName = "bench.bench.json"

    static func document(_ suite: SuiteVerdict) -> EvidenceDocument {
        var document = EvidenceDocument(
            kind: "benchmark", producer: .init(name: "pulsegate", version: RunSession.toolVersion), subject: suite.suite)
        func count(_ metric: String, _ value: Int) { document.measures.append(EvidenceMeasure(metric, .count(value))) }
        count("bench.benchmarks", suite.benchmarks.count)
        // A limit that was not met, and nothing measured at all, keep the run from ending with 0: they are counted where a gate looks.
        count("bench.failed", suite.count(.fail))
        count("bench.inconclusive", suite.count(.inconclusive))
        count("bench.missing", suite.missing.count)
        count("bench.broken", suite.count(.broken) + suite.problems.count)
        count(
            "bench.count_regressions",
            suite.benchmarks.count { benchmark in benchmark.limits.contains { $0.kind == .allocationGrowth && $0.outcome == .fail } })
        document.measures.append(
            EvidenceMeasure(
                "bench.duration", EvidenceValue(Int64(suite.seconds * 1e9), unit: .nanoseconds), samples: suite.benchmarks.count))
        for benchmark in suite.benchmarks {
            if let interval = benchmark.time?.interval, let time = benchmark.time {
                document.measures.append(
                    EvidenceMeasure(
                        "bench.slowdown", subject: benchmark.name,
                        EvidenceValue(Int64(((interval.estimate - 1) * 1e6).rounded()), over: 1_000_000, unit: .ratio),
                        samples: max(1, time.launches), note: "\(time.outcome.rawValue) (\(time.cause.rawValue))"))
            }
            if let head = benchmark.head {
                document.measures.append(
                    EvidenceMeasure(
                        "bench.time", subject: benchmark.name,
                        EvidenceValue(Int64((head.nanoseconds * 1000).rounded()), over: 1000, unit: .nanoseconds),
                        samples: max(1, head.launches)))
            }
            if let allocations = benchmark.allocations {
                document.measures.append(EvidenceMeasure("bench.allocations", subject: benchmark.name, .count(Int(clamping: allocations))))
            }
            if let peak = benchmark.peakBytes {
                document.measures.append(EvidenceMeasure("bench.peak_memory", subject: benchmark.name, EvidenceValue(peak, unit: .bytes)))
            }
        }
        return document
    }
}
