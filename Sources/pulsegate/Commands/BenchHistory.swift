import ArgumentParser
import BenchmarkStatistics
import Gates
import Glibc
import TerminalDisplay

struct BenchHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show how a benchmark went.",
        discussion: """
              pulsegate bench history                 the benchmarks that were measured
              pulsegate bench history macd.batch      its comparisons, newest last
            """)

    @Argument(help: ArgumentHelp("The benchmark; without one, their names.", valueName: "benchmark"))
    var name: String?

    @Option(name: .long, help: ArgumentHelp("Comparisons at most.", valueName: "count"))
    var limit = 200

    @Option(name: .long, help: ArgumentHelp("Draw it here as SVG.", valueName: "file"))
    var plot: String?

    @OptionGroup var place: BenchPlace

    func run() throws {
        let session = try BenchSession(package: place.packagePath, quiet: true)
        guard access(session.folders.database, F_OK) == 0 else {
            throw Failure(.cannotEvaluate, "nothing was measured here yet", hint: "`pulsegate bench run` begins")
        }
        let store = try BenchStore(path: session.folders.database, readOnly: true)
        guard let name else {
            let names = try store.benchmarks()
            session.console.print(names.map { "\($0.name)  \($0.comparisons)" }.joined(separator: "\n"))
            return
        }
        let points = try store.history(name, limit: max(1, limit))
        guard !points.isEmpty else {
            throw Failure(.usage, "'\(name)' was never measured here", hint: "`pulsegate bench history` lists what was")
        }
        var table = TextTable(columns: [
            .init("when"), .init("head"), .init("base"), .init("verdict"), .init("time", alignment: .right),
            .init("change", alignment: .right),
            .init("allocations", alignment: .right),
        ])
        for point in points {
            table.addRow([
                .init(point.at), .init(point.head), .init(point.base ?? "-"), .init(point.outcome),
                .init(point.headNanoseconds.map { FigureText.time(nanoseconds: $0) } ?? "-"),
                .init(point.estimate.map { FigureText.change($0) } ?? "-"),
                .init(point.allocations.map(String.init) ?? "-"),
            ])
        }
        let timed = points.compactMap { point in
            point.headNanoseconds.map {
                PerformanceHistory.Point(
                    commit: point.head, time: $0, lowest: $0, highest: $0)
            }
        }
        let history = PerformanceHistory(benchmark: name, points: timed)
        if let plot { try Failure.replacing(RunSession.absolute(plot), with: Array(history.svg().utf8)) }
        session.console.print(table.rendered(width: session.console.columns, colour: session.console.colour))
    }
}
