import ContentDigest
import Determinism
import Ledger
import LedgerFixtures
import Testing

@Suite struct AppendingProperties {
    @Test("however leaves are cut into appends and reopened between, the ledger is the same and intact")
    func batching() throws {
        var generator = SeededGenerator(seed: 4)
        for round in 0..<6 {
            let drafts = LedgerFixture.drafts(generator.integer(in: 1...120), seed: UInt64(round))
            let fixture = try LedgerFixture()
            var ledger = try fixture.open()
            var digests: [Digest] = []
            while digests.count < drafts.count {
                let end = min(drafts.count, digests.count + generator.integer(in: 1...40))
                digests += try ledger.append(Array(drafts[digests.count..<end])).map(\.digest)
                if generator.integer(in: 0...2) == 0 { ledger = try fixture.open() }
            }
            let report = try ledger.verify()
            #expect(report.isIntact, "\(report.faults)")
            #expect(report.root == MerkleTree.root(of: digests))
            #expect(try ledger.checkIndexes() == nil)
            let whole = try LedgerFixture()
            let atOnce = try whole.open()
            try atOnce.append(drafts)
            #expect(try atOnce.head() == ledger.head())
            #expect(try atOnce.history(limit: 100) == ledger.history(limit: 100))
        }
    }
}
