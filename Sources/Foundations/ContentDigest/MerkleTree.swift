/// The Merkle tree of RFC 6962 (Certificate Transparency), section 2.1.
///
/// A leaf is H(0x00 || data), a node H(0x01 || left || right); a list of n > 1 leaves splits at the largest power of
/// two below n; the empty tree's root is H(""). The prefixes keep a leaf from being passed off as a node.
///
/// ```swift
/// let leaves = records.map { MerkleTree.leaf($0) }
/// let root = MerkleTree.root(of: leaves)
/// let nodes = { (level: Int, index: UInt64) in MerkleTree.root(of: Array(leaves[…])) }   // a table in real use
/// let proof = try MerkleTree.inclusionProof(index: 4, size: 7, node: nodes)
/// MerkleTree.verifyInclusion(leaf: leaves[4], index: 4, size: 7, proof: proof, root: root)   // true
/// ```
///
/// Proofs are made from a lookup of **complete** subtrees: `node(level, index)` is the root of the 2^level leaves from
/// `index << level` on; level 0 is the leaf itself. A lookup may throw; its error is handed on.
///
/// Complexity: a proof asks for O(log² n) nodes at the very worst and O(log n) when n is a power of two; checking a
/// proof is O(log n).
public enum MerkleTree {
    public static let leafPrefix: UInt8 = 0x00
    public static let nodePrefix: UInt8 = 0x01

    /// The root of no leaves: SHA-256 of the empty string.
    public static let emptyRoot = SHA256Digest.of([UInt8]())

    public static func leaf(_ data: [UInt8]) -> Digest { data.withUnsafeBytes { leaf($0) } }

    public static func leaf(_ data: UnsafeRawBufferPointer) -> Digest { SHA256Digest.of(prefix: leafPrefix, data) }

    @inline(__always)
    public static func node(_ left: Digest, _ right: Digest) -> Digest { SHA256Digest.of(prefix: nodePrefix, left, right) }

    /// The root over leaf digests. O(n).
    public static func root(of leaves: [Digest]) -> Digest {
        var frontier = MerkleFrontier()
        for leaf in leaves { frontier.append(leaf) }
        return frontier.root
    }

    /// A lookup of the root of a complete subtree.
    public typealias NodeLookup<Failure: Error> = (_ level: Int, _ index: UInt64) throws(Failure) -> Digest

    /// The root over the first `size` leaves.
    public static func root<Failure: Error>(size: UInt64, node lookup: NodeLookup<Failure>) throws(Failure) -> Digest {
        guard size > 0 else { return emptyRoot }
        return try subtree(from: 0, count: size, lookup)
    }

    /// The audit path of leaf `index` (from 0) in the tree of the first `size` leaves, from the leaf upwards
    /// (RFC 6962, 2.1.1). Nil when `index` is not below `size`.
    public static func inclusionProof<Failure: Error>(
        index: UInt64, size: UInt64, node lookup: NodeLookup<Failure>
    ) throws(Failure) -> [Digest]? {
        guard index < size else { return nil }
        var path: [Digest] = []
        var first: UInt64 = 0
        var count = size
        while count > 1 {
            let split = largestPowerOfTwo(below: count)
            if index - first < split {
                path.append(try subtree(from: first + split, count: count - split, lookup))
                count = split
            } else {
                path.append(try subtree(from: first, count: split, lookup))
                first += split
                count -= split
            }
        }
        return path.reversed()
    }

    /// The proof that the tree of `size` leaves begins with that of `prefix` leaves (RFC 6962, 2.1.2). Empty when the
    /// sizes are equal or `prefix` is 0; nil when `prefix` is above `size`.
    public static func consistencyProof<Failure: Error>(
        prefix: UInt64, size: UInt64, node lookup: NodeLookup<Failure>
    ) throws(Failure) -> [Digest]? {
        guard prefix <= size else { return nil }
        guard prefix > 0, prefix < size else { return [] }
        var path: [Digest] = []
        var first: UInt64 = 0
        var count = size
        var rest = prefix
        var isWhole = true
        while rest != count {
            let split = largestPowerOfTwo(below: count)
            if rest <= split {
                path.append(try subtree(from: first + split, count: count - split, lookup))
                count = split
            } else {
                path.append(try subtree(from: first, count: split, lookup))
                first += split
                count -= split
                rest -= split
                isWhole = false
            }
        }
        // The old tree's root is known to the checker; any other complete part of it must be told.
        if !isWhole { path.append(try subtree(from: first, count: count, lookup)) }
        return path.reversed()
    }

    /// Whether `proof` shows that `leaf` stands at `index` of the tree of `size` leaves with this root.
    public static func verifyInclusion(leaf: Digest, index: UInt64, size: UInt64, proof: [Digest], root: Digest) -> Bool {
        guard index < size else { return false }
        var position = index
        var last = size - 1
        var digest = leaf
        for sibling in proof {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                digest = node(sibling, digest)
                // A right edge without a sibling rises until it has one.
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                digest = node(digest, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && digest == root
    }

    /// Whether `proof` shows that the tree of `size` leaves with `root` begins with that of `prefix` leaves with
    /// `prefixRoot` (the algorithm of RFC 9162, 2.1.4.2, for the trees of RFC 6962).
    public static func verifyConsistency(
        prefix: UInt64, prefixRoot: Digest, size: UInt64, root: Digest, proof: [Digest]
    ) -> Bool {
        guard prefix <= size else { return false }
        if prefix == 0 { return proof.isEmpty && prefixRoot == emptyRoot }
        if prefix == size { return proof.isEmpty && prefixRoot == root }
        var path = proof[...]
        // A prefix that is a power of two is a node of the larger tree, so the proof leaves it out.
        if prefix & (prefix - 1) == 0 { path = [prefixRoot] + path }
        guard var old = path.popFirst() else { return false }
        var new = old
        var position = prefix - 1
        var last = size - 1
        while position & 1 == 1 {
            position >>= 1
            last >>= 1
        }
        for sibling in path {
            guard last > 0 else { return false }
            if position & 1 == 1 || position == last {
                old = node(sibling, old)
                new = node(sibling, new)
                while position & 1 == 0, position != 0 {
                    position >>= 1
                    last >>= 1
                }
            } else {
                new = node(new, sibling)
            }
            position >>= 1
            last >>= 1
        }
        return last == 0 && old == prefixRoot && new == root
    }

    /// The root of `count` leaves from `first` on, where `first` is a multiple of the smallest power of two ≥ `count`.
    private static func subtree<Failure: Error>(
        from first: UInt64, count: UInt64, _ lookup: NodeLookup<Failure>
    ) throws(Failure) -> Digest {
        // The complete subtrees from left to right are the set bits of `count` from high to low; fold from the right.
        var digest: Digest?
        var remaining = count
        var end = first + count
        while remaining > 0 {
            let level = remaining.trailingZeroBitCount
            end -= 1 << UInt64(level)
            let part = try lookup(level, end >> UInt64(level))
            if let right = digest { digest = node(part, right) } else { digest = part }
            remaining &= remaining - 1
        }
        return digest ?? emptyRoot
    }

    private static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
        1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }
}
