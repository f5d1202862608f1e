/// Why a case is run, as observations tell it.
public enum CasePhase: String, Hashable, Sendable, CaseIterable {
    /// Generated, by chance or by a search: what a property's figures are about.
    case random
    /// A recorded case again: a failure that a memory kept, a token, or a counterexample that is shown.
    case replay
    /// A case that a memory kept because it reached something.
    case corpus
    /// A candidate of the shrinker.
    case shrink
    /// A variation of a counterexample, which tells what matters in it.
    case explain
}
