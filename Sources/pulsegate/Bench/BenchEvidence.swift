import BenchmarkStatistics
import StrictDocuments

/// What a comparison says to the gates: one evidence document, written whole or not at all.
enum BenchEvidence {
    static let fileName = "bench.bench.json"
    /// Entries of a note, and characters of one.
    static let maximumEntries = 5
    static let maximumEntryCharacters = 160

    private static func listed(_ entries: [String]) -> String? {
        guard !entries.isEmpty else { return nil }
        let shown = entries.prefix(maximumEntries).map { entry in
            entry.count > maximumEntryCharacters ? entry.prefix(maximumEntryCharacters) + "…" : entry
        }
        return shown.joined(separator: "; ") + (entries.count > maximumEntries ? "; \(entries.count - maximumEntries) more" : "")
    }

    static func document(_ suite: SuiteVerdict) -> EvidenceDocument {
        var document = EvidenceDocument(
            kind: "benchmark", producer: .init(name: "pulsegate", version: RunSession.toolVersion), subject: suite.suite)
        func count(_ metric: String, _ value: Int, _ what: [String] = []) {
            document.measures.append(EvidenceMeasure(metric, .count(value), note: listed(what)))
        }
        func named(_ outcome: BenchmarkVerdict.Outcome, _ why: (BenchmarkVerdict) -> String?) -> [String] {
            suite.benchmarks.filter { $0.outcome == outcome }.map { benchmark in
                benchmark.name + (why(benchmark).map { ": " + $0 } ?? "")
            }
        }
        count("bench.benchmarks", suite.benchmarks.count)
        // A limit that was not met, and nothing measured at all, keep the run from ending with 0: they are counted where a gate looks.
        count(
            "bench.failed", suite.count(.fail),
            named(.fail) { $0.limits.first { $0.outcome == .fail || $0.outcome == .expired }?.text })
        count("bench.inconclusive", suite.count(.inconclusive), named(.inconclusive) { PerformanceSummary.doubt($0) })
        count("bench.missing", suite.missing.count, suite.missing)
        count("bench.broken", suite.count(.broken) + suite.problems.count, suite.problems + named(.broken) { $0.problem })
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
