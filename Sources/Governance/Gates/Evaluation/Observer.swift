import Evidence

/// Takes the figures that a condition asks for out of facts. Pure.
struct Observer {
    let project: Project
    let facts: Facts
    let changes: ChangeSet
    /// Figures of the baseline, for `tests.vanished`; nil when there is no baseline.
    let baseline: Baseline.Figures?

    /// Names listed in a detail before "+N more".
    private static let listed = 3

    func observe(_ comparison: Condition.Comparison) -> ObservationResult {
        let name = comparison.metricName
        if name.hasPrefix("tests.") { return tests(comparison) }
        if name == "coverage.unmeasured_files" { return unmeasured(comparison) }
        if name == "coverage.new_uncovered_lines" { return newUncovered(comparison) }
        if name.hasPrefix("coverage.") {
            return comparison.scope == .new ? newCoverage(comparison) : coverage(comparison)
        }
        return Self.measures(comparison, facts.measures)
    }

    // MARK: Tests

    private func tests(_ comparison: Condition.Comparison) -> ObservationResult {
        let selected = facts.tests.filter { test in comparison.tests.isEmpty || comparison.tests.contains { $0.matches(test.id) } }
        let ran = selected.filter { $0.outcome != .skipped }
        func count(_ wanted: [TestFact], _ what: String) -> ObservationResult {
            .found([Observation(quantity: .count(wanted.count), weight: ran.count, detail: wanted.isEmpty ? nil : Self.list(wanted, what))])
        }
        switch comparison.metricName {
        case "tests.total": return .found([Observation(quantity: .count(selected.count), weight: ran.count)])
        case "tests.cases": return .found([Observation(quantity: .count(Self.sum(ran, \.cases)), weight: ran.count)])
        case "tests.passed": return .found([Observation(quantity: .count(ran.filter { $0.outcome == .passed }.count), weight: ran.count)])
        case "tests.failed": return count(selected.filter { [.failed, .errored, .unfinished].contains($0.outcome) }, "failed")
        case "tests.errors": return count(selected.filter { $0.outcome == .errored }, "broke")
        case "tests.unfinished": return count(selected.filter { $0.outcome == .unfinished }, "started, never ended")
        case "tests.skipped": return count(selected.filter { $0.outcome == .skipped }, "skipped")
        case "tests.known_issues":
            return .found([Observation(quantity: .count(Self.sum(selected, \.knownIssues)), weight: ran.count)])
        case "tests.warnings":
            return .found([Observation(quantity: .count(Self.sum(selected, \.warnings)), weight: ran.count)])
        case "tests.duration_p95":
            let durations = ran.compactMap(\.durationNanoseconds).sorted()
            guard !durations.isEmpty else { return .absent("no test has a duration") }
            // Nearest rank: the smallest value that at least 95 % of the values do not exceed.
            let rank = (durations.count * 95 + 99) / 100
            return .found([Observation(quantity: Quantity(durations[rank - 1], unit: .nanoseconds), weight: durations.count)])
        case "tests.vanished":
            // Without a baseline nothing is known to have vanished; the evaluator does not take that for an answer.
            guard let baseline else { return .found([Observation(quantity: .count(0), weight: ran.count)]) }
            let present = Set(selected.filter { $0.outcome != .skipped }.map(\.id))
            let before = baseline.tests.filter { id in comparison.tests.isEmpty || comparison.tests.contains { $0.matches(id) } }
            let gone = before.filter { !present.contains($0) }
            return .found([
                Observation(
                    quantity: .count(gone.count), weight: ran.count,
                    detail: gone.isEmpty ? nil : "ran at the baseline and did not run now: " + Self.cut(gone))
            ])
        default: return Self.measures(comparison, facts.measures)
        }
    }

    /// Reports are not trusted to add up within 64 bits.
    private static func sum(_ tests: [TestFact], _ number: (TestFact) -> Int) -> Int {
        tests.reduce(0) { saturating($0, number($1)) }
    }

    private static func saturating(_ a: Int, _ b: Int) -> Int {
        let (sum, overflow) = a.addingReportingOverflow(b)
        return overflow ? (b > 0 ? .max : .min) : sum
    }

    private static func list(_ tests: [TestFact], _ what: String) -> String {
        // Those that come with an explanation of their own first: of the tests that a crash left unfinished, the one that crashed.
        func isExplained(_ test: TestFact) -> Bool { test.outcome != .unfinished || test.message?.contains("Fatal error") == true }
        let named = (tests.filter(isExplained) + tests.filter { !isExplained($0) }).prefix(listed).map { test in
            var text = test.id
            if test.outcome == .unfinished { text += " started, never ended" }
            if let location = test.location { text += " at \(location)" }
            if let message = test.message, !message.isEmpty { text += ": \(firstLine(message))" }
            return text
        }
        return named.joined(separator: "; ") + (tests.count > listed ? "; +\(tests.count - listed) more \(what)" : "")
    }

    static func cut(_ names: [String]) -> String {
        names.prefix(listed).joined(separator: ", ") + (names.count > listed ? ", +\(names.count - listed) more" : "")
    }

    /// Untrusted text shortened to its first line.
    private static func firstLine(_ text: String) -> String {
        let line = text.unicodeScalars.prefix { $0 != "\n" && $0 != "\r" }.prefix(200)
        return String(String.UnicodeScalarView(line))
    }

    // MARK: Coverage

    private func productFiles(_ comparison: Condition.Comparison) -> [FileCoverage] {
        facts.coverage.filter { file in
            project.isProduct(file.path) && (comparison.paths.isEmpty || comparison.paths.contains { $0.matches(file.path) })
        }
    }

    private func coverage(_ comparison: Condition.Comparison) -> ObservationResult {
        let files = productFiles(comparison)
        let result = Self.coverage(comparison, files.map(CoverageSummary.init))
        guard case .found(var observations) = result else { return result }
        // Which line to look at first, for those who read a failure.
        let groups = Dictionary(grouping: files) { Self.group(CoverageSummary($0), comparison.scope) }
        for index in observations.indices {
            let own = groups[observations[index].subject ?? ""] ?? []
            observations[index].detail = Self.uncovered(own, metric: comparison.metricName, tally: observations[index].quantity)
        }
        return .found(observations)
    }

    private static func group(_ file: CoverageSummary, _ scope: Condition.Scope) -> String {
        switch scope {
        case .eachFile: file.path
        case .eachPackage: file.package
        default: ""
        }
    }

    /// Shares of files, grouped as the condition says; the same for present facts and for a baseline.
    static func coverage(_ comparison: Condition.Comparison, _ files: [CoverageSummary]) -> ObservationResult {
        var totals: [String: FileCoverage.Tally] = [:]
        for file in files {
            guard let tally = file.tally(of: comparison.metricName), tally.total > 0 else { continue }
            let key = group(file, comparison.scope)
            var sum = totals[key] ?? FileCoverage.Tally(covered: 0, total: 0)
            sum.covered = saturating(sum.covered, tally.covered)
            sum.total = saturating(sum.total, tally.total)
            totals[key] = sum
        }
        guard !totals.isEmpty else {
            return .absent(
                files.isEmpty
                    ? "no product file was measured\(comparison.paths.isEmpty ? "" : " below \(comparison.paths.map(\.pattern).joined(separator: ", "))")"
                    : "the report has no \(comparison.metricName.dropFirst("coverage.".count)) counts")
        }
        return .found(
            totals.sorted { $0.key < $1.key }.map { key, tally in
                Observation(
                    subject: comparison.scope == .overall ? nil : key,
                    quantity: Quantity(Int64(tally.covered), over: Int64(tally.total), unit: .ratio), weight: tally.total)
            })
    }

    private static func uncovered(_ files: [FileCoverage], metric: String, tally: Quantity) -> String? {
        let missing = tally.denominator - tally.numerator
        guard missing > 0 else { return nil }
        guard metric == "coverage.line" else {
            return "\(missing) of \(tally.denominator) \(metric.dropFirst("coverage.".count)) outcomes not covered"
        }
        let first = files.lazy.compactMap { file in file.lines.first { $0.count == 0 }.map { "\(file.path):\($0.line)" } }.first
        return "\(missing) of \(tally.denominator) lines not covered" + (first.map { ", first at \($0)" } ?? "")
    }

    /// Executable changed lines and those of them that no test ran, in order of path and line.
    private func newLines(_ files: [FileCoverage], _ changed: [String: [ClosedRange<Int>]]) -> (total: Int, uncovered: [String]) {
        var total = 0
        var uncovered: [String] = []
        for file in files {
            guard let ranges = changed[file.path] else { continue }
            for line in file.lines where ranges.contains(where: { $0.contains(line.line) }) {
                total += 1
                if line.count == 0 { uncovered.append("\(file.path):\(line.line)") }
            }
        }
        return (total, uncovered)
    }

    private func newCoverage(_ comparison: Condition.Comparison) -> ObservationResult {
        guard case .known(let changed, let base) = changes else { return changesUnknown }
        guard comparison.metricName == "coverage.line" else { return .absent("new code is judged by lines only") }
        let files = productFiles(comparison)
        guard !files.isEmpty else { return .absent("no product file was measured") }
        let (total, uncovered) = newLines(files, changed)
        guard total > 0 else { return .notApplicable("no executable product line is new against \(base)") }
        return .found([
            Observation(
                quantity: Quantity(Int64(total - uncovered.count), over: Int64(total), unit: .ratio), weight: total,
                detail: uncovered.isEmpty ? nil : "\(uncovered.count) of \(total) new lines not covered: \(Self.cut(uncovered))")
        ])
    }

    private func newUncovered(_ comparison: Condition.Comparison) -> ObservationResult {
        guard case .known(let changed, _) = changes else { return changesUnknown }
        let files = productFiles(comparison)
        guard !files.isEmpty else { return .absent("no product file was measured") }
        let (_, uncovered) = newLines(files, changed)
        return .found([
            Observation(
                quantity: .count(uncovered.count), weight: files.reduce(0) { $0 + $1.lines.count },
                detail: uncovered.isEmpty ? nil : Self.cut(uncovered))
        ])
    }

    private var changesUnknown: ObservationResult {
        guard case .unknown(let reason) = changes else { return .absent("the changed lines are not known") }
        return .absent("the changed lines are not known: \(reason)")
    }

    private func unmeasured(_ comparison: Condition.Comparison) -> ObservationResult {
        let files = productFiles(comparison)
        guard !files.isEmpty else { return .absent("no product file was measured") }
        let names = files.filter { $0.state == .unmeasured }.map(\.path)
        return .found([
            Observation(
                quantity: .count(names.count), weight: files.reduce(0) { $0 + $1.lines.count },
                detail: names.isEmpty ? nil : "no test links \(Self.cut(names))")
        ])
    }

    // MARK: Measures

    /// Figures with a name of their own; the same for present facts and for a baseline.
    static func measures(_ comparison: Condition.Comparison, _ all: [Measure]) -> ObservationResult {
        let own = all.filter { measure in
            measure.metric == comparison.metricName
                && (comparison.paths.isEmpty || comparison.paths.contains { $0.matches(measure.subject ?? "") })
        }
        guard !own.isEmpty else { return .absent("no evidence has a figure '\(comparison.metricName)'") }
        if comparison.scope != .overall {
            return .found(own.map { Observation(subject: $0.subject, quantity: $0.quantity, weight: $0.samples, detail: $0.note) })
        }
        if own.count == 1 { return .found([Observation(quantity: own[0].quantity, weight: own[0].samples, detail: own[0].note)]) }
        guard own.allSatisfy({ $0.quantity.unit == .count && $0.quantity.denominator == 1 }) else {
            return .absent("'\(comparison.metricName)' has \(own.count) figures; take it on \"each_item\"")
        }
        // Several counts add up; the notes of those that are not zero tell where.
        var sum: Int64 = 0
        for measure in own {
            sum = sum.addingReportingOverflow(measure.quantity.numerator).overflow ? .max : sum + measure.quantity.numerator
        }
        let notes = own.filter { $0.quantity.numerator != 0 }.compactMap(\.note)
        let samples = own.reduce(0) { $0.addingReportingOverflow($1.samples).overflow ? .max : $0 + $1.samples }
        return .found([
            Observation(
                quantity: Quantity(sum, unit: .count), weight: samples, detail: notes.isEmpty ? nil : cut(notes), figures: own.count)
        ])
    }
}
