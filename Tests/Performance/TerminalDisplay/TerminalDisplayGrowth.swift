import GrowthMeasure
import TerminalDisplay
import Testing

/// Text that is shown costs in proportion to its length, however hostile it is.
@Suite struct TerminalDisplayGrowth {
    /// Pieces that are repeated: plain, wide, combining, control sequences that end, and ones that never do.
    static let pieces = [
        "plain text ", "漢字", "e\u{301}\u{301}", "👩‍👩‍👧", "\u{1B}[31m", "\u{1B}[", "\u{1B}]8;;x\u{7}", "\u{1B}]", "\u{0}", "\r\n", "\u{202E}a",
    ]

    @Test("making a text harmless is linear", arguments: pieces)
    func sanitising(piece: String) {
        let growth = Growth.measured { size in
            String(repeating: piece, count: size)
        } of: { text in
            #expect(!sanitised(text).contains("\u{1B}"))
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("measuring and cutting a text is linear", arguments: pieces)
    func width(piece: String) {
        let growth = Growth.measured { size in
            String(repeating: piece, count: size)
        } of: { text in
            let cells = TextWidth.cells(in: text)
            #expect(TextWidth.cells(in: TextWidth.truncated(text, to: cells / 2)) <= max(0, cells))
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a table costs in proportion to its rows", arguments: [40, 200])
    func rows(width: Int) {
        let growth = Growth.measured { size in
            var table = TextTable(columns: [.init("gate"), .init("value", alignment: .right), .init("reason", overflow: .wrap)])
            for row in 0..<size {
                table.addRow([.init("gate \(row)"), .init("\(row)", style: .failure), "a reason of several words\nand lines 漢字"])
            }
            return table
        } of: { table in
            #expect(!table.rendered(width: width, colour: .ansi).isEmpty)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }

    @Test("a table costs in proportion to the length of a cell", arguments: ["word ", "x", "漢", "\n"])
    func cells(piece: String) {
        let growth = Growth.measured { size in
            var table = TextTable(columns: [.init("cut"), .init("wrapped", overflow: .wrap)])
            let text = String(repeating: piece, count: size)
            table.addRow([.init(text), .init(text)])
            return table
        } of: { table in
            #expect(!table.rendered(width: 72, colour: .plain).isEmpty)
        }
        #expect(growth.isNearLinear, "\(growth)")
    }
}
