import StrictDocuments

/// Every metric that a gate may ask for and an evidence document may report.
///
/// ```swift
/// MetricCatalogue.definition(of: "coverage.line")?.unit              // .ratio
/// MetricCatalogue.definition(of: "bench.macd.p99")?.direction        // .lowerIsBetter
/// MetricCatalogue.suggestion(for: "covrage.line")                    // "coverage.line"
/// ```
///
/// Two families have a free part: `bench.<name>.<figure>` and `custom.<name>`; a name is 1 to ``maximumNameLength`` of
/// a–z, 0–9, '_', '-' (and '.' inside a benchmark's name).
public enum MetricCatalogue {
    /// Longest name of a metric, in bytes.
    public static let maximumNameLength = 128

    /// Every metric with a fixed name, in order of name.
    public static let fixed: [MetricDefinition] = (tests + coverage + benchmarks + tools).sorted { $0.name < $1.name }

    /// The families with a free part, as they are shown to people; their names hold "<name>".
    public static let patterns: [MetricDefinition] =
        benchmarkFigures.map { benchmark("bench.<name>.\($0.figure)", $0) } + [custom("custom.<name>")]

    /// The definition of a metric by its full name; O(1).
    public static func definition(of name: String) -> MetricDefinition? {
        if let known = byName[name] { return known }
        guard name.utf8.count <= maximumNameLength else { return nil }
        if name.utf8.starts(with: "custom.".utf8) {
            return isFreePart(name.utf8.dropFirst("custom.".utf8.count), dots: false) ? custom(name) : nil
        }
        guard name.utf8.starts(with: "bench.".utf8), let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let start = name.utf8.index(name.startIndex, offsetBy: "bench.".utf8.count)
        guard start < dot, isFreePart(name.utf8[start..<dot], dots: true) else { return nil }
        let figure = String(name[name.index(after: dot)...])
        return benchmarkFigures.first { $0.figure == figure }.map { benchmark(name, $0) }
    }

    /// The nearest known name within three edits, for "did you mean".
    public static func suggestion(for name: String) -> String? {
        guard name.utf8.count <= maximumNameLength else { return nil }
        if let near = SpellingSuggestion.nearest(to: name, among: fixed.lazy.map(\.name)) { return near }
        guard name.utf8.starts(with: "bench.".utf8), let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let figure = String(name[name.index(after: dot)...])
        let figures = benchmarkFigures.map(\.figure)
        return SpellingSuggestion.nearest(to: figure, among: figures).map { String(name[...dot]) + $0 }
    }

    // MARK: The catalogue

    private typealias Scope = MetricDefinition.Scope
    private typealias Direction = MetricDefinition.Direction

    private static let byName = Dictionary(fixed.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    private static func entry(
        _ name: String, _ direction: Direction, _ meaning: String, _ scopes: [Scope] = [.overall]
    ) -> MetricDefinition {
        entry(name, .count, direction, meaning, scopes)
    }

    private static func entry(
        _ name: String, _ unit: Unit, _ direction: Direction, _ meaning: String, _ scopes: [Scope] = [.overall]
    ) -> MetricDefinition {
        MetricDefinition(name: name, unit: unit, direction: direction, meaning: meaning, scopes: scopes.sorted())
    }

    /// A share by which something changed, rather than a share of a whole.
    private static func change(_ name: String, _ meaning: String, _ scopes: [Scope]) -> MetricDefinition {
        var definition = entry(name, .ratio, .lowerIsBetter, meaning, scopes)
        definition.isChange = true
        return definition
    }

    private static let tests: [MetricDefinition] = [
        entry("tests.total", .higherIsBetter, "tests that the reports name, whatever became of them"),
        entry("tests.passed", .higherIsBetter, "tests that passed"),
        entry(
            "tests.failed", .lowerIsBetter, "tests that did not pass: an expectation failed, an error was thrown, or the test never ended"),
        entry("tests.errors", .lowerIsBetter, "tests that threw or could not be set up"),
        entry("tests.skipped", .lowerIsBetter, "tests that were skipped or cancelled"),
        entry("tests.unfinished", .lowerIsBetter, "tests that started and never ended: a crash or a hang"),
        entry("tests.vanished", .lowerIsBetter, "tests that ran at the baseline and did not run now"),
        entry("tests.known_issues", .lowerIsBetter, "issues that tests declare as known"),
        entry("tests.warnings", .lowerIsBetter, "issues of severity warning"),
        entry("tests.duration_p95", .nanoseconds, .lowerIsBetter, "the duration that 95 of 100 tests stay within"),
        entry("tests.cases", .higherIsBetter, "cases that ran, each case of a parameterised test counted"),
    ]

    private static let coverageScopes: [Scope] = [.overall, .eachPackage, .eachFile]

    private static let coverage: [MetricDefinition] = [
        entry("coverage.line", .ratio, .higherIsBetter, "share of distinct executable lines that ran", coverageScopes + [.new]),
        entry("coverage.branch", .ratio, .higherIsBetter, "share of branch outcomes that were taken", coverageScopes),
        entry("coverage.function", .ratio, .higherIsBetter, "share of functions that were entered", coverageScopes),
        entry("coverage.region", .ratio, .higherIsBetter, "share of code regions that were entered", coverageScopes),
        entry("coverage.new_uncovered_lines", .lowerIsBetter, "executable lines of the change that never ran", [.overall, .new]),
        entry("coverage.unmeasured_files", .lowerIsBetter, "files of the product that no instrumented binary contains"),
    ]

    private static let item: [Scope] = [.overall, .eachItem]

    private static let benchmarks: [MetricDefinition] = [
        entry("bench.benchmarks", .higherIsBetter, "benchmarks that were measured"),
        entry("bench.failed", .lowerIsBetter, "benchmarks that broke their budget for certain", item),
        entry("bench.inconclusive", .lowerIsBetter, "benchmarks whose time could not be decided", item),
        entry("bench.missing", .lowerIsBetter, "benchmarks that base has and head has not, or that were skipped", item),
        entry("bench.broken", .lowerIsBetter, "benchmarks that threw or ended their process", item),
        entry("bench.count_regressions", .lowerIsBetter, "benchmarks with a count that grew, such as allocations", item),
        entry("bench.duration", .nanoseconds, .lowerIsBetter, "how long the measuring took, building excluded"),
        change("bench.slowdown", "by how much head is slower than base, as a share of base; below 0 it is faster", item),
        entry("bench.time", .nanoseconds, .lowerIsBetter, "time of one iteration", item),
        entry("bench.allocations", .lowerIsBetter, "heap allocations of one iteration", item),
        entry("bench.peak_memory", .bytes, .lowerIsBetter, "memory resident at most", item),
    ]

    private static let tools: [MetricDefinition] = [
        entry("build.warnings", .lowerIsBetter, "warnings of the compiler"),
        entry("build.errors", .lowerIsBetter, "errors of the compiler"),
        entry("golden.mismatches", .lowerIsBetter, "cells that differ from the golden data beyond their tolerance", item),
        entry("golden.files", .higherIsBetter, "golden files that were compared"),
        entry("golden.cells", .higherIsBetter, "cells of golden data that were compared", item),
        entry("golden.unreviewed_updates", .lowerIsBetter, "golden files changed without a recorded review", item),
        entry("property.cases", .higherIsBetter, "cases that properties were tried on", item),
        entry("property.failures", .lowerIsBetter, "properties with a counterexample", item),
        entry("property.discard_rate", .ratio, .lowerIsBetter, "share of generated cases that a property refused", item),
        entry("property.seeds", .higherIsBetter, "seeds that properties were run with", item),
        entry("fuzz.executions", .higherIsBetter, "inputs that fuzz targets were run on", item),
        entry("fuzz.findings", .lowerIsBetter, "bugs that campaigns found, each once", item),
        entry("fuzz.regressions_failed", .lowerIsBetter, "committed inputs that still end their target", item),
        entry("fuzz.targets", .higherIsBetter, "targets that ran"),
        entry("fuzz.targets_blind", .lowerIsBetter, "targets of which nothing was seen", item),
        entry("fuzz.duration", .nanoseconds, .higherIsBetter, "how long a target was run", item),
        entry("fuzz.edges", .higherIsBetter, "edges that a target has run", item),
        entry("fuzz.corpus_size", .neutral, "inputs in the corpus", item),
        entry("fuzz.new_edges", .neutral, "edges that the campaign reached for the first time", item),
        entry("soak.duration", .nanoseconds, .higherIsBetter, "how long the soak ran, on its own clock", item),
        entry("soak.rss_slope", .perSecond, .lowerIsBetter, "growth of resident memory, in bytes a second", item),
        entry("soak.fd_slope", .perSecond, .lowerIsBetter, "growth of open descriptors a second", item),
        entry("soak.errors", .lowerIsBetter, "errors during the soak", item),
        entry("mutation.score", .ratio, .higherIsBetter, "share of mutants that a test killed", [.overall, .eachItem, .eachFile]),
        entry("findings.errors", .lowerIsBetter, "findings of level error"),
        entry("findings.warnings", .lowerIsBetter, "findings of level warning"),
        entry("command.exit_code", .neutral, "exit code of a collector's command", item),
        entry("command.failures", .lowerIsBetter, "commands of a collector that did not exit with 0"),
        entry("command.duration", .nanoseconds, .lowerIsBetter, "time that a collector's command took", item),
        entry("walls.violations", .lowerIsBetter, "imports that the architecture forbids", item),
        entry("format.violations", .lowerIsBetter, "places that the formatter would change", item),
    ]

    private struct BenchmarkFigure: Sendable {
        var figure: String
        var unit: Unit
        var meaning: String
    }

    private static let benchmarkFigures: [BenchmarkFigure] = [
        BenchmarkFigure(figure: "median", unit: .nanoseconds, meaning: "median time of one operation"),
        BenchmarkFigure(figure: "p90", unit: .nanoseconds, meaning: "time that 90 of 100 operations stay within"),
        BenchmarkFigure(figure: "p99", unit: .nanoseconds, meaning: "time that 99 of 100 operations stay within"),
        BenchmarkFigure(figure: "mallocs", unit: .count, meaning: "heap allocations of one operation"),
        BenchmarkFigure(figure: "instructions", unit: .count, meaning: "instructions retired by one operation"),
    ]

    private static func benchmark(_ name: String, _ figure: BenchmarkFigure) -> MetricDefinition {
        entry(name, figure.unit, .lowerIsBetter, figure.meaning, item)
    }

    private static func custom(_ name: String) -> MetricDefinition {
        entry(name, .neutral, "a count of the user's own", item)
    }

    private static func isFreePart(_ part: Substring.UTF8View, dots: Bool) -> Bool {
        var afterDot = true
        for byte in part {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                afterDot = false
            case UInt8(ascii: ".") where dots && !afterDot: afterDot = true
            default: return false
            }
        }
        return !afterDot
    }
}
