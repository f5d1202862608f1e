import Determinism
import Ledger
import LedgerFixtures
import Testing

/// Damage to the file itself, below SQLite: bits that rot, pages that are lost. Nothing traps, and no leaf changes unseen.
@Suite struct LedgerFileFuzz {
    private static let leaves = 60
    private static let rounds = 80

    private struct Target {
        let fixture: LedgerFixture
        let bytes: [UInt8]
        let bodies: [[UInt8]]
    }

    private func target() throws -> Target {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        try ledger.append(LedgerFixture.drafts(Self.leaves), blobs: [BlobDraft(Array(repeating: 9, count: 9000))])
        let bodies = try ledger.leaves(limit: 100).map(\.body)
        // Closing the last connection folds the log into the file.
        try ledger.close()
        return Target(fixture: fixture, bytes: FileBytes.read(fixture.path), bodies: bodies)
    }

    /// True where the ledger was opened, read in every way and found intact; any error is fine, a trap is not.
    private func survives(_ bytes: [UInt8], _ target: Target) -> Bool {
        FileBytes.write(bytes, to: target.fixture.path)
        guard let ledger = try? Ledger.open(path: target.fixture.path, create: false) else { return false }
        let report = try? ledger.verify()
        _ = try? ledger.history(limit: 10)
        _ = try? ledger.checkIndexes()
        _ = try? ledger.leaves(limit: 100)
        _ = try? ledger.inclusionProof(3)
        try? ledger.close()
        return report?.isIntact ?? false
    }

    @Test("the undamaged file survives")
    func control() throws {
        let target = try target()
        #expect(survives(target.bytes, target))
    }

    @Test("a flipped bit anywhere never traps; where the ledger is still called intact, every leaf is as it was")
    func anywhere() throws {
        let target = try target()
        var generator = SeededGenerator(seed: 77)
        for _ in 0..<Self.rounds {
            var bytes = target.bytes
            for _ in 0..<generator.integer(in: 1...3) {
                bytes[generator.integer(in: 0...bytes.count - 1)] ^= 1 << UInt8(generator.integer(in: 0...7))
            }
            guard survives(bytes, target) else { continue }
            let bodies = try Ledger.open(path: target.fixture.path, create: false).leaves(limit: 100).map(\.body)
            #expect(bodies == target.bodies)
        }
    }

    @Test("a flipped bit in the body of a leaf is always found")
    func inBodies() throws {
        let target = try target()
        var generator = SeededGenerator(seed: 78)
        for round in 0..<Self.rounds {
            let body = target.bodies[round % target.bodies.count]
            let offset = try #require(find(body, in: target.bytes))
            var bytes = target.bytes
            bytes[offset + generator.integer(in: 0...body.count - 1)] ^= 1 << UInt8(generator.integer(in: 0...7))
            #expect(!survives(bytes, target), "body \(round % target.bodies.count + 1)")
        }
    }

    @Test("lost, zeroed and exchanged pages never trap")
    func pages() throws {
        let target = try target()
        var generator = SeededGenerator(seed: 79)
        let pages = target.bytes.count / 4096
        for round in 0..<36 {
            var bytes = target.bytes
            let a = generator.integer(in: 0...pages - 1) * 4096
            let b = generator.integer(in: 0...pages - 1) * 4096
            switch round % 3 {
            case 0: bytes.replaceSubrange(a..<a + 4096, with: repeatElement(0, count: 4096))
            case 1: bytes.replaceSubrange(a..<a + 4096, with: target.bytes[b..<b + 4096])
            default: bytes.removeLast(bytes.count - max(100, a + generator.integer(in: 0...4095)))
            }
            guard bytes != target.bytes, survives(bytes, target) else { continue }
            let bodies = try Ledger.open(path: target.fixture.path, create: false).leaves(limit: 100).map(\.body)
            #expect(bodies == target.bodies)
        }
    }

    private func find(_ needle: [UInt8], in haystack: [UInt8]) -> Int? {
        haystack.withUnsafeBytes { hay in
            needle.withUnsafeBytes { needle in
                var start = 0
                while start + needle.count <= hay.count {
                    if hay[start] == needle[0], UnsafeRawBufferPointer(rebasing: hay[start..<start + needle.count]).elementsEqual(needle) {
                        return start
                    }
                    start += 1
                }
                return nil
            }
        }
    }
}
