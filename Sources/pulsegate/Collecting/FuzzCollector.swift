import Evidence
import Gates

/// Runs a fuzzing campaign and reads its evidence: kind `fuzz`.
///
/// The campaign is `pulsegate fuzz run` in a process of its own, within the collector's time limit. What it says of itself must fit together: a
/// target that was asked for and did not run, a target that was blind, an exit code that the evidence does not bear out, is no evidence.
enum FuzzCollector {
    static func execute(_ collector: Collector, _ context: CollectionContext) throws(Failure) {
        try OwnCommandCollector.execute(collector, context) { arguments(collector, program: $0) }
    }

    /// The campaign as a command line.
    static func arguments(_ collector: Collector, program: String) -> [String] {
        guard let settings = collector.fuzzing else { return [program, "fuzz", "run"] }
        var words = [program, "fuzz", "run"] + settings.targets
        words += ["--time", "\(settings.timeNanoseconds / 1_000_000)ms", "--workers", "\(settings.workers)", "--seed", "\(settings.seed)"]
        if let suite = settings.suite { words += ["--suite", suite] }
        if let sanitizer = settings.sanitizer { words += ["--sanitize", sanitizer] }
        return words
    }

    static func read(_ collector: Collector, _ record: CollectionRecord, _ context: CollectionContext) -> Collection {
        OwnCommandCollector.read(
            collector, record, context, arguments: { arguments(collector, program: $0) },
            judge: { judge(&$0, asked: collector.fuzzing?.targets ?? [], $1) })
    }

    /// Holds the evidence against what was asked for and how the campaign ended.
    static func judge(_ collection: inout Collection, asked: [String], _ ending: OwnCommandCollector.Ending) {
        let measures = collection.evidence.facts.measures
        func values(_ metric: String) -> [(subject: String, value: Int64)] {
            measures.filter { $0.metric == metric }.compactMap { measure in measure.subject.map { ($0, measure.quantity.numerator) } }
        }
        ending.checkCode(&collection, of: "the campaign")
        let executions = values("fuzz.executions")
        if executions.isEmpty {
            collection.degrade(to: .absent, ending.explaining("the campaign wrote no evidence"))
            return
        }
        for name in asked where !name.hasSuffix("*") && !executions.contains(where: { $0.subject == name }) {
            collection.degrade(to: .absent, "the target '\(name)' was asked for and did not run")
        }
        for target in executions where target.value == 0 {
            collection.degrade(to: .absent, "the target '\(target.subject)' ran no input; give the campaign more time")
        }
        for measure in measures where measure.metric == "fuzz.targets_blind" && measure.quantity.numerator > 0 {
            collection.degrade(to: .absent, "the target '\(measure.subject ?? "?")' is blind: \(measure.note ?? "nothing was seen")")
        }
        let bad = (values("fuzz.findings") + values("fuzz.regressions_failed")).contains { $0.value > 0 }
        if let status = ending.status, (status == 0 && bad) || (status == 1 && !bad) {
            collection.degrade(
                to: .invalid, "the campaign ended with code \(status) and its evidence \(bad ? "holds a finding" : "holds none")")
        }
    }
}
