import ContentDigest

/// The definitions of RFC 6962, section 2.1, written down as they stand there: slow, recursive, and independent of
/// the code under test but for SHA-256 itself.
public enum ReferenceTree {
    public static func root(_ leaves: ArraySlice<[UInt8]>) -> Digest {
        if leaves.isEmpty { return SHA256Digest.of([UInt8]()) }
        if leaves.count == 1 { return SHA256Digest.of([0x00] + leaves[leaves.startIndex]) }
        let middle = leaves.startIndex + split(leaves.count)
        return SHA256Digest.of([0x01] + root(leaves[..<middle]).bytes + root(leaves[middle...]).bytes)
    }

    /// PATH(m, D[n]).
    public static func path(_ m: Int, _ leaves: ArraySlice<[UInt8]>) -> [Digest] {
        if leaves.count <= 1 { return [] }
        let k = split(leaves.count)
        let middle = leaves.startIndex + k
        return m < k ? path(m, leaves[..<middle]) + [root(leaves[middle...])] : path(m - k, leaves[middle...]) + [root(leaves[..<middle])]
    }

    /// PROOF(m, D[n]) through SUBPROOF(m, D[n], true).
    public static func proof(_ m: Int, _ leaves: ArraySlice<[UInt8]>, _ isWhole: Bool = true) -> [Digest] {
        if m == leaves.count { return isWhole ? [] : [root(leaves)] }
        let k = split(leaves.count)
        let middle = leaves.startIndex + k
        return m <= k
            ? proof(m, leaves[..<middle], isWhole) + [root(leaves[middle...])]
            : proof(m - k, leaves[middle...], false) + [root(leaves[..<middle])]
    }

    private static func split(_ count: Int) -> Int {
        var k = 1
        while k * 2 < count { k *= 2 }
        return k
    }
}
