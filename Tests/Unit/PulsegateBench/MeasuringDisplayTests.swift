import Synchronization
import TerminalDisplay
import Testing

@testable import BenchmarkStatistics
@testable import pulsegate

struct MeasuringDisplayTests {
    private func record(_ name: String, percent: Int64?, stage: LaunchRecord.Stage = .first) -> LaunchRecord {
        LaunchRecord(
            benchmark: name, stage: percent == nil ? .single : stage, iterations: 1, clock: "thread-cpu", headFirst: false,
            base: percent == nil ? nil : .init(times: (0..<12).map { 100_000 + $0 }),
            head: .init(times: (0..<12).map { 1000 * (percent ?? 100) + $0 }))
    }

    /// A comparison in which each benchmark had so many launches of so many per cent of base.
    private func state(_ benchmarks: [(name: String, launches: Int, percent: Int64)]) -> MeasuringState {
        var state = MeasuringState(title: "Bench, head against base", hasBase: true, benchmarks: benchmarks.map { ($0.name, 0) })
        for (name, launches, percent) in benchmarks where launches > 0 {
            var decision = PairedDecision(rule: .init(budget: 0.05))
            state.begin([name])
            for _ in 0..<launches {
                let stage: LaunchRecord.Stage = decision.next == .measure(.confirmation) ? .confirmation : .first
                let record = record(name, percent: percent, stage: stage)
                if let ratio = record.ratio { decision.add(ratio) }
                state.add(record, decision)
            }
        }
        return state
    }

    private func lines(_ state: MeasuringState, columns: Int = 110, rows: Int = 24, colour: ColourMode = .plain) -> [String] {
        MeasuringFrame(state: state, elapsed: 12_300_000_000, columns: columns, rows: rows, colour: colour).lines()
    }

    @Test("a benchmark waits, measures, confirms and is decided; votes, change, launches and time stand beside it")
    func stages() throws {
        var state = state([("later", 0, 100), ("same", 3, 100), ("one", 1, 100), ("surer", 4, 110), ("worse", 6, 110)])
        state.fail("later")
        #expect(state.rows.map(\.stage) == [.broken, .decided(.pass), .measuring, .confirming, .decided(.fail)])
        let lines = lines(state)
        #expect(lines[0].hasPrefix(" Bench, head against base"))
        #expect(lines[0].hasSuffix("3 of 5 decided, 1 confirming, 1 slower, 1 broken   12 s"))
        #expect(lines[2].contains("state") && lines[2].contains("change (95 %)"))
        let words = ["broken", "pass", "measuring", "confirming", "slower"]
        for (line, word) in zip(lines[3...], words) { #expect(line.contains(word), "\(line)") }
        let confirming = try #require(lines.first { $0.contains("surer") })
        #expect(confirming.contains("4 : 0") && confirming.contains("+10 % (") && confirming.hasSuffix("110 µs"))
        #expect(lines.first { $0.contains("one") }?.contains("0 : 1") == true)
        // The last launch that began.
        #expect(lines.count { $0.contains("▸") } == 1)
        #expect(lines.first { $0.contains("▸") }?.contains("worse") == true)
    }

    @Test("of one build alone there are launches and a time, and nothing to vote on")
    func alone() {
        var state = MeasuringState(title: "Bench, head", hasBase: false, benchmarks: [("a", 2), ("b", 15)])
        state.begin(["a", "b"])
        state.add(record("a", percent: nil), nil)
        state.add(record("b", percent: nil), nil)
        state.add(record("a", percent: nil), nil)
        #expect(state.rows.map(\.stage) == [.measured, .measuring])
        let lines = lines(state)
        #expect(lines[0].contains("1 of 2 measured"))
        #expect(!lines.contains { $0.contains("votes") || $0.contains("change") })
        #expect(lines.last?.contains("1 of 15") == true)
    }

    @Test("whatever the window, no line is wider and none too many; what is left out is counted")
    func bounds() {
        let all = (0..<60).map { ("group.benchmark.with.a.long.name.\($0)", $0 % 7, Int64($0 % 3 == 0 ? 110 : 100)) }
        let state = state(all)
        for rows in [1, 2, 3, 4, 5, 6, 10, 24, 63, 64, 200] {
            for columns in [1, 20, 40, 60, 80, 100, 200] {
                let lines = lines(state, columns: columns, rows: rows)
                #expect(!lines.isEmpty && lines.count <= rows)
                for line in lines { #expect(TextWidth.cells(in: line) < max(21, columns), "\(columns)x\(rows): \(line)") }
            }
        }
        let low = lines(state, rows: 10)
        #expect(low.count == 10)
        #expect(low.last?.contains("and 54 more: ") == true)
        #expect(low.last?.contains("waiting") == true)
        // What runs is shown, and so is what was found slower.
        #expect(low.contains { $0.contains("▸") } && low.contains { $0.contains("slower") })
        #expect(!low.contains { $0.contains(" pass ") && !$0.contains("▸") })
        #expect(lines(state, rows: 200).count == 63)
    }

    @Test("colours are only where the mode asks for them, and names of the suite steer nothing")
    func sanitising() {
        let state = state([("evil\u{1B}[2Jname\n", 1, 100)])
        #expect(!lines(state).joined().contains("\u{1B}"))
        #expect(!lines(state).joined().contains("\n"))
        #expect(lines(state, colour: .ansi).joined().contains("\u{1B}["))
        #expect(!lines(state, colour: .ansi).joined().contains("[2J"))
    }

    /// What a display wrote, under a clock that the test moves.
    private final class Window: Sendable {
        let written = Mutex<[String]>([])
        let clock = Mutex<Int64>(0)
        let rows = Mutex<Int>(24)

        func display(_ mode: MeasuringDisplay.Mode, _ state: MeasuringState) -> MeasuringDisplay {
            MeasuringDisplay(
                state, mode: mode, colour: .plain, size: { (100, self.rows.withLock { $0 }) }, now: { self.clock.withLock { $0 } },
                write: { text in self.written.withLock { $0.append(text) } })
        }
        func pass(_ nanoseconds: Int64) { clock.withLock { $0 += nanoseconds } }
        func taken() -> String {
            written.withLock { texts in
                defer { texts = [] }
                return texts.joined()
            }
        }
    }

    @Test("on a terminal it draws over itself, at most ten times a second, and gives the window back once")
    func terminal() {
        let window = Window()
        let display = window.display(.terminal, state([("a", 0, 100)]))
        let first = window.taken()
        #expect(first.hasPrefix("\u{1B}[?1049h") && first.contains("waiting"))
        display.begin(["a"])
        #expect(window.taken().isEmpty)
        window.pass(MeasuringDisplay.leastInterval)
        display.tick()
        let second = window.taken()
        #expect(second.contains("measuring") && !second.contains("waiting") && !second.contains("\n"))
        window.pass(MeasuringDisplay.interval / 2)
        display.tick()
        #expect(window.taken().isEmpty)
        window.rows.withLock { $0 = 10 }
        display.tick()
        #expect(window.taken().contains("\u{1B}[2J"))
        display.end()
        #expect(window.taken() == "\u{1B}[?25h\u{1B}[?1049l")
        display.end()
        display.fail("a")
        window.pass(5 * MeasuringDisplay.interval)
        display.tick()
        #expect(window.taken().isEmpty)
    }

    @Test("elsewhere it writes a line each ten seconds, and nothing that steers a terminal; where it is quiet, nothing")
    func plain() {
        let window = Window()
        let display = window.display(.plain, state([("a", 0, 100), ("b", 3, 100)]))
        display.begin(["a"])
        #expect(window.taken().isEmpty)
        window.pass(MeasuringDisplay.lineInterval)
        display.tick()
        display.tick()
        #expect(window.taken() == "10 s: 1 of 2 decided\n")
        display.end()
        #expect(window.taken().isEmpty)
        let quiet = window.display(.silent, state([("a", 0, 100)]))
        window.pass(10 * MeasuringDisplay.lineInterval)
        quiet.fail("a")
        quiet.end()
        #expect(window.taken().isEmpty)
    }
}
