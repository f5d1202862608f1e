import Determinism

/// What is the same for all values of one case: how large they are, how long the collections, how often a value comes again.
///
/// Independent draws from one distribution make every case look alike: large integers that never meet, lists of a middling length. Faults
/// hide where keys collide, where all numbers are small, where a structure has many elements, where what is looked up is there, where
/// values come in order, at the ends of a range, where one text begins like another. So each case draws a temper first, from its seed, and
/// all its choices follow it. It is used while a case is generated and at no other time: it is not recorded, and a replay needs none.
///
/// Its parts are drawn independently, so that their combinations come up too. The shares say how many cases have a part at all; within such
/// a case it decides a good part of the choices, since a fault often wants several of them at once.
///
/// Sources of the ideas: sized generation (K. Claessen, J. Hughes, "QuickCheck", ICFP 2000), duplicated values (Hypothesis' mutation of
/// equal spans), swarm testing (A. Groce et al., ISSTA 2012): diversity between cases beats the best average case.
@usableFromInline
struct CaseTemper: Hashable, Sendable {
    /// Indices of integers stay at or below it.
    @usableFromInline var domain = UInt64.max
    /// Of 256 integers that are elements of a collection, how many repeat an earlier value of the case, or stand next to one.
    @usableFromInline var reuse: UInt64 = 0
    /// The same of integers that are no elements: the key that is looked up in a list of keys.
    @usableFromInline var reuseOutside: UInt64 = 0
    /// Of 256 integers that are elements, how many go on from the element before by one step: values in order.
    @usableFromInline var walk: UInt64 = 0
    /// Whether they go away from the simplest value, or towards it.
    @usableFromInline var walksOutwards = false
    /// Of 256 integers, how many stand at an end of their order, or next to it.
    @usableFromInline var edges: UInt64 = 0
    /// Of 256 collections, how many begin like an earlier one, or are equal to it.
    @usableFromInline var echo: UInt64 = 0
    /// The average length of collections is multiplied by it, as far as their range allows.
    @usableFromInline var growth = 1.0
    /// Which branches of selectors take part.
    @usableFromInline var swarm = SwarmMask()

    /// Whether it has a say in every integer, beyond the domain.
    @usableFromInline var relates: Bool { reuse | reuseOutside | walk | edges != 0 }

    /// Choices after which collections fall back to their ordinary length, so that nested ones stay finite.
    @usableFromInline static let longCase = 128
    /// The first so many cases have collections of at most their ordinary length: a fault that a small case shows should be shown by one.
    static let smallCases: UInt64 = 10

    @usableFromInline
    init() {}

    /// One word of chance; the same for the same generator.
    @usableFromInline
    init(_ random: inout SeededGenerator) {
        let dice = random.next()
        let isNarrow = dice & 1 == 0
        if isNarrow {
            // 4 to 32 different values.
            switch (dice >> 3) & 7 {
            case 0: domain = 3
            case 1: domain = 7
            case 2, 3, 4: domain = 15
            default: domain = 31
            }
        }
        switch (dice >> 8) & 7 {
        case 0: reuse = 128
        case 1: reuse = 64
        default: break
        }
        reuseOutside = (dice >> 32) & 7 == 0 ? reuse : 192
        if (dice >> 36) & 1 == 0 {
            walk = 192
            walksOutwards = (dice >> 37) & 1 == 0
        }
        if (dice >> 40) & 7 < 3 { edges = 128 }
        if (dice >> 44) & 3 == 0 { echo = 128 }
        switch (dice >> 16) & 7 {
        case 0: growth = 0.4
        case 1: growth = 1
        case 2: growth = 2
        default: growth = 16
        }
        if dice >> 24 & 3 == 0 { swarm = SwarmMask(key: dice | 1) }
    }

    /// Lifts the limits on values and their relations: for a generator that refused what they allow.
    @usableFromInline
    mutating func relax() {
        domain = .max
        (reuse, reuseOutside, walk, edges) = (0, 0, 0, 0)
        swarm = SwarmMask()
    }

    /// Adapts to where the run stands.
    ///
    /// - Parameter isBarren: whether most cases so far were rejected or known already; then every second case has no limits on values.
    mutating func adapt(caseNumber: UInt64, isBarren: Bool) {
        if caseNumber < Self.smallCases { growth = min(growth, 1) }
        if isBarren, caseNumber & 1 == 1 { relax() }
    }
}
