import BenchmarkStatistics
import Determinism
import GRDB
import Gates

/// Runs that were kept under a name, to hold later ones against: `pulsegate bench run --save NAME`.
///
/// A name points at a run whose launches are kept anyway; removing the name removes nothing that was measured.
extension BenchStore {
    /// Tables of version 2.
    static let baselineTables = """
        CREATE TABLE baseline(
            name TEXT PRIMARY KEY NOT NULL, comparison INTEGER NOT NULL REFERENCES comparison(id), saved_at TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    struct Baseline: Sendable, Equatable {
        var name: String
        var comparison: Int64
        var savedAt: String
        var suite: String
        /// As people call it: "1a2b3c4+".
        var head: String
        var machine: String
        var toolchain: String
        /// What it has launches of, by name.
        var benchmarks: [String]
    }

    static let maximumNameBytes = 64
    static let maximumBaselines = 1000

    /// - Throws: a failure of use for what is no name: a letter or digit of ASCII, then letters, digits, ".", "_" and "-".
    static func checkName(_ name: String) throws(Failure) {
        func isPlain(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }
        guard let first = name.utf8.first, isPlain(first), name.utf8.count <= maximumNameBytes,
            name.utf8.allSatisfy({ isPlain($0) || $0 == 0x2E || $0 == 0x5F || $0 == 0x2D })
        else {
            throw Failure(
                .usage, "'\(name)' is no name for a baseline",
                hint: "it begins with a letter or digit and has letters, digits, '.', '_' and '-', \(maximumNameBytes) at most")
        }
    }

    /// Keeps the launches of a run under a name.
    ///
    /// - Returns: what stood under the name before.
    @discardableResult
    func save(_ name: String, comparison: Int64, at now: Instant) throws(Failure) -> Baseline? {
        try Self.checkName(name)
        let before = try baselines().first { $0.name == name }
        try write { db in
            let others = try Int.fetchOne(db, sql: "SELECT count(*) FROM baseline WHERE name <> ?", arguments: [name]) ?? 0
            guard others < Self.maximumBaselines else {
                throw Failure(
                    .usage, "there are maximumBaselines of \(Self.maximumBaselines) baselines",
                    hint: "`pulsegate bench baselines --remove NAME`")
            }
            try db.execute(
                sql: "INSERT OR REPLACE INTO baseline(name, comparison, saved_at) VALUES (?, ?, ?)",
                arguments: [name, comparison, now.rfc3339])
        }
        return before
    }

    /// All of them, by name.
    func baselines() throws(Failure) -> [Baseline] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT b.name, b.comparison, b.saved_at, c.suite, c.head, c.machine, c.toolchain
                    FROM baseline b JOIN comparison c ON c.id = b.comparison ORDER BY b.name
                    """
            ).map { row in
                let comparison: Int64 = row[1]
                return Baseline(
                    name: row[0], comparison: comparison, savedAt: row[2], suite: row[3], head: row[4], machine: row[5], toolchain: row[6],
                    benchmarks: try String.fetchAll(
                        db, sql: "SELECT DISTINCT benchmark FROM launch WHERE comparison = ? ORDER BY benchmark", arguments: [comparison]))
            }
        }
    }

    /// - Throws: a failure of use that names those there are.
    func baseline(_ name: String) throws(Failure) -> Baseline {
        let all = try baselines()
        guard let found = all.first(where: { $0.name == name }) else { throw Self.unknown(name, all.map(\.name)) }
        return found
    }

    func removeBaseline(_ name: String) throws(Failure) {
        _ = try baseline(name)
        try write { db in try db.execute(sql: "DELETE FROM baseline WHERE name = ?", arguments: [name]) }
    }

    static func unknown(_ name: String, _ names: [String]) -> Failure {
        Failure(
            .usage, "there is no baseline '\(name)' here",
            hint: names.isEmpty
                ? "there is none at all; `pulsegate bench run --save \(name)` keeps one"
                : "there are: \(names.prefix(40).joined(separator: ", "))")
    }

    /// The newest runs of the suite on the machine of a baseline, by benchmark, oldest first: what tells how one time differs from another.
    func earlierRuns(like saved: Baseline, limit: Int = 30) throws(Failure) -> [String: [[LaunchRecord]]] {
        let numbers = try read { db in
            try Int64.fetchAll(
                db,
                sql: """
                    SELECT id FROM comparison WHERE kind = 'run' AND suite = ? AND machine = ? AND toolchain = ? AND ended_at IS NOT NULL
                    ORDER BY id DESC LIMIT ?
                    """, arguments: [saved.suite, saved.machine, saved.toolchain, limit])
        }
        var runs: [String: [[LaunchRecord]]] = [:]
        for number in numbers.reversed() {
            for (name, records) in Dictionary(grouping: try launches(of: number), by: \.benchmark) {
                runs[name, default: []].append(records)
            }
        }
        return runs
    }

    /// Allocations an iteration, of benchmarks whose processes agreed on them.
    func allocations(of comparison: Int64) throws(Failure) -> [String: Int64] {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT benchmark, allocations FROM verdict WHERE comparison = ? AND allocations IS NOT NULL",
                arguments: [comparison])
            return Dictionary(rows.map { ($0[0], $0[1]) }, uniquingKeysWith: { first, _ in first })
        }
    }
}
