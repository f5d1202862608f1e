import Reporting
import SVGPlotting
import TerminalDisplay

/// `reports/fuzz.md`: what the campaigns of a suite did and found, and what was not run, with plots beside it.
///
/// ```swift
/// let report = CampaignReport(suite: "Fuzz", state: "commit 4f2c1ab, build df6fc609", targets: targets)
/// for plot in report.plots() { try write(plot.svg, to: "reports/" + plot.path) }
/// try write(report.markdown(), to: "reports/fuzz.md")
/// ```
///
/// Pure: the same records are the same bytes. Times are those of the campaign, in nanoseconds; no clock is read.
struct CampaignReport {
    struct Target {
        var name: String
        var isTyped = false
        /// Where the campaign stood, in order of time; empty where it was not run.
        var samples: [TimedSample] = []
        var edgesOfBuild = 0
        var workers = 1
        var seed: UInt64?
        var findings: [Finding] = []
        var stuck: [UnsolvedCompare] = []
        /// Why there are no samples.
        var notRun: String?
        /// The folder of annotated source, relative to the report.
        var coverage: String?
    }

    struct TimedSample: Equatable, Sendable {
        /// Nanoseconds that the target had had.
        var elapsed: Int64
        var sample: CampaignSample
    }

    struct Finding {
        var bug: CampaignBug
        /// The command that shows it again.
        var reproduce: String
        /// "new", "committed as a regression", "fixed": what is known of its standing; empty for nothing.
        var standing: String = ""
        /// Nanoseconds of the target's time when it was found.
        var foundAt: Int64?
    }

    var suite: String
    /// What was fuzzed: commit and build, in words.
    var state: String
    var targets: [Target]
    /// What was asked for and did not happen, in sentences: limits reached, tools missing.
    var remarks: [String] = []

    /// Characters of a value, compares of a target, findings of a target that are shown.
    static let maximumValue = 2000
    static let maximumStuck = 10
    static let maximumFindings = 100

    // MARK: Page

    func markdown() -> String {
        var text = "# Fuzzing\n\n"
        let run = targets.filter { !$0.samples.isEmpty }
        let findings = targets.reduce(0) { $0 + $1.findings.count }
        let executions = run.reduce(UInt64(0)) { $0 &+ ($1.samples.last?.sample.executions ?? 0) }
        text += findings == 0 ? "No bug was found" : "**\(findings) bug\(findings == 1 ? " was" : "s were") found**"
        text += " in \(Self.grouped(executions)) executions of \(run.count) of \(targets.count) target\(targets.count == 1 ? "" : "s")"
        text += " of \(MarkdownText.code(suite)) (\(MarkdownText.escaped(state))).\n"
        text += table()
        let missing = targets.filter { $0.samples.isEmpty }
        if !missing.isEmpty || !remarks.isEmpty {
            text += "\n## Not run\n\n"
            for target in missing {
                text += "- \(MarkdownText.code(target.name)): \(MarkdownText.escaped(target.notRun ?? "no campaign is on record"))\n"
            }
            for remark in remarks { text += "- \(MarkdownText.escaped(remark))\n" }
        }
        if run.count > 1 {
            text += "\n![Edges found over time, of all targets](fuzz/edges.svg)\n"
        }
        for target in targets where !target.samples.isEmpty { text += section(target) }
        text += "\n## How to read this\n\n"
        text +=
            "An *edge* is a way from one block of the code under test to the next. *Edges* count those that some input took, "
            + "of all that the build has; "
        text +=
            "most of a build is code that the target never calls. *Corpus* counts inputs that were kept because each showed something new. "
        text +=
            "*Next find* says of how many executions, at most, one would show code that none ran before: by the share of "
            + "executions that ran an edge "
        text +=
            "no other ran (Good–Turing), or, after a long silence, by three divided by the executions in it (rule of three, "
            + "95 % confidence). "
        text += "It speaks of this engine at this state: that nothing is found is no proof that there is nothing.\n"
        return text
    }

    private func table() -> String {
        guard !targets.isEmpty else { return "\nThe suite has no targets.\n" }
        var text = "\n| target | executions | CPU time | per CPU second | edges | corpus | bugs | next find, at most |\n"
        text += "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
        for target in targets {
            guard let last = target.samples.last?.sample else {
                text +=
                    "| \(MarkdownText.code(target.name)) | not run | | | | | "
                    + "\(target.findings.isEmpty ? "" : "\(target.findings.count)") | |\n"
                continue
            }
            let cpu = last.cpuNanoseconds
            let speed = cpu == 0 ? "-" : PlainCampaignDisplay.short(ViewFrame.count(Double(last.executions) / (Double(cpu) / 1e9)))
            let edges = target.edgesOfBuild > 0 ? "\(last.edges) of \(target.edgesOfBuild)" : "\(last.edges)"
            let next = Self.estimate(target.samples).map { "1 in \(PlainCampaignDisplay.short(ViewFrame.count($0.oneIn)))" } ?? "-"
            let bugs = target.findings.isEmpty ? "0" : "**\(target.findings.count)**"
            text += "| [\(MarkdownText.escaped(target.name))](#\(Self.anchor(target.name))) | \(Self.grouped(last.executions)) "
            text +=
                "| \(cpu == 0 ? "-" : humanDuration(nanoseconds: Int64(clamping: cpu))) | \(speed) | \(edges) | "
                + "\(last.corpus) | \(bugs) | \(next) |\n"
        }
        return text
    }

    private func section(_ target: Target) -> String {
        guard let last = target.samples.last else { return "" }
        var text = "\n## \(MarkdownText.escaped(target.name))\n\n"
        text += "\(humanDuration(nanoseconds: last.elapsed)) with \(target.workers) worker\(target.workers == 1 ? "" : "s")"
        if let seed = target.seed { text += ", seed \(seed)" }
        text += target.isTyped ? "; inputs are values of a generator" : "; inputs are bytes"
        text +=
            ". \(Self.grouped(last.sample.executions)) executions, \(last.sample.edges) edges, \(last.sample.features) pairs "
            + "of an edge and how often it ran, "
        text += "\(last.sample.corpus) inputs kept, \(last.sample.crashes) deaths."
        if last.sample.stabilityChecks > 0 {
            let share = 1 - Double(last.sample.unstable) / Double(last.sample.stabilityChecks)
            text += " Of \(last.sample.stabilityChecks) inputs run twice, \(ViewFrame.percent(share)) took the same path both times."
        } else {
            text += " Stability was not measured."
        }
        text += "\n\n"
        if let find = Self.lastFind(target.samples) {
            text += "The last find was at \(humanDuration(nanoseconds: find.elapsed)), "
            text +=
                "\(PlainCampaignDisplay.short(last.sample.executions - min(find.executions, last.sample.executions))) "
                + "executions before the end.\n\n"
        }
        text +=
            "![Edges over time](\(Self.plotFolder(target.name))/edges.svg) ![Executions over "
            + "time](\(Self.plotFolder(target.name))/executions.svg) "
        text += "![Chance of a find over time](\(Self.plotFolder(target.name))/discovery.svg)\n"
        if let coverage = target.coverage { text += "\n[Annotated source](\(coverage)): what the corpus runs, line by line.\n" }
        text += findings(target)
        if !target.stuck.isEmpty {
            text += "\n### Stuck at\n\nCompares that no input has met"
            text += target.stuck.count > Self.maximumStuck ? " (the \(Self.maximumStuck) most reached of \(target.stuck.count)):\n" : ":\n"
            text += "\n| where | last seen | | wanted | reached |\n| --- | --- | --- | --- | ---: |\n"
            for compare in target.stuck.prefix(Self.maximumStuck) {
                text +=
                    "| \(MarkdownText.code(compare.location)) | \(MarkdownText.code(compare.left)) | \(MarkdownText.escaped(compare.form)) "
                text += "| \(MarkdownText.code(compare.right)) | \(compare.reached) |\n"
            }
        }
        return text
    }

    private func findings(_ target: Target) -> String {
        var text = ""
        for finding in target.findings.prefix(Self.maximumFindings) {
            let bug = finding.bug
            text += "\n### \(MarkdownText.escaped(bug.kind)): \(MarkdownText.escaped(bug.title))\n\n"
            var words: [String] = []
            if let location = bug.location { words.append("at \(MarkdownText.code(location))") }
            if let severity = bug.severity { words.append("severity \(MarkdownText.escaped(severity))") }
            if bug.isFlaky { words.append("**flaky**: it did not show each time") }
            if let at = finding.foundAt { words.append("found after \(humanDuration(nanoseconds: at))") }
            if !finding.standing.isEmpty { words.append(MarkdownText.escaped(finding.standing)) }
            words.append("bucket \(MarkdownText.code(bug.bucket))")
            text += words.joined(separator: ", ") + ".\n"
            if let value = bug.value {
                let length = bug.length.map { " (\($0) byte\($0 == 1 ? "" : "s"))" } ?? ""
                text += "\nThe smallest input that shows it\(length):\n\n" + Self.block(value, language: "swift")
            }
            text += "\nTo see it again:\n\n" + Self.block(finding.reproduce, language: "sh")
        }
        if target.findings.count > Self.maximumFindings { text += "\nAnd \(target.findings.count - Self.maximumFindings) more findings.\n" }
        return text
    }

    // MARK: Plots

    /// Pictures with their paths relative to the page.
    func plots() -> [(path: String, svg: String)] {
        let time = PlotAxis("time given to the target", unit: .seconds)
        var plots: [(String, String)] = []
        let run = targets.filter { !$0.samples.isEmpty }
        if run.count > 1 {
            let series = run.map { PlotSeries($0.name, shape: .steps, points: Self.points($0) { Double($0.edges) }) }
            let summary = "Edges found over time, one line for each of \(run.count) targets."
            plots.append(
                ("fuzz/edges.svg", LinePlot(title: "Edges found", summary: summary, x: time, y: PlotAxis("edges"), series: series).svg()))
        }
        for target in run {
            guard let last = target.samples.last?.sample else { continue }
            let folder = Self.plotFolder(target.name)
            var series = [
                PlotSeries("edges", shape: .steps, points: Self.points(target) { Double($0.edges) }),
                PlotSeries("inputs kept", shape: .steps, points: Self.points(target) { Double($0.corpus) }),
            ]
            let bugs = target.findings.compactMap { finding -> PlotPoint? in
                guard let at = finding.foundAt else { return nil }
                let edges = target.samples.last { $0.elapsed <= at }?.sample.edges ?? 0
                return PlotPoint(Double(at) / 1e9, Double(edges))
            }
            if !bugs.isEmpty { series.append(PlotSeries("bug found", shape: .marks, points: bugs)) }
            plots.append(
                (
                    "\(folder)/edges.svg",
                    LinePlot(
                        title: "\(target.name): edges", summary: "\(last.edges) edges and \(last.corpus) inputs at the end.", x: time,
                        y: PlotAxis("count"), series: series, width: 480, height: 280
                    ).svg()
                ))
            plots.append(
                (
                    "\(folder)/executions.svg",
                    LinePlot(
                        title: "\(target.name): executions", summary: "\(last.executions) executions at the end.", x: time,
                        y: PlotAxis("executions"), series: [PlotSeries("", points: Self.points(target) { Double($0.executions) })],
                        width: 480,
                        height: 280
                    ).svg()
                ))
            let chances = Self.estimates(target.samples)
            plots.append(
                (
                    "\(folder)/discovery.svg",
                    LinePlot(
                        title: "\(target.name): executions for a find",
                        summary: "Of how many executions, at least, one is expected to show something new.",
                        x: time, y: PlotAxis("one in so many executions, or more", scale: .logarithmic),
                        series: [PlotSeries("", shape: .steps, points: chances)],
                        width: 480, height: 280
                    ).svg()
                ))
        }
        return plots
    }

    private static func points(_ target: Target, _ value: (CampaignSample) -> Double) -> [PlotPoint] {
        target.samples.map { PlotPoint(Double($0.elapsed) / 1e9, value($0.sample)) }
    }

    // MARK: Figures

    /// Where the newest find came in.
    static func lastFind(_ samples: [TimedSample]) -> (elapsed: Int64, executions: UInt64)? {
        guard let last = samples.last?.sample.features, last > 0 else { return nil }
        return samples.first { $0.sample.features >= last }.map { ($0.elapsed, $0.sample.executions) }
    }

    static func estimate(_ samples: [TimedSample]) -> DiscoveryEstimate? {
        guard let last = samples.last?.sample else { return nil }
        let find = lastFind(samples)?.executions ?? 0
        return DiscoveryEstimate(once: last.once, looked: last.looked, sinceFind: last.executions - min(find, last.executions))
    }

    /// The estimate at each sample, as points.
    private static func estimates(_ samples: [TimedSample]) -> [PlotPoint] {
        var features: UInt64 = 0
        var find: UInt64 = 0
        return samples.compactMap { timed in
            let sample = timed.sample
            if sample.features > features {
                features = sample.features
                find = sample.executions
            }
            let since = sample.executions - min(find, sample.executions)
            return DiscoveryEstimate(once: sample.once, looked: sample.looked, sinceFind: since).map {
                PlotPoint(Double(timed.elapsed) / 1e9, $0.oneIn)
            }
        }
    }

    static func plotFolder(_ target: String) -> String { "fuzz/\(target)" }

    /// What GitHub makes of a heading: small letters, digits, hyphens and underscores.
    private static func anchor(_ name: String) -> String {
        String(name.lowercased().filter { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" })
    }

    /// 1234567 as "1,234,567".
    static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A block that what stands in it cannot end.
    private static func block(_ content: String, language: String) -> String {
        let shown = sanitised(String(content.prefix(maximumValue)), newlines: .kept) + (content.count > maximumValue ? " …" : "")
        var longest = 2
        var run = 0
        for byte in shown.utf8 {
            run = byte == 0x60 ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(shown)\n\(fence)\n"
    }
}
