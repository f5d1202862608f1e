/// How a property is run.
public struct PropertySettings: Hashable, Sendable {
    /// Cases that must pass.
    public var cases = 100
    /// The run is a function of it: each case draws from a stream of its own, independent of the others.
    public var seed: UInt64 = 0
    /// Tries of the shrinker.
    public var shrinkLimit = Shrinker.defaultLimit
    /// Rejected cases in all before the run gives up.
    public var discardLimit = 1000
    /// Failures of different origin that are reported.
    public var maximumFailures = 5
    /// Cases after the first failure, at most, that look for other failures and for a simpler one of each; 0: the run ends at its first failure.
    ///
    /// The run goes on to the number of cases that were asked for, but no more than ``searchShare`` of them; as many again as it took
    /// to find the latest bug; and no more than ``maximumRepeats`` failures of bugs that are known.
    public var searchOn = 500
    /// Choices of one case.
    public var budget = Draws.defaultBudget

    /// Whether cases that reach new regions of the code are built upon. Needs a build that counts coverage, and does nothing in others.
    public var isGuidedByCoverage = false
    /// Whether counterexamples are explained, which takes up to ``explanationLimit`` bodies for each.
    public var explains = false
    /// Cases that are run first, whatever they are made of: failures that a memory kept. They come on top of ``cases``.
    public var examples: [[UInt64]] = []
    /// Cases that are run after ``examples``: what a memory kept because it reached something. A search builds on them. They come on top, too.
    public var corpus: [[UInt64]] = []
    /// Whether the report names the cases that reached what no other did (``PropertyReport/corpus``).
    public var collectsCorpus = false

    /// Of the cases that were asked for, at most so many are run after the first failure.
    public static let searchShare = 100
    /// Failures of known bugs after which nothing else is looked for; a hang counts as ``repeatsOfHang``, since it costs its whole limit.
    public static let maximumRepeats = 20
    public static let repeatsOfHang = 5
    /// Bodies that may be spent on explaining one counterexample.
    public static let explanationLimit = 1000

    /// Choices of one case that may be asked for: some 60 MB of buffers.
    public static let maximumBudget = 1 << 20

    /// What is wrong with them and how to mend it; nil where nothing is.
    public var problem: String? {
        if cases < 1 { return "a property with \(cases) cases tests nothing; ask for at least 1" }
        if budget < 1 || budget > Self.maximumBudget {
            return "a case of at most \(budget) choices cannot be drawn; ask for a budget of 1 to \(Self.maximumBudget)"
        }
        if discardLimit < 0 { return "a discard limit of \(discardLimit) means nothing; ask for at least 0" }
        if searchOn < 0 { return "a search on for \(searchOn) cases means nothing; ask for at least 0" }
        if maximumFailures < 1 { return "at most \(maximumFailures) failures would hide every bug; ask for at least 1" }
        return nil
    }

    public init(cases: Int = 100, seed: UInt64 = 0) {
        self.cases = cases
        self.seed = seed
    }
}
