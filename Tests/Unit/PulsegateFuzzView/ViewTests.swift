import TerminalDisplay
import Testing

@testable import pulsegate

struct ViewTests {
    private func lines(_ state: ViewState, _ columns: Int, _ rows: Int, _ colour: ColourMode = .plain) -> [String] {
        ViewFrame(state: state, columns: columns, rows: rows, colour: colour) { $0 == 0x1A2B ? "Sources/Parser/Magic.swift:9" : nil }
            .lines()
    }

    @Test("no window is too small, no line is wider than its window, and no frame is higher")
    func sizes() {
        for state in [ViewState(), CampaignFixture.state(), CampaignFixture.state(["a", "b", "c"], bugs: 30)] {
            for columns in [1, 20, 39, 44, 63, 64, 80, 120, 250] {
                for rows in [1, 2, 3, 4, 5, 7, 9, 12, 16, 24, 40, 60] {
                    let lines = lines(state, columns, rows)
                    #expect(lines.count <= rows && !lines.isEmpty)
                    #expect(lines.allSatisfy { TextWidth.cells(in: $0) < max(21, columns) })
                }
            }
        }
    }

    @Test("a window of 80 by 24 shows every figure, the finding with its value, and where the campaign is stuck with both operands")
    func usual() {
        let text = lines(CampaignFixture.state(), 80, 24).joined(separator: "\n")
        let facts = [
            "csv", "12 s of 1 min", "1.0 M/s", "555 k per CPU second", "312 of 1204 (25 %)", "features    624", "78 inputs",
            "99 % of 200 checks",
            "6.0 M · 6.0 M", "4.0 s ago", "at most 1 in", "BUGS", "index out of range", "Lexer.swift:120",
            "Order(quantity: 96495, side: .sell)", "STUCK AT", "Magic.swift:9", "80 'P'", "0x2b3c", "hasPrefix", "\"POST\"",
            "reached 3100×",
        ]
        for fact in facts { #expect(text.contains(fact), "\(fact) in\n\(text)") }
    }

    @Test("in a low window the title, the speed, the edges and the newest finding stay")
    func low() {
        for rows in 5...12 {
            let text = lines(CampaignFixture.state(), 80, rows).joined(separator: "\n")
            for fact in ["csv", "1.0 M/s", "312", "BUGS", "Order("] { #expect(text.contains(fact), "\(fact) at \(rows)") }
        }
    }

    @Test("lists that are cut say how much they hold")
    func cut() {
        let text = lines(CampaignFixture.state(bugs: 40), 80, 24).joined(separator: "\n")
        #expect(text.contains("40; the newest"))
        #expect(text.contains("shown"))
    }

    @Test("without colour there is not one control sequence; with colour there are")
    func colours() {
        let state = CampaignFixture.state()
        #expect(!lines(state, 80, 24).joined().contains("\u{1B}"))
        #expect(lines(state, 80, 24, .ansi).joined().contains("\u{1B}[1;31m"))
    }

    @Test("text of the code under test cannot move the cursor")
    func hostile() {
        var state = CampaignFixture.state()
        var bug = CampaignFixture.bug
        bug.title = "\u{1B}[2J\u{1B}]0;owned\u{7}red\r\n"
        bug.value = "a\u{202E}b"
        state.apply(.bug(bug), target: "csv", at: 13_000_000_000)
        let text = lines(state, 80, 24).joined()
        #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
    }

    @Test("a finding that triage names takes the place of its crash")
    func triage() {
        let state = CampaignFixture.state(bugs: 2)
        #expect(state.targets[0].findings.map(\.bucket) == ["b0", "b1"])
        #expect(state.targets[0].findings[0].value == CampaignFixture.bug.value)
        #expect(state.targets[0].findings[1].value == nil)
    }

    @Test("a bug that is named while the campaign runs takes the place of every place that it was known by")
    func named() {
        var state = ViewState()
        let crash = { (place: String) in CampaignEvent.crash(CampaignCrash(place: place, kind: "crash", execution: 1, length: 2)) }
        state.apply(crash("p1"), target: "csv", at: 1_000_000_000)
        state.apply(crash("p2"), target: "csv", at: 2_000_000_000)
        state.apply(crash("p3"), target: "csv", at: 3_000_000_000)
        var bug = CampaignFixture.bug
        bug.places = ["p2", "p1"]
        state.apply(.bug(bug), target: "csv", at: 4_000_000_000)
        #expect(state.targets[0].findings.map(\.bucket) == ["p3", bug.bucket])
        #expect(state.targets[0].findings[1].foundAt == 1_000_000_000)
    }

    @Test("speeds are of the last seconds, not of the whole campaign")
    func speed() throws {
        var state = ViewState()
        state.begin(CampaignFixture.plan(["a"]))
        state.apply(CampaignFixture.start("a"), target: "a", at: 0)
        for second in 0...30 as ClosedRange<UInt64> {
            var sample = CampaignFixture.sample(second, edges: 10)
            sample.executions = second < 20 ? second * 1000 : 20_000 + (second - 20) * 10
            state.apply(.sample(sample), target: "a", at: Int64(second) * 1_000_000_000)
        }
        let speed = try #require(state.targets[0].speed)
        #expect((speed - 10).magnitude < 0.1)
    }

    @Test("the tighter of two bounds is told: rare edges first, a long silence later")
    func discovery() throws {
        let early = try #require(DiscoveryEstimate(once: 20, looked: 10_000, sinceFind: 300))
        #expect(early.oneIn == 500)
        #expect(early.reason == .singletons(once: 20, looked: 10_000))
        let late = try #require(DiscoveryEstimate(once: 20, looked: 10_000, sinceFind: 3_000_000))
        #expect(late.oneIn == 1_000_000)
        #expect(DiscoveryEstimate(once: 5, looked: 0, sinceFind: 0) == nil)
        #expect(DiscoveryEstimate(once: 0, looked: 700, sinceFind: 0)?.oneIn == 700)
    }

    @Test("the sparkline rises with the edges and stays bounded")
    func sparkline() {
        var history = EdgeHistory()
        #expect(history.sparkline(width: 10).isEmpty)
        for value in 0..<100_000 as Range<UInt64> { history.add(value) }
        #expect(history.values.count <= EdgeHistory.capacity)
        let line = history.sparkline(width: 8)
        #expect(line == "▁▂▃▄▅▆▇█")
        var flat = EdgeHistory()
        for _ in 0..<5 { flat.add(7) }
        #expect(flat.sparkline(width: 20) == "▁▁▁▁▁")
    }

    @Test("the display draws once a second or when there is news, follows the window, gives it back, and leaves a summary")
    func display() {
        final class Terminal {
            var writes: [String] = []
            var size = (columns: 80, rows: 24)
            var asked: [[UInt64]] = []
        }
        let terminal = Terminal()
        let locate = { (addresses: [UInt64]) -> [UInt64: String] in
            terminal.asked.append(addresses)
            return [0x1A2B: "Sources/Parser/Magic.swift:9"]
        }
        var display = TerminalCampaignDisplay(
            colour: .plain, size: { terminal.size }, write: { terminal.writes.append($0) }, locate: locate)
        display.begin(CampaignFixture.plan(["csv"]))
        display.apply(CampaignFixture.start("csv"), target: "csv", at: 0)
        display.apply(.sample(CampaignFixture.sample(1, edges: 40)), target: "csv", at: 1_000_000_000)
        display.tick(at: 1_000_000_000)
        let drawn = terminal.writes.count
        for tick in 1...9 { display.tick(at: 1_000_000_000 + Int64(tick) * 100_000_000) }
        #expect(terminal.writes.count == drawn)
        terminal.size = (100, 30)
        display.tick(at: 1_950_000_000)
        #expect(terminal.writes.count == drawn + 1)
        display.apply(.stuck(CampaignFixture.stuck), target: "csv", at: 2_000_000_000)
        display.apply(.stuck(CampaignFixture.stuck), target: "csv", at: 7_000_000_000)
        #expect(terminal.asked == [[0x1A2B, 0x2B3C]])
        display.apply(.bug(CampaignFixture.bug), target: "csv", at: 7_100_000_000)
        display.apply(.finished(seconds: 8), target: "csv", at: 8_000_000_000)
        display.end(at: 8_000_000_000)
        #expect(terminal.writes.dropLast().last == "\u{1B}[?25h\u{1B}[?1049l")
        let summary = terminal.writes.last ?? ""
        for fact in [
            "csv: 1.0 M executions in 8.0 s", "40 edges", "1 bug", "index out of range", "Sources/Parser/Lexer.swift:120",
            "Order(quantity: 96495",
            "not met: Sources/Parser/Magic.swift:9  0 == 80 'P'",
        ] { #expect(summary.contains(fact), "\(fact) in \(summary)") }
        #expect(!summary.contains("\u{1B}"))
    }

    @Test("a suite's list of unmet compares is read, and one without its figures is refused")
    func stuckEvent() throws {
        let line = #"{"event":"stuck","sites":[{"site":6699,"form":"case","left":"1","right":"2","reached":4}]}"#
        let expected = UnsolvedCompare(location: "0x1a2b", left: "1", right: "2", reached: 4, form: "case", site: 0x1A2B)
        #expect(try CampaignEvent(line: line) == .stuck([expected]))
        #expect(throws: CampaignEventError.self) { try CampaignEvent(line: #"{"event":"stuck","sites":[{"left":"1"}]}"#) }
        #expect(throws: CampaignEventError.self) { try CampaignEvent(line: #"{"event":"stuck"}"#) }
    }
}
