import Determinism
import GRDB
import Gates

extension RecordSchema {
    /// "PGFZ" in ASCII.
    static let campaigns = RecordSchema(
        applicationID: 0x5047_465A, steps: [createCampaigns1],
        advice: "campaigns go on from the corpus folders; move the file away, the records are begun anew")

    @Sendable private static func createCampaigns1(_ db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE build(
                    id INTEGER PRIMARY KEY, executable TEXT NOT NULL UNIQUE, number TEXT NOT NULL, suite TEXT NOT NULL, edges INTEGER NOT NULL,
                    sanitizer TEXT, flags TEXT NOT NULL, first_seen TEXT NOT NULL
                ) STRICT;
                CREATE TABLE campaign(
                    id INTEGER PRIMARY KEY, build INTEGER NOT NULL REFERENCES build(id), suite TEXT NOT NULL, started_at TEXT NOT NULL,
                    ended_at TEXT, seed TEXT NOT NULL, workers INTEGER NOT NULL, asked_ns INTEGER NOT NULL, ran_ns INTEGER,
                    outcome TEXT, exit_code INTEGER
                ) STRICT;
                CREATE TABLE worker(
                    campaign INTEGER NOT NULL REFERENCES campaign(id), target TEXT NOT NULL, worker INTEGER NOT NULL, executions INTEGER NOT NULL,
                    PRIMARY KEY(campaign, target, worker)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE sample(
                    campaign INTEGER NOT NULL REFERENCES campaign(id), target TEXT NOT NULL, at_ns INTEGER NOT NULL, executions INTEGER NOT NULL,
                    traced INTEGER NOT NULL, edges INTEGER NOT NULL, features INTEGER NOT NULL, corpus INTEGER NOT NULL,
                    crashes INTEGER NOT NULL, restarts INTEGER NOT NULL, last_find INTEGER NOT NULL, depth INTEGER NOT NULL,
                    stability_checks INTEGER NOT NULL, unstable INTEGER NOT NULL, chance_of_next REAL, cpu_ns INTEGER NOT NULL,
                    once INTEGER NOT NULL, looked INTEGER NOT NULL,
                    PRIMARY KEY(campaign, target, at_ns)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE corpus(
                    target TEXT NOT NULL, hash TEXT NOT NULL, length INTEGER NOT NULL, parent TEXT, operators TEXT NOT NULL,
                    found_at INTEGER NOT NULL, worker INTEGER NOT NULL, campaign INTEGER NOT NULL REFERENCES campaign(id),
                    PRIMARY KEY(target, hash)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE edge(
                    build INTEGER NOT NULL REFERENCES build(id), target TEXT NOT NULL, edge INTEGER NOT NULL, first_input TEXT NOT NULL,
                    address TEXT, function TEXT, campaign INTEGER NOT NULL REFERENCES campaign(id), PRIMARY KEY(build, target, edge)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE bug(
                    target TEXT NOT NULL, bucket TEXT NOT NULL, kind TEXT NOT NULL, title TEXT NOT NULL, value TEXT, location TEXT,
                    severity TEXT, flaky INTEGER NOT NULL, first_campaign INTEGER NOT NULL REFERENCES campaign(id),
                    last_campaign INTEGER NOT NULL REFERENCES campaign(id), PRIMARY KEY(target, bucket)
                ) STRICT, WITHOUT ROWID;
                CREATE TABLE crash(
                    id INTEGER PRIMARY KEY, campaign INTEGER NOT NULL REFERENCES campaign(id), target TEXT NOT NULL, place TEXT NOT NULL,
                    kind TEXT NOT NULL, execution INTEGER NOT NULL, length INTEGER NOT NULL, at_ns INTEGER NOT NULL
                ) STRICT;
                CREATE TABLE unsolved(
                    build INTEGER NOT NULL REFERENCES build(id), target TEXT NOT NULL, location TEXT NOT NULL, left_side TEXT NOT NULL,
                    right_side TEXT NOT NULL, reached INTEGER NOT NULL, campaign INTEGER NOT NULL REFERENCES campaign(id),
                    form TEXT NOT NULL, PRIMARY KEY(build, target, location)
                ) STRICT, WITHOUT ROWID;
                """)
    }
}

/// The records of a package's campaigns: one SQLite file, `.pulsegate/fuzz/campaigns.sqlite`.
///
/// It is a cache of one machine that anyone may ask questions of; what campaigns go on from are the shards and the corpus folders.
final class CampaignStore: Sendable {
    private let records: RecordDatabase
    var path: String { records.path }
    var queue: DatabaseQueue { records.queue }

    /// - Parameter schema: the tables to bring the file to; another than the current one for tests.
    init(path: String, schema: RecordSchema = .campaigns) throws(Failure) {
        records = try RecordDatabase(path: path, schema: schema)
    }

    /// Begins a campaign and returns its number.
    func begin(
        executable: String, build: SuiteBuild, flags: String, sanitizer: String?, plan: CampaignPlan, at now: Instant
    ) throws(Failure) -> Int64 {
        var campaign: Int64 = 0
        try records.write { db in
            try db.execute(
                sql: """
                    INSERT INTO build(executable, number, suite, edges, sanitizer, flags, first_seen) VALUES (?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT(executable) DO NOTHING
                    """, arguments: [executable, build.number, plan.suite, build.edges, sanitizer, flags, now.rfc3339])
            try db.execute(
                sql: """
                    INSERT INTO campaign(build, suite, started_at, seed, workers, asked_ns)
                    SELECT id, ?, ?, ?, ?, ? FROM build WHERE executable = ?
                    """, arguments: [plan.suite, now.rfc3339, String(plan.seed), plan.workers, plan.time, executable])
            campaign = db.lastInsertedRowID
        }
        return campaign
    }

    /// Adds what a slice brought, in one transaction.
    func add(_ events: [(event: CampaignEvent, target: String, at: Int64, chance: Double?)], campaign: Int64) throws(Failure) {
        guard !events.isEmpty else { return }
        try records.write { db in for item in events { try Self.add(item.event, item.target, item.at, item.chance, campaign, db) } }
    }

    private static func add(
        _ event: CampaignEvent, _ target: String, _ at: Int64, _ chance: Double?, _ campaign: Int64, _ db: Database
    ) throws {
        func whole(_ value: UInt64) -> Int64 { Int64(clamping: value) }
        switch event {
        case .sample(let sample):
            try db.execute(
                sql: "INSERT OR REPLACE INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    campaign, target, at, whole(sample.executions), whole(sample.traced), whole(sample.edges), whole(sample.features),
                    whole(sample.corpus), whole(sample.crashes), whole(sample.restarts), whole(sample.lastFind), whole(sample.depth),
                    whole(sample.stabilityChecks), whole(sample.unstable), chance, whole(sample.cpuNanoseconds), whole(sample.once),
                    whole(sample.looked),
                ])
            for (worker, executions) in sample.workers.enumerated() {
                try db.execute(
                    sql: "INSERT OR REPLACE INTO worker VALUES (?, ?, ?, ?)", arguments: [campaign, target, worker, whole(executions)])
            }
        case .crash(let crash):
            try db.execute(
                sql: "INSERT INTO crash(campaign, target, place, kind, execution, length, at_ns) VALUES (?, ?, ?, ?, ?, ?, ?)",
                arguments: [campaign, target, crash.place, crash.kind, whole(crash.execution), crash.length, at])
        case .entry(let entry):
            // Who had it first has it.
            try db.execute(
                sql: "INSERT OR IGNORE INTO corpus VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                arguments: [
                    target, entry.hash, entry.length, entry.parent, entry.operators.joined(separator: "+"), whole(entry.foundAt),
                    entry.worker,
                    campaign,
                ])
        case .edge(let edge):
            try db.execute(
                sql: "INSERT OR IGNORE INTO edge SELECT build, ?, ?, ?, ?, ?, id FROM campaign WHERE id = ?",
                arguments: [target, edge.edge, edge.entry, edge.address, edge.function, campaign])
        case .bug(let bug):
            try db.execute(
                sql: """
                    INSERT INTO bug VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    ON CONFLICT(target, bucket) DO UPDATE SET kind = excluded.kind, title = excluded.title, value = excluded.value,
                        location = excluded.location, severity = excluded.severity, flaky = excluded.flaky,
                        last_campaign = excluded.last_campaign
                    """,
                arguments: [
                    target, bug.bucket, bug.kind, bug.title, bug.value, bug.location, bug.severity, bug.isFlaky ? 1 : 0, campaign, campaign,
                ])
        case .unsolved(let compare):
            try db.execute(
                sql: "INSERT OR REPLACE INTO unsolved SELECT build, ?, ?, ?, ?, ?, id, ? FROM campaign WHERE id = ?",
                arguments: [target, compare.location, compare.left, compare.right, whole(compare.reached), compare.form, campaign])
        case .stuck(let compares):
            // The list takes the place of the one before: what was met since is gone.
            try db.execute(
                sql: "DELETE FROM unsolved WHERE target = ? AND build = (SELECT build FROM campaign WHERE id = ?)",
                arguments: [target, campaign])
            for compare in compares { try add(.unsolved(compare), target, at, chance, campaign, db) }
        case .target, .build, .started, .replay, .finished, .distilled, .merged, .minimised, .other: break
        }
    }

    func end(_ campaign: Int64, outcome: String, code: ExitCode, ran nanoseconds: Int64, at now: Instant) throws(Failure) {
        try records.write { db in
            try db.execute(
                sql: "UPDATE campaign SET ended_at = ?, outcome = ?, exit_code = ?, ran_ns = ? WHERE id = ?",
                arguments: [now.rfc3339, outcome, code.rawValue, nanoseconds, campaign])
        }
    }

    /// The bugs of a target that campaigns wrote down, by bucket.
    func bugs(target: String) throws(Failure) -> [String: CampaignBug] {
        do {
            return try queue.inDatabase { db in
                var bugs: [String: CampaignBug] = [:]
                for row in try Row.fetchAll(
                    db, sql: "SELECT bucket, kind, title, value, location, severity, flaky FROM bug WHERE target = ?", arguments: [target])
                {
                    let bucket: String = row[0]
                    bugs[bucket] = CampaignBug(
                        bucket: bucket, kind: row[1], title: row[2], value: row[3], location: row[4], severity: row[5], isFlaky: row[6])
                }
                return bugs
            }
        } catch {
            throw Failure(.cannotEvaluate, "\(path): cannot be read: \(error)")
        }
    }

    /// Edges that the newest campaign added; what earlier ones of the same build had lit is not counted.
    func newEdges(campaign: Int64, target: String) throws(Failure) -> Int {
        do {
            return try queue.inDatabase { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM edge WHERE campaign = ? AND target = ?", arguments: [campaign, target]) ?? 0
            }
        } catch {
            throw Failure(.cannotEvaluate, "\(path): cannot be read: \(error)")
        }
    }
}
