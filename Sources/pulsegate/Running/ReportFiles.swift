import Reporting

/// The report files of a run and their names.
enum ReportFiles {
    /// Names for `--format`, in the order of help.
    static let formats = ["gates", "coverage", "json", "junit", "summary", "comment", "annotations"]

    static func render(_ run: RecordedRun, format: String) -> [UInt8]? {
        switch format {
        case "gates": Array(GatesMarkdown.render(run).utf8)
        case "coverage": Array(CoverageMarkdown.render(run).utf8)
        case "json": VerdictJSON.render(run)
        case "junit": Array(JUnitReport.render(run).utf8)
        case "summary": Array(StepSummary.render(run).utf8)
        case "comment": Array(PullRequestComment.render(run).utf8)
        case "annotations": Array(Annotations.render(run).utf8)
        default: nil
        }
    }

    static let gatesName = "gates.md"

    private static let names: [(format: String, name: String)] = [
        ("gates", gatesName), ("coverage", "coverage.md"), ("json", "verdict.json"), ("junit", "gates.junit.xml"),
        ("summary", "step-summary.md"),
    ]

    static func all(_ run: RecordedRun) -> [(name: String, bytes: [UInt8])] {
        names.compactMap { entry in render(run, format: entry.format).map { (entry.name, $0) } }
    }
}
