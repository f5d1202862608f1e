import ArgumentParser
import ChildProcesses
import Gates
import Glibc
import TerminalDisplay

struct BenchHistory: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show how a benchmark went.",
        discussion: """
              pulsegate bench history                 the benchmarks that were measured
              pulsegate bench history macd.batch      its comparisons, newest last
              pulsegate bench history macd.batch --plot macd.svg

            Where its time went to another level and stayed there is shown as a step: at which commit, from what to what. Eight comparisons on one \
            machine are the least for that. Steps are a report: they fail nothing.
            """)

    @Argument(help: ArgumentHelp("The benchmark; without one, their names.", valueName: "benchmark"))
    var name: String?

    @Option(name: .long, help: ArgumentHelp("Comparisons at most.", valueName: "count"))
    var limit = 200

    @Option(name: .long, help: ArgumentHelp("Draw it here as SVG.", valueName: "file"))
    var plot: String?

    @OptionGroup var kept: BenchKept

    static let maximumLimit = 2000

    func run() throws {
        guard (1...Self.maximumLimit).contains(limit) else {
            throw Failure(.usage, "--limit takes 1 to maximumLimit of \(Self.maximumLimit), not \(limit)")
        }
        let console = Console(environment: Environment.current())
        let folders = try BenchFolders(package: kept.packagePath)
        guard access(folders.database, F_OK) == 0 else {
            throw Failure(.cannotEvaluate, "nothing was measured here yet", hint: "`pulsegate bench run` begins")
        }
        let store = try BenchStore(path: folders.database, readOnly: true)
        guard let name else {
            let names = try store.benchmarks()
            if kept.json { return console.print(bytes: MeasuredHistory.names(names).prettyBytes()) }
            console.print(names.map { "\(sanitised($0.name))  \($0.comparisons)" }.joined(separator: "\n"))
            return
        }
        let history = MeasuredHistory(benchmark: name, points: try store.history(name, limit: limit))
        guard !history.points.isEmpty else {
            throw Failure(.usage, "'\(name)' was never measured here", hint: "`pulsegate bench history` lists what was")
        }
        if let plot { try Failure.replacing(RunSession.absolute(plot), with: Array(history.performance.svg().utf8)) }
        if kept.json {
            console.print(bytes: history.json.prettyBytes())
        } else {
            console.print(history.text(width: console.columns, colour: console.colour))
        }
    }
}
