/// The right edge of a Merkle tree (RFC 6962): all that is needed to append to it and to know its root.
///
/// For n leaves it holds one digest for every bit that is set in n: the roots of the complete subtrees from left to
/// right. Appending is like adding one to a binary counter, and each carry is one node that has become complete.
///
/// ```swift
/// var frontier = MerkleFrontier()
/// frontier.append(MerkleTree.leaf(record)) { level, index, digest in store(level, index, digest) }
/// print(frontier.size, frontier.root)
/// ```
///
/// Complexity: `append` is amortised O(1) and at worst O(log n) hashes; `root` is O(log n); memory O(log n).
public struct MerkleFrontier: Hashable, Sendable {
    /// Leaves appended so far.
    public private(set) var size: UInt64
    /// Roots of the complete subtrees, largest (leftmost) first: one for every bit set in `size`.
    public private(set) var subtrees: [Digest]

    /// The frontier of the empty tree.
    public init() {
        size = 0
        subtrees = []
        subtrees.reserveCapacity(64)
    }

    /// The frontier of a tree of `size` leaves from its complete subtrees, largest first; nil when their number is not
    /// the number of bits set in `size`.
    public init?(size: UInt64, subtrees: [Digest]) {
        guard subtrees.count == size.nonzeroBitCount else { return nil }
        self.size = size
        self.subtrees = subtrees
    }

    /// The frontier of the first `size` leaves from a lookup of complete subtrees.
    public init<Failure: Error>(size: UInt64, node lookup: MerkleTree.NodeLookup<Failure>) throws(Failure) {
        self.init()
        self.size = size
        var first: UInt64 = 0
        for level in stride(from: 63, through: 0, by: -1) where size & (1 << UInt64(level)) != 0 {
            subtrees.append(try lookup(level, first >> UInt64(level)))
            first += 1 << UInt64(level)
        }
    }

    /// Appends a leaf digest.
    public mutating func append(_ leaf: Digest) { append(leaf) { _, _, _ in } }

    /// Appends a leaf digest and tells every node (level ≥ 1) that has become complete by it, lowest first.
    @inlinable
    public mutating func append(_ leaf: Digest, completed: (_ level: Int, _ index: UInt64, _ digest: Digest) throws -> Void) rethrows {
        var digest = leaf
        var level = 0
        var index = size
        while index & 1 == 1, let left = popLast() {
            digest = MerkleTree.node(left, digest)
            level += 1
            index >>= 1
            try completed(level, index, digest)
        }
        push(digest)
    }

    /// The root of the tree.
    public var root: Digest {
        guard var digest = subtrees.last else { return MerkleTree.emptyRoot }
        for left in subtrees.dropLast().reversed() { digest = MerkleTree.node(left, digest) }
        return digest
    }

    @usableFromInline
    mutating func popLast() -> Digest? { subtrees.popLast() }

    @usableFromInline
    mutating func push(_ digest: Digest) {
        subtrees.append(digest)
        size += 1
    }
}
