import Testing

@testable import pulsegate

struct CampaignReportTests {
    private func report() -> CampaignReport {
        let samples = (1...12 as ClosedRange<UInt64>).map { second in
            CampaignReport.TimedSample(
                elapsed: Int64(second) * 1_000_000_000, sample: CampaignFixture.sample(second, edges: min(312, 40 * second)))
        }
        var csv = CampaignReport.Target(name: "csv", samples: samples, edgesOfBuild: 1204, workers: 2, seed: 7)
        csv.findings = [
            .init(bug: CampaignFixture.bug, reproduce: "pulsegate fuzz repro csv b1", standing: "new", foundAt: 2_500_000_000)
        ]
        csv.stuck = CampaignFixture.stuck
        var json = CampaignReport.Target(name: "gates.json", isTyped: true, samples: Array(samples.prefix(3)))
        json.coverage = "fuzz/gates.json/coverage/index.md"
        return CampaignReport(
            suite: "Suite", state: "commit 4f2c1ab",
            targets: [csv, json, .init(name: "ledger", notRun: "the campaign's time was over before its turn")],
            remarks: ["AFL++ is not installed"])
    }

    @Test("each target has its figures, each finding its title, value, place and the command that shows it again")
    func facts() {
        let text = report().markdown()
        for fact in [
            "**1 bug was found** in 15,000,000 executions of 2 of 3 targets",
            "| [csv](#csv) | 12,000,000 | 21 s | 555 k | 312 of 1204 | 78 | **1** |",
            "[gates.json](#gatesjson)", "### crash: index out of range",
            "at `Sources/Parser/Lexer.swift:120`, severity high, found after 2.5 s, new",
            "```swift\nOrder(quantity: 96495, side: .sell)\n```", "```sh\npulsegate fuzz repro csv b1\n```", "fuzz/csv/edges.svg",
            "[Annotated source](fuzz/gates.json/coverage/index.md)", "| `0x2b3c` | `\"GET\"` | hasPrefix | `\"POST\"` | 12 |",
        ] { #expect(text.contains(fact), "\(fact) in\n\(text)") }
    }

    @Test("what was not run is said, with the reason")
    func honesty() {
        let text = report().markdown()
        #expect(text.contains("| `ledger` | not run |"))
        #expect(text.contains("- `ledger`: the campaign's time was over before its turn\n- AFL++ is not installed\n"))
        let nothing = CampaignReport(suite: "Suite", state: "s", targets: [.init(name: "a")]).markdown()
        #expect(nothing.contains("No bug was found in 0 executions of 0 of 1 target"))
        #expect(nothing.contains("- `a`: no campaign is on record"))
    }

    @Test("text of the code under test stays text")
    func hostile() {
        var report = report()
        report.targets[0].findings[0].bug.title = "<img src=x> | @user ```"
        report.targets[0].findings[0].bug.value = "```\n# heading\n\u{1B}[31m"
        let text = report.markdown()
        #expect(!text.contains("<img"))
        #expect(!text.contains("@user"))
        #expect(!text.contains("\u{1B}"))
        #expect(text.contains("````swift\n```\n# heading\n\n````"))
    }

    @Test("the page's pictures are the ones that are drawn")
    func plots() {
        let report = report()
        let text = report.markdown()
        let plots = report.plots()
        #expect(plots.count == 7)
        for plot in plots {
            #expect(text.contains("(\(plot.path))"))
            #expect(plot.svg.hasPrefix("<svg"))
            #expect(!plot.svg.contains("no data"))
        }
    }

    @Test("the same records are the same bytes")
    func determinism() {
        #expect(report().markdown() == report().markdown())
        #expect(report().plots().map(\.svg) == report().plots().map(\.svg))
    }
}
