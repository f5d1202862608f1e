import Evidence
import Gates

/// The part of `reports/gates.md` about tests: totals of each collector, what failed and where, what takes longest.
enum TestsMarkdown {
    static func add(_ run: RecordedRun, to page: inout MarkdownPage) {
        let withTests = run.facts.keys.sorted().filter { !(run.facts[$0]?.tests.isEmpty ?? true) }
        guard !withTests.isEmpty else { return }
        page.heading(2, "Tests")
        page.table(
            [
                ("collector", .left), ("total", .right), ("passed", .right), ("failed", .right), ("skipped", .right),
                ("unfinished", .right),
            ],
            withTests.map { id in
                let tests = run.facts[id]?.tests ?? []
                func count(_ outcomes: TestOutcome...) -> String {
                    RecordedRun.grouped(tests.filter { outcomes.contains($0.outcome) }.count)
                }
                return [
                    MarkdownText.code(id), RecordedRun.grouped(tests.count), count(.passed), count(.failed, .errored), count(.skipped),
                    count(.unfinished),
                ]
            })
        let all = withTests.flatMap { run.facts[$0]?.tests ?? [] }
        let failing = all.filter { [.failed, .errored, .unfinished].contains($0.outcome) }
        if !failing.isEmpty {
            page.heading(3, "Failing tests")
            page.table(
                [("test", .left), ("outcome", .left), ("where", .left), ("message", .left)],
                failing.prefix(GatesMarkdown.maximumFailingTests).map { test in
                    [
                        MarkdownText.code(test.id), test.outcome == .unfinished ? "started, never ended" : test.outcome.rawValue,
                        test.location.map { MarkdownText.code($0) } ?? "", MarkdownText.escaped(test.message ?? ""),
                    ]
                })
            let more = failing.count - GatesMarkdown.maximumFailingTests
            if more > 0 { page.add("+\(more) more") }
        }
        let slowest = all.filter { ($0.durationNanoseconds ?? 0) > 0 }.sorted { a, b in
            let (x, y) = (a.durationNanoseconds ?? 0, b.durationNanoseconds ?? 0)
            return x == y ? a.id < b.id : x > y
        }
        guard !slowest.isEmpty else { return }
        var content = MarkdownPage()
        content.table(
            [("test", .left), ("time", .right)],
            slowest.prefix(GatesMarkdown.slowestTests).map {
                [MarkdownText.code($0.id), RecordedRun.duration($0.durationNanoseconds ?? 0)]
            })
        page.details("Slowest tests", content)
    }
}
