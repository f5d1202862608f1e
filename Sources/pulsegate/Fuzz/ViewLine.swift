import TerminalDisplay

/// One line of the view: pieces of text with their meaning, cut to the window as a whole.
struct ViewLine {
    private var pieces: [(text: String, style: Style)] = []
    private(set) var cells = 0

    init() {}
    init(_ text: String, _ style: Style = .plain) { add(text, style) }

    mutating func add(_ text: String, _ style: Style = .plain) {
        let clean = sanitised(text)
        pieces.append((clean, style))
        cells += TextWidth.cells(in: clean)
    }

    /// Spaces up to a column; at least one where the line is already longer.
    mutating func pad(to column: Int) { add(String(repeating: " ", count: max(1, column - cells))) }

    /// The line in at most `width` cells, the rest cut off with an ellipsis.
    func rendered(width: Int, _ colour: ColourMode) -> String {
        var room = width
        var result = ""
        for piece in pieces {
            let wide = TextWidth.cells(in: piece.text)
            if wide <= room {
                result += piece.style.applied(to: piece.text, colour)
                room -= wide
                continue
            }
            return result + piece.style.applied(to: TextWidth.truncated(piece.text, to: room), colour)
        }
        return result
    }
}
