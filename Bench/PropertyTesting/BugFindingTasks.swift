import FaultyStructures
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// How many cases it takes to notice a fault: mutants of trees, searches, intervals and a parser, each with the properties that can see it.
///
/// Counting rules: tests to failure are bodies up to and including the first that fails; seeds are consecutive; no task has settings of its
/// own; no shrinking; time is the process's CPU time of the whole run. A run that is not solved within the limit counts as the limit.
/// The floors of the project: 90 % of the runs within 100 tests, 99 % within 1,000, a geometric mean of the medians of at most 15.
///
/// The engine's constants were chosen by looking at these tasks. What that is worth is said by *held-out* tasks of other shapes, which were
/// written before the last tuning; they have no floor. No constant was fitted to their figures, but the faults of two of the twelve informed
/// which relations between values there are, so only the other ten were out of sight.
enum BugFindingTasks {
    struct Row {
        var task: String
        var seeds: Int
        var within100: Int
        var within1000: Int
        /// Solved within the limit of the task.
        var solved: Int
        var median: Int
        var milliseconds: Double
    }

    private static let limit = 1000
    private static let needleLimit = 20_000

    static func rows(_ seeds: ClosedRange<UInt64>) -> [Row] { rows(FaultyProperties.all(keys: .any), seeds, limit: limit) }

    static func heldOutRows(_ seeds: ClosedRange<UInt64>) -> [Row] { rows(FaultyProperties.heldOut, seeds, limit: limit) }

    /// Nested compares and mazes, each case saying how far it came; the limit is 20,000 tests.
    static func needleRows(_ seeds: ClosedRange<UInt64>) -> [Row] { rows(Needles.properties(isGuided: true), seeds, limit: needleLimit) }

    /// The floor on the median of a guided needle.
    static func mostNeedleTests(_ row: Row) -> Int { row.task.hasSuffix("/Bytes") ? 3000 : needleLimit }

    private static func rows(_ properties: [FaultyProperty], _ seeds: ClosedRange<UInt64>, limit: Int) -> [Row] {
        properties.flatMap { property in property.mutants.map { row(property, $0, seeds, limit: limit) } }
    }

    private static func row(_ property: FaultyProperty, _ mutant: String, _ seeds: ClosedRange<UInt64>, limit: Int) -> Row {
        var tests: [Int] = []
        var nanoseconds: [Int64] = []
        for seed in seeds {
            var settings = PropertySettings(cases: limit, seed: seed)
            settings.shrinkLimit = 0
            let start = cpuNanoseconds()
            let report = property.run(mutant, settings)
            nanoseconds.append(cpuNanoseconds() - start)
            tests.append(report.failures.first?.casesToFailure ?? limit + 1)
        }
        tests.sort()
        nanoseconds.sort()
        return Row(
            task: "\(property.family).\(mutant)/\(property.name)", seeds: tests.count, within100: tests.count { $0 <= 100 },
            within1000: tests.count { $0 <= 1000 }, solved: tests.count { $0 <= limit }, median: min(limit, tests[tests.count / 2]),
            milliseconds: Double(nanoseconds[tests.count / 2]) / 1e6)
    }

    /// The figures that the floors speak of.
    static func summary(_ rows: [Row]) -> JSONValue {
        let runs = max(1, rows.reduce(0) { $0 + $1.seeds })
        return [
            "tasks": .int(Int64(rows.count)),
            "within_100_ppm": .int(Int64(rows.reduce(0) { $0 + $1.within100 } * 1_000_000 / runs)),
            "within_1000_ppm": .int(Int64(rows.reduce(0) { $0 + $1.within1000 } * 1_000_000 / runs)),
            "geometric_mean_of_medians_thousandths": .int(Int64((meanOfMedians(rows) * 1000).rounded())),
            "rows": .array(
                rows.map {
                    [
                        "task": .string($0.task), "within_100": .int(Int64($0.within100)), "within_1000": .int(Int64($0.within1000)),
                        "solved": .int(Int64($0.solved)), "median": .int(Int64($0.median)),
                    ]
                }),
            "median_ns": .int(Int64(1e6 * (rows.map(\.milliseconds).sorted().dropFirst(rows.count / 2).first ?? 0))),
        ]
    }

    /// The geometric mean.
    static func meanOfMedians(_ rows: [Row]) -> Double {
        exp(rows.reduce(0) { $0 + log(Double($1.median)) } / Double(max(1, rows.count)))
    }

    static func text(_ row: Row) -> String {
        "\(row.task): within 100 \(row.within100) of \(row.seeds), within 1000 \(row.within1000), solved \(row.solved), median \(row.median), "
            + "ms \((row.milliseconds * 1000).rounded() / 1000)"
    }

    private static func cpuNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
