import Crypto

/// SHA-256 (FIPS 180-4) of bytes in memory.
///
/// ```swift
/// SHA256Digest.hex(Array("abc".utf8))            // "ba7816bf…"
/// SHA256Digest.of(prefix: 0x00, buffer)          // H(0x00 || buffer), without joining the two first
/// ```
///
/// The work is done by swift-crypto; this is the only module that imports it, so that nothing else has to wait for
/// BoringSSL to compile. Nothing is thrown. Complexity: O(bytes).
public enum SHA256Digest {
    /// The digest as 64 lower-case hexadecimal digits.
    public static func hex(_ bytes: [UInt8]) -> String { of(bytes).hex }

    public static func of(_ bytes: [UInt8]) -> Digest { bytes.withUnsafeBytes { of($0) } }

    public static func of(_ text: String.UTF8View) -> Digest {
        text.withContiguousStorageIfAvailable { of(UnsafeRawBufferPointer($0)) } ?? of(Array(text))
    }

    public static func of(_ buffer: UnsafeRawBufferPointer) -> Digest {
        var hasher = SHA256()
        hasher.update(bufferPointer: buffer)
        return digest(hasher.finalize())
    }

    /// H(prefix || buffer): one byte in front, as RFC 6962 tells leaves and nodes apart.
    public static func of(prefix: UInt8, _ buffer: UnsafeRawBufferPointer) -> Digest {
        // A short message is joined on the stack: one call of the hasher is cheaper than two.
        if buffer.count < joinedLimitBytes {
            return withUnsafeTemporaryAllocation(byteCount: buffer.count + 1, alignment: 1) { joined in
                joined[0] = prefix
                UnsafeMutableRawBufferPointer(rebasing: joined[1...]).copyMemory(from: buffer)
                return of(UnsafeRawBufferPointer(joined))
            }
        }
        var hasher = SHA256()
        withUnsafeBytes(of: prefix) { hasher.update(bufferPointer: $0) }
        hasher.update(bufferPointer: buffer)
        return digest(hasher.finalize())
    }

    /// H(prefix || left || right): an interior node of a Merkle tree.
    public static func of(prefix: UInt8, _ left: Digest, _ right: Digest) -> Digest {
        withUnsafeTemporaryAllocation(byteCount: 1 + 2 * Digest.byteCount, alignment: 1) { joined in
            joined[0] = prefix
            left.withBytes { UnsafeMutableRawBufferPointer(rebasing: joined[1..<33]).copyMemory(from: $0) }
            right.withBytes { UnsafeMutableRawBufferPointer(rebasing: joined[33..<65]).copyMemory(from: $0) }
            return of(UnsafeRawBufferPointer(joined))
        }
    }

    /// Messages shorter than this are joined with their prefix on the stack.
    private static let joinedLimitBytes = 1024

    private static func digest(_ raw: SHA256.Digest) -> Digest {
        // swift-crypto's digest is 32 bytes by its type; `zero` cannot be reached.
        raw.withUnsafeBytes { Digest(buffer: $0) } ?? .zero
    }
}
