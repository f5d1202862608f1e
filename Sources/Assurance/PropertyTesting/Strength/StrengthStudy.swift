/// Measures properties by what they notice: each one runs against each mutant of the code under test.
///
/// Coverage says what was run, not what would have been missed. A mutant that no property kills is a fault that could be there today.
///
/// ```swift
/// var study = StrengthStudy(cases: 1000, seed: 1)
/// study.add("reversing twice", mutants: ["reverse.drops_last", "reverse.keeps"]) { mutant, settings in
///     Mutants.activating(mutant) {
///         PropertyEngine.run(settings) { $0.array { $0.int() } } holds: { reverse(reverse($0)) == $0 }.report
///     }
/// }
/// print(study.report().text)
/// ```
///
/// Every property first runs against the correct code: one that fails there says nothing about mutants. Nothing is shrunk. The effort is
/// at most `cases` for each property and mutant, less where a mutant dies early.
public struct StrengthStudy: Sendable {
    /// A property that can be run against a mutant; nil is the correct code.
    public typealias Run = @Sendable (_ mutant: String?, PropertySettings) -> PropertyReport

    private struct Subject: Sendable {
        var property: String
        var mutants: [String]
        var run: Run
    }

    public let settings: PropertySettings
    private var subjects: [Subject] = []

    /// - Parameters:
    ///   - cases: tests in which a mutant must be killed.
    ///   - seed: of every run; the report is a function of it.
    public init(cases: Int = 1000, seed: UInt64 = 0) {
        var settings = PropertySettings(cases: cases, seed: seed)
        settings.shrinkLimit = 0
        self.settings = settings
    }

    /// Adds a property; a name that was added before gets a second row.
    public mutating func add(_ property: String, mutants: [String], run: @escaping Run) {
        subjects.append(Subject(property: property, mutants: mutants, run: run))
    }

    /// Runs everything.
    public func report() -> StrengthReport {
        var report = StrengthReport(cases: settings.cases, seed: settings.seed)
        for subject in subjects {
            var row = StrengthReport.Row(property: subject.property)
            switch subject.run(nil, settings).outcome {
            case .passed: row.isSound = true
            case .falsified, .gaveUp: row.isSound = false
            }
            if row.isSound {
                row.verdicts = subject.mutants.map { mutant in
                    StrengthReport.Verdict(mutant: mutant, end: Self.end(subject.run(mutant, settings)))
                }
            } else {
                row.verdicts = subject.mutants.map { StrengthReport.Verdict(mutant: $0, end: .meaningless) }
            }
            report.rows.append(row)
        }
        return report
    }

    private static func end(_ report: PropertyReport) -> StrengthReport.End {
        switch report.outcome {
        case .falsified: .killed(tests: report.failures.first?.casesToFailure ?? 0)
        case .passed: .survived(tests: report.cases)
        case .gaveUp: .gaveUp(tests: report.cases)
        }
    }
}
