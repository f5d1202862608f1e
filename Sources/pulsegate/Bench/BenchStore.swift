import BenchmarkStatistics
import Determinism
import FoundationEssentials
import GRDB
import Gates
import StrictDocuments

/// The raw launches and the verdicts of a package's benchmarks: one SQLite file, `.pulsegate/bench/launches.sqlite`.
///
/// Every batch that a verdict rests on is kept, so that any past verdict can be computed again, bit for bit, and a new rule tried on old data.
struct BenchStore: Sendable {
    private let records: RecordDatabase
    var path: String { records.path }
    var queue: DatabaseQueue { records.queue }

    init(path: String, readOnly: Bool = false) throws(Failure) {
        records = try RecordDatabase(path: path, schema: .launches, readOnly: readOnly)
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value { try records.write(body) }

    func read<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try queue.read(body) } catch { throw Failure(.usage, "\(path): cannot be read: \(error)") }
    }

    // MARK: Comparisons

    struct Header: Sendable {
        var kind: String
        var suite: String
        var base: String?
        var baseCommit: String?
        var head: String
        var headCommit: String?
        var toolchain: String
        var machine: String
        var loopPicoseconds: Int64
        var loadBefore: Double
    }

    func begin(_ header: Header, at now: Instant) throws(Failure) -> Int64 {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO comparison(kind, started_at, suite, base, base_commit, head, head_commit, toolchain, machine, loop_ps, load_before)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    header.kind, now.rfc3339, header.suite, header.base, header.baseCommit, header.head, header.headCommit,
                    header.toolchain, header.machine, header.loopPicoseconds, header.loadBefore,
                ])
            return db.lastInsertedRowID
        }
    }

    func add(_ records: [LaunchRecord], to comparison: Int64) throws(Failure) {
        try write { db in
            for record in records {
                try db.execute(
                    sql: "INSERT INTO launch(comparison, benchmark, stage, layout, record) VALUES (?, ?, ?, ?, ?)",
                    arguments: [
                        comparison, record.benchmark, record.stage.rawValue, record.layout,
                        DatabaseValue(value: Data(record.json.canonicalBytes())),
                    ])
            }
        }
    }

    func end(_ comparison: Int64, _ verdict: SuiteVerdict, outcome: String, at now: Instant) throws(Failure) {
        try write { db in
            for benchmark in verdict.benchmarks {
                let rule = benchmark.time?.rule
                try db.execute(
                    sql: """
                        INSERT INTO verdict(comparison, benchmark, outcome, rule_version, budget, lead, confirmation_lead, launches, time_outcome,
                            time_cause, estimate, lower, upper, head_ns, base_ns, allocations)
                        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        comparison, benchmark.name, benchmark.outcome.rawValue, rule?.version ?? PairedDecision.Rule.current,
                        rule?.budget ?? benchmark.budget.slowdown, rule?.lead ?? 0, rule?.confirmationLead ?? 0, rule?.launches ?? 0,
                        benchmark.time?.outcome.rawValue, benchmark.time?.cause.rawValue, benchmark.time?.interval?.estimate,
                        benchmark.time?.interval?.lower, Self.finite(benchmark.time?.interval?.upper), benchmark.head?.nanoseconds,
                        benchmark.base?.nanoseconds, benchmark.allocations,
                    ])
            }
            try db.execute(
                sql: "UPDATE comparison SET ended_at = ?, seconds = ?, load_after = ?, outcome = ? WHERE id = ?",
                arguments: [now.rfc3339, verdict.seconds, verdict.load.after, outcome, comparison])
        }
    }

    private static func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }

    /// The raw launches of a comparison, in the order of measuring.
    func launches(of comparison: Int64, benchmark: String? = nil) throws(Failure) -> [LaunchRecord] {
        let blobs = try read { db in
            try Data.fetchAll(
                db, sql: "SELECT record FROM launch WHERE comparison = ? AND (?2 IS NULL OR benchmark = ?2) ORDER BY id",
                arguments: [comparison, benchmark])
        }
        var records: [LaunchRecord] = []
        for blob in blobs {
            do {
                records.append(try LaunchRecord(JSONDocument.parse(Array(blob), file: path), file: path))
            } catch {
                throw Failure(.ledgerBroken, "a launch that was kept cannot be read: \(error)")
            }
        }
        return records
    }

    // MARK: Self-knowledge

    struct Trial: Sendable {
        var machine: String
        var toolchain: String
        var suite: String
        var benchmark: String
        var budget: Double
        /// 0 for unchanged code.
        var change: Double
        /// Launches that a stage might have at most: with more, fewer trials stay open.
        var allowed: Int
        var outcome: String
        var launches: Int
        var slower: Int
        var seconds: Double
        var load: Double
    }

    func add(_ trial: Trial, at now: Instant) throws(Failure) {
        try write { db in
            try db.execute(
                sql: """
                    INSERT INTO trial(at, machine, toolchain, suite, benchmark, rule_version, budget, change, allowed, outcome, launches, slower,
                        seconds, load)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    now.rfc3339, trial.machine, trial.toolchain, trial.suite, trial.benchmark, PairedDecision.Rule.current, trial.budget,
                    trial.change, trial.allowed, trial.outcome, trial.launches, trial.slower, trial.seconds, trial.load,
                ])
        }
    }

    struct Tally: Sendable, Equatable {
        var trials = 0
        var failed = 0
        var inconclusive = 0
        var passed = 0
        var launches = 0
        var slower = 0
        var seconds = 0.0
    }

    /// What trials on this class of machine came to, by the rule in force and with as many launches allowed: of unchanged code, or of a change of
    /// `change`.
    func tally(
        _ benchmark: String, suite: String, machine: String, budget: Double, change: Double, allowed: Int
    ) throws(Failure) -> Tally {
        try read { db in
            var tally = Tally()
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT outcome, launches, slower, seconds FROM trial
                    WHERE benchmark = ? AND suite = ? AND machine = ? AND rule_version = ? AND abs(budget - ?) < 1e-9 AND abs(change - ?) < 1e-9
                        AND allowed = ?
                    """, arguments: [benchmark, suite, machine, PairedDecision.Rule.current, budget, change, allowed])
            for row in rows {
                tally.trials += 1
                switch row["outcome"] as String {
                case "fail": tally.failed += 1
                case "pass": tally.passed += 1
                default: tally.inconclusive += 1
                }
                tally.launches += row["launches"]
                tally.slower += row["slower"]
                tally.seconds += row["seconds"]
            }
            return tally
        }
    }

    // MARK: History

    struct Point: Sendable {
        var comparison: Int64
        var at: String
        var head: String
        var base: String?
        var machine: String
        var outcome: String
        var headNanoseconds: Double?
        /// What an iteration took in the launches as they were built; nil where none was kept.
        var launches: TimeEstimate?
        var estimate: Double?
        var lower: Double?
        var upper: Double?
        var allocations: Int64?
    }

    func history(_ benchmark: String, limit: Int) throws(Failure) -> [Point] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.id, c.started_at, c.head, c.base, c.machine, v.outcome, v.head_ns, v.estimate, v.lower, v.upper, v.allocations, c.loop_ps
                    FROM verdict v JOIN comparison c ON c.id = v.comparison
                    WHERE v.benchmark = ? AND c.kind <> 'self-test' ORDER BY c.id DESC LIMIT ?
                    """, arguments: [benchmark, limit]
            ).reversed().map { row in
                // Layouts that were shuffled are no figure to show.
                let blobs = try Data.fetchAll(
                    db, sql: "SELECT record FROM launch WHERE comparison = ? AND benchmark = ? AND layout = 0 ORDER BY id",
                    arguments: [row[0] as Int64, benchmark])
                let records = try blobs.map { try LaunchRecord(JSONDocument.parse(Array($0), file: path), file: path) }
                return Point(
                    comparison: row[0], at: row[1], head: row[2], base: row[3], machine: row[4], outcome: row[5], headNanoseconds: row[6],
                    launches: TimeEstimate(
                        records.map { ($0.head.times, $0.iterations) }, loopNanoseconds: Double(row[11] as Int64) / 1000),
                    estimate: row[7], lower: row[8], upper: row[9], allocations: row[10])
            }
        }
    }

    /// Names with their number of comparisons.
    func benchmarks() throws(Failure) -> [(name: String, comparisons: Int)] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT benchmark, count(*) FROM verdict GROUP BY benchmark ORDER BY benchmark").map {
                ($0[0], $0[1])
            }
        }
    }
}

extension RecordSchema {
    /// "PGBN" in ASCII.
    static let launches = RecordSchema(
        applicationID: 0x5047_424E, steps: [createLaunches1, createBaselines2, allowLaunches3],
        advice: "move the file away; the records are begun anew")

    @Sendable private static func createBaselines2(_ db: Database) throws { try db.execute(sql: BenchStore.baselineTables) }

    /// 0 for trials of before: of how many launches is not known.
    @Sendable private static func allowLaunches3(_ db: Database) throws {
        try db.execute(sql: "ALTER TABLE trial ADD COLUMN allowed INTEGER NOT NULL DEFAULT 0")
    }

    @Sendable private static func createLaunches1(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE comparison(
                    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, suite TEXT NOT NULL, base TEXT,
                    base_commit TEXT, head TEXT NOT NULL, head_commit TEXT, toolchain TEXT NOT NULL, machine TEXT NOT NULL,
                    loop_ps INTEGER NOT NULL, seconds REAL, load_before REAL, load_after REAL, outcome TEXT
                ) STRICT;
                CREATE TABLE launch(
                    id INTEGER PRIMARY KEY, comparison INTEGER NOT NULL REFERENCES comparison(id), benchmark TEXT NOT NULL,
                    stage TEXT NOT NULL, layout INTEGER NOT NULL, record BLOB NOT NULL
                ) STRICT;
                CREATE INDEX launch_of ON launch(comparison, benchmark);
                CREATE TABLE verdict(
                    comparison INTEGER NOT NULL REFERENCES comparison(id), benchmark TEXT NOT NULL, outcome TEXT NOT NULL,
                    rule_version INTEGER NOT NULL, budget REAL NOT NULL, lead INTEGER NOT NULL, confirmation_lead INTEGER NOT NULL,
                    launches INTEGER NOT NULL, time_outcome TEXT, time_cause TEXT, estimate REAL, lower REAL, upper REAL,
                    head_ns REAL, base_ns REAL, allocations INTEGER, PRIMARY KEY(comparison, benchmark)
                ) STRICT, WITHOUT ROWID;
                CREATE INDEX verdict_of ON verdict(benchmark);
                CREATE TABLE trial(
                    id INTEGER PRIMARY KEY, at TEXT NOT NULL, machine TEXT NOT NULL, toolchain TEXT NOT NULL, suite TEXT NOT NULL,
                    benchmark TEXT NOT NULL, rule_version INTEGER NOT NULL, budget REAL NOT NULL, change REAL NOT NULL,
                    outcome TEXT NOT NULL, launches INTEGER NOT NULL, slower INTEGER NOT NULL, seconds REAL NOT NULL, load REAL NOT NULL
                ) STRICT;
                CREATE INDEX trial_of ON trial(benchmark, change);
                """)
    }
}
