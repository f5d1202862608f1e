import BenchmarkStatistics
import GRDB
import Gates
import StrictDocuments

/// Verdicts that were kept, computed again from the launches that were kept with them.
///
/// Each is decided by the rule it was decided by, in its version. Equal is equal in every bit: outcome, cause, estimate and interval.
/// Complexity: O(launches) to read, and the decision's own for each verdict.
struct VerdictReplay: Sendable, Equatable {
    struct Difference: Sendable, Equatable {
        var comparison: Int64
        var benchmark: String
        var kept: String
        var computed: String
    }

    var comparisons = 0
    var verdicts = 0
    var launches = 0
    var differences: [Difference] = []

    /// What was kept of one decision on time.
    struct Kept: Sendable {
        var benchmark: String
        var rule: PairedDecision.Rule
        var outcome: String
        var cause: String
        var estimate: Double?
        var lower: Double?
        var upper: Double?
    }

    mutating func add(_ kept: Kept, of comparison: Int64, records: [LaunchRecord]) {
        verdicts += 1
        launches += records.count
        guard PairedDecision.Rule.versions.contains(kept.rule.version) else {
            differences.append(
                Difference(
                    comparison: comparison, benchmark: kept.benchmark, kept: "decided by rule \(kept.rule.version)",
                    computed: "this program knows rules up to \(PairedDecision.Rule.current)"))
            return
        }
        let again = PairedDecision.replay(records, rule: kept.rule)
        let upper = again.interval.flatMap { $0.upper.isFinite ? $0.upper : nil }
        func text(_ outcome: String, _ cause: String, _ estimate: Double?, _ lower: Double?, _ upper: Double?) -> String {
            "\(outcome) (\(cause)), " + [estimate, lower, upper].map { $0.map { "\($0)" } ?? "-" }.joined(separator: " ")
        }
        let before = text(kept.outcome, kept.cause, kept.estimate, kept.lower, kept.upper)
        let now = text(again.outcome.rawValue, again.cause.rawValue, again.interval?.estimate, again.interval?.lower, upper)
        // The shortest text that names a Double names it alone.
        if before != now {
            differences.append(Difference(comparison: comparison, benchmark: kept.benchmark, kept: before, computed: now))
        }
    }

    var exitCode: ExitCode { differences.isEmpty ? (verdicts == 0 ? .cannotEvaluate : .pass) : .ledgerBroken }

    var text: String {
        guard verdicts > 0 else { return "nothing to compute again: no comparison was decided here yet" }
        var lines = differences.map { "comparison \($0.comparison), \($0.benchmark): kept \($0.kept); computed \($0.computed)" }
        let of = "\(verdicts) verdicts of \(comparisons) comparisons from \(launches) launches"
        lines.append(differences.isEmpty ? "\(of): equal, bit for bit" : "\(of): \(differences.count) differ")
        return lines.joined(separator: "\n")
    }

    var json: JSONValue {
        [
            "version": 1, "comparisons": .int(Int64(comparisons)), "verdicts": .int(Int64(verdicts)), "launches": .int(Int64(launches)),
            "differences": .array(
                differences.map {
                    [
                        "comparison": .int($0.comparison), "benchmark": .string($0.benchmark), "kept": .string($0.kept),
                        "computed": .string($0.computed),
                    ]
                }),
        ]
    }
}

extension BenchStore {
    /// The decisions on time of a comparison, by name.
    func decisions(of comparison: Int64) throws(Failure) -> [VerdictReplay.Kept] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT benchmark, rule_version, budget, lead, confirmation_lead, launches, time_outcome, time_cause, estimate, lower, upper
                    FROM verdict WHERE comparison = ? AND time_outcome IS NOT NULL ORDER BY benchmark
                    """, arguments: [comparison]
            ).map { row in
                VerdictReplay.Kept(
                    benchmark: row[0],
                    rule: .init(budget: row[2], lead: row[3], confirmationLead: row[4], launches: row[5], version: row[1]),
                    outcome: row[6], cause: row[7], estimate: row[8], lower: row[9], upper: row[10])
            }
        }
    }

    func comparisons() throws(Failure) -> [Int64] {
        try read { db in try Int64.fetchAll(db, sql: "SELECT id FROM comparison WHERE ended_at IS NOT NULL ORDER BY id") }
    }
}
