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
    /// Endings of files that hold no code a test could run; a change of one is no change that coverage should show.
    static let codelessEndings: Set<String> = [
        "adoc", "apinotes", "bin", "csv", "css", "gif", "h", "html", "ico", "jpeg", "jpg", "json", "lock", "map", "md", "modulemap", "pdf",
        "plist", "png", "resolved", "rst", "strings", "svg", "toml", "tsv", "ttf", "tutorial", "txt", "webp", "xcprivacy", "xml", "yaml",
        "yml",
    ]

    /// Files of the product, in the order of the facts.
    private let product: [FileCoverage]

    init(project: Project, facts: Facts, changes: ChangeSet, baseline: Baseline.Figures?) {
        self.project = project
        self.facts = facts
        self.changes = changes
        self.baseline = baseline
        product = facts.coverage.filter { project.isProduct($0.path) }
    }

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
        let selected =
            comparison.tests.isEmpty
            ? facts.tests : facts.tests.filter { test in comparison.tests.contains { $0.matches(test.id) } }
        if let idle = Self.idle(comparison.tests, among: facts.tests, \.id) { return .absent("no test matches '\(idle)'") }
        let ran = selected.contains { $0.outcome == .skipped } ? selected.filter { $0.outcome != .skipped } : selected
        func count(_ wanted: [TestFact], _ what: String) -> ObservationResult {
            .found([Observation(quantity: .count(wanted.count), weight: ran.count, detail: wanted.isEmpty ? nil : Self.list(wanted, what))])
        }
        switch comparison.metricName {
        case "tests.total":
            // A baseline knows the tests that ran; one that is skipped since is one less.
            if case .dropAtMost = comparison.limit {
                let skipped = selected.count - ran.count
                return .found([
                    Observation(
                        quantity: .count(ran.count), weight: ran.count, detail: skipped > 0 ? "\(skipped) more are skipped now" : nil)
                ])
            }
            return .found([Observation(quantity: .count(selected.count), weight: ran.count)])
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
        comparison.paths.isEmpty ? product : product.filter { file in comparison.paths.contains { $0.matches(file.path) } }
    }

    /// A pattern that selects nothing of what is there, though there is something: what it was meant to guard is not measured.
    private static func idle<Item>(_ patterns: [Glob], among items: [Item], _ name: (Item) -> String) -> Glob? {
        items.isEmpty ? nil : patterns.first { pattern in !items.contains { pattern.matches(name($0)) } }
    }

    private func coverage(_ comparison: Condition.Comparison) -> ObservationResult {
        if let idle = Self.idle(comparison.paths, among: product, \.path) { return .absent("no product file was measured below \(idle)") }
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
            guard let unordered = changed[file.path] else { continue }
            // Both ascend, so that one walk along both is enough.
            let ranges = unordered.sorted { $0.lowerBound < $1.lowerBound }
            var current = 0
            for line in file.lines {
                while current < ranges.count, ranges[current].upperBound < line.line { current += 1 }
                guard current < ranges.count else { break }
                guard ranges[current].contains(line.line) else { continue }
                total += 1
                if line.count == 0 { uncovered.append("\(file.path):\(line.line)") }
            }
        }
        return (total, uncovered)
    }

    /// Changed product files that the report does not know: their lines are not "no new line".
    private func unreported(_ comparison: Condition.Comparison, _ changed: [String: [ClosedRange<Int>]]) -> ObservationResult? {
        let known = Set(facts.coverage.map(\.path))
        let missing = changed.filter { path, ranges in
            !ranges.isEmpty && !known.contains(path) && Self.mayHoldCode(path) && project.isProduct(path)
                && (comparison.paths.isEmpty || comparison.paths.contains { $0.matches(path) })
        }
        guard !missing.isEmpty else { return nil }
        return .absent(
            "the report does not name changed product files: \(Self.cut(missing.keys.sorted())); "
                + "measure them, or list what holds no code under 'generated'")
    }

    private static func mayHoldCode(_ path: String) -> Bool {
        let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? Substring(path).utf8
        guard name.first != UInt8(ascii: ".") else { return false }
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return true }
        return !codelessEndings.contains(String(decoding: name[name.index(after: dot)...], as: UTF8.self).lowercased())
    }

    private func newCoverage(_ comparison: Condition.Comparison) -> ObservationResult {
        guard case .known(let changed, let base) = changes else { return changesUnknown }
        guard comparison.metricName == "coverage.line" else { return .absent("new code is judged by lines only") }
        let files = productFiles(comparison)
        guard !files.isEmpty else { return .absent("no product file was measured") }
        if let unreported = unreported(comparison, changed) { return unreported }
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
        if let unreported = unreported(comparison, changed) { return unreported }
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
        if let idle = Self.idle(comparison.paths, among: product, \.path) { return .absent("no product file was measured below \(idle)") }
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
        let named = all.filter { $0.metric == comparison.metricName }
        if let idle = idle(comparison.paths, among: named, { $0.subject ?? "" }) {
            return .absent("no figure '\(comparison.metricName)' is of '\(idle)'")
        }
        let own = named.filter { measure in
            comparison.paths.isEmpty || comparison.paths.contains { $0.matches(measure.subject ?? "") }
        }
        guard !own.isEmpty else { return .absent("no evidence has a figure '\(comparison.metricName)'") }
        if comparison.scope != .overall {
            return .found(own.map { Observation(subject: $0.subject, quantity: $0.quantity, weight: $0.samples, detail: $0.note) })
        }
        if own.count == 1 { return .found([Observation(quantity: own[0].quantity, weight: own[0].samples, detail: own[0].note)]) }
        // The sum of exit codes is no exit code.
        let adds =
            own.allSatisfy { $0.quantity.unit == .count && $0.quantity.denominator == 1 } && comparison.metricName != "command.exit_code"
        guard adds else {
            return .absent("'\(comparison.metricName)' has \(own.count) figures; take it on \"each_item\"")
        }
        // Several counts add up; the notes of those that are not zero tell where.
        var sum: Int64 = 0
        for measure in own {
            let (next, overflow) = sum.addingReportingOverflow(measure.quantity.numerator)
            if overflow { return .absent("the \(own.count) figures '\(comparison.metricName)' do not add up within 64 bits") }
            sum = next
        }
        let notes = own.filter { $0.quantity.numerator != 0 }.compactMap(\.note)
        let samples = own.reduce(0) { $0.addingReportingOverflow($1.samples).overflow ? .max : $0 + $1.samples }
        return .found([
            Observation(
                quantity: Quantity(sum, unit: .count), weight: samples, detail: notes.isEmpty ? nil : cut(notes), figures: own.count)
        ])
    }
}
