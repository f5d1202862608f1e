import Evidence
import StrictDocuments
import Testing

/// The error that reading `text` throws; a test fails where none is thrown.
func refusal(
    _ format: String, _ text: String, roots: [String] = [], sourceLocation: SourceLocation = #_sourceLocation
) -> DocumentError? {
    do throws(DocumentError) {
        let facts = try ReportFormats.reader(named: format).read(Array(text.utf8), ReadingContext(file: "report", roots: roots))
        Issue.record("expected a refusal, got \(facts)", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error
    }
}

func facts(_ format: String, _ text: String, roots: [String] = [], stripPrefix: String? = nil) throws -> Facts {
    try ReportFormats.reader(named: format).read(
        Array(text.utf8), ReadingContext(file: "report", roots: roots, stripPrefix: stripPrefix))
}

extension Facts {
    func test(_ id: String) -> TestFact? { tests.first { $0.id == id } }
    func file(_ path: String) -> FileCoverage? { coverage.first { $0.path == path } }
}

extension FileCoverage {
    /// "3:1 4:0": line and count.
    var linesText: String { lines.map { "\($0.line):\($0.count)" }.joined(separator: " ") }
}
