import BenchmarkStatistics
import Determinism
import Gates
import StrictDocuments
import TerminalDisplay

/// Trials of the whole decision on code that is known: unchanged, and slower by a known share.
///
/// The known slow-down is work: head's batches run that share more iterations than they are divided by. Trials of both kinds take turns, so that a
/// drift of the machine's load touches both alike.
struct SelfTest {
    let session: BenchSession
    let store: BenchStore
    let product: String
    let budget: Double
    let settings: BenchSession.Settings

    /// Those that can be tested: of the chosen ones the hot.
    static func choose(_ entries: [BenchDriver.Account.Entry], names: [String], tags: [String]) throws(Failure) -> [String] {
        let hot = try BenchSession.choose(entries, names: names, tags: tags).filter { $0.cold == nil }.map(\.name)
        guard !hot.isEmpty else { throw Failure(.usage, "all of these are cold, and a self-test is of hot launches") }
        return hot
    }

    func run(_ names: [String], head: BenchBuilder.Built, change: Double, trials: Int) throws(Failure) {
        session.progress.phase("self-test of \(names.count) benchmark\(names.count == 1 ? "" : "s")")
        for trial in 0..<trials {
            for shift in [0, change] {
                var waiting: [String] = []
                for name in names where try tally(name, shift).trials <= trial { waiting.append(name) }
                guard !waiting.isEmpty else { continue }
                let rules = waiting.map { name in
                    (
                        name,
                        PairedDecision.Rule.suite(
                            budget: budget, benchmarks: 50, falseAlarms: settings.falseAlarms, launches: settings.launches(budget: budget))
                    )
                }
                let load = BenchSession.load()
                let began = session.seconds
                let launched = try session.launches(
                    rules, base: head, head: head, settings: settings, headWork: Int64(((1 + shift) * 1e6).rounded()), keep: { _ in })
                let seconds = session.seconds - began
                let (schedule, records) = (launched.schedule, launched.records)
                let launches = Dictionary(grouping: records, by: \.benchmark).mapValues(\.count)
                for name in waiting {
                    let verdict = schedule.decisions[name]?.verdict
                    try store.add(
                        .init(
                            machine: session.machine, toolchain: session.toolchain, suite: product, benchmark: name, budget: budget,
                            change: shift, allowed: settings.launches(budget: budget),
                            outcome: schedule.failures[name] == nil ? verdict?.outcome.rawValue ?? "broken" : "broken",
                            launches: verdict?.launches ?? 0, slower: verdict?.slower ?? 0,
                            seconds: records.isEmpty ? 0 : seconds * Double(launches[name] ?? 0) / Double(records.count), load: load),
                        at: session.time.wallNow)
                }
                session.progress.detail("trial \(trial + 1) of \(trials)\(shift > 0 ? ", slowed down" : "")")
                if session.interruption.isTripped {
                    throw Failure(.collectorFailed, "interrupted; the trials so far are kept", hint: "the same command goes on with them")
                }
            }
        }
    }

    private func tally(_ name: String, _ change: Double) throws(Failure) -> BenchStore.Tally {
        try store.tally(
            name, suite: product, machine: session.machine, budget: budget, change: change, allowed: settings.launches(budget: budget))
    }

    struct Row: Sendable {
        var name: String
        var same: BenchStore.Tally
        var slower: BenchStore.Tally
        var falseAlarms: ExactInterval? { same.trials > 0 ? ExactInterval(found: same.failed, of: same.trials) : nil }
        var found: ExactInterval? { slower.trials > 0 ? ExactInterval(found: slower.failed, of: slower.trials) : nil }
        /// More false alarms than promised, for certain.
        var isBroken: Bool { falseAlarms.map { $0.lower > BenchmarkVerdict.Knowledge.promisedFalseAlarms } ?? false }
    }

    func rows(_ names: [String], change: Double) throws(Failure) -> [Row] {
        try names.map { (name) throws(Failure) in Row(name: name, same: try tally(name, 0), slower: try tally(name, change)) }
    }

    static func text(_ rows: [Row], budget: Double, change: Double, width: Int, colour: ColourMode) -> String {
        var table = TextTable(columns: [
            .init("benchmark"), .init("unchanged", alignment: .right), .init("false alarms", alignment: .right),
            .init("open", alignment: .right), .init("+\(FigureText.decimals(change * 100, 1)) %", alignment: .right),
            .init("found", alignment: .right),
            .init("missed", alignment: .right), .init("s a verdict", alignment: .right),
        ])
        func rate(_ interval: ExactInterval?) -> String {
            guard let interval else { return "-" }
            let share = Double(interval.found) / Double(interval.trials)
            return
                "\(FigureText.decimals(share * 100, 1)) % (\(FigureText.decimals(interval.lower * 100, 1)) to \(FigureText.decimals(interval.upper * 100, 1)))"
        }
        for row in rows {
            let trials = max(1, row.same.trials)
            table.addRow([
                .init(row.name), .init("\(row.same.trials)"), .init(rate(row.falseAlarms)), .init("\(row.same.inconclusive)"),
                .init("\(row.slower.trials)"), .init(rate(row.found)), .init("\(row.slower.passed)"),
                .init(
                    "\(FigureText.decimals(row.same.seconds / Double(trials), 2)), \(FigureText.decimals(row.slower.seconds / Double(max(1, row.slower.trials)), 2))"
                ),
            ])
        }
        var lines = [table.rendered(width: width, colour: colour)]
        let same = rows.reduce(0) { $0 + $1.same.trials }
        if same > 0 {
            let failed = rows.reduce(0) { $0 + $1.same.failed }
            let interval = ExactInterval(found: failed, of: same)
            lines.append(
                "all together: \(failed) false alarms in \(same) trials; a run of 50 such benchmarks raises one in \(suiteRate(interval))")
        }
        for row in rows where row.isBroken { lines.append("\(row.name): more false alarms than promised; its time does not block") }
        return lines.joined(separator: "\n")
    }

    /// The rate of a suite of fifty from that of one benchmark, as an interval.
    private static func suiteRate(_ interval: ExactInterval) -> String {
        func suite(_ rate: Double) -> String {
            var silent = 1.0
            for _ in 0..<50 { silent *= 1 - rate }
            return FigureText.decimals((1 - silent) * 100, 1)
        }
        return "\(suite(Double(interval.found) / Double(interval.trials))) % of runs (\(suite(interval.lower)) to \(suite(interval.upper)))"
    }

    static func json(_ rows: [Row]) -> JSONValue {
        func tally(_ tally: BenchStore.Tally) -> JSONValue {
            [
                "trials": .int(Int64(tally.trials)), "failed": .int(Int64(tally.failed)), "passed": .int(Int64(tally.passed)),
                "inconclusive": .int(Int64(tally.inconclusive)), "launches": .int(Int64(tally.launches)),
                "slower_votes": .int(Int64(tally.slower)), "seconds_e3": .int(Int64(tally.seconds * 1000)),
            ]
        }
        return [
            "version": 1,
            "benchmarks": .array(rows.map { ["name": .string($0.name), "unchanged": tally($0.same), "slower": tally($0.slower)] }),
        ]
    }
}
