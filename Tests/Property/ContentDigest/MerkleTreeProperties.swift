import ContentDigest
import Determinism
import MerkleReference
import Testing

@Suite struct MerkleTreeProperties {
    private static let largestTree = 140

    private static func tree(_ generator: inout SeededGenerator) -> [[UInt8]] {
        (0..<generator.integer(in: 1...largestTree)).map { _ in
            (0..<generator.integer(in: 0...40)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        }
    }

    /// A lookup that holds complete nodes only, collected while appending.
    private static func nodes(_ data: [[UInt8]]) -> [[UInt64]: Digest] {
        var nodes: [[UInt64]: Digest] = [:]
        var frontier = MerkleFrontier()
        for (index, bytes) in data.enumerated() {
            let leaf = MerkleTree.leaf(bytes)
            nodes[[0, UInt64(index)]] = leaf
            frontier.append(leaf) { level, index, digest in nodes[[UInt64(level), index]] = digest }
        }
        return nodes
    }

    private struct NotComplete: Error {}

    @Test("roots, paths and proofs are those of the RFC's recursive definitions, and use complete nodes only")
    func agreesWithDefinition() throws {
        var generator = SeededGenerator(seed: 6962)
        for _ in 0..<25 {
            let data = Self.tree(&generator)
            let nodes = Self.nodes(data)
            let lookup = { (level: Int, index: UInt64) throws(NotComplete) -> Digest in
                guard let node = nodes[[UInt64(level), index]] else { throw NotComplete() }
                return node
            }
            let size = UInt64(data.count)
            let root = ReferenceTree.root(data[...])
            #expect(try MerkleTree.root(size: size, node: lookup) == root)
            #expect(try MerkleFrontier(size: size, node: lookup).root == root)
            let index = generator.integer(in: 0...data.count - 1)
            let path = try #require(try MerkleTree.inclusionProof(index: UInt64(index), size: size, node: lookup))
            #expect(path == ReferenceTree.path(index, data[...]))
            let prefix = generator.integer(in: 1...data.count)
            let proof = try #require(try MerkleTree.consistencyProof(prefix: UInt64(prefix), size: size, node: lookup))
            #expect(proof == ReferenceTree.proof(prefix, data[...]))
        }
    }

    @Test("a true proof passes; with any one part changed it does not")
    func proofsBind() throws {
        var generator = SeededGenerator(seed: 9162)
        for _ in 0..<60 {
            let data = Self.tree(&generator)
            let nodes = Self.nodes(data)
            let lookup = { (level: Int, index: UInt64) -> Digest in nodes[[UInt64(level), index]] ?? .zero }
            let size = UInt64(data.count)
            let root = MerkleTree.root(size: size, node: lookup)
            let index = UInt64(generator.integer(in: 0...data.count - 1))
            let leaf = lookup(0, index)
            var path = try #require(MerkleTree.inclusionProof(index: index, size: size, node: lookup))
            #expect(MerkleTree.verifyInclusion(leaf: leaf, index: index, size: size, proof: path, root: root))
            #expect(!MerkleTree.verifyInclusion(leaf: .zero, index: index, size: size, proof: path, root: root))
            #expect(!MerkleTree.verifyInclusion(leaf: leaf, index: index, size: size, proof: path + [.zero], root: root))
            if !path.isEmpty {
                #expect(!MerkleTree.verifyInclusion(leaf: leaf, index: index, size: size, proof: path.dropLast(), root: root))
                path[generator.integer(in: 0...path.count - 1)] = .zero
                #expect(!MerkleTree.verifyInclusion(leaf: leaf, index: index, size: size, proof: path, root: root))
            }

            let prefix = UInt64(generator.integer(in: 0...data.count))
            let old = MerkleTree.root(size: prefix, node: lookup)
            var proof = try #require(MerkleTree.consistencyProof(prefix: prefix, size: size, node: lookup))
            #expect(MerkleTree.verifyConsistency(prefix: prefix, prefixRoot: old, size: size, root: root, proof: proof))
            #expect(!MerkleTree.verifyConsistency(prefix: prefix, prefixRoot: .zero, size: size, root: root, proof: proof))
            #expect(!MerkleTree.verifyConsistency(prefix: prefix, prefixRoot: old, size: size, root: root, proof: proof + [.zero]))
            if !proof.isEmpty {
                #expect(!MerkleTree.verifyConsistency(prefix: prefix, prefixRoot: old, size: size, root: .zero, proof: proof))
                proof[generator.integer(in: 0...proof.count - 1)] = .zero
                #expect(!MerkleTree.verifyConsistency(prefix: prefix, prefixRoot: old, size: size, root: root, proof: proof))
            }
        }
    }
}
