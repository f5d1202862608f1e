import Testing

@testable import TerminalDisplay

struct FullScreenTests {
    /// What was written, and a small terminal that understands it.
    private final class Window {
        var writes: [String] = []
        var rows: [Int: String] = [:]

        func take(_ text: String) {
            writes.append(text)
            var row = 1
            for part in text.split(separator: "\u{1B}", omittingEmptySubsequences: false).dropFirst() {
                guard let end = part.firstIndex(where: { $0.isLetter }) else { continue }
                let parameters = part[part.index(after: part.startIndex)..<end]
                switch part[end] {
                case "H": row = Int(parameters.split(separator: ";")[0]) ?? 1
                case "J": rows = [:]
                default: break
                }
                let words = part[part.index(after: end)...]
                if part[end] == "H" { rows[row] = String(words) } else if !words.isEmpty { rows[row, default: ""] += words }
            }
        }

        func shown(_ count: Int) -> [String] { (1...count).map { rows[$0] ?? "" } }
    }

    @Test("only lines that changed are written, in one piece")
    func changes() {
        let window = Window()
        var screen = FullScreen { window.take($0) }
        screen.open()
        screen.draw(["one", "two", "three"], columns: 80, rows: 24)
        let before = window.writes.count
        screen.draw(["one", "2", "three"], columns: 80, rows: 24)
        #expect(window.writes.count == before + 1)
        #expect(window.writes.last?.contains("one") == false)
        #expect(window.shown(3) == ["one", "2", "three"])
        screen.draw(["one", "2", "three"], columns: 80, rows: 24)
        #expect(window.writes.count == before + 1)
    }

    @Test("lines that are gone are erased, and lines below the window are left out")
    func heights() {
        let window = Window()
        var screen = FullScreen { window.take($0) }
        screen.open()
        screen.draw(["one", "two", "three"], columns: 80, rows: 2)
        #expect(window.shown(3) == ["one", "two", ""])
        screen.draw(["one"], columns: 80, rows: 2)
        #expect(window.shown(2) == ["one", ""])
    }

    @Test("a change of size draws everything anew")
    func resize() {
        let window = Window()
        var screen = FullScreen { window.take($0) }
        screen.open()
        screen.draw(["one", "two"], columns: 80, rows: 24)
        screen.draw(["one", "two"], columns: 100, rows: 30)
        #expect(window.writes.last?.contains("\u{1B}[2J") == true)
        #expect(window.shown(2) == ["one", "two"])
    }

    @Test("the window is given back once, and nothing is drawn before or after")
    func close() {
        let window = Window()
        var screen = FullScreen { window.take($0) }
        screen.draw(["early"], columns: 80, rows: 24)
        screen.close()
        #expect(window.writes.isEmpty)
        screen.open()
        screen.close()
        screen.close()
        screen.draw(["late"], columns: 80, rows: 24)
        #expect(window.writes == ["\u{1B}[?1049h\u{1B}[?25l", "\u{1B}[?25h\u{1B}[?1049l"])
    }
}
