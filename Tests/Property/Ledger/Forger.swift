import ContentDigest
import Foundation
import GRDB
import Ledger
import LedgerFixtures
import StrictDocuments

/// Someone with a SQLite shell: changes a ledger past its triggers, and puts it back as it was for the next case.
struct Forger {
    let fixture: LedgerFixture
    let ledger: Ledger
    let count: Int64
    private let raw: DatabaseQueue

    init(leaves: Int) throws {
        fixture = try LedgerFixture()
        ledger = try fixture.open()
        count = Int64(leaves)
        try ledger.append(LedgerFixture.drafts(leaves), blobs: [BlobDraft(Array("evidence".utf8)), BlobDraft([1, 2, 3])])
        let pristine = fixture.folder + "/pristine.sqlite"
        raw = try fixture.raw()
        try raw.writeWithoutTransaction { db in
            try LedgerFixture.dropTriggers(db)
            try db.execute(sql: "ATTACH DATABASE ? AS pristine", arguments: [pristine])
            for table in Self.tables { try db.execute(sql: "CREATE TABLE pristine.\(table) AS SELECT * FROM main.\(table)") }
            try db.execute(sql: "CREATE TABLE pristine.sequence AS SELECT * FROM main.sqlite_sequence")
        }
    }

    private static let tables = ["leaf", "node", "head", "blob"]

    /// Changes the ledger, verifies it, and puts it back. The faults of the missing triggers are left out.
    func verify(anchors: [Checkpoint] = [], threads: Int = 2, after change: (Database) throws -> Void) throws -> VerifyReport {
        try raw.write(change)
        defer { try! restore() }
        return try ledger.verify(VerifyOptions(threadCount: threads), anchors: anchors)
    }

    private func restore() throws {
        try raw.write { db in
            for table in Self.tables {
                try db.execute(sql: "DELETE FROM main.\(table)")
                try db.execute(sql: "INSERT INTO main.\(table) SELECT * FROM pristine.\(table)")
            }
            try db.execute(sql: "DELETE FROM main.sqlite_sequence")
            try db.execute(sql: "INSERT INTO main.sqlite_sequence SELECT * FROM pristine.sequence")
        }
    }

    static func body(_ seq: Int64, _ db: Database) throws -> [UInt8] {
        Array(try Data.fetchOne(db, sql: "SELECT body FROM leaf WHERE seq = ?", arguments: [seq])!)
    }

    static func setBody(_ body: [UInt8], _ seq: Int64, withDigest: Bool, _ db: Database) throws {
        try db.execute(sql: "UPDATE leaf SET body = ? WHERE seq = ?", arguments: [Data(body), seq])
        if withDigest {
            try db.execute(sql: "UPDATE leaf SET digest = ? WHERE seq = ?", arguments: [Data(MerkleTree.leaf(body).bytes), seq])
        }
    }

    /// Writes everything from a leaf on anew, as an owner would who wants nobody to notice.
    static func rewrite(from seq: Int64, count: Int64, _ db: Database) throws {
        var leaves: [Digest] = []
        var frontier = MerkleFrontier()
        try db.execute(sql: "DELETE FROM node")
        var previous = Digest.zero
        for place in 1...count {
            var bytes = try body(place, db)
            if place >= seq {
                let old = try LeafEnvelope(body: bytes, name: "old")
                let payload: JSONValue = place == seq ? ["forged": true] : old.payload
                bytes = LeafEnvelope(at: old.at, payload: payload, previous: previous, seq: place, type: old.type).body()
                try setBody(bytes, place, withDigest: true, db)
            }
            previous = MerkleTree.leaf(bytes)
            leaves.append(previous)
            var nodes: [(Int, UInt64, Digest)] = []
            frontier.append(previous) { nodes.append(($0, $1, $2)) }
            for (level, index, digest) in nodes where level >= 4 {
                try db.execute(sql: "INSERT INTO node VALUES(?, ?, ?)", arguments: [level, Int64(index), Data(digest.bytes)])
            }
        }
        try db.execute(
            sql: "UPDATE head SET root = ?, digest = ?", arguments: [Data(frontier.root.bytes), Data(previous.bytes)])
    }
}
