import StrictDocuments

/// Every report format that gates.json may name.
///
/// ```swift
/// let reader = try ReportFormats.reader(named: "junit")
/// let facts = try reader.read(bytes, ReadingContext(file: "report.xml"))
/// ```
public enum ReportFormats {
    /// In order of name.
    public static let all: [any ReportReader.Type] = [
        GoogleBenchmarkJSON.self, HyperfineJSON.self, JUnitXML.self, LCOV.self, LLVMCovJSON.self, EvidenceDocumentReader.self,
        FuzzEvidenceReader.self, SwiftTestingEventStream.self,
    ]

    public static var names: [String] { all.map { $0.format } }

    /// The reader of a format, or nil.
    public static func known(_ format: String) -> (any ReportReader.Type)? { all.first { $0.format == format } }

    /// The reader of a format; an unknown name is an error of kind ``DocumentError/Kind/unknownReference`` that says which
    /// is meant.
    ///
    /// - Parameters:
    ///   - file: where the name stands, usually gates.json.
    ///   - position: where in that file.
    public static func reader(
        named format: String, file: String = "gates.json", at position: SourcePosition? = nil
    ) throws(DocumentError) -> any ReportReader.Type {
        if let reader = known(format) { return reader }
        throw DocumentError(
            .unknownReference, file: file, at: position, "the report format '\(ReportText.bounded(format))' is not known",
            hint: SpellingSuggestion.hint(for: format, among: names) ?? "known formats: \(names.joined(separator: ", "))")
    }
}
