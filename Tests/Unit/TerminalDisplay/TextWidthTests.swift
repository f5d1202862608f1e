import Testing

@testable import TerminalDisplay

@Suite("Width in terminal cells")
struct TextWidthTests {
    @Test(
        "a text takes as many cells as a terminal gives it",
        arguments: [
            ("", 0), ("abc", 3), ("naïve", 5), ("nai\u{308}ve", 5), ("東京", 4), ("ｆｕｌｌ", 8), ("한국", 4), ("\u{1112}\u{1161}\u{11AB}", 2),
            ("あ", 2), ("😀", 2), ("👩‍👩‍👧", 2), ("🇫🇷", 2), ("\u{1F1EB}", 1), ("❤", 1), ("❤\u{FE0F}", 2), ("e\u{301}\u{302}\u{303}", 1),
            ("\u{301}", 0), ("\u{200B}", 0), ("–…µ", 3), ("\r\n", 0), ("é\r\n", 1), ("\u{7}", 0), ("𠀀", 2), ("、。", 4),
        ] as [(String, Int)])
    func cells(_ text: String, _ expected: Int) { #expect(TextWidth.cells(in: text) == expected) }

    @Test("a cut text fits and ends with an ellipsis")
    func truncated() {
        #expect(TextWidth.truncated("abcdef", to: 6) == "abcdef")
        #expect(TextWidth.truncated("abcdef", to: 5) == "abcd…")
        #expect(TextWidth.truncated("東京都", to: 5) == "東京…")
        #expect(TextWidth.truncated("東京都", to: 4) == "東…")
        #expect(TextWidth.truncated("abc", to: 1) == "…")
        #expect(TextWidth.truncated("abc", to: 0) == "")
        #expect(TextWidth.truncated("abc", to: -1) == "")
        #expect(TextWidth.truncated("e\u{301}e\u{301}e\u{301}", to: 2) == "e\u{301}…")
    }
}

@Suite("Colour, terminal, duration")
struct TerminalTests {
    @Test(
        "colour needs a capable terminal, unless forbidden or demanded",
        arguments: [
            ([:], true, .plain), (["TERM": "xterm"], true, .ansi), (["TERM": "xterm"], false, .plain), (["TERM": "dumb"], true, .plain),
            (["TERM": ""], true, .plain), (["TERM": "xterm", "NO_COLOR": "1"], true, .plain),
            (["TERM": "xterm", "NO_COLOR": ""], true, .ansi), (["CLICOLOR_FORCE": "1"], false, .ansi),
            (["CLICOLOR_FORCE": "0"], false, .plain), (["CLICOLOR_FORCE": "1", "NO_COLOR": "1"], true, .plain),
        ] as [([String: String], Bool, ColourMode)])
    func colour(_ environment: [String: String], _ isTerminal: Bool, _ expected: ColourMode) {
        #expect(ColourMode(environment: environment, isTerminal: isTerminal) == expected)
    }

    @Test("a styled text is the text when plain, and closed by a reset otherwise", arguments: Style.allCases)
    func style(_ style: Style) {
        #expect(style.applied(to: "x", .plain) == "x")
        #expect(style.applied(to: "", .ansi) == "")
        let styled = style.applied(to: "x", .ansi)
        #expect(sanitised(styled) == "x")
        #expect(style == .plain ? styled == "x" : styled.hasPrefix("\u{1B}[") && styled.hasSuffix("\u{1B}[0m"))
    }

    @Test("the width is the kernel's, else COLUMNS, else 80, and never absurd")
    func columns() {
        #expect(Terminal.columns(reported: 120, environment: ["COLUMNS": "60"]) == 120)
        #expect(Terminal.columns(reported: 0, environment: ["COLUMNS": "60"]) == 60)
        #expect(Terminal.columns(reported: nil, environment: ["COLUMNS": "60"]) == 60)
        for bad in ["0", "-1", "x", "", "99999999999999999999"] {
            #expect(Terminal.columns(reported: nil, environment: ["COLUMNS": bad]) == 80)
        }
        #expect(Terminal.columns(reported: 65535, environment: [:]) == Terminal.columnLimit)
        #expect(Terminal.columns(reported: nil, environment: ["COLUMNS": "5000"]) == Terminal.columnLimit)
        #expect(Terminal.columns(descriptor: -1, environment: ["COLUMNS": "33"]) == 33)
        #expect(!Terminal.isTerminal(descriptor: -1))
    }

    @Test(
        "durations have at most two units and are cut off",
        arguments: [
            (0, "0 ns"), (999, "999 ns"), (1_000, "1 µs"), (999_999, "999 µs"), (830_000_000, "830 ms"), (999_999_999, "999 ms"),
            (1_000_000_000, "1.0 s"), (4_250_000_000, "4.2 s"), (9_999_999_999, "9.9 s"), (10_000_000_000, "10 s"),
            (59_999_999_999, "59 s"), (60_000_000_000, "1 min"), (252_000_000_000, "4 min 12 s"), (3_599_999_999_999, "59 min 59 s"),
            (3_600_000_000_000, "1 h"), (7_500_000_000_000, "2 h 5 min"), (86_400_000_000_000, "1 d"), (273_600_000_000_000, "3 d 4 h"),
            (-252_000_000_000, "-4 min 12 s"), (.max, "106751 d 23 h"), (.min, "-106751 d 23 h"),
        ] as [(Int64, String)])
    func duration(_ nanoseconds: Int64, _ expected: String) { #expect(humanDuration(nanoseconds: nanoseconds) == expected) }
}
