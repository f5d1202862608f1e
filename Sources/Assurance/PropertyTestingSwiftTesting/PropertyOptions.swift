import PropertyTesting

/// How the properties of a test are run: what ``PropertyTrait`` carries.
///
/// What is nil is inherited from the suite, and in the end from `PropertySettings`.
public struct PropertyOptions: Sendable {
    /// Cases that must pass.
    public var cases: Int?
    public var seed: UInt64?
    /// A token that an earlier failure printed: only that case is run, by every property of the test that it fits (``PropertyTrait``).
    public var replay: String?
    /// Choices that one case may make: more for properties that draw large values.
    public var budget: Int?
    /// Rejected cases in all before the run gives up.
    public var discardLimit: Int?
    /// Cases after the first failure, at most, that look for other bugs; 0: the run ends at its first failure.
    public var searchOn: Int?
    /// Bugs that are reported.
    public var maximumFailures: Int?
    /// Longest time of one case; a case that is slower again and again fails, by "deadline".
    public var deadline: Duration?
    public var isolation: PropertyIsolation?
    /// Where counterexamples and a corpus are kept, to be run first the next time; nil: nowhere.
    public var examples: PropertyExamples?
    /// Whether a document is left for the gate runner, where one runs the tests; nil: yes. No for properties that are meant to fail.
    public var leavesEvidence: Bool?
    /// Health checks that are not reported.
    public var suppressed: Set<HealthCheck.Kind>?

    public init() {}

    /// These options where they say something, else those of `outer`.
    func over(_ outer: PropertyOptions) -> PropertyOptions {
        var merged = outer
        merged.cases = cases ?? outer.cases
        merged.seed = seed ?? outer.seed
        merged.replay = replay ?? outer.replay
        merged.budget = budget ?? outer.budget
        merged.discardLimit = discardLimit ?? outer.discardLimit
        merged.searchOn = searchOn ?? outer.searchOn
        merged.maximumFailures = maximumFailures ?? outer.maximumFailures
        merged.deadline = deadline ?? outer.deadline
        merged.isolation = isolation ?? outer.isolation
        merged.examples = examples ?? outer.examples
        merged.leavesEvidence = leavesEvidence ?? outer.leavesEvidence
        merged.suppressed = suppressed ?? outer.suppressed
        return merged
    }

    var settings: PropertySettings {
        var settings = PropertySettings()
        if let cases { settings.cases = cases }
        if let seed { settings.seed = seed }
        if let budget { settings.budget = budget }
        if let discardLimit { settings.discardLimit = discardLimit }
        if let searchOn { settings.searchOn = searchOn }
        if let maximumFailures { settings.maximumFailures = maximumFailures }
        return settings
    }
}

/// Where counterexamples are kept between runs, and cases that reached what no other did.
public enum PropertyExamples: Hashable, Sendable {
    /// In `.pulsegate/examples` of the working folder, which is not committed: what passes again is forgotten, and a small corpus is kept, at most
    /// `PropertySession.corpusLimit` cases of each property.
    case local
    /// In a folder that is committed: what was found stays as a regression test. It changes with bugs alone; a corpus in it is run and not added to.
    case committed(folder: String)
}

/// Where the bodies of a property run.
public enum PropertyIsolation: Hashable, Sendable {
    /// In the process of the test. A trap ends the whole test process.
    case inProcess
    /// In a forked child, so that traps, stack overflows and hangs are failures like others and are shrunk. For synchronous bodies that start
    /// no tasks and no threads; see `PropertyEngine.runIsolated`.
    case childProcess(caseLimit: Duration)
}
