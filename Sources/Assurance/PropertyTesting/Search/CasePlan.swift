/// What a case starts from: choices that are replayed before fresh ones follow.
///
/// The engine begins such a case with `draws.begin(seed:, prefix: plan.prefix, tail: .random, misfit: .random)`: an index that does not fit
/// where it is drawn, and everything behind the prefix, is drawn anew.
struct CasePlan: Hashable, Sendable {
    enum Purpose: Hashable, Sendable {
        /// The beginning of a case of the corpus.
        case extending
        /// A case of the corpus with parts exchanged or repeated.
        case mutating
        /// One choice of a frontier case set to one value, each in turn.
        case sweeping
        /// Near the case with the highest score.
        case climbing
    }

    var purpose: Purpose
    var prefix: [UInt64]
    /// The number of the corpus entry that it was made from.
    var parent: Int
    /// The only choice that was changed, where it is only one.
    var position: Int?
    /// Whether the simplest choices follow the prefix instead of fresh ones.
    var endsSimply = false
}
