import StrictDocuments

/// Reads what hyperfine writes with `--export-json`.
///
/// ```json
/// {"results": [{"command": "tool --fast", "mean": 0.102, "stddev": 0.001, "median": 0.102, "user": 0.09, "system": 0.01,
///               "min": 0.101, "max": 0.103, "times": [0.101, 0.103, 0.102], "exit_codes": [0, 0, 0]}]}
/// ```
///
/// Each command yields `bench.time` with itself (or the name it was given) as the subject: the median of its runs, which are the
/// samples. `bench.benchmarks` counts the commands, and `bench.broken` is 0: a report with a run that did not exit with 0 is refused,
/// for what such a run took is not the time of the work. `bench.peak_memory` is there where hyperfine measured it.
///
/// `mean`, `median`, `min` and `max` must be those of `times`. Other keys are not read. Complexity: O(n log n) in the number of runs.
public enum HyperfineJSON: ReportReader {
    public static let format = "hyperfine"
    public static let parserVersion = 1
    public static let summary = "hyperfine JSON (--export-json)"

    public static let limits = JSONLimits(maximumBytes: 64 << 20, maximumDepth: 16)
    public static let maximumResults = 10_000
    /// Runs of one command.
    public static let maximumRuns = 1_000_000

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        let root = try JSONDocument.parse(bytes, file: context.file, limits: limits)
        return try HyperfineParser(report: ForeignReport(file: context.file)).document(root)
    }
}

private struct HyperfineParser {
    let report: ForeignReport

    func document(_ root: JSONNode) throws(DocumentError) -> Facts {
        let object = try report.members(root)
        let results = try report.elements(try report.required(object, "results", root, hint: "is this the JSON of hyperfine?"))
        guard results.count <= HyperfineJSON.maximumResults else {
            throw report.error(.limit, root, "more than maximumResults of \(HyperfineJSON.maximumResults) results")
        }
        guard !results.isEmpty else { throw report.error(.empty, root, "the report holds no command") }
        var facts = Facts()
        var names: Set<String> = []
        for node in results {
            let (name, measures) = try result(node)
            guard names.insert(name).inserted else {
                throw report.error(
                    .duplicate, node, "the command '\(ReportText.bounded(name))' stands twice", hint: "give each a name with --command-name"
                )
            }
            facts.measures += measures
        }
        facts.measures += [Measure("bench.benchmarks", .count(results.count)), Measure("bench.broken", .count(0))]
        return facts.normalised()
    }

    private func result(_ node: JSONNode) throws(DocumentError) -> (name: String, measures: [Measure]) {
        let object = try report.members(node)
        let name = try report.name(try report.required(object, "command", node))
        let shown = ReportText.bounded(name)
        let timesNode = try report.required(object, "times", node)
        var times: [Int64] = []
        for element in try report.elements(timesNode) { times.append(try report.time(element, unit: .seconds)) }
        guard !times.isEmpty else { throw report.error(.empty, timesNode, "'\(shown)' was never run") }
        guard times.count <= HyperfineJSON.maximumRuns else {
            throw report.error(.limit, timesNode, "more than maximumRuns of \(HyperfineJSON.maximumRuns) runs")
        }
        try checkExits(object, node, shown, runs: times.count)
        let benchmark = ForeignBenchmark(name: name, times: times)
        let median = benchmark.median
        let totals: [(key: String, quantity: Quantity)] = [
            ("mean", benchmark.mean), ("median", median),
            ("min", Quantity(times.min() ?? 0, over: 1000, unit: .nanoseconds)),
            ("max", Quantity(times.max() ?? 0, over: 1000, unit: .nanoseconds)),
        ]
        for total in totals {
            let totalNode = try report.required(object, total.key, node)
            guard ForeignBenchmark.agree(try report.time(totalNode, unit: .seconds), total.quantity) else {
                throw report.error(
                    .contradiction, totalNode, "the \(total.key) that the report declares of '\(shown)' is not that of its runs",
                    hint: "its runs show \(total.quantity)")
            }
        }
        // Of a single run there is no deviation.
        if let deviation = object["stddev"], !deviation.isNull { _ = try report.time(deviation, unit: .seconds) }
        var processor: [String] = []
        for key in ["user", "system"] {
            let time = try report.time(try report.required(object, key, node), unit: .seconds)
            processor.append("\(key) \(Quantity(time, over: 1000, unit: .nanoseconds))")
        }
        guard median.numerator > 0 else {
            throw report.error(
                .badValue, node, "'\(shown)' took no time: nothing was measured", hint: "a command this short is measured with --shell=none"
            )
        }
        var measures = [
            Measure(
                "bench.time", subject: name, median, samples: times.count,
                note: (times.count == 1 ? "one run" : "median of \(times.count) runs") + " (\(processor.joined(separator: ", "))); "
                    + ForeignBenchmark.caveat)
        ]
        if let memory = try peakMemory(object, runs: times.count) {
            measures.append(
                Measure("bench.peak_memory", subject: name, Quantity(Int64(memory), unit: .bytes), samples: times.count))
        }
        return (name, measures)
    }

    /// Every run exited, and with 0.
    private func checkExits(_ object: ForeignReport.Members, _ node: JSONNode, _ shown: String, runs: Int) throws(DocumentError) {
        let exitsNode = try report.required(object, "exit_codes", node, hint: "write it with hyperfine 1.12 or newer")
        let exits = try report.elements(exitsNode)
        guard exits.count == runs else {
            throw report.error(.contradiction, exitsNode, "'\(shown)' has \(runs) times and \(exits.count) exit codes")
        }
        for (index, element) in exits.enumerated() {
            if element.isNull {
                throw report.error(.badValue, element, "run \(index + 1) of '\(shown)' was ended by a signal")
            }
            guard case .number(let number) = element.content else { throw report.wrongType(element, "an integer or null") }
            guard number.int64 == 0 else {
                throw report.error(
                    .badValue, element, "run \(index + 1) of '\(shown)' exited with \(number.literal.prefix(20)), not with 0",
                    hint: "a command that fails is not measured; do not use --ignore-failure here")
            }
        }
    }

    /// The most that any run had resident; nil where it was not measured.
    private func peakMemory(_ object: ForeignReport.Members, runs: Int) throws(DocumentError) -> Int? {
        guard let node = object["memory_usage_byte"], !node.isNull else { return nil }
        var peaks: [Int] = []
        for element in try report.elements(node) { peaks.append(try report.count(element)) }
        guard peaks.count == runs else {
            throw report.error(.contradiction, node, "the report has \(runs) times and \(peaks.count) figures of memory")
        }
        // Zero is how it is written where the system does not tell.
        return peaks.max().flatMap { $0 > 0 ? $0 : nil }
    }
}

extension JSONNode {
    fileprivate var isNull: Bool { if case .null = content { true } else { false } }
}
