import StrictDocuments

/// One line of Swift Testing's event stream, as far as this project needs it.
struct EventStreamRecord {
    enum Kind { case test, event, other }

    var kind = Kind.other
    /// A test's id, or the test that an event belongs to; nil for events of the run.
    var testID: String?
    /// "suite", "function", "testStarted", …
    var subkind = ""
    var filePath: String?
    var fileID: String?
    var line: Int64?
    var instantNanoseconds: Int64?
    var isKnown = false
    /// Only from 6.3 on.
    var isFailure: Bool?
    var severity: String?
    var messages: [String] = []
    /// The symbol of the first message: "pass", "fail", "skip", …
    var symbol: String?

    /// Reads one whole line; throws for anything that is no record of a known version.
    init(_ bytes: [UInt8], file: String) throws(DocumentError) {
        var reader = try JSONReader(
            bytes, file: file, limits: JSONLimits(maximumBytes: SwiftTestingEventStream.maximumLineBytes, maximumDepth: 32))
        var sawKind = false
        var sawVersion = false
        var sawPayload = false
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "kind":
                try Self.refuseSecond(sawKind, key, reader)
                sawKind = true
                switch try reader.string() {
                case "test": kind = .test
                case "event": kind = .event
                default: kind = .other
                }
            case "version":
                try Self.refuseSecond(sawVersion, key, reader)
                sawVersion = true
                try Self.checkVersion(&reader)
            case "payload":
                try Self.refuseSecond(sawPayload, key, reader)
                sawPayload = true
                try payload(&reader)
            default: try reader.skip()
            }
        }
        try reader.end()
        guard sawKind, sawVersion, sawPayload else {
            throw DocumentError(
                .missingKey, file: file, at: nil, "a record needs 'kind', 'version' and 'payload'",
                hint: "is this written by --event-stream-output-path?")
        }
        if kind == .test, testID == nil || subkind.isEmpty {
            throw DocumentError(.missingKey, file: file, at: nil, "a test record needs 'id' and 'kind'")
        }
        if kind == .event, subkind.isEmpty { throw DocumentError(.missingKey, file: file, at: nil, "an event needs a 'kind'") }
    }

    /// 0, or "6.3.0" and its like up to major 6.
    private static func checkVersion(_ reader: inout JSONReader) throws(DocumentError) {
        let start = reader.byteOffset
        let literal = try reader.peek() == .string ? try reader.string() : try reader.number().literal
        let parts = literal.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        let numbers = parts.map { part in part.utf8.allSatisfy { $0 >= 48 && $0 <= 57 } ? Int(part) : nil }
        guard numbers.count <= 3, numbers.allSatisfy({ $0 != nil }), let major = numbers.first ?? nil else {
            throw reader.error(.badValue, "'\(ReportText.bounded(literal))' is no version of the event stream", at: start)
        }
        guard major <= 6 else {
            throw reader.error(
                .newerVersion, "version \(ReportText.bounded(literal)) of the event stream is newer than 6, the newest known here",
                hint: "pass --event-stream-version 6.3", at: start)
        }
    }

    private mutating func payload(_ reader: inout JSONReader) throws(DocumentError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "id", "testID": testID = try reader.string()
            case "kind": subkind = try reader.string()
            case "sourceLocation": try sourceLocation(&reader)
            case "instant": try instant(&reader)
            case "issue": try issue(&reader)
            case "messages": try readMessages(&reader)
            default: try reader.skip()
            }
        }
    }

    private mutating func sourceLocation(_ reader: inout JSONReader) throws(DocumentError) {
        if try reader.peek() == .null { return try reader.null() }
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "filePath": filePath = try reader.string()
            // Before 6.3 only the unofficial field has the path.
            case "_filePath":
                let path = try reader.string()
                filePath = filePath ?? path
            case "fileID": fileID = try reader.string()
            case "line": line = try reader.int64()
            default: try reader.skip()
            }
        }
    }

    private mutating func instant(_ reader: inout JSONReader) throws(DocumentError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "absolute" {
                instantNanoseconds = DecimalSeconds.nanoseconds(try reader.number().literal)
            } else {
                try reader.skip()
            }
        }
    }

    private mutating func issue(_ reader: inout JSONReader) throws(DocumentError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "isKnown": isKnown = try reader.bool()
            case "isFailure": isFailure = try reader.bool()
            case "severity": severity = try reader.string()
            case "sourceLocation": try sourceLocation(&reader)
            default: try reader.skip()
            }
        }
    }

    private mutating func readMessages(_ reader: inout JSONReader) throws(DocumentError) {
        try reader.beginArray()
        while try reader.nextElement() {
            var text: String?
            var own: String?
            try reader.beginObject()
            while let key = try reader.nextKey() {
                switch key {
                case "symbol": own = try reader.string()
                case "text": text = try reader.string()
                default: try reader.skip()
                }
            }
            if messages.isEmpty { symbol = own }
            if let text, messages.count < SwiftTestingEventStream.maximumMessages { messages.append(text) }
        }
    }

    private static func refuseSecond(_ seen: Bool, _ key: String, _ reader: JSONReader) throws(DocumentError) {
        if seen { throw reader.error(.duplicate, "the key '\(key)' appears twice") }
    }
}
