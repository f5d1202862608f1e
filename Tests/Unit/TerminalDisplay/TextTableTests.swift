import Testing

@testable import TerminalDisplay

@Suite("Tables")
struct TextTableTests {
    private func table(_ overflow: TextTable.Overflow = .truncate) -> TextTable {
        TextTable(columns: [.init("gate"), .init("value", alignment: .right), .init("reason", overflow: overflow)])
    }

    @Test("columns are as wide as their widest text, and aligned")
    func alignment() {
        var table = table()
        table.addRow(["unit tests", "312", "all passed"])
        table.addRow(["東京", "5", ""])
        let expected = """
            gate        value  reason
            unit tests    312  all passed
            東京            5

            """
        #expect(table.rendered(width: 80, colour: .plain) == expected)
    }

    @Test("too wide a text is cut off at the width")
    func truncation() {
        var table = table()
        table.addRow(["coverage", "79%", "less than the 85% that were agreed"])
        let lines = table.rendered(width: 30, colour: .plain).split(separator: "\n")
        #expect(lines == ["gate      value  reason", "coverage    79%  less than th…"])
    }

    @Test("too wide a text is wrapped at its spaces, or within a word that is too long")
    func wrapping() {
        var table = table(.wrap)
        table.addRow(["a", "1", "one two three incomprehensibilities\n\nend"])
        let expected = """
            gate  value  reason
            a         1  one two
                         three
                         incomprehe
                         nsibilitie
                         s

                         end

            """
        #expect(table.rendered(width: 23, colour: .plain) == expected)
    }

    @Test("no line is wider than asked, nor ends with a space, whatever the texts", arguments: [26, 30, 40, 79, 200])
    func width(_ width: Int) {
        let texts = ["", "x", "東京都東京都東京都", "a b  c", String(repeating: "y", count: 300), "line\nfeed", "👩‍👩‍👧 family"]
        for overflow in [TextTable.Overflow.wrap, .truncate] {
            var table = TextTable(columns: (0..<4).map { .init("title \($0)", alignment: $0 == 1 ? .right : .left, overflow: overflow) })
            for first in texts { table.addRow(texts.prefix(3).map { .init($0) } + [.init(first)]) }
            for line in table.rendered(width: width, colour: .plain).split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(TextWidth.cells(in: String(line)) <= width)
                #expect(line.last != " ")
            }
        }
    }

    @Test("colour changes nothing but the colour")
    func colour() {
        var table = table(.wrap)
        table.addRow([.init("coverage", style: .failure), .init("79%", style: .warning), .init("less than agreed", style: .secondary)])
        let coloured = table.rendered(width: 24, colour: .ansi)
        #expect(coloured.contains("\u{1B}["))
        #expect(sanitised(coloured, newlines: .kept) == table.rendered(width: 24, colour: .plain))
    }

    @Test("cells cannot carry control codes into the terminal")
    func hostile() {
        var table = table()
        table.addRow(["\u{1B}[2Jx\u{7}", "1\r2", "a\nb"])
        #expect(table.rendered(width: 80, colour: .plain).hasSuffix("\nx\\u{7}   1\\r2  a b\n"))
    }

    @Test("rows may be short or long, tables empty, widths absurd")
    func degenerate() {
        #expect(TextTable(columns: []).rendered(width: 80, colour: .plain) == "")
        var table = table()
        table.addRow([])
        table.addRow(["a", "b", "c", "d"])
        #expect(table.rendered(width: 80, colour: .plain) == "gate  value  reason\n\na         b  c\n")
        for width in [Int.min, -1, 0, 1, Int.max] { #expect(table.rendered(width: width, colour: .plain).contains("gate")) }
    }

    @Test("a wrapped cell has a last line")
    func wrapLimit() {
        var table = TextTable(columns: [.init("", overflow: .wrap)])
        table.addRow([.init(String(repeating: "word ", count: 5000))])
        table.addRow([.init(String(repeating: "y", count: 100_000))])
        let lines = table.rendered(width: 10, colour: .plain).split(separator: "\n")
        #expect(lines.count == 2 * TextTable.wrappedLineLimit)
        #expect(lines.last == "…")
    }
}
