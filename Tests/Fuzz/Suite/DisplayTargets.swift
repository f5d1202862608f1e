import Fuzzing
import Reporting
import TerminalDisplay

/// What keeps hostile texts from steering a terminal or a page.
enum DisplayTargets {
    static let all: [FuzzTarget] = [sanitiser, table, plainText, markdown]

    private static func steers(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F: true
        default: false
        }
    }

    /// Nothing that steers a terminal comes through, a second pass changes nothing, and a line feed brings back what follows.
    private static let sanitiser = FuzzTarget("sanitiser", maximumLength: 512) { bytes in
        for newlines in [NewlineTreatment.escaped, .kept] {
            let clean = sanitised(bytes: bytes, newlines: newlines)
            try expect(
                !clean.unicodeScalars.contains { steers($0) && !(newlines == .kept && $0 == "\n") },
                "something steers the terminal: \(Array(clean.utf8))")
            try expect(Array(sanitised(clean, newlines: newlines).utf8) == Array(clean.utf8), "a second pass changes the text")
        }
        let surrounded = sanitised(bytes: Array("before".utf8) + bytes + Array("\nafter".utf8))
        try expect(surrounded.utf8.starts(with: "before".utf8), "a text in front is swallowed")
        try expect(surrounded.utf8.reversed().starts(with: "\\nafter".utf8.reversed()), "a text behind is swallowed")
    }

    /// A table of any cells keeps its width.
    private static let table = FuzzTarget("text-table", maximumLength: 256) { bytes in
        guard let first = bytes.first else { return }
        let width = 20 + Int(first % 100)
        var table = TextTable(columns: [.init("a"), .init("b", alignment: .right, overflow: .wrap)])
        var cells = bytes.dropFirst().split(separator: 0x0A, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
        if cells.count % 2 == 1 { cells.append("") }
        for row in stride(from: 0, to: cells.count, by: 2) { table.addRow([.init(cells[row]), .init(cells[row + 1])]) }
        for colour in [ColourMode.plain, .ansi] {
            let text = table.rendered(width: width, colour: colour)
            let lines = (colour == .plain ? text : sanitised(text, newlines: .kept)).split(separator: "\n")
            for line in lines { try expect(TextWidth.cells(in: String(line)) <= width, "a line is wider than \(width) cells") }
        }
    }

    private static let plainText = FuzzTarget("plain-text", maximumLength: 256) { bytes in
        let clean = PlainText.clean(String(decoding: bytes, as: UTF8.self), limit: 64)
        try expect(clean.unicodeScalars.count <= 64, "a text is longer than its limit")
        try expect(!clean.unicodeScalars.contains(where: steers), "something steers the reader: \(Array(clean.utf8))")
        try expect(PlainText.clean(clean, limit: 64) == clean, "a second pass changes the text")
    }

    /// No mark of Markdown or HTML that was in a text survives as a mark.
    private static let markdown = FuzzTarget("markdown-text", maximumLength: 256) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        for escaped in [MarkdownText.escaped(text), MarkdownText.html(text)] {
            // By bytes, as a reader of HTML sees them: to Swift a combining mark after it makes "<!-- -->" another text.
            let bare = Array(escaped.utf8).split(separator: Array("<!-- -->".utf8)).joined()
            try expect(!bare.contains(UInt8(ascii: "<")) && !bare.contains(UInt8(ascii: "|")), "a mark comes through")
            try expect(!bare.contains(0x0A), "a line ends within a text")
        }
        let code = MarkdownText.code(text)
        try expect(!code.utf8.contains(UInt8(ascii: "|")) && !code.utf8.contains(0x0A), "code leaves its cell")
    }
}
