import ContentDigest
import Determinism
import GRDB
import Ledger
import LedgerFixtures
import StrictDocuments
import Testing

@Suite struct LedgerQueryTests {
    private func filled(_ count: Int) throws -> (fixture: LedgerFixture, ledger: Ledger) {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        try ledger.append(LedgerFixture.drafts(count))
        return (fixture, ledger)
    }

    @Test("the history shows the newest runs first, with what their newest verdict said")
    func history() throws {
        let (_, ledger) = try filled(40)
        try ledger.append([
            LeafDraft(type: "verdict", payload: ["run_id": "run-9", "outcome": "pass", "exit_code": 0, "gates": []], at: .epoch)
        ])
        let runs = try ledger.history(limit: 3)
        #expect(runs.map(\.runID) == ["run-9", "run-8", "run-7"])
        #expect(runs.map(\.outcome) == ["pass", "fail", "fail"])
        #expect(runs.map(\.exitCode) == [0, 1, 1])
        #expect(runs[1].gateCount == 2)
        #expect(runs[1].failedGateCount == 1)
        #expect(runs[1].isDirty == false)
        #expect(try ledger.history(limit: 100).count == 10)
    }

    @Test("filters keep the runs of a project, a branch, a gate")
    func filters() throws {
        let (_, ledger) = try filled(40)
        #expect(try ledger.history(limit: 100, filter: HistoryFilter(branch: "main")).count == 5)
        #expect(try ledger.history(limit: 100, filter: HistoryFilter(project: "none")).isEmpty)
        #expect(try ledger.history(limit: 100, filter: HistoryFilter(gate: "coverage")).count == 10)
        #expect(
            try ledger.history(limit: 2, filter: HistoryFilter(project: "demo", branch: "main", gate: "tests")).map(\.runID) == [
                "run-8", "run-6",
            ])
        #expect(try ledger.history(limit: 100, filter: HistoryFilter(gate: "none")).isEmpty)
        #expect(throws: LedgerError.self) { try ledger.history(limit: 0) }
    }

    @Test("a run is found by its number, by the beginning of its id, and as the latest")
    func matching() throws {
        let (_, ledger) = try filled(48)
        #expect(try ledger.run(matching: "latest").runID == "run-11")
        #expect(try ledger.run(matching: "#5").runID == "run-1")
        #expect(try ledger.run(matching: "run-7").runID == "run-7")
        // The whole id wins over longer ones that begin with it.
        #expect(try ledger.run(matching: "run-1").runID == "run-1")
        for (text, kind) in [
            ("run-", LedgerError.Kind.ambiguous), ("", .invalid), ("#", .invalid), ("#-1", .invalid), ("#2", .notFound),
            ("#999", .notFound),
            ("zzz", .notFound), ("run-%", .notFound), ("#99999999999999999999", .invalid),
        ] {
            let error = #expect(throws: LedgerError.self) { try ledger.run(matching: text) }
            #expect(error?.kind == kind, "\(text)")
        }
    }

    @Test("of a run that was recorded twice, as judging the same inputs again does, the newest is meant")
    func recordedTwice() throws {
        let (_, ledger) = try filled(48)
        let run = LeafDraft(
            type: "run", payload: ["run_id": "run-7", "project": "demo"], at: Instant(nanosecondsSinceEpoch: 1_800_000_000_000_000_000))
        let seq = try #require(try ledger.append([run]).first).seq
        #expect(try ledger.run(matching: "run-7").seq == seq)
        #expect(try ledger.run(matching: "run-7").runID == "run-7")
        #expect(try ledger.run(matching: "latest").seq == seq)
    }

    @Test("leaves are listed by type, in either direction")
    func leaves() throws {
        let (_, ledger) = try filled(12)
        #expect(try ledger.leaves(type: "verdict", limit: 10).map(\.seq) == [3, 7, 11])
        #expect(try ledger.leaves(type: "verdict", limit: 1, descending: true).map(\.seq) == [11])
        #expect(try ledger.leaves(limit: 2, descending: true).map(\.seq) == [12, 11])
    }

    @Test("keys that are absent or of another type give NULL, and never stop the recording")
    func tolerance() throws {
        let (_, ledger) = try filled(0)
        try ledger.append([
            LeafDraft(type: "run", payload: [:], at: .epoch),
            LeafDraft(type: "run", payload: ["run_id": 5, "dirty": "yes", "exit_code": "0"], at: .epoch),
            LeafDraft(type: "verdict", payload: ["gates": [1, "x", ["id": 3]]], at: .epoch),
            LeafDraft(type: "evidence", payload: ["reports": "none", "measures": [nil]], at: .epoch),
        ])
        let runs = try ledger.history(limit: 5)
        #expect(runs.count == 2)
        #expect(runs.allSatisfy { $0.runID == nil && $0.isDirty == nil && $0.exitCode == nil })
        #expect(try ledger.checkIndexes() == nil)
        #expect(try ledger.verify().isIntact)
    }

    @Test(
        "the index check names the first row that differs, and rebuilding mends it",
        arguments: [
            ("UPDATE run SET outcome = 'pass' WHERE seq = 5", "run", Int64(5)), ("DELETE FROM verdict WHERE seq = 7", "verdict", 7),
            ("INSERT INTO evidence(seq, collector) VALUES(9, 'x')", "evidence", 9), ("DELETE FROM measure", "measure", 2),
            ("UPDATE report SET size = NULL", "report", 2),
            ("UPDATE verdict_summary SET failed = 0 WHERE seq >= 11", "verdict_summary", 11),
        ])
    func indexCheck(_ sql: String, _ table: String, _ seq: Int64) throws {
        let (fixture, ledger) = try filled(16)
        #expect(try ledger.checkIndexes() == nil)
        try fixture.raw().write { try $0.execute(sql: sql) }
        let difference = try #require(try ledger.checkIndexes())
        #expect(difference.table == table)
        #expect(difference.seq == seq)
        try ledger.rebuildIndexes()
        #expect(try ledger.checkIndexes() == nil)
        #expect(try ledger.verify().isIntact)
    }

    @Test("every leaf has a proof of its place, and an older checkpoint one of its prefix")
    func proofs() throws {
        let (_, ledger) = try filled(37)
        let old = try ledger.head()
        try ledger.append(LedgerFixture.drafts(50))
        let head = try ledger.head()
        for seq in Int64(1)...head.size {
            let proof = try ledger.inclusionProof(seq)
            #expect(proof.isValid)
            #expect(proof.root == head.root)
        }
        let proof = try ledger.consistencyProof(from: old.size)
        #expect(
            MerkleTree.verifyConsistency(
                prefix: UInt64(old.size), prefixRoot: old.root, size: UInt64(head.size), root: head.root, proof: proof))
        #expect(throws: LedgerError.self) { try ledger.inclusionProof(head.size + 1) }
        #expect(throws: LedgerError.self) { try ledger.inclusionProof(0) }
        #expect(throws: LedgerError.self) { try ledger.consistencyProof(from: head.size + 1) }
    }

    @Test("a checkpoint is three lines that read back as it; anything else is none")
    func checkpoints() throws {
        let (_, ledger) = try filled(5)
        let checkpoint = try ledger.checkpoint(origin: "example.org/ledger")
        #expect(checkpoint.text.split(separator: "\n").count == 3)
        #expect(Checkpoint(text: checkpoint.text + "\n\u{2014} key AAAA\n") == checkpoint)
        #expect(Checkpoint(text: checkpoint.text) == checkpoint)
        let empty = Checkpoint(origin: "o", size: 0, root: MerkleTree.emptyRoot)
        #expect(empty.text == "o\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n")
        for text in [
            "", "o\n0\n", empty.text.dropLast() + "", empty.text.replacing("\n", with: "\r\n"), empty.text.replacing("0", with: "00"),
            empty.text.replacing("FU=", with: "FV="), empty.text.replacing("=", with: "A"),
            "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            empty.text + "x",
        ] { #expect(Checkpoint(text: String(text)) == nil, "\(text)") }
        #expect(throws: LedgerError.self) { try ledger.checkpoint(origin: "two\nlines") }
    }

    @Test("the checkpoint of an earlier size is the one that was given then", arguments: [0, 1, 5, 16, 31])
    func earlierCheckpoint(size: Int) throws {
        let (_, ledger) = try filled(size)
        let then = try ledger.checkpoint(origin: "o")
        try ledger.append(LedgerFixture.drafts(40))
        #expect(try ledger.checkpoint(origin: "o", size: Int64(size)) == then)
        #expect(try ledger.checkpoint(origin: "o") != then)
        #expect(throws: LedgerError.self) { try ledger.checkpoint(origin: "o", size: Int64(size) + 41) }
    }
}
