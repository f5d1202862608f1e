import StrictDocuments

/// One line of JSON for each case, for tools that show what a property was tried on.
///
/// ```swift
/// var stream = ObservationStream(property: "Lists/reversal twice") { bytes in file.append(bytes) }
/// stream.add(.passed, representation: "[0, 1]", labels: draws.labels, targets: draws.targets)
/// stream.end()
/// ```
///
/// The keys are those of the observation format that Hypothesis and Tyche share (H. Goldstein et al., "Tyche: Making Sense of
/// Property-Based Testing Effectiveness", UIST 2024); schema: `docs/schemas/property-observations.schema.json`. There is no timing, unless
/// the caller hands one in: the same run gives the same bytes. Memory: one buffer of ``bufferBytes``; a line is never split between two
/// calls of the sink.
public struct ObservationStream {
    public enum Status: String, Hashable, Sendable {
        case passed
        case failed
        case discarded = "gave_up"
    }

    /// When so much has gathered it is handed on.
    public static let bufferBytes = 64 << 10
    /// UTF-8 bytes of a representation; the rest is left out and marked.
    public static let maximumRepresentationBytes = 16 << 10

    private let property: String
    private let runStart: Int64
    private let sink: ([UInt8]) -> Void
    private var buffer: [UInt8] = []
    public private(set) var count = 0

    /// - Parameter runStart: seconds since 1970 of the run's start, by which tools group lines; 0 keeps runs alike.
    public init(property: String, runStart: Int64 = 0, sink: @escaping ([UInt8]) -> Void) {
        self.property = property
        self.runStart = runStart
        self.sink = sink
    }

    /// - Parameters:
    ///   - reason: why it failed or was discarded.
    ///   - howGenerated: a ``CasePhase``: "random", "replay", "corpus", "shrink", "explain".
    ///   - timingNanoseconds: from a clock of the caller's.
    public mutating func add(
        _ status: Status, representation: String, labels: [String] = [], targets: [String: Double] = [:], features: [UInt64] = [],
        reason: String = "", howGenerated: String = "random", timingNanoseconds: [String: Int64]? = nil
    ) {
        var values: [String: JSONValue] = [:]
        for label in labels { values[label] = true }
        for (label, score) in targets { values["target: \(label)"] = .string("\(score)") }
        var line: [String: JSONValue] = [
            "type": "test_case", "property": .string(property), "run_start": .int(runStart), "status": .string(status.rawValue),
            "status_reason": .string(reason), "representation": .string(Self.cut(representation)), "arguments": .object([:]),
            "how_generated": .string(howGenerated), "features": .object(values), "coverage": nil, "timing": .object([:]),
            "metadata": ["number": .int(Int64(count)), "reached": .array(features.map { .string(String($0, radix: 16)) })],
        ]
        if let timingNanoseconds { line["timing"] = .object(timingNanoseconds.mapValues { .int($0) }) }
        count += 1
        buffer += JSONValue.object(line).canonicalBytes()
        buffer.append(0x0A)
        if buffer.count >= Self.bufferBytes { end() }
    }

    /// Hands on what has gathered. Call it after the last case.
    public mutating func end() {
        if buffer.isEmpty { return }
        sink(buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    private static func cut(_ text: String) -> String {
        guard text.utf8.count > maximumRepresentationBytes else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: maximumRepresentationBytes)
        // Back to where a scalar begins.
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
        return text[..<end] + "… (\(text.utf8.count) bytes, beyond maximumRepresentationBytes)"
    }
}
