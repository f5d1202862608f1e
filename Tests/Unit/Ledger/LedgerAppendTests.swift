import ContentDigest
import Determinism
import GRDB
import Ledger
import LedgerFixtures
import StrictDocuments
import Testing

@Suite struct LedgerAppendTests {
    @Test("a new ledger is empty, intact, and has the root of the empty tree")
    func emptyLedger() throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        let head = try ledger.head()
        #expect(head.size == 0)
        #expect(head.root == MerkleTree.emptyRoot)
        #expect(head.digest == .zero)
        let report = try ledger.verify()
        #expect(report.isIntact, "\(report.faults)")
        #expect(try ledger.leaf(1) == nil)
    }

    @Test("leaves are numbered from 1, linked by digest, and read back as canonical JSON")
    func chain() throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        let drafts = LedgerFixture.drafts(10)
        let receipts = try ledger.append(Array(drafts[..<4])) + ledger.append(Array(drafts[4...]))
        #expect(receipts.map(\.seq) == Array(1...10))
        var previous = Digest.zero
        for (draft, receipt) in zip(drafts, receipts) {
            let leaf = try #require(try ledger.leaf(receipt.seq))
            let envelope = try leaf.envelope()
            #expect(envelope.previous == previous)
            #expect(envelope.payload == draft.payload)
            #expect(envelope.at == draft.at)
            let whole = JSONValue.object([
                "at": .string(draft.at.rfc3339), "payload": draft.payload, "prev": .string(previous.hex), "seq": .int(receipt.seq),
                "type": .string(draft.type), "v": 1,
            ])
            #expect(leaf.body == whole.canonicalBytes())
            #expect(leaf.digest == MerkleTree.leaf(leaf.body))
            #expect(receipt.digest == leaf.digest)
            previous = leaf.digest
        }
        #expect(try ledger.head().root == MerkleTree.root(of: receipts.map(\.digest)))
        #expect(try ledger.verify().isIntact)
    }

    @Test("a ledger opened again goes on where it ended")
    func reopening() throws {
        let fixture = try LedgerFixture()
        let drafts = LedgerFixture.drafts(75)
        for draft in drafts { try fixture.open().append([draft]) }
        let ledger = try fixture.open()
        #expect(try ledger.head().size == 75)
        #expect(try ledger.verify().isIntact)
        let other = try LedgerFixture()
        let atOnce = try other.open()
        try atOnce.append(drafts)
        #expect(try atOnce.head() == ledger.head())
    }

    @Test("a draft that cannot be recorded is refused and leaves nothing behind")
    func refusedDrafts() throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        var deep = JSONValue.object([:])
        for _ in 0..<2000 { deep = .array([deep]) }
        let huge = JSONValue.string(String(repeating: "x", count: LedgerLimits.maximumLeafBytes))
        for (draft, kind) in [
            (LeafDraft(type: "Run", payload: [:], at: .epoch), LedgerError.Kind.invalid),
            (LeafDraft(type: "", payload: [:], at: .epoch), .invalid),
            (LeafDraft(type: "a\"b", payload: [:], at: .epoch), .invalid),
            (LeafDraft(type: String(repeating: "a", count: 65), payload: [:], at: .epoch), .invalid),
            (LeafDraft(type: "run", payload: [1], at: .epoch), .invalid),
            (LeafDraft(type: "run", payload: ["deep": deep], at: .epoch), .limit),
            (LeafDraft(type: "run", payload: ["huge": huge], at: .epoch), .limit),
        ] {
            let error = #expect(throws: LedgerError.self) {
                try ledger.append([LeafDraft(type: "note", payload: [:], at: .epoch), draft], blobs: [BlobDraft([1])])
            }
            #expect(error?.kind == kind, "\(draft.type.prefix(10)): \(error?.description ?? "")")
        }
        #expect(try ledger.head().size == 0)
        #expect(try ledger.blob(SHA256Digest.of([1])) == nil)
    }

    @Test("blobs are kept by digest; large ones by digest and size only")
    func blobs() throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        let small = Array("report".utf8)
        let large = [UInt8](repeating: 7, count: LedgerLimits.maximumBlobBytes + 1)
        try ledger.append([], blobs: [BlobDraft(small, media: "text/plain"), BlobDraft([]), BlobDraft(large), BlobDraft(small)])
        let kept = try #require(try ledger.blob(SHA256Digest.of(small)))
        #expect(kept.bytes == small)
        #expect(kept.media == "text/plain")
        #expect(try ledger.blob(SHA256Digest.of([]))?.bytes == [])
        let dropped = try #require(try ledger.blob(SHA256Digest.of(large)))
        #expect(dropped.bytes == nil)
        #expect(dropped.sizeBytes == Int64(large.count))
        let report = try ledger.verify()
        #expect(report.isIntact, "\(report.faults)")
        #expect(report.checkedBlobs == 3)
    }

    @Test("a redaction removes the bytes for ever, by a leaf, and the ledger stays intact")
    func redaction() throws {
        let fixture = try LedgerFixture()
        let secret = Array("the secret that must go".utf8)
        let digest = SHA256Digest.of(secret)
        do {
            let ledger = try fixture.open()
            try ledger.append(LedgerFixture.drafts(3), blobs: [BlobDraft(secret)])
            #expect(throws: LedgerError.self) { try ledger.redact(blob: .zero, reason: "no such blob", at: .epoch) }
            let receipt = try ledger.redact(blob: digest, reason: "a token", at: .epoch)
            #expect(receipt.seq == 4)
            #expect(try ledger.blob(digest)?.bytes == nil)
            let report = try ledger.verify()
            #expect(report.isIntact, "\(report.faults)")
            #expect(try ledger.checkIndexes() == nil)
            try ledger.close()
        }
        let bytes = FileBytes.read(fixture.path) + FileBytes.read(fixture.path + "-wal")
        #expect(bytes.count > 4096)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("the secret that must go"))
    }

    @Test(
        "triggers refuse every change but growth",
        arguments: [
            "UPDATE leaf SET type = 'x' WHERE seq = 2", "DELETE FROM leaf WHERE seq = 2",
            "INSERT OR REPLACE INTO leaf SELECT seq, 'x', body, digest FROM leaf WHERE seq = 2",
            "INSERT INTO leaf SELECT seq + 100, type, body, digest FROM leaf WHERE seq = 2",
            "UPDATE node SET hash = x'00'", "DELETE FROM node", "INSERT OR REPLACE INTO node SELECT level, idx, x'00' FROM node",
            "UPDATE blob SET bytes = NULL", "UPDATE blob SET bytes = x'00'", "DELETE FROM blob",
            "INSERT OR REPLACE INTO blob SELECT sha256, 0, media, x'' FROM blob", "UPDATE head SET size = size - 1",
            "UPDATE head SET root = x'00'", "DELETE FROM head", "INSERT INTO head VALUES(2, 1, x'', x'')", "DELETE FROM committed",
            "UPDATE committed SET seq = 1",
        ])
    func appendOnly(_ sql: String) throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        try ledger.append(LedgerFixture.drafts(20), blobs: [BlobDraft([1, 2, 3])])
        try ledger.importCommitted([CommittedLeaf(type: "signoff", at: .epoch, payload: [:])])
        let raw = try fixture.raw()
        let error = #expect(throws: DatabaseError.self) { try raw.write { try $0.execute(sql: sql) } }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT)
        #expect(try ledger.verify().isIntact)
    }

    @Test("nothing is appended to a ledger whose tree does not give its root")
    func brokenTree() throws {
        let fixture = try LedgerFixture()
        try fixture.open().append(LedgerFixture.drafts(20))
        try fixture.raw().write { db in
            try LedgerFixture.dropTriggers(db)
            try db.execute(sql: "UPDATE node SET hash = zeroblob(32) WHERE level = 4")
        }
        let error = #expect(throws: LedgerError.self) { try fixture.open().append(LedgerFixture.drafts(1)) }
        #expect(error?.kind == .broken)
        #expect(try fixture.open().head().size == 20)
    }
}
