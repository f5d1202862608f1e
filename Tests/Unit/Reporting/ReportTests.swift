import Determinism
import Evidence
import Gates
import StrictDocuments
import TerminalDisplay
import Testing

@testable import Reporting

@Suite("reports of one run")
struct ReportTests {
    @Test("the terminal shows what needs a person first, and what to do next")
    func terminal() {
        let text = TerminalReport.render(fullRun(), width: 110)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines[0] == "Gates: FAIL, 1 of 5   commit 3f2a91c against main@b77e012   19.4 s")
        #expect(lines[2].hasPrefix("gate      verdict"))
        #expect(lines[3].hasPrefix("coverage  FAIL "))
        #expect(lines[3].contains("20.0 %"))
        #expect(lines[3].contains("@risk"))
        #expect(text.contains("1 gate passed, 1 not applicable"))
        #expect(text.contains("collector perf: timed out: killed after 10 min"))
        #expect(text.contains("next: pulsegate explain coverage"))
        #expect(text.contains("report: reports/gates.md"))
        #expect(text.contains("checkpoint example.org/pulsegate 1042 qN8AAAA= (verdict is leaf 1042)"))
        #expect(!text.contains("\nbuild "))
        #expect(TerminalReport.render(fullRun(), width: 110, isVerbose: true).contains("\nbuild "))
    }

    @Test("a reason stands below its gate's row and has the whole width, at 80 columns too", arguments: [80, 120])
    func reasonBelow(_ width: Int) throws {
        let reason =
            "Sources/Greeting 62.5 %, asked for >= 85%: 3 of 8 lines not covered, first at Sources/Greeting/Farewell.swift:12 (+2 more)"
        let run = sampleRun([
            gate("tests", .pass, reason: "tests.failed 0, limit == 0", observed: "0", limit: "== 0"),
            gate(
                "coverage-of-the-critical-packages", .fail, blocks: true, reason: reason, owner: "@quality", observed: "62.5 %",
                limit: ">= 85%"),
            gate("drop", .fail, blocks: true, reason: "short", observed: "89.4 % (baseline 90.0 %)", limit: "drops at most 0.5pp"),
        ])
        let lines = TerminalReport.render(run, width: width).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.allSatisfy { TextWidth.cells(in: $0) <= width && !$0.hasSuffix(" ") })
        let row = try #require(lines.firstIndex { $0.contains("FAIL") && $0.contains("62.5 %") })
        let below = lines[(row + 1)...].prefix { $0.hasPrefix("    ") && !$0.contains("packages") }
        let told = lines[row...].filter { $0.hasPrefix("    ") }.map { String($0.dropFirst(4)) }.joined(separator: " ")
        #expect(told.contains(reason))
        // A sentence of 124 characters takes two lines of either width, not a ribbon.
        #expect(below.count <= 3)
        // The titles stand once, and columns of all rows begin in the same place.
        #expect(lines.filter { $0.contains("verdict") && $0.contains("owner") }.count == 1)
        let title = try #require(lines.first { $0.contains("verdict") && $0.contains("owner") })
        let verdicts = lines.filter { $0.contains("FAIL") && !$0.hasPrefix("Gates") }
        let column = try #require(title.firstRange(of: "verdict")).lowerBound
        #expect(verdicts.count == 2)
        #expect(verdicts.allSatisfy { $0[column...].hasPrefix("FAIL") })
        #expect(!lines.contains { $0.hasPrefix("tests ") })
    }

    @Test("with -v a gate that passed has its row and no sentence about it")
    func verbosePass() {
        let run = sampleRun([gate("a", .pass, reason: "tests.failed 0, limit == 0", observed: "0", limit: "== 0")], exitCode: .pass)
        let text = TerminalReport.render(run, width: 80, isVerbose: true)
        #expect(text.contains("a     pass"))
        #expect(!text.contains("tests.failed"))
    }

    @Test("colour adds nothing but itself")
    func style() {
        let coloured = TerminalReport.render(fullRun(), width: 80, colour: .ansi)
        #expect(coloured.contains(Style.failure.applied(to: "FAIL", .ansi)))
        let lines = coloured.split(separator: "\n", omittingEmptySubsequences: false)
        let plain = lines.map { PlainText.clean(String($0)) }.joined(separator: "\n")
        #expect(plain == TerminalReport.render(fullRun(), width: 80))
    }

    @Test("a narrow terminal lists gates one below the other")
    func narrow() {
        let lines = TerminalReport.render(fullRun(), width: 40).split(separator: "\n")
        #expect(lines.contains("coverage: FAIL"))
        #expect(lines.allSatisfy { TextWidth.cells(in: String($0)) <= 40 })
    }

    @Test("a run that passes says so in one line")
    func passing() {
        let text = TerminalReport.render(sampleRun([gate("a", .pass), gate("b", .pass)], exitCode: .pass))
        #expect(text.hasPrefix("Gates: PASS, 2 gates   commit"))
        #expect(text.contains("2 gates passed"))
        #expect(!text.contains("next:"))
    }

    @Test("gates.md has its parts in the order in which one asks")
    func gatesPage() {
        let page = GatesMarkdown.render(fullRun())
        let parts = [
            "# Gates: FAIL, 1 of 5", "A gate does not hold: coverage.", "| gate | verdict |", "| `coverage` | **FAIL** | 20.0 % |",
            "## What needs a person",
            "### `coverage`: The title of coverage", "> Untested risk code lost money.", "## Evidence",
            "| `unit` | swift-test | collected | 12.0 s | 3 | 6 |",
            "`0123456789ab`", "`perf`: killed after 10 min", "## Tests", "| `unit` | 3 | 1 | 1 | 0 | 1 |", "### Failing tests",
            "started, never ended | `Tests/Feed.swift:12`", "<summary>Slowest tests</summary>", "| `Risk.Tests/ok()` | 5.0 s |",
            "## Since the run before",
            "- `coverage`: pass, now fail", "- `lint`: 3, now 1", "- `docs` is new: not applicable", "- `old` is no longer judged",
            "## How to get the same result", "pulsegate run --profile pr", "## This run", "`c0ffee`", "qN8AAAA=",
        ]
        var rest = page[...]
        for part in parts {
            guard let range = rest.firstRange(of: part) else {
                Issue.record("'\(part)' is not there, or not in this order")
                continue
            }
            rest = rest[range.upperBound...]
        }
    }

    @Test("coverage.md names unmeasured files first and joins uncovered lines")
    func coveragePage() {
        let page = CoverageMarkdown.render(fullRun())
        #expect(page.contains("**16.6 %** of executable lines ran: 1 of 6 in 3 files"))
        let notMeasured = page.firstRange(of: "## Not measured")
        let packages = page.firstRange(of: "## Packages")
        #expect(notMeasured != nil && packages != nil && notMeasured!.lowerBound < packages!.lowerBound)
        #expect(page.contains("| `Risk` | 5 | 1 | 20.0 % | `Sources/Risk/VaR.swift:2` |"))
        #expect(page.contains("| `Sources/Risk/VaR.swift` | 5 | 1 | 20.0 % | 2–4, 9 |"))
        #expect(page.contains("| `Sources/Feed/New.swift` | 1 | 0 | 0.0 % | not measured |"))
        #expect(page.contains("## Without executable lines\n\n`Sources/Feed/Types.swift`"))
        #expect(CoverageMarkdown.render(sampleRun([])).contains("No collector of this run measured coverage."))
    }

    @Test("verdict.json is the recorded verdict")
    func verdictJSON() throws {
        let run = fullRun()
        let value = try JSONValue(try JSONDocument.parse(VerdictJSON.render(run), file: "v"), file: "v")
        #expect(VerdictDocument(json: value) == run.verdict)
    }

    @Test("JUnit has one case a gate and is red exactly where the run is")
    func junit() {
        let xml = JUnitReport.render(fullRun())
        #expect(xml.contains(#"<testsuite name="pulsegate" tests="6" failures="1" errors="1" skipped="2" time="19.402""#))
        #expect(xml.contains(#"<testcase classname="pr" name="build"/>"#))
        #expect(xml.contains(#"<failure message="coverage.line 20.0 %, asked for &gt;= 85%" type="fail">"#))
        #expect(xml.contains("<system-out>excepted by EX-1"))
        #expect(xml.contains(#"<skipped message="inconclusive and does not block: 4 samples"#))
        #expect(xml.contains(#"<testcase classname="pr.collectors" name="perf">"#))
        #expect(JUnitReport.render(sampleRun([gate("a", .notEvaluated, blocks: true)], exitCode: .cannotEvaluate)).contains(#"errors="1""#))
        // An exit code that no gate explains is red all the same.
        #expect(JUnitReport.render(sampleRun([], exitCode: .cannotEvaluate)).contains(#"tests="1" failures="0" errors="1""#))
        #expect(JUnitReport.render(sampleRun([gate("a", .pass)], exitCode: .pass)).contains(#"tests="1" failures="0" errors="0""#))
    }

    @Test("annotations stand at the lines that findings and failing tests name")
    func annotations() {
        let lines = Annotations.render(fullRun()).split(separator: "\n").map(String.init)
        #expect(lines.count == 4)
        #expect(
            lines[0]
                == "::error file=Sources/Risk/VaR.swift,line=2,title=coverage::coverage.line 20.0 %25, asked for >= 85%25: 4 of 5 lines not covered, first at Sources/Risk/VaR.swift:2"
        )
        #expect(lines[1] == "::error file=Tests/Feed.swift,line=12,title=Feed.Tests/reconnect()::started, never ended")
        #expect(lines[3] == "::warning title=perf::4 samples, at least 10 are asked for")
        #expect(Annotations.render(sampleRun([gate("a", .pass)], exitCode: .pass)).isEmpty)
    }

    @Test("at most ten annotations of a kind, and how many are left out")
    func annotationLimit() {
        let gates =
            (0..<13).map { gate("b\($0)", .fail, blocks: true, reason: "at a.swift:\($0 + 1)") }
            + (0..<12).map { gate("w\($0)", .fail, reason: "x") }
        let lines = Annotations.render(sampleRun(gates)).split(separator: "\n")
        #expect(lines.filter { $0.hasPrefix("::error ") }.count == 10)
        #expect(lines.filter { $0.hasPrefix("::warning ") }.count == 10)
        #expect(lines.last == "::notice title=pulsegate::5 more in reports/gates.md")
    }

    @Test("the comment begins with its marker and shows passing gates closed")
    func comment() {
        let text = PullRequestComment.render(fullRun())
        #expect(text.hasPrefix("<!-- pulsegate:pr -->\n\n# Gates: FAIL, 1 of 5\n"))
        #expect(text.contains("<summary>2 gates passed or not applicable</summary>"))
        #expect(PullRequestComment.marker(profile: "x --> <b>") == "<!-- pulsegate:x--b -->")
    }

    @Test("what is too long is cut at a line's end, closed, and says where the rest is")
    func cutting() {
        let long = (0..<4000).map { gate("g\($0)", .fail, blocks: true, reason: String(repeating: "long reason ", count: 30)) }
        let run = sampleRun(long)
        let comment = PullRequestComment.render(run)
        #expect(comment.utf8.count <= PullRequestComment.maximumBytes)
        #expect(comment.hasPrefix("<!-- pulsegate:pr -->"))
        #expect(comment.hasSuffix(" bytes more in reports/gates.md\n"))
        let page = GatesMarkdown.render(run)
        #expect(page.utf8.count > StepSummary.maximumBytes)
        let step = StepSummary.render(run)
        #expect(step.utf8.count <= StepSummary.maximumBytes)
        #expect(StepSummary.render(fullRun()) == GatesMarkdown.render(fullRun()))
        let open = MarkdownCut.cut("<details>\n" + String(repeating: "0123456789\n", count: 100), toBytes: 600)
        #expect(open.contains("\n</details>\n"))
        #expect(open.contains("… cut, "))
        #expect(open.utf8.count <= 600)
    }

    @Test("only words that are safe in a shell are offered for copying")
    func reproduction() {
        var run = fullRun()
        run.verdict.profile = "pr; rm -rf /"
        run.verdict.commit = "$(x)"
        #expect(GatesMarkdown.reproduction(run) == "pulsegate run")
    }

    @Test(
        "times are written as people say them",
        arguments: [
            (950_000_000, "950.0 ms"), (19_402_000_000, "19.4 s"), (192_000_000_000, "3 min 12 s"), (7_500_000_000_000, "2 h 05 min"),
            (-5, "0 ns"),
        ])
    func durations(_ nanoseconds: Int64, _ expected: String) { #expect(RecordedRun.duration(nanoseconds) == expected) }
}
