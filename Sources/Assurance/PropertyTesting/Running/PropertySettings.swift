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
    /// Cases after the first failure that look for other failures and for a simpler one: as many as it took to find it, at least 20, at most these.
    public var searchOn = 500
    /// Choices of one case.
    public var budget = Draws.defaultBudget

    /// Whether cases that reach new regions of the code are built upon. Needs a build that counts coverage, and does nothing in others.
    public var isGuidedByCoverage = false
    /// Whether counterexamples are explained, which takes up to ``explanationLimit`` bodies for each.
    public var explains = false
    /// Cases that are run first, whatever they are made of: what a memory kept.
    public var examples: [[UInt64]] = []

    /// Bodies that may be spent on explaining one counterexample.
    public static let explanationLimit = 1000

    public init(cases: Int = 100, seed: UInt64 = 0) {
        self.cases = cases
        self.seed = seed
    }
}
