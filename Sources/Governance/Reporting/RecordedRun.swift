import Evidence
import Gates

/// What the ledger recorded of one run: all that a report is made of.
///
/// Renderers are pure functions of it, so that a report made again years later has the same bytes:
///
/// ```swift
/// let run = RecordedRun(run: record, verdict: verdict, collectors: collectors, facts: facts)
/// let page = GatesMarkdown.render(run)
/// ```
///
/// Names, messages and paths in it come from reports, which the judged change may have written: every renderer escapes
/// them for its own format and caps their length.
public struct RecordedRun: Sendable {
    public var run: RunRecord
    public var verdict: VerdictDocument
    public var collectors: [CollectorRecord]
    /// By the collector's id.
    public var facts: [String: Facts]
    /// The verdict of the run of the same profile before this one.
    public var previous: VerdictDocument?
    /// The sequence number of the verdict's leaf.
    public var ledgerSequence: Int64?
    /// A C2SP checkpoint: the lines origin, size and base64 root.
    public var checkpoint: String?

    public init(
        run: RunRecord, verdict: VerdictDocument, collectors: [CollectorRecord], facts: [String: Facts], previous: VerdictDocument? = nil,
        ledgerSequence: Int64? = nil, checkpoint: String? = nil
    ) {
        self.run = run
        self.verdict = verdict
        self.collectors = collectors
        self.facts = facts
        self.previous = previous
        self.ledgerSequence = ledgerSequence
        self.checkpoint = checkpoint
    }
}

/// Where the reports lie in a repository; reports name one another by it.
public enum ReportPath {
    public static let gates = "reports/gates.md"
    public static let coverage = "reports/coverage.md"
    public static let verdict = "reports/verdict.json"
    public static let junit = "reports/gates.junit.xml"
}

/// `reports/verdict.json`: the verdict as it was recorded, indented.
public enum VerdictJSON {
    public static func render(_ run: RecordedRun) -> [UInt8] { run.verdict.json.prettyBytes() }
}
