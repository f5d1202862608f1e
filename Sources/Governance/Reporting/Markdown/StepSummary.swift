/// The Markdown for `$GITHUB_STEP_SUMMARY`: the page of ``GatesMarkdown``, within the limit of 1,024 KiB a step that GitHub documents
/// ("Workflow commands for GitHub Actions", step isolation and limits); a larger one is not shown at all.
public enum StepSummary {
    public static let maximumBytes = 1024 << 10

    public static func render(_ run: RecordedRun) -> String { MarkdownCut.cut(GatesMarkdown.render(run), toBytes: maximumBytes) }
}
