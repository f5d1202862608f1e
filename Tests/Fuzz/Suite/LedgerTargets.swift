import ContentDigest
import Determinism
import Fuzzing
import Ledger
import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// What the ledger reads: committed leaves, envelopes, checkpoints, and its own file after somebody else had it.
enum LedgerTargets {
    static let all: [FuzzTarget] = [committed, envelope, checkpoint, proofs, imports, file, leavesTyped]

    /// A committed leaf that is read is written as one that is read again, under the same id.
    private static let committed = FuzzTarget("committed-leaf", maximumLength: 2048) { bytes in
        let leaf: CommittedLeaf
        do { leaf = try CommittedLeaf(parsing: bytes, file: "f") } catch let error as DocumentError {
            try DocumentTargets.located(error, in: bytes)
            return
        }
        let again = try CommittedLeaf(parsing: leaf.bytes, file: "again")
        try expect(again == leaf && again.bytes == leaf.bytes, "a committed leaf does not survive its file")
    }

    /// The body of a leaf has one form.
    private static let envelope = FuzzTarget("leaf-envelope", maximumLength: 2048) { bytes in
        guard let envelope = try? LeafEnvelope(body: bytes, name: "f") else { return }
        try expect(envelope.body() == bytes, "a body that is not canonical is read")
        try expect(DocumentTargets.read(bytes)?.canonicalBytes() == bytes, "a body that is not canonical JSON is read")
    }

    /// The text of a checkpoint has one form, up to the signatures.
    private static let checkpoint = FuzzTarget("checkpoint", maximumLength: 512) { bytes in
        guard let text = String(validating: bytes, as: UTF8.self), let checkpoint = Checkpoint(text: text) else { return }
        try expect(bytes.starts(with: checkpoint.text.utf8), "a checkpoint is read that is not written so")
        try expect(Checkpoint(text: checkpoint.text + "\n") == checkpoint, "a checkpoint does not survive its text")
    }

    /// Proofs that somebody made up: whatever is accepted beside the true one must not exist.
    private static let proofs = FuzzTarget("merkle-proofs", maximumLength: 512) { bytes in
        guard bytes.count >= 3 else { return }
        let size = UInt64(bytes[0] % 40) + 1
        let index = UInt64(bytes[1]) % size
        let leaves = (0..<size).map { MerkleTree.leaf([UInt8($0)]) }
        let root = MerkleTree.root(of: leaves)
        let rest = Array(bytes[3...])
        let given = stride(from: 0, to: rest.count - rest.count % 32, by: 32).compactMap { Digest(bytes: Array(rest[$0..<$0 + 32])) }
        let other = UInt64(bytes[2])
        let claimed = MerkleTree.leaf([bytes[2]])
        if MerkleTree.verifyInclusion(leaf: claimed, index: index, size: size, proof: given, root: root) {
            try expect(claimed == leaves[Int(index)], "a proof of a leaf that is not there")
        }
        if other <= size, MerkleTree.verifyConsistency(prefix: other, prefixRoot: claimed, size: size, root: root, proof: given) {
            try expect(other == 0 || claimed == MerkleTree.root(of: Array(leaves[..<Int(other)])), "a proof of a past that was not")
        }
    }

    /// Committed leaves, one a line, into an empty ledger: it is intact afterwards, and importing again changes nothing.
    private static let imports = FuzzTarget("ledger-import", maximumLength: 2048) { bytes in
        let leaves = bytes.split(separator: 0x0A).compactMap { line -> CommittedLeaf? in
            guard let value = DocumentTargets.read(Array(line)), case .object = value else { return nil }
            return CommittedLeaf(type: value["type"]?.stringValue ?? "note", at: .epoch, payload: value)
        }
        guard !leaves.isEmpty else { return }
        let path = Scratch.path
        Scratch.remove(path)
        defer { Scratch.remove(path) }
        let ledger = try Ledger.open(path: path, create: true)
        guard let receipts = try? ledger.importCommitted(leaves) else {
            try expect(try ledger.head().size == 0, "a refused import leaves something behind")
            return
        }
        try expect(receipts.count == Set(leaves.map(\.id)).count, "not each leaf was imported once")
        try expect(try ledger.importCommitted(leaves).isEmpty, "importing twice appends twice")
        try expect(try ledger.verify(VerifyOptions(threadCount: 1)).isIntact, "a ledger is damaged by what it imported")
        for receipt in receipts {
            guard let leaf = try ledger.leaf(receipt.seq) else { throw FuzzFailure("a leaf that was imported is not there") }
            _ = try leaf.envelope()
        }
        try ledger.close()
    }

    /// A ledger's file with some bytes changed: each three bytes of the input are a place and what is put there. It is refused, found
    /// damaged, or
    /// every leaf is as it was.
    private static let file = FuzzTarget("ledger-file", maximumLength: 48) { input in
        guard let sound = LedgerImage.sound else { throw FuzzFailure("no ledger could be made") }
        var bytes = sound.bytes
        for at in stride(from: 0, to: input.count - input.count % 3, by: 3) {
            bytes[(Int(input[at]) << 8 | Int(input[at + 1])) % bytes.count] = input[at + 2]
        }
        let path = Scratch.path
        Scratch.remove(path)
        defer { Scratch.remove(path) }
        guard (try? DocumentFile.replace(path, with: bytes)) != nil else { return }
        guard let ledger = try? Ledger.open(path: path, create: false) else { return }
        let isIntact = (try? ledger.verify(VerifyOptions(threadCount: 1)))?.isIntact ?? false
        _ = try? ledger.history(limit: 10)
        _ = try? ledger.checkIndexes()
        _ = try? ledger.inclusionProof(2)
        let bodies = try? ledger.leaves(limit: 100).map(\.body)
        try? ledger.close()
        if isIntact { try expect(bodies == sound.bodies, "a changed ledger is called intact") }
    }

    private static let leavesTyped = FuzzTarget(
        "leaves",
        drawing: { draws in
            (type: draws.text(1...8, alphabet: ["a", "b", "0", "_", ".", "-", "A"]), json: draws.json(), at: draws.instant())
        },
        { drawn in
            guard LeafEnvelope.isValidType(drawn.type) else { return }
            let payload: JSONValue = ["value": drawn.json]
            let leaf = CommittedLeaf(type: drawn.type, at: drawn.at, payload: payload)
            try expect(try CommittedLeaf(parsing: leaf.bytes, file: "f") == leaf, "a committed leaf does not survive its file")
            let envelope = LeafEnvelope(at: drawn.at, payload: payload, previous: leaf.id, seq: 7, type: drawn.type)
            try expect(try LeafEnvelope(body: envelope.body(), name: "f") == envelope, "a leaf does not survive its body")
        })
}

/// A file name of this process in memory.
enum Scratch {
    static var path: String { "/dev/shm/pulsegate-fuzz-\(getpid()).ledger" }

    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    }
}

/// The bytes of a small ledger and what it says.
struct LedgerImage {
    var bytes: [UInt8]
    var bodies: [[UInt8]]

    static let sound: LedgerImage? = make()

    private static func make() -> LedgerImage? {
        let path = Scratch.path + ".sound"
        Scratch.remove(path)
        defer { Scratch.remove(path) }
        guard let ledger = try? Ledger.open(path: path, create: true) else { return nil }
        let drafts = (0..<5).map { LeafDraft(type: "note", payload: ["n": .int($0)], at: .epoch) }
        guard (try? ledger.append(drafts)) != nil, let bodies = try? ledger.leaves(limit: 10).map(\.body), (try? ledger.close()) != nil,
            let bytes = try? DocumentFile.read(path, maximumBytes: 1 << 20)
        else { return nil }
        return LedgerImage(bytes: bytes, bodies: bodies)
    }
}
