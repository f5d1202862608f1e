/// A hash of a model's state that is the same in every process: two states with one fingerprint count as one place.
///
/// ```swift
/// machine.fingerprint { jugs, print in
///     print.combine(jugs.small)
///     print.combine(jugs.large)
/// }
/// ```
///
/// Swift's own `Hasher` is seeded anew in every process, so that a search guided by it would not replay. This is FNV-1a over 64-bit words
/// with a multiplicative finish (G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm"); not for hostile input.
/// Combining costs a multiplication for each word.
public struct StateFingerprint: Hashable, Sendable {
    public private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325

    public init() {}

    public mutating func combine(word: UInt64) {
        hash = (hash ^ word) &* 0x0000_0100_0000_01B3
        // FNV lets the high bits of a whole word go no lower; fold them.
        hash ^= hash >> 29
    }

    public mutating func combine(_ number: some BinaryInteger) { combine(word: UInt64(truncatingIfNeeded: number)) }

    public mutating func combine(_ flag: Bool) { combine(word: flag ? 1 : 0) }

    /// Its UTF-8 and its length, so that two texts in a row are not one.
    public mutating func combine(_ text: String) {
        for byte in text.utf8 { combine(word: UInt64(byte)) }
        combine(word: UInt64(text.utf8.count))
    }

    public mutating func combine<Number: BinaryInteger>(_ numbers: some Collection<Number>) {
        for number in numbers { combine(number) }
        combine(word: UInt64(numbers.count))
    }
}
