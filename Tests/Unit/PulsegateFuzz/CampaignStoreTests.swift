import Determinism
import GRDB
import Gates
import Glibc
import Testing

@testable import pulsegate

/// A folder that is removed with the last reference.
final class TemporaryFolder {
    let path: String

    init() throws {
        var template = Array("/tmp/pulsegate-fuzz-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(.internalError, "mkdtemp failed") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { try? Workspace.removeFolder(path) }
}

@Suite("the records of campaigns")
struct CampaignStoreTests {
    let folder: TemporaryFolder
    var path: String { folder.path + "/campaigns.sqlite" }

    init() throws { folder = try TemporaryFolder() }

    static let plan = CampaignPlan(suite: "Fuzz", targets: [], workers: 2, seed: .max, time: 60, folder: "f")
    static let now = Instant.epoch

    private func begin(_ store: CampaignStore) throws -> Int64 {
        try store.begin(executable: "aa", build: BlindnessTests.sound, flags: "{}", sanitizer: nil, plan: Self.plan, at: Self.now)
    }

    private func number(_ store: CampaignStore, _ sql: String) throws -> Int {
        try store.queue.inDatabase { db in try Int.fetchOne(db, sql: sql) ?? -1 }
    }

    @Test("a campaign with everything it brought is there when the file is opened again")
    func whole() throws {
        let store = try CampaignStore(path: path)
        let campaign = try begin(store)
        let sample = CampaignSample(seconds: 1, executions: .max, edges: 3, features: 4, corpus: 5, crashes: 1, workers: [7, 9])
        try store.add(
            [
                (.sample(sample), "json", 1_000_000_000, 0.25),
                (.crash(CampaignCrash(place: "77", kind: "crash", execution: 12, length: 3)), "json", 5, nil),
                (.entry(CampaignEntry(hash: "e1", length: 3, operators: ["havoc", "splice"], foundAt: 9)), "json", 0, nil),
                (.entry(CampaignEntry(hash: "e1", length: 3, operators: ["seed"], foundAt: 1)), "json", 0, nil),
                (.edge(CampaignEdge(edge: 4, entry: "e1", function: "f")), "json", 0, nil),
                (.bug(CampaignBug(bucket: "b", kind: "crash", title: "old")), "json", 0, nil),
                (.bug(CampaignBug(bucket: "b", kind: "timeout", title: "new", isFlaky: true)), "json", 0, nil),
                (.unsolved(UnsolvedCompare(location: "A.swift:3", left: "1", right: "2", reached: 4)), "json", 0, nil),
                (.other("x"), "json", 0, nil),
            ], campaign: campaign)
        #expect(try store.newEdges(campaign: campaign, target: "json") == 1)
        try store.end(campaign, outcome: "nothing found", code: .pass, ran: 60, at: Self.now)
        let again = try CampaignStore(path: path)
        for table in ["build", "campaign", "sample", "crash", "corpus", "edge", "bug", "unsolved"] {
            #expect(try number(again, "SELECT count(*) FROM \(table)") == 1, "\(table)")
        }
        #expect(try number(again, "SELECT count(*) FROM worker") == 2)
        #expect(try again.bugs(target: "json") == ["b": CampaignBug(bucket: "b", kind: "timeout", title: "new", isFlaky: true)])
        #expect(try again.bugs(target: "csv").isEmpty)
        #expect(try number(again, "SELECT count(*) FROM corpus WHERE operators = 'havoc+splice' AND parent IS NULL") == 1)
        #expect(try number(again, "SELECT count(*) FROM bug WHERE title = 'new' AND flaky = 1 AND first_campaign = last_campaign") == 1)
        #expect(try number(again, "SELECT count(*) FROM campaign WHERE exit_code = 0 AND seed = '18446744073709551615'") == 1)
        #expect(try number(again, "SELECT count(*) FROM sample WHERE executions = 9223372036854775807") == 1)
    }

    @Test("a later campaign on the same build adds no build, and its edges are only those that are new")
    func later() throws {
        let store = try CampaignStore(path: path)
        let first = try begin(store)
        try store.add([(.edge(CampaignEdge(edge: 4, entry: "e")), "json", 0, nil)], campaign: first)
        let second = try begin(store)
        #expect(second != first)
        try store.add(
            [4, 5].map { (.edge(CampaignEdge(edge: $0, entry: "e")), "json", 0, nil) }, campaign: second)
        #expect(try number(store, "SELECT count(*) FROM build") == 1)
        #expect(try store.newEdges(campaign: second, target: "json") == 1)
        #expect(try store.newEdges(campaign: second, target: "csv") == 0)
    }

    @Test("a file of an older version is brought up to date and keeps its rows; all steps or none")
    func migration() throws {
        var store: CampaignStore? = try CampaignStore(path: path)
        if let store { _ = try begin(store) }
        store = nil
        var broken = RecordSchema.campaigns
        broken.steps.append { try $0.execute(sql: "CREATE TABLE extra(x) STRICT, WITHOUT ROWID") }
        #expect(throws: Failure.self) { try CampaignStore(path: path, schema: broken) }
        #expect(try number(CampaignStore(path: path), "PRAGMA user_version") == 1)
        var next = RecordSchema.campaigns
        next.steps.append { try $0.execute(sql: "ALTER TABLE campaign ADD COLUMN note TEXT") }
        let migrated = try CampaignStore(path: path, schema: next)
        #expect(try number(migrated, "PRAGMA user_version") == 2)
        #expect(try number(migrated, "SELECT count(*) FROM campaign WHERE note IS NULL") == 1)
        // And the older program refuses what the newer one made.
        #expect {
            try CampaignStore(path: path)
        } throws: { ($0 as? Failure)?.message.contains("of version 2, newer than this program") == true }
    }

    @Test("another program's database is left alone")
    func foreign() throws {
        let queue = try DatabaseQueue(path: path)
        try queue.inDatabase { db in try db.execute(sql: "CREATE TABLE theirs(x); PRAGMA application_id = 7") }
        try queue.close()
        #expect { try CampaignStore(path: path) } throws: { ($0 as? Failure)?.message.contains("something else") == true }
        try Failure.replacing(folder.path + "/junk.sqlite", with: Array("no database at all, but a text".utf8))
        #expect(throws: Failure.self) { try CampaignStore(path: folder.path + "/junk.sqlite") }
    }
}
