import GRDB
import Gates

/// What the records tell of one target: the newest campaign that ran it, as a report shows it.
struct CampaignHistory: Sendable {
    var samples: [CampaignReport.TimedSample] = []
    var workers = 1
    var seed: UInt64?
    var stuck: [UnsolvedCompare] = []
    /// The bucket or place of a finding, and the target's time when it came up first in that campaign.
    var foundAt: [String: Int64] = [:]
    /// The build that the compares' addresses are of.
    var build = ""

    /// Samples come each second: a longer gap between two belongs to another target's turn.
    private static let longestGap: Int64 = 1_500_000_000
}

extension CampaignStore {
    /// - Returns: nil where no campaign has run the target.
    func history(_ target: String) throws(Failure) -> CampaignHistory? {
        do {
            return try queue.inDatabase { db in try CampaignHistory(db, target) }
        } catch {
            throw Failure(.cannotEvaluate, "\(path): cannot be read: \(error)")
        }
    }
}

extension CampaignHistory {
    fileprivate init?(_ db: Database, _ target: String) throws {
        guard let campaign = try Int64.fetchOne(db, sql: "SELECT max(campaign) FROM sample WHERE target = ?", arguments: [target]) else {
            return nil
        }
        self.init()
        if let row = try Row.fetchOne(
            db, sql: "SELECT seed, workers, number FROM campaign JOIN build ON build.id = campaign.build WHERE campaign.id = ?",
            arguments: [campaign])
        {
            seed = UInt64(row["seed"] as String)
            workers = row["workers"]
            build = row["number"]
        }
        func count(_ row: Row, _ name: String) -> UInt64 { UInt64(clamping: row[name] as Int64) }
        var turns: [(at: Int64, given: Int64)] = []
        for row in try Row.fetchAll(
            db, sql: "SELECT * FROM sample WHERE campaign = ? AND target = ? ORDER BY at_ns", arguments: [campaign, target])
        {
            let at: Int64 = row["at_ns"]
            let gap = at - (turns.last?.at ?? at)
            let given = (turns.last?.given ?? 0) + (gap <= Self.longestGap ? gap : 0)
            turns.append((at, given))
            samples.append(
                CampaignReport.TimedSample(
                    elapsed: given,
                    sample: CampaignSample(
                        seconds: Double(given) / 1e9, executions: count(row, "executions"), traced: count(row, "traced"),
                        edges: count(row, "edges"), features: count(row, "features"), corpus: count(row, "corpus"),
                        crashes: count(row, "crashes"), restarts: count(row, "restarts"), lastFind: count(row, "last_find"),
                        depth: count(row, "depth"), cpuNanoseconds: count(row, "cpu_ns"),
                        stabilityChecks: count(row, "stability_checks"), unstable: count(row, "unstable"), once: count(row, "once"),
                        looked: count(row, "looked"))))
        }
        for row in try Row.fetchAll(
            db, sql: "SELECT place, min(at_ns) AS at_ns FROM crash WHERE campaign = ? AND target = ? GROUP BY place ORDER BY place",
            arguments: [campaign, target])
        {
            let at: Int64 = row["at_ns"]
            foundAt[row["place"]] = turns.last { $0.at <= at }?.given ?? 0
        }
        for row in try Row.fetchAll(
            db,
            sql: """
                SELECT * FROM unsolved WHERE target = ? AND build = (SELECT build FROM campaign WHERE id = ?)
                ORDER BY reached DESC, location
                """, arguments: [target, campaign])
        {
            let location: String = row["location"]
            stuck.append(
                UnsolvedCompare(
                    location: location, left: row["left_side"], right: row["right_side"], reached: count(row, "reached"), form: row["form"],
                    site: location.hasPrefix("0x") ? UInt64(location.dropFirst(2), radix: 16) : nil))
        }
    }
}
