import BenchmarkStatistics

/// What a comparison or a run comes to, and in which words: the same for the page, the terminal and the document.
///
/// ```swift
/// PerformanceSummary(verdict).standing       // .fail
/// PerformanceSummary(verdict).sentence       // "1 of 12 benchmarks broke its budget, 1 is missing; 2 could not be decided."
/// ```
///
/// Nothing measured, a problem of the whole (a debug build, another class of machine), a benchmark that is missing or broken: each is a
/// failure. Pure.
struct PerformanceSummary {
    enum Standing: String, CaseIterable { case pass, inconclusive, fail }

    let verdict: SuiteVerdict

    init(_ verdict: SuiteVerdict) { self.verdict = verdict }

    var standing: Standing {
        if verdict.benchmarks.isEmpty || !verdict.problems.isEmpty || !verdict.missing.isEmpty { return .fail }
        if verdict.benchmarks.contains(where: { $0.outcome >= .fail }) { return .fail }
        return verdict.benchmarks.contains { $0.outcome == .inconclusive } ? .inconclusive : .pass
    }

    /// One sentence without markup and without names.
    var sentence: String {
        let all = verdict.benchmarks.count
        guard all > 0 else {
            return verdict.missing.isEmpty
                ? "Nothing was measured." : "Nothing was measured, and \(Self.were(verdict.missing.count)) missing."
        }
        func found(_ outcome: BenchmarkVerdict.Outcome) -> Int { verdict.count(outcome) }
        var bad: [String] = []
        if found(.fail) > 0 { bad.append("\(found(.fail)) of \(all) broke \(found(.fail) == 1 ? "its budget" : "their budgets")") }
        if found(.missing) > 0 { bad.append("\(Self.were(found(.missing))) missing") }
        if found(.broken) > 0 { bad.append("\(Self.were(found(.broken))) broken") }
        if !verdict.problems.isEmpty {
            bad.append("\(verdict.problems.count) problem\(verdict.problems.count == 1 ? "" : "s") of the whole")
        }
        var text: String
        if bad.isEmpty {
            let held = found(.pass) + found(.new)
            text =
                held == all
                ? "\(all == 1 ? "The one benchmark" : "All \(all) benchmarks") kept within budget" : "\(held) of \(all) kept within budget"
        } else {
            text = bad.joined(separator: ", ")
        }
        if found(.inconclusive) > 0 { text += "; \(found(.inconclusive)) could not be decided" }
        if found(.new) > 0 { text += "; \(Self.were(found(.new))) new" }
        return text + "."
    }

    private static func were(_ count: Int) -> String { "\(count) \(count == 1 ? "is" : "are")" }

    // MARK: One benchmark

    /// Which way the time went, where the interval says so.
    enum Direction: String { case slower, faster, unclear }

    static func direction(_ benchmark: BenchmarkVerdict) -> Direction {
        guard let interval = benchmark.time?.interval else { return .unclear }
        return interval.lower > 1 ? .slower : interval.upper < 1 ? .faster : .unclear
    }

    /// Smaller changes are in no table of changes, however sure they are.
    static let leastChange = 0.01

    /// Whether something is known to differ from base. An undecided time is none.
    static func isChanged(_ benchmark: BenchmarkVerdict) -> Bool {
        if work(benchmark).contains(where: { $0.verdict == .more || $0.verdict == .fewer }) { return true }
        guard let time = benchmark.time, benchmark.outcome != .inconclusive else { return false }
        if time.outcome == .fail { return true }
        guard time.outcome == .pass, let interval = time.interval else { return false }
        return direction(benchmark) != .unclear && abs(interval.estimate - 1) >= leastChange
    }

    /// "+8.3 % (+7.1 % to +9.6 %)".
    static func change(_ interval: RatioInterval?) -> String {
        guard let interval else { return "-" }
        let estimate = FigureText.change(interval.estimate)
        guard interval.upper.isFinite else { return estimate + " (one launch: no interval)" }
        return "\(estimate) (\(FigureText.change(interval.lower)) to \(FigureText.change(interval.upper)))"
    }

    /// Votes for slower and for not slower, and launches.
    static func votes(_ time: TimeVerdict?) -> String { time.map { "\($0.slower) : \($0.notSlower) of \($0.launches)" } ?? "-" }

    /// Sizes are of the whole executable, with the paths that it was built in: they say nothing of one benchmark's work.
    static let sizes: Set = ["binary_bytes", "code_bytes", "data_bytes"]

    /// What was counted of its own work.
    static func work(_ benchmark: BenchmarkVerdict) -> [CountComparison] { benchmark.counts.filter { !sizes.contains($0.metric) } }

    /// Why the time may have changed, by what was counted.
    static func hint(_ benchmark: BenchmarkVerdict) -> String {
        var parts: [String] = []
        let counts = work(benchmark)
        let moved = counts.filter { $0.verdict == .more || $0.verdict == .fewer }
        if !moved.isEmpty {
            let words = moved.map { count in
                let change = count.change ?? 0
                return "\(change > 0 ? "+" : "−")\(FigureText.count(Double(change.magnitude))) \(name(count.metric))"
            }
            parts.append("counted work " + words.joined(separator: ", "))
        } else if counts.contains(where: { $0.verdict == .equal }) {
            parts.append(direction(benchmark) == .unclear ? "counts equal" : "counts equal: layout, caches or waiting")
        } else if benchmark.time != nil {
            parts.append("nothing could be counted")
        }
        let noisy = counts.filter { $0.verdict == .noisy }.map { name($0.metric) }
        if !noisy.isEmpty { parts.append("not the same in each launch: " + noisy.joined(separator: ", ")) }
        return parts.joined(separator: "; ")
    }

    static let otherHarness =
        "base was built with another version of Benchmarking; what that itself costs is in the differences, this once"

    /// Why the time could not be decided.
    static func doubt(_ benchmark: BenchmarkVerdict) -> String {
        if benchmark.knowledge.hasLostItsRight, benchmark.time?.outcome == .fail {
            return "found slower, but it raised too many false alarms on this machine to block"
        }
        switch benchmark.time?.cause {
        case .notConfirmed:
            return "slower at first, not in fresh launches with the code laid out anew: an effect of addresses, or chance"
        case .confirmationOpen: return "slower at first; fresh launches did not agree"
        case .open: return "the launches did not agree"
        case .votes, nil:
            return benchmark.limits.first { $0.outcome == .inconclusive }?.text ?? "the figures do not decide"
        }
    }

    /// The smallest change that would have shown.
    static func resolution(_ time: TimeVerdict?) -> String {
        guard let interval = time?.interval, interval.resolution.isFinite else { return "nothing" }
        return "±\(FigureText.percent(interval.resolution))"
    }

    /// How often verdicts on this benchmark were wrong.
    static func errors(_ knowledge: BenchmarkVerdict.Knowledge) -> String {
        var parts: [String] = []
        if let alarms = knowledge.falseAlarms {
            parts.append("false alarms \(alarms.found) of \(alarms.trials) (at most \(FigureText.bound(alarms.upper, .up)))")
        }
        if let found = knowledge.detections {
            parts.append("found \(found.found) of \(found.trials) (at least \(FigureText.bound(found.lower, .down)))")
        }
        if knowledge.hasLostItsRight { parts.append("no longer blocks") }
        return parts.isEmpty ? "never tested here" : parts.joined(separator: ", ")
    }

    static func rate(_ rate: BenchmarkVerdict.Rate?) -> String {
        guard let rate else { return "" }
        return rate.unit == "bytes" ? FigureText.bytes(rate.perSecond) + "/s" : "\(FigureText.count(rate.perSecond)) \(rate.unit)/s"
    }

    /// What head counted, where its processes agree; "≈" before the least where they do not.
    static func count(_ metric: String, of benchmark: BenchmarkVerdict) -> String {
        guard let counts = benchmark.counts.first(where: { $0.metric == metric })?.head, let low = counts.min() else { return "" }
        return (counts.max() == low ? "" : "≈ ") + FigureText.count(Double(low))
    }

    /// A metric's name as words.
    static func name(_ metric: String) -> String {
        String(metric.unicodeScalars.map { $0 == "_" || $0 == "-" ? " " : Character($0) })
    }

    /// Growth of each series with three sizes or more, by name.
    static func growth(_ benchmarks: [BenchmarkVerdict]) -> [(series: String, fit: ComplexityFit)] {
        var points: [String: [(size: Int, nanoseconds: Double)]] = [:]
        for benchmark in benchmarks {
            guard let series = benchmark.series, let head = benchmark.head else { continue }
            points[series.name, default: []].append((series.size, head.nanoseconds))
        }
        return points.keys.sorted().compactMap { name in points[name].flatMap { ComplexityFit($0) }.map { (name, $0) } }
    }
}
