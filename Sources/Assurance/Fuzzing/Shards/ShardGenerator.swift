import Determinism

/// xoshiro256** whose state is four words that a shard keeps, so that the sequence goes on in the next runner where a dead one left it.
struct ShardGenerator {
    var s0: UInt64
    var s1: UInt64
    var s2: UInt64
    var s3: UInt64

    init(seed: UInt64) {
        var expander = SplitMix64(seed: seed)
        s0 = expander.next()
        s1 = expander.next()
        s2 = expander.next()
        s3 = expander.next()
    }

    init(_ shard: Shard) {
        s0 = shard.header.pointee.generator0
        s1 = shard.header.pointee.generator1
        s2 = shard.header.pointee.generator2
        s3 = shard.header.pointee.generator3
    }

    @inline(__always) func save(_ shard: Shard) {
        shard.header.pointee.generator0 = s0
        shard.header.pointee.generator1 = s1
        shard.header.pointee.generator2 = s2
        shard.header.pointee.generator3 = s3
    }

    @inline(__always) mutating func next() -> UInt64 {
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

    /// A number below `bound`, 0 where that is 0. The bias (at most bound / 2^32) is of no account here.
    @inline(__always) mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }

    /// True once in `n` times.
    @inline(__always) mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }

    @inline(__always) mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 56) }
}
