import BenchmarkStatistics
import Testing

@testable import pulsegate

struct PerformanceReportTests {
    private typealias Fixture = PerformanceFixture

    private func page(_ verdict: SuiteVerdict) -> String { PerformanceReport(verdict: verdict).markdown() }

    /// The lines under a heading.
    private func section(_ title: String, of page: String) -> Substring? {
        let parts = page.split(separator: "\n## ").dropFirst()
        return parts.first { $0.hasPrefix(title + "\n") }
    }

    @Test("the verdict stands first, then problems, changes, what was not decided, budgets, and the rest")
    func order() {
        let text = page(Fixture.all)
        #expect(
            text.hasPrefix(
                "# Performance\n\n**fail**: 2 of 10 broke their budgets, 1 is missing, 1 is broken, 1 problem of the whole; 2 could"))
        let titles = text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) }
        #expect(
            titles == [
                "Problems of the whole", "Missing or broken", "Changes", "Inconclusive", "Budgets broken", "Budgets loosened",
                "All benchmarks",
                "Growth with size", "How often these verdicts are wrong", "Where it was measured",
            ])
        #expect(section("Problems of the whole", of: text)?.contains("- a debug build\n") == true)
        #expect(
            section("Missing or broken", of: text)?.contains(
                "- `gone` is in base and not in head\n- `throws`: the body threw: no such file") == true)
    }

    @Test("a change has its interval, budget, votes, cause hint and the errors of its verdict; failures come first")
    func changes() throws {
        let changes = try #require(section("Changes", of: page(Fixture.all)))
        let rows = changes.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.map { $0.split(separator: "`")[1] } == ["macd.1000", "json.parse"])
        #expect(
            rows[0]
                == "| `macd.1000` | **fail**, slower | 253 µs | +8.3 % (+7.1 % to +9.6 %) | at most +5 % | 6 : 0 of 6 | "
                + "counts equal: layout, caches or waiting | false alarms 0 of 300 (at most 1.3 %), found 298 of 300 (at least 97.6 %) |")
        #expect(rows[1].contains("| pass, faster | 253 µs | −20 % (−21 % to −19 %) |"))
        #expect(rows[1].contains("| counted work −12 allocations | never tested here |"))
    }

    @Test("an undecided time says what would have shown, and why it is undecided; lost trust is named")
    func inconclusive() throws {
        let text = page(Fixture.all)
        let rows = try #require(section("Inconclusive", of: text)).split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == 2)
        #expect(
            rows[0].contains(
                "| +4 % (−3 % to +12 %) | ±7.7 % | 7 : 5 of 18 | slower at first, not in fresh launches with the code laid out anew"))
        #expect(rows[1].contains("raised too many false alarms on this machine to block"))
        #expect(rows[1].contains("false alarms 30 of 300 (at most 14 %), no longer blocks"))
    }

    @Test("budgets that broke or expired are named, loosened ones with their reason and end")
    func budgets() throws {
        let text = page(Fixture.all)
        #expect(text.contains("| `macd.1000` | slowdown | **broken** | 1.083 x base (1.071 to 1.096), at most 1.05 x |"))
        #expect(text.contains("| `jittery` | slowdown | broken, does not block |"))
        #expect(text.contains("| `ledger.append` | allocation-growth | **expired** | loosened until 2026-10-01 |"))
        #expect(text.contains("| `ledger.append` | at most +10 % | new index, issue 7 | 2026-10-01 |"))
    }

    @Test("each benchmark has its time, rate, allocations and memory, each series its growth")
    func figures() throws {
        let text = page(Fixture.all)
        let rows = try #require(section("All benchmarks", of: text)).split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(rows.count == 10)
        #expect(rows[0] == "| `json.parse` | pass | 253 µs | 250 µs to 258 µs | −20 % | 1.5 GiB/s | 28 | 9 MiB |")
        #expect(rows[5] == "| `throws` | **broken** | - |  | - |  |  |  |")
        #expect(text.contains("| `sort` | 3 | O(n), "))
        #expect(text.contains("- load: 1.25 at the beginning, 3 at the end\n- batches that another process disturbed: 4.1 %\n"))
        #expect(
            text.contains("- time that the hypervisor gave to others meanwhile: 120 ms\n- launches that were moved to another CPU: 2\n"))
        #expect(text.contains("8 benchmarks were never tested here."))
    }

    @Test(
        "the whole is what its worst benchmark is, in words",
        arguments: [
            ([PerformanceFixture.benchmark("a"), PerformanceFixture.benchmark("b")], "**pass**: All 2 benchmarks kept within budget."),
            ([PerformanceFixture.benchmark("a")], "**pass**: The one benchmark kept within budget."),
            (
                [PerformanceFixture.benchmark("a"), PerformanceFixture.undecided],
                "**inconclusive**: 1 of 2 kept within budget; 1 could not be decided."
            ),
            ([PerformanceFixture.slower, PerformanceFixture.undecided], "**fail**: 1 of 2 broke its budget; 1 could not be decided."),
            ([PerformanceFixture.broken], "**fail**: 1 is broken."), ([], "**fail**: Nothing was measured."),
        ])
    func standing(benchmarks: [BenchmarkVerdict], words: String) {
        let text = page(Fixture.suite(benchmarks))
        #expect(text.hasPrefix("# Performance\n\n\(words)\n"), "\(text.prefix(200))")
    }

    @Test("a debug build or a missing benchmark is never green")
    func neverGreen() {
        var suite = Fixture.suite([Fixture.benchmark("a")])
        suite.problems = ["the suite was built without optimisation"]
        #expect(PerformanceSummary(suite).standing == .fail)
        suite.problems = []
        suite.missing = ["b"]
        #expect(PerformanceSummary(suite).standing == .fail)
        #expect(page(suite).contains("**fail**: 1 is missing."))
    }

    @Test("the executable's sizes are told of the whole, and are no benchmark's change")
    func sizes() {
        var benchmark = Fixture.benchmark("a")
        benchmark.counts.append(CountComparison(metric: "binary_bytes", base: [5000, 5000], head: [4000, 4000]))
        benchmark.counts.append(CountComparison(metric: "code_bytes", base: [2048, 2048], head: [3072, 3072]))
        #expect(!PerformanceSummary.isChanged(benchmark))
        #expect(PerformanceSummary.hint(benchmark) == "counts equal")
        let text = page(Fixture.suite([benchmark]))
        #expect(text.contains("None that is known."))
        #expect(text.contains("- code of the suite: 3 KiB, +1 KiB against base\n"))
        benchmark.counts = [CountComparison(metric: "data_bytes", base: [], head: [100, 100])]
        #expect(page(Fixture.suite([benchmark], base: nil)).contains("- data of the suite: 100 B\n"))
    }

    @Test("a run of head alone speaks of no change")
    func run() {
        let text = page(Fixture.suite([Fixture.new], base: nil))
        #expect(!text.contains("## Changes") && !text.contains("| change |"))
        #expect(text.contains("`Bench` at `abc1234+`, with nothing to compare with; measured for 58.2 s."))
        #expect(text.contains("Never tested here: no self-test of this suite"))
    }

    @Test(
        "names and texts of the suite stay text",
        arguments: ["a|b", "a\n\n# b", "@user", "x`y", "<img src=x>", "\u{202E}gpj", "", "[a](b)"])
    func hostile(name: String) {
        var slower = Fixture.slower
        slower.name = name
        slower.limits[0].text = name
        slower.rate = .init(perSecond: 1, unit: name)
        slower.reference = (name, 1.5)
        slower.series = (name, 5)
        slower.budget = BenchmarkBudget(slowdown: 0.2, reason: name, expires: name)
        slower.counts = [CountComparison(metric: name, base: [1, 1], head: [2, 2])]
        var broken = Fixture.broken
        broken.problem = name
        var suite = Fixture.suite([slower, broken])
        (suite.suite, suite.head, suite.base, suite.machine, suite.toolchain) = (name, name, name, name, name)
        suite.missing = [name]
        suite.problems = [name]
        let report = PerformanceReport(
            verdict: suite, histories: [.init(benchmark: name, points: [.init(commit: name, time: 1, lowest: 1, highest: 1)])],
            launches: Fixture.launches(name))
        let text = report.markdown()
        // What stands in a code span is text, whatever it is.
        let running = text.replacing(/`[^`\n]*`/, with: "")
        #expect(!running.contains("<img") && !running.contains("@user") && !running.contains("[a](b)"))
        #expect(!text.contains("\u{202E}") && !text.contains("\n# b"))
        // Each row of a table has as many cells as its title.
        var cells = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let pipes = line.count { $0 == "|" }
            if cells != 0, pipes != 0 { #expect(pipes == cells, "\(line)") }
            cells = pipes
        }
        for plot in report.plots() {
            #expect(plot.path.utf8.allSatisfy { (0x2D...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x5F }, "\(plot.path)")
            #expect(!plot.path.contains("..") && !plot.svg.contains("<img") && !plot.svg.contains("\u{202E}"))
            #expect(text.contains("(\(plot.path))"))
        }
        let terminal = PerformanceText(verdict: suite).rendered(width: 80, colour: .plain)
        #expect(!terminal.contains("\u{202E}") && !terminal.contains("\u{1B}"))
    }

    @Test("two names are two files, also on file systems that know no capitals")
    func paths() {
        let names = [
            "a", "A", "a/b", "a-b", "a.b", "", ".", "..", "ä", "ö", String(repeating: "x", count: 90), String(repeating: "x", count: 91),
        ]
        let paths = names.map { PerformanceReport.path($0, "history").lowercased() }
        #expect(Set(paths).count == names.count)
        #expect(paths[0] == "performance/a-history.svg")
        #expect(paths.allSatisfy { $0.split(separator: "/").count == 2 && !$0.contains("/.") })
    }

    @Test("the page's pictures are the ones that are drawn: both distributions of what changed, and histories")
    func plots() {
        let report = PerformanceReport(
            verdict: Fixture.all, histories: [Fixture.history],
            launches: ["macd.1000", "memory.walk", "sort.1000"].flatMap { Fixture.launches($0) })
        let plots = report.plots()
        #expect(
            plots.map(\.path) == [
                "performance/macd.1000-distribution.svg", "performance/memory.walk-distribution.svg", "performance/macd.1000-history.svg",
            ])
        let text = report.markdown()
        for plot in plots {
            #expect(text.contains("(\(plot.path))"))
            #expect(plot.svg.hasPrefix("<svg") && !plot.svg.contains("no data") && !plot.svg.contains("nan"))
        }
        #expect(text.contains("- `macd.1000`: +5.3 % at `c1018` (250 µs → 263 µs)"))
        #expect(plots[0].svg.contains("base, median 251") && plots[0].svg.contains("head, median 271"))
        #expect(plots[2].svg.contains(">+5.3 %<"))
    }

    @Test("a history without steps, and one of one commit, are drawn")
    func shortHistories() {
        let flat = PerformanceHistory(
            benchmark: "x", points: (0..<3).map { .init(commit: "c\($0)", time: 100, lowest: 99, highest: .infinity) })
        #expect(flat.steps().isEmpty)
        #expect(flat.svg().contains("no step."))
        let one = PerformanceHistory(benchmark: "x", points: [.init(commit: "c", time: .nan, lowest: .nan, highest: .nan)])
        #expect(one.svg().contains(">no data<"))
        #expect(PerformanceReport(verdict: Fixture.all, histories: [.init(benchmark: "x", points: [])]).plots().isEmpty)
    }

    @Test("the same verdict is the same bytes")
    func determinism() {
        let report = PerformanceReport(verdict: Fixture.all, histories: [Fixture.history], launches: Fixture.launches("macd.1000"))
        #expect(report.markdown() == report.markdown())
        #expect(report.plots().map(\.svg) == report.plots().map(\.svg))
        var reversed = report
        reversed.verdict.benchmarks.reverse()
        // The order of a suite is kept in the list of all, and the order of importance in changes.
        #expect(section("Changes", of: report.markdown()) == section("Changes", of: reversed.markdown()))
    }

    @Test("figures that are no numbers trap nowhere", arguments: [Double.nan, .infinity, -.infinity, 1e300, -1, 0])
    func numbers(value: Double) {
        var odd = Fixture.slower
        odd.head?.nanoseconds = value
        odd.time?.interval = .init(estimate: value, lower: value, upper: value)
        odd.rate = .init(perSecond: value, unit: "elements")
        odd.reference = ("fnv", value)
        odd.budget.slowdown = value
        odd.budget.time = value
        var suite = Fixture.suite([odd])
        (suite.seconds, suite.disturbed, suite.load) = (value, value, (value, value))
        let text = page(suite)
        #expect(!text.contains("nan") && !text.contains("inf "))
        #expect(!PerformanceText(verdict: suite).rendered(width: 80, colour: .plain).isEmpty)
        #expect(PerformanceJSON.document(suite)["benchmarks"]?.arrayValue?.count == 1)
        #expect(!GoogleBenchmarkExport(verdict: suite, date: "").text(of: .head).contains("nan"))
    }
}
