import ContentDigest
import Determinism
import Foundation
import GRDB
import Ledger
import LedgerFixtures
import StrictDocuments
import Testing

/// Whatever is done to the leaves, the verification finds it, and names the first leaf that is not what was recorded.
@Suite struct TamperingProperties {
    /// Enough for stored nodes at two levels, and a right edge beside them.
    private static let leaves = 43

    private func expectFound(
        _ report: VerifyReport, first: Int64?, _ kind: LedgerFault.Kind? = nil, _ what: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let real = report.faults.filter { $0.kind != .schema }
        #expect(!real.isEmpty, "not found: \(what)", sourceLocation: sourceLocation)
        #expect(report.firstBadLeaf == first, "\(what): \(real)", sourceLocation: sourceLocation)
        if let kind { #expect(real.contains { $0.kind == kind }, "\(what): \(real)", sourceLocation: sourceLocation) }
    }

    @Test("the forger alone changes nothing but the triggers")
    func control() throws {
        let forger = try Forger(leaves: Self.leaves)
        for _ in 0..<2 {
            let report = try forger.verify { _ in }
            #expect(report.faults.allSatisfy { $0.kind == .schema && $0.message.contains("trigger") }, "\(report.faults)")
            #expect(report.firstBadLeaf == nil)
        }
    }

    @Test("a leaf put in front of the first one is found", arguments: [Int64(0), -1, Int64.min])
    func inFront(_ place: Int64) throws {
        let report = try Forger(leaves: Self.leaves).verify { db in
            try db.execute(sql: "INSERT INTO leaf SELECT ?, type, body, digest FROM leaf WHERE seq = 1", arguments: [place])
        }
        expectFound(report, first: nil, .misplaced, "a copy of leaf #1 as #\(place)")
        #expect(report.faults.contains { $0.message.contains("#\(place)") })
    }

    @Test("1,000 changes of one byte of a body or of its digest: each found, at its leaf")
    func singleBytes() throws {
        let forger = try Forger(leaves: Self.leaves)
        var generator = SeededGenerator(seed: 1000)
        for _ in 0..<1000 {
            let seq = Int64(generator.integer(in: 1...Self.leaves))
            let column = generator.integer(in: 0...3) == 0 ? "digest" : "body"
            let flip = UInt8(generator.integer(in: 1...255))
            let place = Int(generator.next() >> 2)
            let report = try forger.verify { db in
                var bytes = [UInt8](try Data.fetchOne(db, sql: "SELECT \(column) FROM leaf WHERE seq = ?", arguments: [seq])!)
                bytes[place % bytes.count] ^= flip
                try db.execute(sql: "UPDATE leaf SET \(column) = ? WHERE seq = ?", arguments: [Data(bytes), seq])
            }
            expectFound(report, first: seq, .edited, "\(column) of #\(seq)")
            let accused = report.faults.filter { $0.leaves != nil }
            #expect(accused.count == 1, "\(column) of #\(seq): \(accused)")
        }
    }

    @Test("200 bodies replaced together with their digests: each found, at its leaf")
    func consistentReplacement() throws {
        let forger = try Forger(leaves: Self.leaves)
        var generator = SeededGenerator(seed: 200)
        for _ in 0..<200 {
            let seq = Int64(generator.integer(in: 1...Self.leaves))
            let part = generator.integer(in: 0...3)
            let report = try forger.verify { db in
                let old = try LeafEnvelope(body: Forger.body(seq, db), name: "old")
                let new = LeafEnvelope(
                    at: part == 0 ? old.at.advanced(byNanoseconds: 1) : old.at, payload: part == 1 ? ["forged": true] : old.payload,
                    previous: part == 2 ? MerkleTree.emptyRoot : old.previous, seq: part == 3 ? old.seq + 1 : old.seq, type: old.type)
                try Forger.setBody(new.body(), seq, withDigest: true, db)
            }
            expectFound(report, first: seq, nil, "part \(part) of #\(seq)")
        }
    }

    @Test("100 swaps of two rows: found, at the first of the two")
    func swaps() throws {
        let forger = try Forger(leaves: Self.leaves)
        var generator = SeededGenerator(seed: 100)
        for _ in 0..<100 {
            let a = Int64(generator.integer(in: 1...Self.leaves - 1))
            let b = Int64(generator.integer(in: Int(a) + 1...Self.leaves))
            let report = try forger.verify { db in
                try db.execute(sql: "UPDATE leaf SET seq = -1 WHERE seq = ?", arguments: [a])
                try db.execute(sql: "UPDATE leaf SET seq = ? WHERE seq = ?", arguments: [a, b])
                try db.execute(sql: "UPDATE leaf SET seq = ? WHERE seq = -1", arguments: [b])
            }
            expectFound(report, first: a, .misplaced, "swap of #\(a) and #\(b)")
        }
    }

    @Test("100 deletions, with and without closing the gap: found, at the first that is gone")
    func deletions() throws {
        let forger = try Forger(leaves: Self.leaves)
        var generator = SeededGenerator(seed: 101)
        for round in 0..<100 {
            let seq = Int64(generator.integer(in: 1...Self.leaves))
            let more = Int64(generator.integer(in: 0...3))
            let closes = round % 2 == 0
            let report = try forger.verify { db in
                try db.execute(sql: "DELETE FROM leaf WHERE seq BETWEEN ? AND ?", arguments: [seq, seq + more])
                guard closes else { return }
                try db.execute(sql: "UPDATE leaf SET seq = -seq WHERE seq > ?", arguments: [seq])
                try db.execute(sql: "UPDATE leaf SET seq = -seq - ? WHERE seq < 0", arguments: [more + 1])
            }
            expectFound(report, first: seq, nil, "deletion of #\(seq) to #\(seq + more), closing \(closes)")
        }
    }

    @Test("60 truncations, with or without mending head, nodes and sequence: found where a witness is left")
    func truncations() throws {
        let forger = try Forger(leaves: Self.leaves)
        let anchor = try forger.ledger.checkpoint(origin: "test")
        var generator = SeededGenerator(seed: 60)
        for round in 0..<60 {
            let end = Int64(generator.integer(in: 0...Self.leaves - 1))
            let mends = round % 3
            let report = try forger.verify(anchors: mends == 2 ? [anchor] : []) { db in
                try db.execute(sql: "DELETE FROM leaf WHERE seq > ?", arguments: [end])
                guard mends > 0 else { return }
                try mendTail(end, db)
                if mends == 2 { try db.execute(sql: "UPDATE sqlite_sequence SET seq = ? WHERE name = 'leaf'", arguments: [end]) }
            }
            expectFound(report, first: end + 1, nil, "cut behind #\(end), mending \(mends)")
        }
    }

    private func mendTail(_ end: Int64, _ db: Database) throws {
        try db.execute(sql: "DELETE FROM node")
        var frontier = MerkleFrontier()
        var last = Digest.zero
        for seq in 0..<end {
            last = MerkleTree.leaf(try Forger.body(seq + 1, db))
            var nodes: [(Int, UInt64, Digest)] = []
            frontier.append(last) { nodes.append(($0, $1, $2)) }
            for (level, index, digest) in nodes where level >= 4 {
                try db.execute(sql: "INSERT INTO node VALUES(?, ?, ?)", arguments: [level, Int64(index), Data(digest.bytes)])
            }
        }
        try db.execute(
            sql: "UPDATE head SET size = ?, root = ?, digest = ?", arguments: [end, Data(frontier.root.bytes), Data(last.bytes)])
    }

    @Test("60 copies of a leaf, at the end or in another's place: found")
    func duplicates() throws {
        let forger = try Forger(leaves: Self.leaves)
        var generator = SeededGenerator(seed: 61)
        for round in 0..<60 {
            let source = Int64(generator.integer(in: 1...Self.leaves))
            let target = round % 2 == 0 ? Int64(Self.leaves + 1) : source % Int64(Self.leaves) + 1
            let report = try forger.verify { db in
                try db.execute(sql: "DELETE FROM leaf WHERE seq = ?", arguments: [target])
                try db.execute(sql: "INSERT INTO leaf SELECT ?, type, body, digest FROM leaf WHERE seq = ?", arguments: [target, source])
            }
            expectFound(report, first: target, nil, "copy of #\(source) at #\(target)")
        }
    }

    @Test("a type beside the body, a node, the head, the sequence, a blob: each found, and no leaf accused wrongly")
    func aroundTheLeaves() throws {
        let forger = try Forger(leaves: Self.leaves)
        for (sql, kind, first) in [
            ("UPDATE leaf SET type = 'other' WHERE seq = 5", LedgerFault.Kind.envelope, Int64?(5)),
            ("UPDATE node SET hash = zeroblob(32) WHERE level = 4 AND idx = 1", .tree, nil),
            ("DELETE FROM node WHERE level = 5", .tree, nil),
            ("INSERT INTO node VALUES(4, 9, zeroblob(32))", .tree, nil), ("UPDATE head SET root = zeroblob(32)", .head, nil),
            ("UPDATE head SET digest = zeroblob(32)", .head, nil), ("UPDATE head SET size = 44", .missing, 44),
            ("UPDATE head SET size = 42", .beyondHead, 43), ("DELETE FROM head", .head, nil),
            ("UPDATE head SET root = x'00'", .head, nil), ("UPDATE sqlite_sequence SET seq = 50 WHERE name = 'leaf'", .missing, 44),
            ("UPDATE sqlite_sequence SET seq = 9 WHERE name = 'leaf'", .schema, nil),
            ("UPDATE blob SET bytes = x'0102' WHERE size = 3", .blob, nil), ("UPDATE blob SET size = 4 WHERE size = 3", .blob, nil),
            ("UPDATE blob SET bytes = NULL WHERE size = 3", .blob, nil), ("UPDATE blob SET sha256 = x'00' WHERE size = 3", .blob, nil),
        ] {
            let report = try forger.verify { try $0.execute(sql: sql) }
            #expect(report.faults.contains { $0.kind == kind && !$0.message.contains("trigger") }, "\(sql): \(report.faults)")
            #expect(report.firstBadLeaf == first, "\(sql): \(report.faults)")
        }
    }

    @Test("an index row of no leaf is found")
    func indexReferences() throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        try ledger.append(LedgerFixture.drafts(4))
        try fixture.raw().write { try $0.execute(sql: "INSERT INTO run(seq) VALUES(99)") }
        let report = try ledger.verify()
        #expect(report.faults.map(\.kind) == [.index])
        #expect(report.faults.first?.message.contains("#99") == true)
    }

    @Test("a ledger rewritten from a leaf on passes alone, and not before a checkpoint that someone kept")
    func rewriting() throws {
        let forger = try Forger(leaves: Self.leaves)
        let now = try forger.ledger.checkpoint(origin: "test")
        let older = try LedgerFixture().open()
        try older.append(Array(LedgerFixture.drafts(Self.leaves)[..<20]))
        let early = try older.checkpoint(origin: "test")
        for seq in [Int64(1), 16, 20, 21, 33, 43] {
            let unseen = try forger.verify { try Forger.rewrite(from: seq, count: forger.count, $0) }
            #expect(unseen.faults.allSatisfy { $0.kind == .schema }, "\(unseen.faults)")
            #expect(unseen.newestAnchoredSize == nil)
            let report = try forger.verify(anchors: [now, early]) { try Forger.rewrite(from: seq, count: forger.count, $0) }
            let anchored: Int64? = seq > 20 ? 20 : nil
            #expect(report.newestAnchoredSize == anchored)
            expectFound(report, first: (anchored ?? 0) + 1, .anchor, "rewritten from #\(seq)")
            let range = try #require(report.faults.first { $0.kind == .anchor }?.leaves)
            #expect(range.contains(seq))
        }
        let intact = try forger.verify(anchors: [early, now]) { _ in }
        #expect(intact.newestAnchoredSize == 43)
        #expect(intact.firstBadLeaf == nil)
    }

    @Test("two threads find at the seams of their ranges what one finds")
    func seams() throws {
        let count = 8200
        let forger = try Forger(leaves: count)
        let intact = try forger.verify(threads: 3) { _ in }
        #expect(intact.faults.allSatisfy { $0.kind == .schema }, "\(intact.faults)")
        #expect(intact.root == (try forger.ledger.head().root))
        for seq in [Int64(4095), 4096, 4097, 8192, 8193, 8200] {
            let report = try forger.verify(threads: 3) { db in
                let old = try LeafEnvelope(body: Forger.body(seq, db), name: "old")
                let new = LeafEnvelope(at: old.at, payload: ["forged": true], previous: old.previous, seq: seq, type: old.type)
                try Forger.setBody(new.body(), seq, withDigest: true, db)
            }
            expectFound(report, first: seq, .replaced, "replacement of #\(seq)")
        }
        let report = try forger.verify(threads: 2) { try $0.execute(sql: "UPDATE node SET hash = zeroblob(32) WHERE level = 13") }
        #expect(report.faults.contains { $0.kind == .tree })
    }
}
