import Testing

@testable import TerminalDisplay

@Suite("The live line")
struct LiveLineTests {
    private final class Screen { var writes: [String] = [] }
    private static let second: Int64 = 1_000_000_000

    private func line(_ mode: LiveLine.Mode) -> (Screen, LiveLine) {
        let screen = Screen()
        return (screen, LiveLine(mode: mode) { screen.writes.append($0) })
    }

    @Test("plain mode writes whole lines: the change of state, and a heartbeat when nothing was said for long")
    func plain() {
        var (screen, live) = line(.plain)
        live.begin("swift build", at: 0)
        for second in 1...65 { live.tick(at: Int64(second) * Self.second) }
        live.update("12 of 90", at: 70 * Self.second)
        live.print("warning", at: 89 * Self.second)
        live.tick(at: 90 * Self.second)
        live.tick(at: 119 * Self.second)
        live.end("build: pass", at: 120 * Self.second)
        live.tick(at: 500 * Self.second)
        #expect(
            screen.writes == [
                "swift build …\n", "still waiting for swift build (30 s)\n", "still waiting for swift build (1 min)\n", "warning\n",
                "still waiting for swift build: 12 of 90 (1 min 59 s)\n", "build: pass\n",
            ])
    }

    @Test("on a terminal the line is redrawn in place, at a bounded rate, and erased at the end")
    func terminal() {
        var (screen, live) = line(.terminal(columns: 80))
        live.begin("tests", at: 0)
        for millisecond in 1...1000 { live.update("\(millisecond)", at: Int64(millisecond) * 1_000_000) }
        #expect(screen.writes.count == 11)
        #expect(screen.writes.first == "\rtests (0 ns)\u{1B}[K")
        #expect(screen.writes.last == "\rtests: 1000 (1.0 s)\u{1B}[K")
        live.print("kept", at: Self.second)
        live.end(at: Self.second)
        #expect(
            screen.writes.suffix(3) == ["\r\u{1B}[Kkept\n", "\rtests: 1000 (1.0 s)\u{1B}[K", "\r\u{1B}[K"])
        let count = screen.writes.count
        live.end(at: Self.second)
        live.tick(at: 9 * Self.second)
        #expect(screen.writes.count == count)
    }

    @Test("a line that has not changed is not drawn again")
    func unchanged() {
        var (screen, live) = line(.terminal(columns: 80))
        live.begin("tests", at: 0)
        live.tick(at: 20 * Self.second)
        live.tick(at: 20 * Self.second + 500_000_000)
        #expect(screen.writes.count == 2)
    }

    @Test("the line never reaches the last column, and keeps its duration", arguments: [1, 2, 5, 8, 20, 40])
    func narrow(_ columns: Int) {
        var (screen, live) = line(.terminal(columns: columns))
        live.begin("東京 a very long name of an activity", at: 0)
        live.update("and its detail", at: 15 * Self.second)
        for text in screen.writes { #expect(TextWidth.cells(in: sanitised(String(text.dropFirst()))) < columns) }
        if columns >= 20 { #expect(screen.writes.last?.hasSuffix("… (15 s)\u{1B}[K") == true) }
    }

    @Test("names and details cannot smuggle control codes in")
    func hostile() {
        var (screen, live) = line(.plain)
        live.begin("a\u{1B}[2J\nb", at: 0)
        live.update("c\r", at: 30 * Self.second)
        #expect(screen.writes == ["a\\nb …\n", "still waiting for a\\nb: c\\r (30 s)\n"])
    }

    @Test("time that runs backwards or overflows does no harm")
    func clock() {
        var (screen, live) = line(.plain)
        live.begin("x", at: .max)
        live.tick(at: .min)
        #expect(screen.writes.count == 1)
        live.begin("y", at: .min)
        live.tick(at: .max)
        #expect(screen.writes.last == "still waiting for y (106751 d 23 h)\n")
    }

    @Test("only a capable terminal outside of CI is redrawn")
    func mode() {
        func mode(_ environment: [String: String], _ isTerminal: Bool) -> LiveLine.Mode {
            LiveLine.Mode(environment: environment, isTerminal: isTerminal, columns: 70)
        }
        #expect(mode(["TERM": "xterm"], true) == .terminal(columns: 70))
        #expect(mode(["TERM": "xterm", "CI": "false"], true) == .terminal(columns: 70))
        #expect(mode(["TERM": "xterm", "CI": "true"], true) == .plain)
        #expect(mode(["TERM": "xterm"], false) == .plain)
        #expect(mode(["TERM": "dumb"], true) == .plain)
        #expect(mode([:], true) == .plain)
    }
}
