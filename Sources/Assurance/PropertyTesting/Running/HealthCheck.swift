/// Signs that a property tests less than it seems to, each with a name, what was seen and how to mend it.
///
/// ```swift
/// var figures = HealthCheck.Figures(budget: 8192)
/// figures.discarded = 500
/// HealthCheck.findings(in: figures)      // [tooManyDiscards: "500 of 500 cases …"]
/// ```
///
/// A function of counts and durations that the caller measured; says nothing by itself. A finding is a warning, not a failure: a property
/// that could not be tried often enough gives up for itself. Complexity: O(1).
public enum HealthCheck {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        /// Cases take so long that a run cannot hold many.
        case tooSlow
        /// Most cases are outside what the property speaks about.
        case tooManyDiscards
        /// Cases ask for more choices than there are, or for nearly so many.
        case tooLarge
    }

    /// What the cases of a run looked like, until the first failure.
    public struct Figures: Hashable, Sendable {
        public var passed = 0
        /// Rejected by an assumption.
        public var discarded = 0
        /// Ended for want of choices.
        public var overruns = 0
        /// Choices of all cases together.
        public var choices = 0
        /// Time of all cases together.
        public var nanoseconds: Int64 = 0
        /// Choices that one case may make.
        public var budget: Int

        public init(budget: Int) { self.budget = budget }

        var cases: Int { passed + discarded + overruns }
    }

    public struct Finding: Hashable, Sendable, CustomStringConvertible {
        public var kind: Kind
        /// What was seen and how to mend it.
        public var message: String

        public var description: String { "\(kind.rawValue): \(message)" }
    }

    /// Cases below which nothing is said.
    public static let fewestCases = 20
    /// Mean time of a case from which it is slow.
    public static let slowCaseNanoseconds: Int64 = 100_000_000
    /// Share of the cases, as one in so many, that may overrun.
    public static let overrunShare = 5
    /// Discards for each passed case that are borne.
    public static let discardsPerCase = 5

    /// What is to be said, in the order of ``Kind``.
    public static func findings(in figures: Figures, suppressing: Set<Kind> = []) -> [Finding] {
        guard figures.cases >= fewestCases else { return [] }
        return Kind.allCases.filter { !suppressing.contains($0) }.compactMap { kind in
            message(kind, figures).map { Finding(kind: kind, message: "\($0); to keep silent about it, suppress \(kind.rawValue)") }
        }
    }

    private static func message(_ kind: Kind, _ figures: Figures) -> String? {
        let cases = figures.cases
        switch kind {
        case .tooSlow:
            let mean = figures.nanoseconds / Int64(cases)
            guard mean >= slowCaseNanoseconds else { return nil }
            return "a case takes \(mean / 1_000_000) ms on average; draw smaller values, make the body cheaper or ask for fewer cases"
        case .tooManyDiscards:
            guard figures.discarded > discardsPerCase * figures.passed else { return nil }
            return "\(figures.discarded) of \(cases) cases did not meet the assumptions; "
                + "draw values that meet them (draw the second value from what the first one allows) in place of rejecting those that do not"
        case .tooLarge:
            if figures.overruns * overrunShare > cases {
                return "\(figures.overruns) of \(cases) cases asked for more than \(figures.budget) choices; "
                    + "bound collections and recursion, or raise the budget"
            }
            guard figures.choices / cases > figures.budget / 2 else { return nil }
            return "a case makes \(figures.choices / cases) of at most \(figures.budget) choices on average; "
                + "bound collections and recursion, or raise the budget"
        }
    }
}
