import BenchmarkStatistics
import Gates
import StrictDocuments

/// What a comparison answers: a table for people or JSON, the page and plots where they are asked for, the evidence a gate asks for, and the exit code.
enum BenchAnswer {
    /// - Parameters:
    ///   - reports: a folder for `performance.md` and its plots.
    ///   - against: the difference to a run that was kept, shown below.
    static func give(
        _ result: BenchSession.Comparison, _ session: BenchSession, json: Bool, reports: String?, against: BaselineComparison? = nil
    ) throws {
        let suite = result.suite
        if let folder = session.console.environment[CommandCollector.evidenceVariable], !folder.isEmpty {
            try Failure.replacing(folder + "/" + BenchEvidence.fileName, with: BenchEvidence.document(suite).json.prettyBytes())
        }
        if let reports {
            let report = PerformanceReport(verdict: suite, histories: try histories(suite, session), launches: result.records)
            try Workspace.makeFolder(reports + "/performance")
            try Failure.replacing(reports + "/performance.md", with: Array(report.markdown().utf8))
            for plot in report.plots() { try Failure.replacing(reports + "/" + plot.path, with: Array(plot.svg.utf8)) }
        }
        if json {
            session.console.print(bytes: PerformanceJSON.document(suite, against: against).prettyBytes())
        } else {
            session.console.print(PerformanceText(verdict: suite).rendered(width: session.console.columns, colour: session.console.colour))
            if let against { session.console.print("\n" + against.text(width: session.console.columns, colour: session.console.colour)) }
        }
        throw Ending(code: suite.exitCode)
    }

    /// Comparisons of a benchmark that its plot on the page goes back.
    static let historyLimit = 60

    /// Of benchmarks that have enough of one to show a step.
    private static func histories(_ suite: SuiteVerdict, _ session: BenchSession) throws -> [PerformanceHistory] {
        let store = try BenchStore(path: session.folders.database, readOnly: true)
        return try suite.benchmarks.prefix(PerformanceReport.maximumPlots).compactMap { benchmark in
            let history = MeasuredHistory(benchmark: benchmark.name, points: try store.history(benchmark.name, limit: historyLimit))
                .performance
            return history.points.count >= 2 * history.detection.leastLevel ? history : nil
        }
    }
}
