import Evidence
import Gates
import Glibc
import StrictDocuments

/// Runs the benchmarks of a suite and reads their evidence: kind `bench`.
///
/// The run is `pulsegate bench compare` (or `bench run`, where there is nothing to compare with) in a process of its own, within the
/// collector's time limit; it finds the suite's budgets in gates.json under the collector's id, and writes an evidence document
/// into `PULSEGATE_EVIDENCE_DIR`. What it says of itself must fit together: a run without a benchmark, an exit code that the
/// evidence does not bear out, is no evidence.
enum BenchCollector {
    static func execute(_ collector: Collector, _ context: CollectionContext) throws(Failure) {
        var command = collector
        command.run = arguments(collector, program: Workspace.absolute("/proc/self/exe") ?? "pulsegate")
        try CommandCollector.execute(command, context)
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
        var command = collector
        command.run = arguments(collector, program: "pulsegate")
        var collection = CommandCollector.read(command, record, context)
        let log = (try? DocumentFile.read(context.folder(of: collector) + "/" + CommandCollector.logName, maximumBytes: 16 << 20)) ?? []
        judge(
            &collection, status: record.step("run")?.exitStatus.map { Int($0) },
            reason: FuzzCollector.reason(String(decoding: log, as: UTF8.self)))
        return collection
    }

    /// Figures that keep a run from ending with 0.
    static let failures = ["bench.failed", "bench.missing", "bench.broken"]

    /// Holds the evidence against how the run ended: 0 nothing failed, 1 something did, 3 something could not be decided.
    static func judge(_ collection: inout Collection, status: Int?, reason: String? = nil) {
        if let status, ![0, 1, 3].contains(status) {
            collection.degrade(to: status == 2 ? .invalid : .crashed, reason ?? "the run ended with code \(status)")
        }
        let measures = collection.evidence.facts.measures
        func total(_ metric: String) -> Int64? {
            let own = measures.filter { $0.metric == metric }
            return own.isEmpty ? nil : own.reduce(0) { max($0, $1.quantity.numerator) }
        }
        guard let count = total("bench.benchmarks") else {
            collection.degrade(to: .absent, "the run wrote no evidence" + (reason.map { ": \($0)" } ?? ""))
            return
        }
        if count == 0 { collection.degrade(to: .absent, "no benchmark was measured" + (reason.map { ": \($0)" } ?? "")) }
        let bad = failures.filter { (total($0) ?? 0) > 0 }
        if status == 0, let metric = bad.first {
            collection.degrade(to: .invalid, "the run ended with code 0 and its evidence holds \(metric)")
        }
        if status == 1, bad.isEmpty {
            collection.degrade(
                to: .invalid, "the run ended with code 1 and its evidence holds no failure" + (reason.map { ": \($0)" } ?? ""))
        }
    }
}
