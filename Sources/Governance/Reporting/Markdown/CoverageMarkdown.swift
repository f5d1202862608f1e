import Evidence
import Gates

/// `reports/coverage.md`: which lines of the product ran, from the whole down to single lines.
///
/// Files that no test binary contains come first: their share is not low, it is unknown. Shares are of distinct executable
/// lines and are cut, never rounded up. Complexity: O(n log n) in files, O(lines).
public enum CoverageMarkdown {
    /// Ranges of uncovered lines shown of one file.
    public static let maximumRanges = 12
    /// Names listed of unmeasured files.
    public static let maximumNames = 50
    /// Files listed of one package.
    public static let maximumFiles = 500

    private struct Package {
        var name: String
        var files: [FileCoverage]
        var covered: Int { files.reduce(0) { $0 + $1.coveredLines } }
        var total: Int { files.reduce(0) { $0 + $1.lines.count } }
    }

    public static func render(_ run: RecordedRun) -> String {
        var page = MarkdownPage()
        page.heading(1, "Coverage")
        let files = run.mergedFacts.coverage
        guard !files.isEmpty else {
            page.add("No collector of this run measured coverage.")
            return page.text
        }
        let whole = Package(name: "", files: files)
        page.add(
            whole.total == 0
                ? "No executable line was measured."
                : "**\(share(whole.covered, whole.total))** of executable lines ran: \(RecordedRun.grouped(whole.covered)) of "
                    + "\(RecordedRun.grouped(whole.total)) in \(RecordedRun.counted(files.count, "file"))."
        )
        let facts = [run.commitText, "profile \(run.verdict.profile)", run.run.startedAt.rfc3339]
        page.add(facts.filter { !$0.isEmpty }.map { MarkdownText.escaped($0) }.joined(separator: " · "))

        let unmeasured = files.filter { $0.state == .unmeasured }
        if !unmeasured.isEmpty {
            page.heading(2, "Not measured")
            page.add("No test binary contains these files, so none of their lines can have run:")
            let more = unmeasured.count - maximumNames
            page.list(unmeasured.prefix(maximumNames).map { MarkdownText.code($0.path) } + (more > 0 ? ["+\(more) more"] : []))
        }

        let withCode = files.filter { $0.state != .noCode }
        let packages = Dictionary(grouping: withCode) { CoverageSummary($0).package }
            .map { Package(name: $0.key, files: $0.value) }
            .sorted { $0.name < $1.name }
        if !packages.isEmpty {
            page.heading(2, "Packages")
            page.table(
                [("package", .left), ("lines", .right), ("covered", .right), ("share", .right), ("first uncovered", .left)],
                packages.map { package in
                    [
                        MarkdownText.code(package.name), RecordedRun.grouped(package.total), RecordedRun.grouped(package.covered),
                        share(package.covered, package.total), firstUncovered(package.files),
                    ]
                })
            page.heading(2, "Files")
            for package in packages { add(package, to: &page) }
        }

        let empty = files.filter { $0.state == .noCode }
        if !empty.isEmpty {
            page.heading(2, "Without executable lines")
            let more = empty.count - maximumNames
            page.add(
                empty.prefix(maximumNames).map { MarkdownText.code($0.path) }.joined(separator: ", ") + (more > 0 ? ", +\(more) more" : ""))
        }
        return page.text
    }

    private static func add(_ package: Package, to page: inout MarkdownPage) {
        var content = MarkdownPage()
        content.table(
            [("file", .left), ("lines", .right), ("covered", .right), ("share", .right), ("uncovered lines", .left)],
            package.files.prefix(maximumFiles).map { file in
                let uncovered = file.lines.filter { $0.count <= 0 }.map(\.line)
                return [
                    MarkdownText.code(file.path), RecordedRun.grouped(file.lines.count), RecordedRun.grouped(file.coveredLines),
                    share(file.coveredLines, file.lines.count),
                    file.state == .unmeasured ? "not measured" : LineRanges.text(uncovered, limit: maximumRanges),
                ]
            })
        let more = package.files.count - maximumFiles
        if more > 0 { content.add("+\(more) more") }
        page.details("\(MarkdownText.html(package.name)): \(share(package.covered, package.total))", content)
    }

    private static func firstUncovered(_ files: [FileCoverage]) -> String {
        for file in files {
            if file.state == .unmeasured { return MarkdownText.code(file.path) }
            if let line = file.lines.first(where: { $0.count <= 0 }) { return MarkdownText.code("\(file.path):\(line.line)") }
        }
        return ""
    }

    private static func share(_ covered: Int, _ total: Int) -> String {
        total > 0 ? Quantity(Int64(covered), over: Int64(total), unit: .ratio).description : "no lines"
    }
}
