import StrictDocuments

/// The report on a property for people: plain text, no colours, the most important first.
///
/// ```
/// property 'Lists/reversal once' does not hold: 1 failure, after 4 cases that passed (seed 7)
///
/// falsified at Tests/ListTests.swift:12
///     let xs: [Int] = [0, 1]
///     nothing simpler fails
///     // b != a
///     replay: pt1-01000101000000-5e
///
/// cases: 4 passed, 0 discarded
/// ```
///
/// Deterministic: a function of the account, byte for byte. O(size of the account).
public enum PropertyReportText {
    /// Failures and rows of tables that are written; the rest is counted.
    public static let maximumFailures = 20
    public static let maximumRows = 40
    /// Lines of one failure's journal.
    public static let maximumJournalLines = 200

    public static func text(_ account: PropertyAccount) -> String {
        var lines = [headline(account)]
        for (number, failure) in account.report.failures.prefix(maximumFailures).enumerated() {
            lines.append("")
            lines += describe(failure, number < account.details.count ? account.details[number] : PropertyAccount.Detail())
        }
        if account.report.failures.count > maximumFailures {
            lines += [
                "", "\(account.report.failures.count - maximumFailures) more failures (the limit PropertyReportText.maximumFailures)",
            ]
        }
        lines.append("")
        lines += counts(account)
        lines += coverage(account)
        lines += labels(account.report)
        if account.verdict == .passed, !account.report.isExhausted { lines += risk(account) }
        if !account.warnings.isEmpty {
            lines.append("warnings:")
            lines += account.warnings.map { "    \($0)" }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func headline(_ account: PropertyAccount) -> String {
        let report = account.report
        let seed = "(seed \(account.seed))"
        let name = "property '\(account.property)'"
        switch account.verdict {
        case .falsified:
            let count = report.failures.count
            let failures = count == 1 ? "1 failure" : "\(count) distinct failures"
            return "\(name) does not hold: \(failures), after \(cases(report.cases)) that passed \(seed)"
        case .gaveUp:
            return "\(name) gave up: \(cases(report.cases)) met the assumptions and \(report.discarded) did not \(seed); "
                + "make the generator build what the property needs"
        case .empty: return "\(name) was not tried: no case ran \(seed)"
        case .notCovered: return "\(name) is not covered: no case failed, but too few are of a kind that it demands \(seed)"
        case .passed:
            return report.isExhausted
                ? "\(name) holds: all \(cases(report.cases)) that there are were tried: proved \(seed)"
                : "\(name) held in \(cases(report.cases)) \(seed)"
        }
    }

    private static func describe(_ failure: PropertyReport.Failure, _ detail: PropertyAccount.Detail) -> [String] {
        var lines = [failure.failure.origin.description]
        if !failure.failure.message.isEmpty { lines += indented(failure.failure.message) }
        if failure.isFlaky {
            lines.append("    it did not fail when it was run again: the property depends on more than its draws, or the code has changed")
        }
        if let counterexample = detail.counterexample { lines += indented(counterexample) }
        lines += detail.journal.prefix(maximumJournalLines).flatMap(indented)
        if detail.journal.count > maximumJournalLines {
            lines.append("    \(detail.journal.count - maximumJournalLines) more lines (the limit PropertyReportText.maximumJournalLines)")
        }
        lines.append("    \(failure.isProvedMinimal ? "nothing simpler fails" : "the simplest that was found")")
        if let explanation = detail.explanation { lines += explained(explanation, failure.sequence) }
        let origin = failure.casesToFailure == 0 ? "remembered from an earlier run" : "found in case \(failure.casesToFailure)"
        lines.append("    \(origin), simplified in \(failure.shrinkBodies) more")
        lines.append("    replay: \(failure.token)")
        return lines
    }

    private static func explained(_ explanation: Explanation, _ sequence: ChoiceSequence) -> [String] {
        var lines = explanation.relations.map { "    // \(explanation.told($0, in: sequence))" }
        if !explanation.irrelevant.isEmpty {
            let parts = explanation.irrelevant.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound - 1)" }
            let manner = explanation.irrelevant.count == 1 ? "" : explanation.isIrrelevantTogether ? ", also at once" : ", one at a time"
            lines.append(
                "    // any value fails\(manner): \(parts.count == 1 ? "choice" : "choices") \(parts.joined(separator: ", "))"
            )
        }
        return lines
    }

    private static func counts(_ account: PropertyAccount) -> [String] {
        let report = account.report
        var line = "cases: \(report.cases) passed, \(report.discarded) discarded"
        if report.discarded > 0 { line += " (\(percent(report.discarded, report.cases + report.discarded)))" }
        if report.duplicates > 0 { line += ", \(report.duplicates) drawn again and not run again" }
        if account.remembered > 0 { line += ", \(account.remembered) from the memory first" }
        return [line]
    }

    private static func coverage(_ account: PropertyAccount) -> [String] {
        if account.coverage.entries.isEmpty { return [] }
        var lines = ["coverage:"]
        for entry in account.coverage.entries.prefix(maximumRows) {
            let requirement = entry.requirement
            let state =
                switch requirement.verdict {
                case .met: "met"
                case .failed: "NOT MET"
                case .undecided: "undecided, too few cases to tell"
                }
            lines.append(
                "    \(entry.label): \(share(requirement.hits, requirement.cases)), at least \(requirement.share) demanded: \(state)")
        }
        if account.coverage.entries.count > maximumRows || account.coverage.isTruncated {
            lines.append("    more are left out (the limit maximumRows)")
        }
        return lines
    }

    private static func labels(_ report: PropertyReport) -> [String] {
        if report.labels.isEmpty { return [] }
        let rows = report.labels.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        var lines = ["labels:"]
        for (label, count) in rows.prefix(maximumRows) { lines.append("    \(label): \(count), \(share(count, report.cases))") }
        if rows.count > maximumRows {
            lines.append("    \(rows.count - maximumRows) more labels (the limit PropertyReportText.maximumRows)")
        }
        return lines
    }

    private static func risk(_ account: PropertyAccount) -> [String] {
        var lines = [
            "residual risk: at most \(percent(ResidualRisk.failureBound(cases: account.report.cases))) of such cases fail (95 % confidence)"
        ]
        if let new = account.risk?.newFeature {
            lines.append("    the next case shows something new with a probability of about \(percent(new))")
        }
        return lines
    }

    // MARK: Figures

    private static func cases(_ count: Int) -> String { count == 1 ? "1 case" : "\(count) cases" }

    private static func percent(_ part: Int, _ whole: Int) -> String { percent(Double(part) / Double(max(1, whole))) }

    /// Small shares keep two figures.
    private static func percent(_ share: Double) -> String {
        let value = share * 100
        let places = value == 0 || value >= 1 ? 1 : value >= 0.01 ? 3 : 7
        return "\(DecimalText.fixed(value, places: places) ?? "?") %"
    }

    private static func share(_ part: Int, _ whole: Int) -> String {
        let interval = BinomialInterval(hits: part, of: whole)
        return "\(percent(part, whole)) (\(percent(interval.lower)) to \(percent(interval.upper)))"
    }

    private static func indented(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { "    \($0)" }
    }
}

extension PropertyAccount {
    /// The report for people.
    public var text: String { PropertyReportText.text(self) }

    /// The report for programs: all figures are integers.
    public var json: JSONValue {
        let failures = report.failures.enumerated().map { number, failure -> JSONValue in
            let detail = number < details.count ? details[number] : Detail()
            var json: [String: JSONValue] = [
                "reason": .string(failure.failure.origin.reason), "message": .string(failure.failure.message),
                "replay": .string(failure.token.description), "cases_to_failure": .int(Int64(failure.casesToFailure)),
                "shrink_bodies": .int(Int64(failure.shrinkBodies)), "shrink_tries": .int(Int64(failure.shrinkTries)),
                "proved_minimal": .bool(failure.isProvedMinimal), "flaky": .bool(failure.isFlaky),
                "journal": .array(detail.journal.map { .string($0) }),
            ]
            json["location"] = failure.failure.origin.location.map { .string($0) } ?? .null
            json["counterexample"] = detail.counterexample.map { .string($0) } ?? .null
            json["notes"] = .array(
                (detail.explanation?.notes ?? []).map { note in
                    [
                        "from": .int(Int64(note.choices.lowerBound)), "to": .int(Int64(note.choices.upperBound)),
                        "text": .string(note.text),
                    ]
                })
            return .object(json)
        }
        let coverage = coverage.entries.map { entry -> JSONValue in
            [
                "label": .string(entry.label), "hits": .int(Int64(entry.requirement.hits)), "cases": .int(Int64(entry.requirement.cases)),
                "demanded": [.int(Int64(entry.requirement.share.numerator)), .int(Int64(entry.requirement.share.denominator))],
                "verdict": .string(entry.requirement.verdict.rawValue),
            ]
        }
        return [
            "property": .string(property), "location": location.map { .string($0) } ?? .null, "verdict": .string(verdict.rawValue),
            "seed": .string(String(seed)), "cases": .int(Int64(report.cases)), "discarded": .int(Int64(report.discarded)),
            "duplicates": .int(Int64(report.duplicates)), "exhausted": .bool(report.isExhausted), "remembered": .int(Int64(remembered)),
            "labels": .object(report.labels.mapValues { .int(Int64($0)) }), "coverage": .array(coverage), "failures": .array(failures),
            "warnings": .array(warnings.map { .string($0) }),
        ]
    }
}
