import Testing

@testable import Reporting

@Suite("text of others stays text")
struct EscapingTests {
    @Test(
        "plain text has no control, no terminal sequence, no hidden order",
        arguments: [
            ("\u{1B}[31mred\u{1B}[0m!", "red!"), ("\u{1B}]8;;http://x\u{07}link\u{1B}]8;;\u{1B}\\", "link"), ("\u{9B}1mx", "x"),
            ("a\nb\r\nc\td", "a b  c d"),
            ("a\u{202E}b\u{200B}c", "abc"), ("nul\u{0}", "nul\u{FFFD}"), ("\u{1B}", ""), ("\u{1B}[", ""), ("\u{1B}]never ends", ""),
            ("漢字é", "漢字é"),
            ("\u{1B}]open\nnext", " next"),
        ])
    func plain(_ text: String, _ expected: String) { #expect(PlainText.clean(text) == expected) }

    @Test("long text is cut and says so")
    func long() {
        #expect(PlainText.clean("abcdef", limit: 4) == "abc…")
        #expect(PlainText.clean("abcd", limit: 4) == "abcd")
        #expect(PlainText.clean(String(repeating: "x", count: 100_000)).unicodeScalars.count == PlainText.maximumLength)
    }

    @Test(
        "Markdown's signs lose their meaning",
        arguments: [
            ("a|b", "a&#124;b"), ("\\|", "&#92;&#124;"), ("`x`", "\\`x\\`"), ("<b>&", "&lt;b&gt;&amp;"), ("@bo", "@<!-- -->bo"),
            ("#12", "#<!-- -->12"),
            ("[a](b)", "\\[a\\](b)"), ("https://x.y", "https&#58;//x.y"), ("www.x", "www&#46;x"), ("a_b _c_", "a_b \\_c\\_"),
            ("x\n| y", "x &#124; y"),
            (">= 85%", "&gt;= 85%"), ("a: b", "a: b"),
        ])
    func markdown(_ text: String, _ expected: String) { #expect(MarkdownText.escaped(text) == expected) }

    @Test(
        "a code span is used only for text that fits in one",
        arguments: [
            ("Sources/a.swift", "`Sources/a.swift`"), ("a`b", "a\\`b"), ("a|b", "a&#124;b"), ("", ""), ("@risk", "`@risk`"),
            ("a\\", "a&#92;"),
        ])
    func code(_ text: String, _ expected: String) { #expect(MarkdownText.code(text) == expected) }

    @Test("XML holds no character that XML cannot hold")
    func xml() {
        #expect(XMLText.escaped("<a b=\"c\" d='e'>&") == "&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;")
        #expect(XMLText.escaped("a\u{0}\u{8}\u{FFFE}b") == "a\u{FFFD}\u{FFFD}\u{FFFD}b")
        #expect(XMLText.escaped("a\r\nb\nc") == "a&#10;b&#10;c")
    }

    @Test("a workflow command cannot be ended or begun from within")
    func workflow() {
        #expect(Annotations.data("100%\n::error::x") == "100%25 ::error::x")
        #expect(Annotations.property("a:b,c%\n") == "a%3Ab%2Cc%25 ")
    }

    @Test(
        "a place is read out of a sentence only where it looks like one in the repository",
        arguments: [
            ("4 lines, first at Sources/A.swift:41", "Sources/A.swift:41"), ("x at Tests/T.swift:3: message 1:2", "Tests/T.swift:3"),
            ("A.swift:7:9: x", "A.swift:7"),
            ("at 12:30 nothing", ""), ("/etc/passwd:3", ""), ("../x.swift:3", ""), ("a.swift:0", ""), ("a.swift:99999999999999999999", ""),
            ("a.swift:3x", ""), ("(a.swift:3)", "a.swift:3"), ("http://x.y:80", ""), ("coverage.line: 3", ""),
        ])
    func places(_ text: String, _ expected: String) {
        let place = Annotations.place(in: text)
        #expect((place.map { "\($0.file):\($0.line ?? 0)" } ?? "") == expected)
    }

    @Test(
        "line numbers are joined to ranges and cut",
        arguments: [
            ([41, 42, 43, 60], 9, "41–43, 60"), ([1], 9, "1"), ([], 9, ""), ([1, 3, 4, 5, 9], 2, "1, 3–5, +1 more"),
            ([1, 2, 4, 5], 1, "1–2, +2 more"),
        ])
    func ranges(_ lines: [Int], _ limit: Int, _ expected: String) { #expect(LineRanges.text(lines, limit: limit) == expected) }
}
