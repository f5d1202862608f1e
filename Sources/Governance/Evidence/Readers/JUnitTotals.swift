import StrictDocuments

/// What a JUnit suite holds, counted from its elements, and what it declares.
///
/// Writers count differently, and each of their ways is accepted: a suite's own cases or those of its inner suites too;
/// failing cases or failure elements; `tests` with or without the skipped ones (Swift Testing leaves them out); `skipped`
/// with or without disabled ones. What none of the ways yields is a contradiction: the report was edited, joined badly
/// or cut and mended.
struct JUnitTotals {
    /// Counted from elements, one way of counting a field.
    struct Count {
        var tests = 0
        var disabled = 0
        var skippedCases = 0
        /// Cases by their worst outcome.
        var failedCases = 0
        var erroredCases = 0
        /// Cases that hold such an element, whatever else they hold.
        var casesWithFailure = 0
        var casesWithError = 0
        var casesWithSkip = 0
        var failureElements = 0
        var errorElements = 0

        mutating func add(_ other: Count) {
            tests += other.tests
            disabled += other.disabled
            skippedCases += other.skippedCases
            failedCases += other.failedCases
            erroredCases += other.erroredCases
            casesWithFailure += other.casesWithFailure
            casesWithError += other.casesWithError
            casesWithSkip += other.casesWithSkip
            failureElements += other.failureElements
            errorElements += other.errorElements
        }

        fileprivate func accepted(_ field: String) -> [Int] {
            switch field {
            case "tests": [tests, tests - casesWithSkip, tests - skippedCases, tests - disabled, tests - disabled - casesWithSkip]
            case "failures": [failedCases, casesWithFailure, failureElements]
            case "errors": [erroredCases, casesWithError, errorElements]
            case "skipped": [skippedCases, casesWithSkip, casesWithSkip + disabled]
            case "disabled": [disabled]
            default: []
            }
        }
    }

    static let fields = ["tests", "failures", "errors", "skipped", "disabled"]

    /// The cases directly inside.
    var own = Count()
    /// With those of inner suites.
    var deep = Count()
    /// In order of ``fields``.
    var declared: [Int?] = fields.map { _ in nil }
    var name: String
    var line: Int

    init(name: String, line: Int) {
        self.name = name
        self.line = line
    }

    /// The first declared total that the elements contradict, in words.
    func contradiction() -> String? {
        for (field, value) in zip(Self.fields, declared) {
            guard let value else { continue }
            // Some writers count disabled cases as neither, and declare them here in words of their own.
            let accepted = own.accepted(field) + deep.accepted(field)
            if !accepted.contains(value) {
                let found = accepted.first ?? 0
                let inner = deep.accepted(field).first ?? 0
                let counted = found == inner ? "\(found)" : "\(found) (\(inner) with inner suites)"
                return "'\(name)' declares \(field)=\"\(value)\" and its elements show \(counted)"
            }
        }
        return nil
    }
}
