import BenchmarkStatistics
import Gates
import StrictDocuments
import TerminalDisplay

/// What a comparison answers: a table for people or JSON, the evidence a gate asks for, and the exit code.
enum BenchAnswer {
    static func give(_ result: BenchSession.Comparison, _ session: BenchSession, json: Bool) throws {
        let suite = result.suite
        if let folder = session.console.environment[CommandCollector.evidenceVariable], !folder.isEmpty {
            try Failure.replacing(folder + "/" + BenchEvidence.fileName, with: BenchEvidence.document(suite).json.prettyBytes())
        }
        session.console.print(text(suite, width: session.console.columns, colour: session.console.colour))
        throw Ending(code: suite.exitCode)
    }

    static func text(_ suite: SuiteVerdict, width: Int, colour: ColourMode) -> String {
        var table = TextTable(columns: [
            .init("benchmark"), .init("verdict"), .init("time", alignment: .right), .init("change", alignment: .right),
            .init("95 % interval", alignment: .right), .init("votes", alignment: .right), .init("allocations", alignment: .right),
        ])
        for benchmark in suite.benchmarks {
            let interval = benchmark.time?.interval
            table.addRow([
                .init(benchmark.name), .init(benchmark.outcome.rawValue),
                .init(benchmark.head.map { BenchText.time($0.nanoseconds) } ?? "-"),
                .init(interval.map { BenchText.change($0.estimate) } ?? "-"),
                .init(interval.map { "\(BenchText.change($0.lower)) to \(BenchText.change($0.upper))" } ?? "-"),
                .init(benchmark.time.map { "\($0.slower):\($0.notSlower) of \($0.launches)" } ?? "-"),
                .init(benchmark.allocations.map(String.init) ?? "-"),
            ])
        }
        var lines = [table.rendered(width: width, colour: colour)]
        for benchmark in suite.benchmarks {
            if let problem = benchmark.problem { lines.append("\(benchmark.name): broken: \(problem)") }
            for limit in benchmark.limits where limit.outcome != .pass {
                lines.append("\(benchmark.name): \(limit.outcome.rawValue): \(limit.text)")
            }
        }
        for name in suite.missing { lines.append("\(name): missing: base has it and head has not") }
        lines += suite.problems
        lines.append(
            "\(suite.head)\(suite.base.map { " against " + $0 } ?? ""): \(suite.count(.fail)) slower, \(suite.count(.inconclusive)) inconclusive, "
                + "\(suite.count(.pass)) pass, \(suite.count(.new)) new in \(BenchText.decimals(suite.seconds, 1)) s, load \(BenchText.decimals(suite.load.before, 1))"
        )
        return lines.joined(separator: "\n")
    }
}
