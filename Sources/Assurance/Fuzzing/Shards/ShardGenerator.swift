import Determinism

/// A generator whose state is four words that a shard keeps, so that the sequence goes on in the next runner where a dead one left it.
struct ShardGenerator {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    init(_ shard: Shard) {
        let header = shard.header
        generator = SeededGenerator(
            state: (header.pointee.generator0, header.pointee.generator1, header.pointee.generator2, header.pointee.generator3))
    }

    @inline(__always) func save(_ shard: Shard) {
        let state = generator.state
        shard.header.pointee.generator0 = state.0
        shard.header.pointee.generator1 = state.1
        shard.header.pointee.generator2 = state.2
        shard.header.pointee.generator3 = state.3
    }

    @inline(__always) mutating func next() -> UInt64 { generator.next() }

    /// A number below `bound`, 0 where that is 0. The bias (at most bound / 2^32) is of no account here.
    @inline(__always) mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() >> 32) &* UInt64(truncatingIfNeeded: bound)) >> 32)
    }

    /// True once in `n` times.
    @inline(__always) mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }

    @inline(__always) mutating func byte() -> UInt8 { UInt8(truncatingIfNeeded: next() >> 56) }
}
