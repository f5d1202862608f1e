/// What threads did, side by side, in the order in which it happened: a column for each.
///
/// ```
/// // thread 1               | thread 2
/// // counter.increment() …  |
/// //                        | counter.increment() → 1
/// // → 1                    |
/// ```
///
/// "…" is a pause at which the other threads go on. Lines that follow one another in one thread and belong to one operation are joined.
struct HistoryTable {
    private struct Event {
        var column: String
        var text: String
        /// The operation that it begins or ends; -1 for a pause.
        var operation: Int
    }

    private var events: [Event] = []

    static func name(_ lane: Int) -> String { "thread \(lane + 1)" }

    mutating func add(_ column: String, _ text: String, begins operation: Int = -1) {
        if operation < 0, let last = events.last, last.column == column {
            events[events.count - 1].text += " \(text)"
            return
        }
        events.append(Event(column: column, text: text, operation: operation))
    }

    /// The end of an operation: on the line of its beginning where nothing came between.
    mutating func add(_ column: String, _ text: String, ends operation: Int) {
        if let last = events.last, last.column == column, last.operation == operation {
            events[events.count - 1].text += " \(text)"
            return
        }
        events.append(Event(column: column, text: text, operation: operation))
    }

    /// Comment lines; none if nothing happened.
    func lines() -> [String] {
        // By number: "thread 10" comes after "thread 9".
        let columns = Set(events.map(\.column)).sorted { ($0.count, $0) < ($1.count, $1) }
        guard !columns.isEmpty else { return [] }
        var widths: [String: Int] = [:]
        for column in columns { widths[column] = column.count }
        for event in events { widths[event.column] = max(widths[event.column] ?? 0, event.text.count) }
        func line(_ cell: (String) -> String) -> String {
            let cells = columns.map { column in
                let text = cell(column)
                return text + String(repeating: " ", count: max(0, (widths[column] ?? 0) - text.count))
            }
            var text = "// " + cells.joined(separator: " | ")
            while text.last == " " { text.removeLast() }
            return text
        }
        return [line { $0 }] + events.map { event in line { $0 == event.column ? event.text : "" } }
    }
}
