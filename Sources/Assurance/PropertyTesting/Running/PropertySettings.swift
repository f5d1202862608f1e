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

    public init(cases: Int = 100, seed: UInt64 = 0) {
        self.cases = cases
        self.seed = seed
    }
}
