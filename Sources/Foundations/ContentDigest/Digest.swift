/// A SHA-256 digest: 32 bytes held inline, cheap to copy, compare and hash.
///
/// ```swift
/// let digest = SHA256Digest.of("abc".utf8)
/// print(digest)                                  // ba7816bf8f01cfea…f20015ad
/// let same = Digest(hex: digest.hex)             // nil unless 64 lower-case hexadecimal digits
/// ```
///
/// The order is that of the bytes, which is also the order of the hexadecimal texts. Upper-case digits are refused on
/// reading, so that one digest has one text.
public struct Digest: Hashable, Sendable, Comparable {
    /// Bytes in a digest.
    public static let byteCount = 32

    // Big-endian words: comparing them as integers is comparing the bytes.
    private let w0: UInt64
    private let w1: UInt64
    private let w2: UInt64
    private let w3: UInt64

    /// Thirty-two zero bytes: the predecessor of the first link of a chain.
    public static let zero = Digest(0, 0, 0, 0)

    private init(_ w0: UInt64, _ w1: UInt64, _ w2: UInt64, _ w3: UInt64) {
        self.w0 = w0
        self.w1 = w1
        self.w2 = w2
        self.w3 = w3
    }

    /// The digest in 32 raw bytes; nil for any other length.
    @inlinable
    public init?(bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes({ Digest(buffer: $0) }) else { return nil }
        self = digest
    }

    /// The digest in a buffer of exactly 32 bytes; nil for any other length.
    public init?(buffer: UnsafeRawBufferPointer) {
        guard buffer.count == Self.byteCount else { return nil }
        self.init(
            UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
            UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 16, as: UInt64.self)),
            UInt64(bigEndian: buffer.loadUnaligned(fromByteOffset: 24, as: UInt64.self)))
    }

    /// Reads 64 lower-case hexadecimal digits; nil for anything else.
    public init?(hex: String) {
        var text = hex
        let digest = text.withUTF8 { Digest(hexDigits: UnsafeRawBufferPointer($0)) }
        guard let digest else { return nil }
        self = digest
    }

    /// Reads a buffer of 64 lower-case hexadecimal digits in ASCII; nil for anything else.
    public init?(hexDigits: UnsafeRawBufferPointer) {
        guard hexDigits.count == 2 * Self.byteCount else { return nil }
        func word(_ first: Int) -> UInt64? {
            var value: UInt64 = 0
            for byte in hexDigits[first..<first + 16] {
                switch byte {
                case 0x30...0x39: value = value << 4 | UInt64(byte - 0x30)
                case 0x61...0x66: value = value << 4 | UInt64(byte - 0x61 + 10)
                default: return nil
                }
            }
            return value
        }
        guard let w0 = word(0), let w1 = word(16), let w2 = word(32), let w3 = word(48) else { return nil }
        self.init(w0, w1, w2, w3)
    }

    public static func < (a: Digest, b: Digest) -> Bool {
        if a.w0 != b.w0 { return a.w0 < b.w0 }
        if a.w1 != b.w1 { return a.w1 < b.w1 }
        if a.w2 != b.w2 { return a.w2 < b.w2 }
        return a.w3 < b.w3
    }

    public static func == (a: Digest, b: Digest) -> Bool {
        (a.w0 ^ b.w0) | (a.w1 ^ b.w1) | (a.w2 ^ b.w2) | (a.w3 ^ b.w3) == 0
    }

    /// The 32 raw bytes.
    public var bytes: [UInt8] { withBytes { Array($0) } }

    /// Lends the 32 raw bytes without a heap allocation.
    @inline(__always)
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try withUnsafeBytes(of: (w0.bigEndian, w1.bigEndian, w2.bigEndian, w3.bigEndian), body)
    }

    /// Writes the 64 hexadecimal digits to the front of `target`, for callers that build texts without allocating.
    /// Precondition: `target` holds at least 64 bytes.
    public func writeHex(to target: UnsafeMutableRawBufferPointer) {
        precondition(target.count >= 2 * Self.byteCount, "64 bytes are needed for the digits of a digest")
        var position = 0
        func write(_ word: UInt64) {
            var shift: UInt64 = 64
            while shift > 0 {
                shift -= 4
                let nibble = UInt8(truncatingIfNeeded: word >> shift) & 0xF
                target[position] = nibble < 10 ? 0x30 + nibble : 0x61 - 10 + nibble
                position += 1
            }
        }
        write(w0)
        write(w1)
        write(w2)
        write(w3)
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String {
        String(unsafeUninitializedCapacity: 2 * Self.byteCount) { buffer in
            writeHex(to: UnsafeMutableRawBufferPointer(buffer))
            return 2 * Self.byteCount
        }
    }
}

extension Digest: CustomStringConvertible, LosslessStringConvertible {
    public var description: String { hex }
    public init?(_ description: String) { self.init(hex: description) }
}
