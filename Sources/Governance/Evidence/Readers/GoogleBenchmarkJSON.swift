import StrictDocuments

/// Reads what google/benchmark writes with `--benchmark_format=json` or `--benchmark_out`.
///
/// ```json
/// {"context": {"num_cpus": 2, "library_build_type": "release"},
///  "benchmarks": [{"name": "BM_sort/8", "run_name": "BM_sort/8", "run_type": "iteration", "repetitions": 1, "repetition_index": 0,
///                  "threads": 1, "iterations": 1000, "real_time": 12.5, "cpu_time": 12.25, "time_unit": "ns"}]}
/// ```
///
/// Each benchmark yields `bench.time` with its name as the subject: the median over its repetitions, which are the samples. The time is
/// the one that google/benchmark itself goes by: CPU time, or `real_time` where the name says `/real_time` or `/manual_time`.
/// Where only aggregates were reported, the median among them is taken. `bench.benchmarks` counts the benchmarks, `bench.missing` those
/// that skipped themselves, and `bench.broken` is 0: a report with a benchmark that failed is refused, for its time is not there.
///
/// Counters and other keys are not read. Complexity: O(n log n) in the number of entries.
public enum GoogleBenchmarkJSON: ReportReader {
    public static let format = "google-benchmark"
    public static let parserVersion = 1
    public static let summary = "google/benchmark JSON (--benchmark_format=json)"

    public static let limits = JSONLimits(maximumBytes: 64 << 20, maximumDepth: 16)
    public static let maximumEntries = 100_000
    /// The newest `json_schema_version` that is known here; older writers give none.
    public static let schemaVersion = 1

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        let root = try JSONDocument.parse(bytes, file: context.file, limits: limits)
        return try GoogleBenchmarkParser(report: ForeignReport(file: context.file)).document(root)
    }
}

private struct GoogleBenchmarkParser {
    let report: ForeignReport

    /// All entries of one benchmark.
    private struct Group {
        var node: JSONNode
        /// Of each repetition, in the order of the report.
        var times: [Int64] = []
        var indices: Set<Int> = []
        /// As each repetition declares them.
        var repetitions: Int?
        var median: Int64?
        /// What the aggregates stand on.
        var aggregated: Int?
        var hasAggregates = false
        var skipped: String?
    }

    func document(_ root: JSONNode) throws(DocumentError) -> Facts {
        let object = try report.members(root)
        let hint = "is this the JSON of google/benchmark?"
        let context = try report.members(try report.required(object, "context", root, hint: hint))
        if let node = context["json_schema_version"] {
            let version = try report.count(node)
            guard version <= GoogleBenchmarkJSON.schemaVersion else {
                throw report.error(
                    .newerVersion, node,
                    "json_schema_version \(version) is newer than \(GoogleBenchmarkJSON.schemaVersion), the newest "
                        + "known here", hint: "use a newer pulsegate")
            }
        }
        let isDebug = try context["library_build_type"].map { (node) throws(DocumentError) in try report.string(node) } == "debug"
        let entries = try report.elements(try report.required(object, "benchmarks", root, hint: hint))
        guard entries.count <= GoogleBenchmarkJSON.maximumEntries else {
            throw report.error(.limit, root, "more than maximumEntries of \(GoogleBenchmarkJSON.maximumEntries) entries")
        }
        var groups: [String: Group] = [:]
        for node in entries { try read(node, into: &groups) }
        var facts = Facts()
        var skipped: [String] = []
        for (name, group) in groups.sorted(by: { $0.key < $1.key }) {
            if let reason = group.skipped {
                skipped.append(name + (reason.isEmpty ? "" : ": " + reason))
                continue
            }
            facts.measures.append(try measure(name, group))
        }
        let measured = facts.measures.count
        guard measured > 0 else {
            throw report.error(.empty, root, skipped.isEmpty ? "the report holds no benchmark" : "every benchmark was skipped")
        }
        facts.measures += [
            Measure("bench.benchmarks", .count(measured), note: isDebug ? "the library that measured is a debug build" : nil),
            Measure("bench.broken", .count(0)),
            Measure(
                "bench.missing", .count(skipped.count),
                note: skipped.isEmpty ? nil : ReportText.bounded("skipped: " + skipped.joined(separator: "; "))),
        ]
        return facts.normalised()
    }

    private func read(_ node: JSONNode, into groups: inout [String: Group]) throws(DocumentError) {
        let entry = try report.members(node)
        _ = try report.name(try report.required(entry, "name", node))
        let old = "write it with google/benchmark 1.5 or newer"
        let name = try report.name(try report.required(entry, "run_name", node, hint: old))
        let typeNode = try report.required(entry, "run_type", node, hint: old)
        let type = try report.string(typeNode)
        guard ["iteration", "aggregate"].contains(type) else {
            throw report.error(.badValue, typeNode, "the run_type '\(ReportText.bounded(type))' is not known")
        }
        if try report.flag(entry["error_occurred"]) {
            let reason = try entry["error_message"].map { (node) throws(DocumentError) in try report.string(node) } ?? ""
            throw report.error(
                .badValue, node,
                "the benchmark '\(ReportText.bounded(name))' failed" + (reason.isEmpty ? "" : ": \(ReportText.bounded(reason))"))
        }
        if try report.flag(entry["skipped"]) {
            let reason = try entry["skip_message"].map { (node) throws(DocumentError) in try report.string(node) } ?? ""
            groups[name, default: Group(node: node)].skipped = reason
            return
        }
        let repetitions = try entry["repetitions"].map { (node) throws(DocumentError) in max(try report.count(node), 1) }
        if type == "aggregate" {
            try aggregate(entry, node, name, repetitions, into: &groups)
            return
        }
        let iterationsNode = try report.required(entry, "iterations", node)
        guard try report.count(iterationsNode) > 0 else {
            throw report.error(.badValue, iterationsNode, "'\(ReportText.bounded(name))' ran no iteration")
        }
        let time = try self.time(entry, node, name)
        var group = groups[name] ?? Group(node: node)
        let index = try entry["repetition_index"].map { (node) throws(DocumentError) in try report.count(node) } ?? 0
        guard group.indices.insert(index).inserted else {
            throw report.error(
                .duplicate, node, "the benchmark '\(ReportText.bounded(name))' stands twice" + (index > 0 ? ", repetition \(index)" : ""))
        }
        guard group.times.isEmpty || group.repetitions == repetitions else {
            throw report.error(.contradiction, node, "the repetitions of '\(ReportText.bounded(name))' do not agree on their number")
        }
        group.repetitions = repetitions
        group.times.append(time)
        groups[name] = group
    }

    private func aggregate(
        _ entry: ForeignReport.Members, _ node: JSONNode, _ name: String, _ repetitions: Int?, into groups: inout [String: Group]
    ) throws(DocumentError) {
        let kind = try report.string(try report.required(entry, "aggregate_name", node))
        // The fit over a family of benchmarks is of no benchmark.
        if kind == "BigO" || kind == "RMS" { return }
        var group = groups[name] ?? Group(node: node)
        group.hasAggregates = true
        if kind == "median" {
            guard group.median == nil else {
                throw report.error(.duplicate, node, "the median of '\(ReportText.bounded(name))' stands twice")
            }
            group.median = try time(entry, node, name)
            // For an aggregate, google/benchmark writes the repetitions here.
            let declared = try report.count(try report.required(entry, "iterations", node))
            guard declared > 0, repetitions == nil || repetitions == declared else {
                throw report.error(
                    .contradiction, node,
                    "the median of '\(ReportText.bounded(name))' is of \(declared) values and of "
                        + "\(repetitions ?? 0) repetitions")
            }
            group.aggregated = declared
        }
        groups[name] = group
    }

    /// The time that counts for a benchmark of this name.
    private func time(_ entry: ForeignReport.Members, _ node: JSONNode, _ name: String) throws(DocumentError) -> Int64 {
        let unitNode = try report.required(entry, "time_unit", node)
        let word = try report.string(unitNode)
        guard let unit = DecimalTime.Unit(rawValue: word) else {
            throw report.error(
                .badValue, unitNode, "the time_unit '\(ReportText.bounded(word))' is not known",
                hint: "known: \(DecimalTime.Unit.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let real = try report.time(try report.required(entry, "real_time", node), unit: unit)
        let processor = try report.time(try report.required(entry, "cpu_time", node), unit: unit)
        let time = Self.usesRealTime(name) ? real : processor
        guard time > 0 else {
            throw report.error(
                .badValue, node, "'\(ReportText.bounded(name))' took no time: nothing was measured",
                hint: Self.usesRealTime(name) ? nil : "a benchmark that waits is measured with UseRealTime()")
        }
        return time
    }

    private static func usesRealTime(_ name: String) -> Bool {
        name.utf8.split(separator: UInt8(ascii: "/")).contains {
            $0.elementsEqual("real_time".utf8) || $0.elementsEqual("manual_time".utf8)
        }
    }

    private func measure(_ name: String, _ group: Group) throws(DocumentError) -> Measure {
        let clock = Self.usesRealTime(name) ? "real time" : "CPU time"
        func result(_ quantity: Quantity, _ samples: Int) -> Measure {
            let what = samples == 1 ? "one repetition" : "median of \(samples) repetitions"
            return Measure(
                "bench.time", subject: name, quantity, samples: samples,
                note: "\(clock), \(what) in one process; \(ForeignBenchmark.caveat)")
        }
        guard !group.times.isEmpty else {
            guard let median = group.median, let samples = group.aggregated else {
                throw report.error(
                    .missingKey, group.node, "of '\(ReportText.bounded(name))' there are aggregates and no median",
                    hint: "leave the median among the aggregates, or report the repetitions")
            }
            return result(Quantity(median, over: 1000, unit: .nanoseconds), samples)
        }
        if let declared = group.repetitions, declared != group.times.count || (group.indices.max() ?? 0) >= declared {
            throw report.error(
                .contradiction, group.node,
                "'\(ReportText.bounded(name))' declares \(declared) repetitions and the report lists \(group.times.count)")
        }
        let median = ForeignBenchmark(name: name, times: group.times).median
        if let declared = group.median {
            guard group.aggregated == group.times.count, ForeignBenchmark.agree(declared, median) else {
                throw report.error(
                    .contradiction, group.node,
                    "the median that the report declares of '\(ReportText.bounded(name))' is not that of its "
                        + "repetitions")
            }
        }
        return result(median, group.times.count)
    }
}
