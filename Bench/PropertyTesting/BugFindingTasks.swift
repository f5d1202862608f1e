import FaultyStructures
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// How many cases it takes to notice a fault: mutants of trees, searches, intervals and a parser, each with the properties that can see it.
///
/// Counting rules: tests to failure are bodies up to and including the first that fails; seeds are 1…N; no task has settings of its own; no
/// shrinking; time is the process's CPU time of the whole run. A run that is not solved within the limit counts as the limit.
/// The floors of the project: 90 % of the runs within 100 tests, 99 % within 1,000, a geometric mean of the medians of at most 15.
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

    static func rows(seeds: Int, keys: FaultyProperties.Keys = .any) -> [Row] {
        FaultyProperties.all(keys: keys).flatMap { property in
            property.mutants.map { mutant in row(property, mutant, seeds: seeds, limit: limit) }
        }
    }

    /// Nested compares and mazes, each case saying how far it came; the limit is 20,000 tests.
    static func needleRows(seeds: Int) -> [Row] {
        Needles.properties(isGuided: true).flatMap { property in
            property.mutants.map { mutant in row(property, mutant, seeds: seeds, limit: needleLimit) }
        }
    }

    private static func row(_ property: FaultyProperty, _ mutant: String, seeds: Int, limit: Int) -> Row {
        var tests: [Int] = []
        var nanoseconds: [Int64] = []
        for seed in 1...UInt64(seeds) {
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
            task: "\(property.family).\(mutant)/\(property.name)", seeds: seeds, within100: tests.count { $0 <= 100 },
            within1000: tests.count { $0 <= 1000 }, solved: tests.count { $0 <= limit }, median: min(limit, tests[seeds / 2]),
            milliseconds: Double(nanoseconds[seeds / 2]) / 1e6)
    }

    /// The figures that the floors speak of.
    static func summary(_ rows: [Row]) -> JSONValue {
        let runs = max(1, rows.reduce(0) { $0 + $1.seeds })
        let logarithms = rows.reduce(0) { $0 + log(Double($1.median)) } / Double(max(1, rows.count))
        return [
            "tasks": .int(Int64(rows.count)),
            "within_100_ppm": .int(Int64(rows.reduce(0) { $0 + $1.within100 } * 1_000_000 / runs)),
            "within_1000_ppm": .int(Int64(rows.reduce(0) { $0 + $1.within1000 } * 1_000_000 / runs)),
            "geometric_mean_of_medians_thousandths": .int(Int64((exp(logarithms) * 1000).rounded())),
            "median_ns": .int(Int64(1e6 * (rows.map(\.milliseconds).sorted().dropFirst(rows.count / 2).first ?? 0))),
        ]
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
