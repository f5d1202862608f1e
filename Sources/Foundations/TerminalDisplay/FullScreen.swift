/// A display that has the terminal's window to itself and gives it back as it was.
///
/// ```swift
/// var screen = FullScreen { text in write(text) }
/// screen.open()
/// screen.draw(lines, columns: 80, rows: 24)   // as often as there is news; only lines that changed are written
/// screen.close()                              // what stood there before stands there again
/// ```
///
/// It draws on the alternate screen (xterm's mode 1049), so that nothing it showed fills the scroll-back; all of a drawing goes out in
/// one call of
/// `write`, held together for terminals that know synchronised output (mode 2026), so that nothing flickers. After a change of size
/// everything is drawn anew. Lines are the caller's: sanitised, coloured, and narrower than the window. No clock, no file.
public struct FullScreen {
    private let write: (String) -> Void
    private var isOpen = false
    private var drawn: [String] = []
    private var size: (columns: Int, rows: Int) = (0, 0)

    public init(write: @escaping (String) -> Void) { self.write = write }

    public mutating func open() {
        guard !isOpen else { return }
        isOpen = true
        drawn = []
        size = (0, 0)
        write("\u{1B}[?1049h\u{1B}[?25l")
    }

    /// Shows the lines from the top; those beyond the last row are left out, rows beyond the last line are empty.
    public mutating func draw(_ lines: [String], columns: Int, rows: Int) {
        guard isOpen, rows > 0 else { return }
        var text = ""
        if size != (columns, rows) {
            size = (columns, rows)
            drawn = []
            text += "\u{1B}[0m\u{1B}[2J"
        }
        let shown = Array(lines.prefix(rows))
        for row in 0..<max(shown.count, drawn.count) {
            let line = row < shown.count ? shown[row] : ""
            if row < drawn.count, drawn[row] == line { continue }
            if row >= drawn.count, line.isEmpty { continue }
            text += "\u{1B}[\(row + 1);1H\(line)\u{1B}[0m\u{1B}[K"
        }
        drawn = shown
        if !text.isEmpty { write("\u{1B}[?2026h" + text + "\u{1B}[?2026l") }
    }

    /// Gives the window back. Doing so twice does nothing.
    public mutating func close() {
        guard isOpen else { return }
        isOpen = false
        write("\u{1B}[?25h\u{1B}[?1049l")
    }
}
