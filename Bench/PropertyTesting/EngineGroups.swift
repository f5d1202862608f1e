import PropertyTesting
import StrictDocuments

/// The groups of `Bench property` that are not about shrinking: speed, finding bugs, machines, races, bodies that die.
///
/// Each gives lines for people, a document for programs, and what it missed of the project's floors.
struct EngineGroup {
    var name: String
    var lines: [String]
    var json: JSONValue
    var missed: [String]

    static let names = ["deaths", "speed", "bugs", "needles", "guidance", "stateful", "races"]

    static func measure(_ name: String, seeds: Int, firstSeed: UInt64 = 1) -> EngineGroup? {
        switch name {
        case "speed": speed()
        case "bugs": bugs(firstSeed...firstSeed + UInt64(seeds) - 1)
        case "needles": needles(firstSeed...firstSeed + UInt64(seeds) - 1)
        case "guidance": guidance()
        case "stateful": stateful(firstSeed...firstSeed + UInt64(seeds) - 1)
        case "races": races(firstSeed...firstSeed + UInt64(seeds) - 1)
        case "deaths": deaths()
        default: nil
        }
    }

    private static func ppm(_ share: Double) -> JSONValue { .int(Int64((share * 1e6).rounded())) }
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }

    private static func speed() -> EngineGroup {
        let figures = SpeedBenchmarks.figures()
        return EngineGroup(
            name: "speed",
            lines: figures.map {
                "\($0.name): \(rounded($0.value)) \($0.unit) (\($0.isMoreBetter ? "at least" : "at most") \(rounded($0.floor)))"
            },
            json: .array(
                figures.map {
                    ["figure": .string($0.name), "thousandths": .int(Int64($0.value * 1000)), "unit": .string($0.unit)]
                }),
            missed: figures.filter { !$0.holds }.map { "\($0.name): \(rounded($0.value)) \($0.unit)" })
    }

    private static func bugs(_ seeds: ClosedRange<UInt64>) -> EngineGroup {
        let rows = BugFindingTasks.rows(seeds)
        let heldOut = BugFindingTasks.heldOutRows(seeds)
        let (early, late) = shares(rows)
        var missed: [String] = []
        if early < 0.9 { missed.append("bugs: \(rounded(early * 100)) % within 100 tests, floor 90 %") }
        if late < 0.99 { missed.append("bugs: \(rounded(late * 100)) % within 1,000 tests, floor 99 %") }
        let slow = rows.sorted { ($1.median, $0.task) < ($0.median, $1.task) }.prefix(8)
        let (heldOutEarly, heldOutLate) = shares(heldOut)
        return EngineGroup(
            name: "bugs",
            lines: [
                "\(rows.count) tasks: \(rounded(early * 100)) % within 100 tests (floor 90), \(rounded(late * 100)) % within 1,000 (floor 99), "
                    + "geometric mean of the medians \(rounded(BugFindingTasks.meanOfMedians(rows))) (at most 15)"
            ] + slow.map { "slow: " + BugFindingTasks.text($0) } + [
                "\(heldOut.count) held-out tasks (no floor): \(rounded(heldOutEarly * 100)) % within 100 tests, "
                    + "\(rounded(heldOutLate * 100)) % within 1,000, geometric mean of the medians "
                    + "\(rounded(BugFindingTasks.meanOfMedians(heldOut)))"
            ] + heldOut.map { "held out: " + BugFindingTasks.text($0) },
            json: ["tasks": BugFindingTasks.summary(rows), "held_out": BugFindingTasks.summary(heldOut)], missed: missed)
    }

    /// Of the runs, how many were solved within 100 and within 1,000 tests.
    private static func shares(_ rows: [BugFindingTasks.Row]) -> (Double, Double) {
        let runs = Double(max(1, rows.reduce(0) { $0 + $1.seeds }))
        return (Double(rows.reduce(0) { $0 + $1.within100 }) / runs, Double(rows.reduce(0) { $0 + $1.within1000 }) / runs)
    }

    /// Floors: the median of four nested compares within 3,000 tests, and so those of fewer; of the mazes within 20,000. A run
    /// that is not solved counts as the limit, so at least half must be solved.
    private static func needles(_ seeds: ClosedRange<UInt64>) -> EngineGroup {
        let rows = BugFindingTasks.needleRows(seeds)
        return EngineGroup(
            name: "needles",
            lines: rows.map { BugFindingTasks.text($0) + " (median at most \(BugFindingTasks.mostNeedleTests($0)))" },
            json: BugFindingTasks.summary(rows),
            missed: rows.filter { $0.median > BugFindingTasks.mostNeedleTests($0) || $0.solved * 2 < $0.seeds }.map {
                "needles: \(BugFindingTasks.text($0)); floor: a median of at most \(BugFindingTasks.mostNeedleTests($0))"
            })
    }

    /// What it costs to be guided by the regions that a case reaches; the floor is 30 % more.
    private static func guidance() -> EngineGroup {
        guard let (ratio, cases) = SpeedBenchmarks.guidanceOverhead() else {
            return EngineGroup(
                name: "guidance",
                lines: ["not measured: this build counts no regions (swift build -c release --enable-code-coverage --product Bench)"],
                json: .null, missed: [])
        }
        return EngineGroup(
            name: "guidance",
            lines: ["guided by regions over not: \(rounded(ratio)) times the CPU time (at most 1.3), \(cases) cases in all"],
            json: ["ratio_ppm": ppm(ratio), "cases": .int(Int64(cases))],
            missed: ratio > 1.3 ? ["guidance: \(rounded(ratio)) times the CPU time, at most 1.3"] : [])
    }

    private static func stateful(_ seeds: ClosedRange<UInt64>) -> EngineGroup {
        let rows = StatefulTasks.rows(seeds)
        return EngineGroup(
            name: "stateful", lines: rows.map(\.line), json: .array(rows.map(\.json)),
            missed: rows.filter { Double($0.solved) < StatefulTasks.floor * Double($0.seeds) }.map {
                "\($0.name): solved \($0.solved) of \($0.seeds) within \(StatefulTasks.runs) runs"
            })
    }

    private static func races(_ seeds: ClosedRange<UInt64>) -> EngineGroup {
        let rows = RaceTasks.rows(seeds)
        var missed: [String] = []
        for row in rows {
            if row.found < row.seeds { missed.append("\(row.name): found \(row.found) of \(row.seeds)") }
            if row.mostMillisecondsToFind > 1000 { missed.append("\(row.name): \(rounded(row.mostMillisecondsToFind)) ms to find") }
            if row.replayed < row.replays { missed.append("\(row.name): replayed \(row.replayed) of \(row.replays)") }
            if Double(row.small) < 0.99 * Double(row.seeds) {
                missed.append("\(row.name): 2 threads of at most 3 operations in \(row.small) of \(row.seeds)")
            }
        }
        return EngineGroup(name: "races", lines: rows.map(\.line), json: .array(rows.map(\.json)), missed: missed)
    }

    /// Bodies that trap: a hundred candidates, each of which ends its process.
    private static func deaths() -> EngineGroup {
        let candidates = 100
        var best = Double.infinity
        var seen = candidates
        for _ in 0..<5 {
            let start = SpeedBenchmarks.wallNanoseconds()
            let deaths = PropertyEngine.countDeaths(candidates: candidates, caseLimit: .seconds(5)) { draws in
                let xs = draws.array(1...10) { $0.int() }
                return xs[xs.count] == 0 ? .rejected : .passed
            }
            seen = min(seen, deaths)
            best = min(best, Double(SpeedBenchmarks.wallNanoseconds() - start) / 1e9)
        }
        var missed: [String] = []
        if seen < candidates { missed.append("deaths: \(seen) of \(candidates) were seen") }
        if best > 0.3 { missed.append("deaths: \(rounded(best)) s for \(candidates) candidates, at most 0.3") }
        return EngineGroup(
            name: "deaths", lines: ["\(candidates) candidates that trap: \(seen) seen, \(rounded(best)) s (at most 0.3)"],
            json: ["candidates": .int(Int64(candidates)), "seen": .int(Int64(seen)), "best_ns": .int(Int64(best * 1e9))], missed: missed)
    }
}
