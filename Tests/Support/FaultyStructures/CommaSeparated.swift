import PropertyTesting

/// Records of fields, a line each, fields with commas or quotes in quotes; and two mutants. O(length).
public enum CommaSeparated {
    public enum Fault: String, CaseIterable, Sendable {
        /// A field is put in quotes for its commas only.
        case bareQuotes = "bare_quotes"
        /// A comma at the end of a line is taken for the end of its last field.
        case dropsLastEmpty = "drops_last_empty"
    }

    static func written(_ records: [[String]], fault: Fault? = nil) -> String {
        records.map { record in
            record.map { field in
                guard field.contains(",") || fault != .bareQuotes && field.contains("\"") else { return field }
                return "\"" + field.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
            }.joined(separator: ",") + "\n"
        }.joined()
    }

    static func read(_ text: String, fault: Fault? = nil) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field = ""
        var isQuoted = false
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\"" where isQuoted:
                // Two quotes within quotes are one that belongs to the field.
                if rest.first == "\"" { field.append(rest.removeFirst()) } else { isQuoted = false }
            case "\"" where field.isEmpty: isQuoted = true
            case "," where !isQuoted:
                record.append(field)
                field = ""
                if fault == .dropsLastEmpty, rest.first == "\n" {
                    rest.removeFirst()
                    records.append(record)
                    record = []
                }
            case "\n" where !isQuoted:
                records.append(record + [field])
                (record, field) = ([], "")
            default: field.append(character)
            }
        }
        return records
    }

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("csv", "RoundTrip", noticing: [Fault.bareQuotes, .dropsLastEmpty]) { draws in
                draws.array { $0.array(1...5) { $0.text() } }
            } holds: { records, fault in
                read(written(records, fault: fault), fault: fault) == records
            }
        ]
    }
}
