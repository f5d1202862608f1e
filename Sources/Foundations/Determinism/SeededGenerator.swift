/// SplitMix64: a 64-bit generator with one word of state.
///
/// Source: G. L. Steele Jr., D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014; the
/// constants are those of S. Vigna's `splitmix64.c`. Every seed is good, including 0; the period is 2^64. Used to
/// expand one seed into the state of other generators and to split streams.
public struct SplitMix64: RandomNumberGenerator, Sendable, Hashable {
    @usableFromInline var state: UInt64

    @inlinable public init(seed: UInt64) { state = seed }

    @inlinable public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.mix(state)
    }

    /// The generator's output function: a bijection of 64-bit words in which each bit of the input moves half of the output.
    @inlinable public static func mix(_ word: UInt64) -> UInt64 {
        var z = word
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// xoshiro256**: the general-purpose seeded generator of this project.
///
/// Source: D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS 47(4), 2021, and its
/// reference `xoshiro256starstar.c`; the state is filled from the seed by ``SplitMix64``, as its authors advise. The
/// period is 2^256 − 1. Not for secrets.
///
/// ```swift
/// var generator = SeededGenerator(seed: 7)
/// let price = generator.uniform()                  // [0, 1), 53 bits
/// var costs = generator.split("costs")             // an independent stream with a name
/// ```
///
/// The sequence for a seed is part of the format of everything recorded with that seed: it never changes.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    @inlinable public init(seed: UInt64) {
        var expander = SplitMix64(seed: seed)
        s0 = expander.next()
        s1 = expander.next()
        s2 = expander.next()
        s3 = expander.next()
    }

    /// A generator that goes on where another was: ``state`` is kept elsewhere meanwhile. Of four words that are 0 nothing but 0 follows.
    @inlinable public init(state: (UInt64, UInt64, UInt64, UInt64)) { (s0, s1, s2, s3) = state }

    /// All that the rest of the sequence depends on.
    @inlinable public var state: (UInt64, UInt64, UInt64, UInt64) { (s0, s1, s2, s3) }

    @inlinable public mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product << 7) | (product >> 57)) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = (s3 << 45) | (s3 >> 19)
        return result
    }

    /// A stream of its own for a component, a function of this generator's present state and `label` alone. This
    /// generator does not move, so that adding a component never changes what the others draw.
    public func split(_ label: String) -> SeededGenerator {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, 64 bits
        for byte in label.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        var mixer = SplitMix64(seed: s0 ^ ((s2 << 32) | (s2 >> 32)) ^ hash)
        return SeededGenerator(seed: mixer.next())
    }

    /// A double uniform on the 2^53 multiples of 2^−53 in [0, 1).
    @inlinable public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An integer uniform on `range`, without bias (D. Lemire, "Fast Random Integer Generation in an Interval", ACM
    /// TOMACS 29(1), 2019). Precondition: `range` is not empty, as the type demands.
    public mutating func integer(in range: ClosedRange<Int>) -> Int {
        let width = UInt64(bitPattern: Int64(range.upperBound)) &- UInt64(bitPattern: Int64(range.lowerBound))
        if width == .max { return Int(truncatingIfNeeded: next()) }
        let bound = width + 1
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(truncatingIfNeeded: UInt64(bitPattern: Int64(range.lowerBound)) &+ product.high)
    }
}
