import ContentDigest
import MerkleReference
import Testing

@Suite struct MerkleTreeTests {
    /// The leaves that implementations of certificate transparency test with.
    static let leaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], [0x40, 0x41, 0x42, 0x43],
        [0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
        [0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F],
    ]
    /// Their published roots for 1 to 8 leaves.
    static let roots = [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test("the reference tree has its published roots")
    func knownRoots() {
        for count in 1...8 {
            let expected = Digest(hex: Self.roots[count - 1])
            #expect(MerkleTree.root(of: Self.leaves[..<count].map { MerkleTree.leaf($0) }) == expected)
            #expect(ReferenceTree.root(Self.leaves[..<count]) == expected)
        }
    }

    @Test("the empty tree's root is the digest of nothing")
    func emptyTree() {
        #expect(MerkleTree.root(of: []).hex == DigestTests.empty)
        #expect(MerkleFrontier().root == MerkleTree.emptyRoot)
    }

    @Test("no proof is made beyond the tree's end, and none passes there")
    func outside() {
        let lookup = { (_: Int, _: UInt64) -> Digest in .zero }
        #expect(MerkleTree.inclusionProof(index: 7, size: 7, node: lookup) == nil)
        #expect(MerkleTree.consistencyProof(prefix: 8, size: 7, node: lookup) == nil)
        #expect(!MerkleTree.verifyInclusion(leaf: .zero, index: 1, size: 1, proof: [], root: .zero))
        #expect(!MerkleTree.verifyConsistency(prefix: 2, prefixRoot: .zero, size: 1, root: .zero, proof: []))
        #expect(!MerkleTree.verifyInclusion(leaf: .zero, index: .max, size: .max, proof: [], root: .zero))
    }

    @Test("a frontier with a wrong number of subtrees is refused")
    func frontierShape() {
        #expect(MerkleFrontier(size: 5, subtrees: [.zero]) == nil)
        #expect(MerkleFrontier(size: 5, subtrees: [.zero, .zero]) != nil)
    }

    @Test("n leaves complete n minus popcount(n) nodes: appending is amortised constant")
    func operationCount() {
        var frontier = MerkleFrontier()
        var completed = 0
        for _ in 0..<1000 { frontier.append(.zero) { _, _, _ in completed += 1 } }
        #expect(completed == 1000 - 1000.nonzeroBitCount)
        #expect(frontier.subtrees.count == 1000.nonzeroBitCount)
    }
}
