/// A digest that names files: 128 bits of FNV-1a, as 32 hexadecimal digits.
///
/// ```swift
/// StableDigest("Lists/reversal twice").hex        // the same in every process, build and version
/// ```
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm", with its 128-bit prime 2^88 + 2^8 + 0x3B. Spreads
/// names and notices damage; it is no protection against somebody who wants two contents to collide, and nothing here relies on it for
/// that. Its values are part of the format of the example database and never change. O(bytes).
struct StableDigest: Hashable, Sendable, Comparable {
    let value: UInt128

    /// Digits of ``hex``.
    static let hexLength = 32

    init(_ text: String) { self.init(text.utf8) }

    init(_ bytes: some Sequence<UInt8>) {
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        for byte in bytes {
            hash ^= UInt128(byte)
            // × (2^88 + 0x13B), modulo 2^128.
            hash = (hash << 88) &+ (hash &* 0x13B)
        }
        value = hash
    }

    /// nil for anything but what ``hex`` writes.
    init?(hex: some Collection<UInt8>) {
        guard hex.count == Self.hexLength else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for digit in hex {
            high = high << 4 | low >> 60
            switch digit {
            case 0x30...0x39: low = low << 4 | UInt64(digit - 0x30)
            case 0x61...0x66: low = low << 4 | UInt64(digit - 0x61 + 10)
            default: return nil
            }
        }
        value = UInt128(high) << 64 | UInt128(low)
    }

    var hex: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: Self.hexLength - digits.utf8.count) + digits
    }

    static func < (a: StableDigest, b: StableDigest) -> Bool { a.value < b.value }
}
