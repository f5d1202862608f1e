import Determinism

/// What is the same for all values of one case: how large they are, how long the collections, how often a value comes again.
///
/// Independent draws from one distribution make every case look alike: large integers that never meet, lists of a middling length. Faults
/// hide where keys collide, where all numbers are small, where a structure has many elements. So each case draws a temper first, from its
/// seed, and all its choices follow it. It is used while a case is generated and at no other time: it is not recorded, and a replay needs
/// none.
///
/// Sources of the ideas: sized generation (K. Claessen, J. Hughes, "QuickCheck", ICFP 2000), duplicated values (Hypothesis' mutation of
/// equal spans), swarm testing (A. Groce et al., ISSTA 2012): diversity between cases beats the best average case.
@usableFromInline
struct CaseTemper: Hashable, Sendable {
    /// Indices of integers stay at or below it.
    @usableFromInline var domain = UInt64.max
    /// Of 256 integers, how many repeat an earlier value of the case, or stand next to one.
    @usableFromInline var reuse: UInt64 = 0
    /// The average length of collections is multiplied by it, as far as their range allows.
    @usableFromInline var growth = 1.0
    /// Which branches of selectors take part.
    @usableFromInline var swarm = SwarmMask()

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
        let isNarrow = dice & 7 < 5
        if isNarrow {
            // 4 to 32 different values.
            switch (dice >> 3) & 7 {
            case 0: domain = 3
            case 1: domain = 7
            case 2, 3, 4: domain = 15
            default: domain = 31
            }
            if dice >> 8 & 3 == 0 { reuse = 64 }
        } else if dice & 7 < 7 {
            reuse = dice >> 3 & 1 == 0 ? 64 : 128
        }
        switch (dice >> 16) & 7 {
        case 0: growth = 0.4
        case 1: growth = 1
        case 2: growth = isNarrow ? 16 : 2
        case 3: growth = 2
        default: growth = 16
        }
        if dice >> 24 & 3 == 0 { swarm = SwarmMask(key: dice | 1) }
    }

    /// Lifts the limits on values: for a generator that refused what they allow.
    @usableFromInline
    mutating func relax() {
        domain = .max
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

extension Draws {
    /// An earlier choice with the same shape, or a neighbour of its value; nil where the few places looked at hold none.
    @usableFromInline
    func earlierIndex(_ shape: ChoiceShape, _ random: inout SeededGenerator) -> UInt64? {
        let count = UInt64(recorded.pointee)
        if count == 0 { return nil }
        for _ in 0..<4 {
            let word = random.next()
            let position = Int(truncatingIfNeeded: word.multipliedFullWidth(by: count).high)
            guard shapes[position] == shape else { continue }
            let index = indices[position]
            // Two steps of a zigzag are one step of the value.
            switch word & 7 {
            case 0: return index >= 2 ? index - 2 : index
            case 1: return shape.bound - index >= 2 ? index + 2 : index
            default: return index
            }
        }
        return nil
    }
}
