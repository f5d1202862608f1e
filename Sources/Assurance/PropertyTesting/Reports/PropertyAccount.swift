/// All that is to be said about one run of a property: the run's own report, and what was found out about it.
///
/// ```swift
/// var account = PropertyAccount(property: "Lists/reversal twice", seed: settings.seed, report: report)
/// account.details = [.init(counterexample: SwiftLiteral.declaration(of: value, named: "xs"), explanation: explanation)]
/// print(account.text)                            // for people
/// let bytes = account.json.canonicalBytes()      // for programs
/// ```
///
/// What ``PropertyReportText``, ``PropertyEvidence`` and the JSON form render; pure data.
public struct PropertyAccount: Sendable {
    /// The stable name: the same in every run, and the key of the example database.
    public var property: String
    /// "Tests/X.swift:12", relative to the package; nil where it is not known.
    public var location: String?
    public var seed: UInt64
    public var report: PropertyReport
    /// What is known about each of `report.failures`, in their order; may be shorter.
    public var details: [Detail] = []
    public var coverage = CoverageTally()
    public var risk: ResidualRisk?
    /// Examples of the database that were run first.
    public var remembered = 0
    /// Lines that are no verdict: files of the memory that could not be read, limits that were reached.
    public var warnings: [String] = []

    /// About one failure.
    public struct Detail: Hashable, Sendable {
        /// The value as Swift code; nil where the property draws and checks in one.
        public var counterexample: String?
        /// Drawn values and notes of the last replay, line by line.
        public var journal: [String]
        public var explanation: Explanation?

        public init(counterexample: String? = nil, journal: [String] = [], explanation: Explanation? = nil) {
            self.counterexample = counterexample
            self.journal = journal
            self.explanation = explanation
        }
    }

    public init(property: String, location: String? = nil, seed: UInt64, report: PropertyReport) {
        self.property = property
        self.location = location
        self.seed = seed
        self.report = report
    }

    /// How it ended, coverage included.
    public enum Verdict: String, Hashable, Sendable {
        case passed
        case falsified
        case gaveUp = "gave_up"
        /// No case failed, but too few are of a kind that was demanded.
        case notCovered = "not_covered"
        /// No case ran at all: nothing was shown.
        case empty
    }

    public var verdict: Verdict {
        switch report.outcome {
        case .falsified: return .falsified
        case .gaveUp: return .gaveUp
        case .passed:
            if report.cases == 0 { return .empty }
            return coverage.verdict == .failed ? .notCovered : .passed
        }
    }
}
