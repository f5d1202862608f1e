/// What is known of one benchmark after a comparison or a run, and what follows.
public struct BenchmarkVerdict: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable, Comparable {
        /// Nothing speaks against it.
        case pass
        /// There is nothing to compare with: base has no such benchmark. Only absolute budgets were judged.
        case new
        /// Time could not be decided; nothing else failed.
        case inconclusive
        /// A budget is broken for certain.
        case fail
        /// Base has it and head does not.
        case missing
        /// The body threw, or the process ended.
        case broken

        public static func < (a: Outcome, b: Outcome) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }
    }

    public var name: String
    public var tags: [String]
    public var clock: String
    /// Judged by the first iteration in a fresh process.
    public var isCold = false
    /// Time an iteration of head, and of base where there is one.
    public var head: TimeEstimate?
    public var base: TimeEstimate?
    /// Head against base; nil where there was nothing to compare.
    public var time: TimeVerdict?
    public var counts: [CountComparison]
    public var budget: BenchmarkBudget
    /// Each limit that was judged, in a fixed order.
    public var limits: [LimitVerdict]
    /// What head needs, in elements or bytes a second.
    public var rate: Rate?
    public var peakBytes: Int64?
    /// Head over its reference kernel in the same launches.
    public var reference: (name: String, ratio: Double)?
    public var knowledge: Knowledge
    /// What went wrong, for `broken`.
    public var problem: String?
    public var series: (name: String, size: Int)?

    /// A limit of the budget, and what it was held against.
    public struct LimitVerdict: Sendable, Equatable {
        public enum Kind: String, Sendable, CaseIterable {
            case slowdown, time, ratio, allocations
            case allocationGrowth = "allocation-growth"
            case peakBytes = "peak-bytes"
        }
        public enum Outcome: String, Sendable, CaseIterable { case pass, fail, inconclusive, expired }
        public var kind: Kind
        public var outcome: Outcome
        /// For people: "1.08 x base (1.07 to 1.09), at most 1.05 x".
        public var text: String

        public init(kind: Kind, outcome: Outcome, text: String) {
            self.kind = kind
            self.outcome = outcome
            self.text = text
        }
    }

    public struct Rate: Sendable, Equatable {
        public var perSecond: Double
        /// "elements" or "bytes".
        public var unit: String

        public init(perSecond: Double, unit: String) {
            self.perSecond = perSecond
            self.unit = unit
        }
    }

    /// What this machine's self-tests say of verdicts on this benchmark.
    public struct Knowledge: Sendable, Equatable {
        /// How often it failed unchanged code, and how often it found a slow-down of the budget; nil: never tested here.
        public var falseAlarms: ExactInterval?
        public var detections: ExactInterval?
        /// More false alarms than promised, for certain: its time does not block until it is tested again.
        public var hasLostItsRight: Bool

        public static let promisedFalseAlarms = 0.01

        public init(falseAlarms: ExactInterval? = nil, detections: ExactInterval? = nil) {
            self.falseAlarms = falseAlarms
            self.detections = detections
            hasLostItsRight = falseAlarms.map { $0.lower > Self.promisedFalseAlarms } ?? false
        }
    }

    public init(name: String, tags: [String] = [], clock: String = "thread-cpu", budget: BenchmarkBudget = BenchmarkBudget()) {
        self.name = name
        self.tags = tags
        self.clock = clock
        self.budget = budget
        counts = []
        limits = []
        knowledge = Knowledge()
    }

    /// The worst of what was found; a time that lost its right to block is inconclusive.
    public var outcome: Outcome {
        if problem != nil { return .broken }
        var worst: Outcome = time == nil && base == nil ? .new : .pass
        for limit in limits {
            switch limit.outcome {
            case .pass: break
            case .inconclusive: worst = max(worst, .inconclusive)
            case .fail: worst = max(worst, limit.kind == .slowdown && knowledge.hasLostItsRight ? .inconclusive : .fail)
            case .expired: worst = max(worst, .fail)
            }
        }
        return worst
    }

    public static func == (a: Self, b: Self) -> Bool {
        a.name == b.name && a.tags == b.tags && a.clock == b.clock && a.isCold == b.isCold && a.head == b.head && a.base == b.base
            && a.time == b.time
            && a.counts == b.counts && a.budget == b.budget && a.limits == b.limits && a.rate == b.rate && a.peakBytes == b.peakBytes
            && a.reference?.name == b.reference?.name && a.reference?.ratio == b.reference?.ratio && a.knowledge == b.knowledge
            && a.problem == b.problem && a.series?.name == b.series?.name && a.series?.size == b.series?.size
    }
}

/// A whole comparison (or run, without a base), for reports and evidence.
public struct SuiteVerdict: Sendable {
    /// Of the package, as people call it.
    public var suite: String
    /// Commits; base nil for a run of head alone. A head with changes that are not committed ends in "+".
    public var base: String?
    public var head: String
    public var toolchain: String
    /// CPU model, number of CPUs, kernel: what a time may be compared within.
    public var machine: String
    public var benchmarks: [BenchmarkVerdict]
    /// Names that base has and head has not.
    public var missing: [String]
    /// Seconds of the measuring, building excluded.
    public var seconds: Double
    /// Load average at begin and end, and the share of disturbed batches.
    public var load: (before: Double, after: Double)
    public var disturbed: Double
    /// Milliseconds that the hypervisor gave to others during the launches, of all CPUs; and launches that were moved to another CPU.
    public var stolenMilliseconds: Int64
    public var migrated: Int
    /// Whether what nobody changed stood at the same addresses in both builds; nil without a base.
    public var placement: Placement?
    /// Base was built with another version of the harness: what the harness itself costs is in the differences.
    public var hasOtherHarness: Bool
    /// A debug build, a changed machine class, …: named failures of the whole.
    public var problems: [String]

    /// Where the functions of two builds stood that were compared.
    public enum Placement: Equatable, Sendable {
        /// Wherever their linker put them: a change of a function may come from another one that moved it.
        case asBuilt
        /// So many of head's functions at the same address as in base, of so many.
        case matched(Int, of: Int)
    }

    public init(suite: String, base: String?, head: String, toolchain: String, machine: String, benchmarks: [BenchmarkVerdict]) {
        self.suite = suite
        self.base = base
        self.head = head
        self.toolchain = toolchain
        self.machine = machine
        self.benchmarks = benchmarks
        missing = []
        seconds = 0
        load = (0, 0)
        disturbed = 0
        stolenMilliseconds = 0
        migrated = 0
        hasOtherHarness = false
        problems = []
    }

    public func count(_ outcome: BenchmarkVerdict.Outcome) -> Int {
        benchmarks.count { $0.outcome == outcome } + (outcome == .missing ? missing.count : 0)
    }
}
