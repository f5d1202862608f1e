import Evidence
import Gates
import Glibc
import StrictDocuments

/// Runs a fuzzing campaign and reads its evidence: kind `fuzz`.
///
/// The campaign is `pulsegate fuzz run` in a process of its own, within the collector's time limit. What it says of itself must fit together: a
/// target that was asked for and did not run, a target that was blind, an exit code that the evidence does not bear out, is no evidence.
enum FuzzCollector {
    static func execute(_ collector: Collector, _ context: CollectionContext) throws(Failure) {
        var command = collector
        command.run = arguments(collector, program: Workspace.absolute("/proc/self/exe") ?? "pulsegate")
        try CommandCollector.execute(command, context)
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
        var command = collector
        command.run = arguments(collector, program: "pulsegate")
        var collection = CommandCollector.read(command, record, context)
        let log = (try? DocumentFile.read(context.folder(of: collector) + "/" + CommandCollector.logName, maximumBytes: 16 << 20)) ?? []
        judge(
            &collection, asked: collector.fuzzing?.targets ?? [], status: record.step("run")?.exitStatus.map { Int($0) },
            reason: reason(String(decoding: log, as: UTF8.self)))
        return collection
    }

    /// What the campaign said for itself, without the advice behind it.
    static func reason(_ log: String) -> String? {
        let mark = "pulsegate: "
        let line = log.split(separator: "\n").last { $0.hasPrefix(mark) }
        return line.map { String($0.dropFirst(mark.utf8.count).prefix(300)) }
    }

    /// Holds the evidence against what was asked for and how the campaign ended.
    static func judge(_ collection: inout Collection, asked: [String], status: Int?, reason: String? = nil) {
        let measures = collection.evidence.facts.measures
        func values(_ metric: String) -> [(subject: String, value: Int64)] {
            measures.filter { $0.metric == metric }.compactMap { measure in measure.subject.map { ($0, measure.quantity.numerator) } }
        }
        if let status, ![0, 1, 3].contains(status) {
            collection.degrade(to: status == 2 ? .invalid : .crashed, reason ?? "the campaign ended with code \(status)")
        }
        let executions = values("fuzz.executions")
        if executions.isEmpty {
            collection.degrade(to: .absent, "the campaign wrote no evidence" + (reason.map { ": \($0)" } ?? ""))
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
        if let status, (status == 0 && bad) || (status == 1 && !bad) {
            collection.degrade(
                to: .invalid, "the campaign ended with code \(status) and its evidence \(bad ? "holds a finding" : "holds none")")
        }
    }
}
