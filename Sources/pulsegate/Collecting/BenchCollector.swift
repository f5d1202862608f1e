import Evidence
import Gates

/// Runs the benchmarks of a suite and reads their evidence: kind `bench`.
///
/// The run is `pulsegate bench compare` (or `bench run`, where there is nothing to compare with) in a process of its own, within the
/// collector's time limit; it finds the suite's budgets in gates.json under the collector's id, and writes an evidence document
/// into `PULSEGATE_EVIDENCE_DIR`. What it says of itself must fit together: a run without a benchmark, an exit code that the
/// evidence does not bear out, is no evidence.
enum BenchCollector {
    static func execute(_ collector: Collector, _ context: CollectionContext) throws(Failure) {
        try OwnCommandCollector.execute(collector, context) { arguments(collector, program: $0) }
    }

    /// The run as a command line. Budgets are not on it: `--for-gate` names the collector, whose entry in gates.json holds them.
    static func arguments(_ collector: Collector, program: String) -> [String] {
        let options = collector.benchmarking ?? BenchCollectorOptions()
        var words = [program, "bench"]
        switch options.base {
        case .headOnly: words.append("run")
        case .mergeBase, .reference: words += ["compare", options.base.word]
        }
        words += ["--for-gate", collector.id, "--suite-seconds", "\(options.seconds)"]
        if let suite = options.suite { words += ["--suite", suite] }
        for tag in options.tags { words += ["--tag", tag] }
        return words
    }

    static func read(_ collector: Collector, _ record: CollectionRecord, _ context: CollectionContext) -> Collection {
        OwnCommandCollector.read(collector, record, context, arguments: { arguments(collector, program: $0) }, judge: judge)
    }

    /// Figures that keep a run from ending with 0.
    static let failures = ["bench.failed", "bench.missing", "bench.broken"]

    /// Holds the evidence against how the run ended: 0 nothing failed, 1 something did, 3 something could not be decided.
    static func judge(_ collection: inout Collection, _ ending: OwnCommandCollector.Ending) {
        ending.checkCode(&collection, of: "the run")
        let measures = collection.evidence.facts.measures
        func total(_ metric: String) -> Int64? {
            let own = measures.filter { $0.metric == metric }
            return own.isEmpty ? nil : own.reduce(0) { max($0, $1.quantity.numerator) }
        }
        guard let count = total("bench.benchmarks") else {
            collection.degrade(to: .absent, ending.explaining("the run wrote no evidence"))
            return
        }
        if count == 0 { collection.degrade(to: .absent, ending.explaining("no benchmark was measured")) }
        let bad = failures.filter { (total($0) ?? 0) > 0 }
        if ending.status == 0, let metric = bad.first {
            collection.degrade(to: .invalid, "the run ended with code 0 and its evidence holds \(metric)")
        }
        if ending.status == 1, bad.isEmpty {
            collection.degrade(to: .invalid, ending.explaining("the run ended with code 1 and its evidence holds no failure"))
        }
    }
}
