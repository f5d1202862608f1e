import Determinism

/// Which branches of selectors take part in one case.
///
/// With all branches in every case, each case is a mixture of everything: a run of the same operation, a text of two characters, a stack
/// that is only ever pushed to hardly come up. So some cases choose from a random few of the branches only (A. Groce et al., "Swarm
/// Testing", ISSTA 2012). All selectors with the same number of branches keep to the same few.
///
/// Decided while a case is generated, not recorded: a replay, and a shrinker, may take any branch. The first branch of a small selector is
/// always among the few, since it is what ends a recursion by convention.
@usableFromInline
struct SwarmMask: Hashable, Sendable {
    /// 0: all branches take part.
    @usableFromInline var key: UInt64 = 0

    /// Selectors with more branches are alphabets: their first branch is nothing special.
    @usableFromInline static let alphabet: UInt64 = 16

    @usableFromInline
    init() {}

    @usableFromInline
    init(key: UInt64) { self.key = key }

    /// A branch from 0 to `bound` that takes part.
    @usableFromInline
    func pick(_ bound: UInt64, _ random: inout SeededGenerator) -> UInt64 {
        if bound == .max { return random.next() }
        var mixer = SplitMix64(seed: key &+ bound)
        // As many representatives as a power of two drawn evenly from those up to the number of branches.
        let sizes = UInt64(64 - bound.leadingZeroBitCount)
        let few = min(bound + 1, 1 << (1 + mixer.next() % sizes))
        let chosen = random.next().multipliedFullWidth(by: few).high
        if chosen == 0, bound < Self.alphabet { return 0 }
        var representative = SplitMix64(seed: key ^ bound &* 0x9E37_79B9_7F4A_7C15 ^ chosen &* 0xD1B5_4A32_D192_ED03)
        return representative.next().multipliedFullWidth(by: bound + 1).high
    }
}
