import StrictDocuments

/// What one collector, or one report file, says about the world, in this project's own words.
///
/// Every reader of a report format yields `Facts`; nothing behind the readers knows a format. Facts are plain data with
/// a canonical JSON form (``json``), so that the ledger keeps them and a past verdict can be computed again from them.
public struct Facts: Hashable, Sendable {
    /// One entry a test function, in order of ``TestFact/id``.
    public var tests: [TestFact] = []
    /// One entry a source file, in order of path.
    public var coverage: [FileCoverage] = []
    /// Figures with a name of their own ("golden.mismatches", "build.warnings", …), in order of metric and subject.
    public var measures: [Measure] = []

    public init() {}
}

/// How a test ended.
public enum TestOutcome: String, Hashable, Sendable, CaseIterable {
    case passed
    /// An expectation did not hold.
    case failed
    /// The test threw or its set-up broke, where a format tells that apart from a failure.
    case errored
    case skipped
    /// Started and never ended: its process crashed, was killed or hung.
    case unfinished
}

/// One test and what became of it.
public struct TestFact: Hashable, Sendable {
    /// Unique in its report: "Module.Suite/name()" or "classname.name".
    public var id: String
    public var outcome: TestOutcome
    /// Cases of a parameterised test that ran; 1 for others, 0 where it was skipped.
    public var cases: Int
    public var durationNanoseconds: Int64?
    /// "Tests/Unit/X.swift:12", relative to the package where that is known.
    public var location: String?
    /// Why it did not pass: the first issue's text, as reported (untrusted text).
    public var message: String?
    /// Issues that the test itself declares as known.
    public var knownIssues: Int
    /// Issues of severity warning.
    public var warnings: Int

    public init(
        id: String, outcome: TestOutcome, cases: Int = 1, durationNanoseconds: Int64? = nil, location: String? = nil,
        message: String? = nil, knownIssues: Int = 0, warnings: Int = 0
    ) {
        self.id = id
        self.outcome = outcome
        self.cases = cases
        self.durationNanoseconds = durationNanoseconds
        self.location = location
        self.message = message
        self.knownIssues = knownIssues
        self.warnings = warnings
    }
}

/// The coverage of one source file, counted in distinct lines ("DA" lines), not in llvm-cov's summary lines, which count
/// a line once per function and closure on it.
public struct FileCoverage: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        /// The file was part of an instrumented binary.
        case measured
        /// The file belongs to the product and holds code, and no instrumented test binary contains it.
        case unmeasured
        /// The file belongs to the product and compiles to no executable line.
        case noCode = "no_code"
    }

    /// Relative to the repository, with '/'.
    public var path: String
    /// The package (SwiftPM target, Java package, …) it belongs to, as a path or name; nil where the format has none.
    public var package: String?
    public var state: State
    /// Executable lines in ascending order with how often each ran. For an unmeasured file all counts are 0.
    public var lines: [LineCount]
    /// Branch outcomes taken and all, where the format has them.
    public var branches: Tally?
    /// Functions entered and all, where the format has them.
    public var functions: Tally?
    /// Code regions entered and all, where the format has them.
    public var regions: Tally?

    public struct LineCount: Hashable, Sendable {
        public var line: Int
        public var count: Int64
        public init(line: Int, count: Int64) {
            self.line = line
            self.count = count
        }
    }

    /// How many of how many.
    public struct Tally: Hashable, Sendable {
        public var covered: Int
        public var total: Int
        public init(covered: Int, total: Int) {
            self.covered = covered
            self.total = total
        }
    }

    public init(
        path: String, package: String? = nil, state: State = .measured, lines: [LineCount], branches: Tally? = nil,
        functions: Tally? = nil, regions: Tally? = nil
    ) {
        self.path = path
        self.package = package
        self.state = state
        self.lines = lines
        self.branches = branches
        self.functions = functions
        self.regions = regions
    }

    public var coveredLines: Int { lines.reduce(0) { $0 + ($1.count > 0 ? 1 : 0) } }
}

/// A figure with a name: what an evidence document, a collector or a benchmark reports.
public struct Measure: Hashable, Sendable {
    /// A name of the metric catalogue, such as "golden.mismatches".
    public var metric: String
    /// What it is a figure of ("data/golden/x.csv", a benchmark's name); nil for the whole.
    public var subject: String?
    public var quantity: Quantity
    /// How many observations stand behind it; at least 1.
    public var samples: Int
    /// One line for people, such as "row 3, column macd: expected 0.221135, got 0.221136" (untrusted text).
    public var note: String?

    public init(_ metric: String, subject: String? = nil, _ quantity: Quantity, samples: Int = 1, note: String? = nil) {
        self.metric = metric
        self.subject = subject
        self.quantity = quantity
        self.samples = samples
        self.note = note
    }
}
