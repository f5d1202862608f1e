/// What came of a run, without the values.
public struct PropertyReport: Hashable, Sendable {
    public enum Outcome: Hashable, Sendable {
        case passed
        case falsified
        /// Too few cases met the assumptions.
        case gaveUp
    }

    /// One bug: the simplest case that fails in this way.
    public struct Failure: Hashable, Sendable {
        public var failure: CaseFailure
        public var sequence: ChoiceSequence
        /// Bodies until this failure was first seen, it included; 0 where a memory kept it.
        public var casesToFailure: Int
        /// Bodies run by the shrinker.
        public var shrinkBodies = 0
        /// Candidates of the shrinker, those included that ended inside the generator.
        public var shrinkTries = 0
        /// Whether everything simpler was tried.
        public var isProvedMinimal = false
        /// Whether it did not fail when it was run again, which it does once more for the report.
        public var isFlaky = false
        /// What was drawn and noted in that last run, line by line.
        public var journal: [String] = []
        /// What matters in it, and how its numbers hang together; nil where nobody asked.
        public var explanation: Explanation?
        /// The choices that each line of the journal was made of; nil for notes, empty where it is not known.
        var journalRanges: [Range<Int>?] = []

        /// The journal, each line with what the explanation says of it.
        public var annotatedJournal: [String] {
            guard let explanation else { return journal }
            var told: Set<Explanation.Note> = []
            var lines = journal
            for (place, choices) in journalRanges.enumerated() where place < lines.count {
                guard let choices, let comment = explanation.comment(on: choices) else { continue }
                lines[place] += "  \(comment)"
                told.formUnion(
                    explanation.notes.filter { choices.lowerBound <= $0.choices.lowerBound && $0.choices.upperBound <= choices.upperBound })
            }
            // What spans several values, or values that are told in another way.
            let left = Set(explanation.notes.filter { !told.contains($0) }.map(\.text))
            lines += explanation.relations.filter { left.contains($0.text) }.map { "// \(explanation.told($0, in: sequence))" }
            return lines
        }

        public var token: ReplayToken { ReplayToken(sequence) }
    }

    public var outcome = Outcome.passed
    /// Distinct failures, in the order found; empty unless falsified.
    public var failures: [Failure] = []
    /// Cases that ran to their end and passed.
    public var cases = 0
    public var discarded = 0
    /// Cases that were generated again and not run again.
    public var duplicates = 0
    /// Whether there are no more different cases: every one was tried.
    public var isExhausted = false
    /// Whether equal choices led to different draws: the property depends on something besides its draws.
    public var isInconsistent = false
    /// How many cases carry each label, by label.
    public var labels: [String: Int] = [:]
    /// What the property demanded of its cases by ``Draws/cover(_:atLeast:when:)``, and what there was.
    public var coverage = CoverageTally()
    /// Remembered cases that were run first; none of the other counts holds them.
    public var examplesRun = 0
    /// How each of them ended; `.rejected` also for one that is no case of today's property.
    var exampleEnds: [CaseEnd] = []
    /// Cases that passed and reached what no other did, if the settings asked for them, as ``CorpusSelection`` has it.
    public var corpus: [ReplayToken]?

    public init() {}
}

/// What came of a property whose generator and law are apart.
public struct PropertyResult<Value> {
    public enum Outcome {
        case passed
        /// The simplest value found that fails, why, and the sequence it is made of.
        case falsified(Value, reason: String, ChoiceSequence)
        /// Too few cases met the assumptions.
        case gaveUp
    }

    public var outcome: Outcome
    public var report: PropertyReport

    public var cases: Int { report.cases }
    public var discarded: Int { report.discarded }
    public var isExhausted: Bool { report.isExhausted }
    public var labels: [String: Int] { report.labels }
    /// Bodies until the first failure, it included; 0 without one.
    public var casesToFailure: Int { report.failures.first?.casesToFailure ?? 0 }
    public var shrinkBodies: Int { report.failures.first?.shrinkBodies ?? 0 }
    public var shrinkTries: Int { report.failures.first?.shrinkTries ?? 0 }
    public var isProvedMinimal: Bool { report.failures.first?.isProvedMinimal ?? false }
}
