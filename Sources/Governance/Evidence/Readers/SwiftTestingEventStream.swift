import StrictDocuments

/// Reads a whole event stream that `swift test --event-stream-output-path` wrote (version 0, or 6.x).
///
/// One JSON object a line. A stream without the end of its run is refused as cut short, and the error names the tests that
/// started and never ended. Collectors that read the stream while it grows use ``EventStreamState``, whose page tells
/// the rules; there a run without an end yields facts, because the collector knows why.
///
/// Unknown kinds of records and events are passed over; a version above 6 is refused. Complexity: O(bytes).
public enum SwiftTestingEventStream: ReportReader {
    public static let format = "swift-testing"
    public static let parserVersion = 1
    public static let summary = "Swift Testing event stream (JSON lines, version 0 or 6.x)"

    /// Largest report, in bytes.
    public static let maximumBytes = 512 << 20
    /// Longest record, in bytes.
    public static let maximumLineBytes = 16 << 20
    /// Most messages that are kept of one event.
    public static let maximumMessages = 8
    /// Most tests that an error names.
    static let maximumNamed = 5

    public static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts {
        guard bytes.count <= maximumBytes else {
            throw DocumentError(
                .limit, file: context.file, at: nil, "the stream has \(bytes.count) bytes; the limit maximumBytes is \(maximumBytes)")
        }
        guard bytes.contains(where: { $0 > 0x20 }) else {
            throw DocumentError(.empty, file: context.file, at: nil, "the stream is empty", hint: "did the tests start at all?")
        }
        var state = EventStreamState(context: context)
        try state.feed(bytes)
        try state.endOfFile()
        guard state.sawRunEnd else {
            let running = state.running
            let end = SourcePosition.locate(byteOffset: bytes.count, in: bytes)
            if running.isEmpty {
                throw DocumentError(
                    .truncated, file: context.file, at: end, "the run did not end", hint: "its process died or was killed between tests")
            }
            let more = running.count > maximumNamed ? " and \(running.count - maximumNamed) more" : ""
            throw DocumentError(
                .truncated, file: context.file, at: end,
                "the run did not end; started and never ended: \(running.prefix(maximumNamed).joined(separator: ", "))\(more)",
                hint: "a test crashed or was killed")
        }
        let facts = state.finish()
        guard !facts.tests.isEmpty else {
            throw DocumentError(
                .empty, file: context.file, at: nil, "the stream declares no test", hint: "did a filter match any?")
        }
        return facts
    }
}
