import Evidence
import Testing

@Suite("the table of metrics in the guide")
struct DocumentedMetricsTests {
    @Test("names every metric of the catalogue, with its direction")
    func completeness() throws {
        let guide = try DocumentationTests.text("docs/gates-json.md")
        let rows = guide.split(separator: "\n").filter { $0.hasPrefix("| `") }
        for metric in MetricCatalogue.fixed {
            let row = rows.first { $0.contains("`\(metric.name)`") }
            let mark =
                switch metric.direction {
                case .higherIsBetter: "| ↑ |"
                case .lowerIsBetter: "| ↓ |"
                case .neutral: "| · |"
                }
            #expect(row?.contains(mark) == true, "'\(metric.name)' has no row with '\(mark)'")
            for scope in metric.scopes { #expect(row?.contains(scope.rawValue) == true, "'\(metric.name)' on '\(scope.rawValue)'") }
        }
    }

    @Test("names every report format")
    func formats() throws {
        let guide = try DocumentationTests.text("docs/gates-json.md")
        for reader in ReportFormats.all { #expect(guide.contains("| `\(reader.format)` |"), "'\(reader.format)' has no row") }
    }
}
