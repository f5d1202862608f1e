/// One run's dealings with the memory: what to run first, what came of it, what to keep.
///
/// ```swift
/// var recall = ExampleRecall(property: name, store: database)
/// for example in recall.examples { recall.note(example, ended: replay(example.token.indices)) }
/// … the run …
/// account.warnings += recall.finish(report).map(\.message)
/// ```
///
/// Rules. The simplest case of each bug of this run is kept as a failure. A failure of before that still fails, and is not that simplest
/// case, is displaced: simpler is known, but it may be another bug one day. What was kept and passes now is forgotten, unless the folder is
/// one that is committed (`keepsPassing`): there it stays as a regression test. What could not be run again (the generator has changed) is
/// forgotten as well. Nothing here throws; see ``ExampleStore``.
public struct ExampleRecall: Sendable {
    public let property: String
    /// In the order in which to run them.
    public let examples: [Example]
    private let store: any ExampleStore
    private let keepsPassing: Bool
    private var warnings: [ExampleWarning]
    private var stillFailing: [Example] = []
    private var passing: [Example] = []
    private var useless: [Example] = []

    public init(property: String, store: any ExampleStore, keepsPassing: Bool = false) {
        self.property = property
        self.store = store
        self.keepsPassing = keepsPassing
        let memory = store.load(property)
        examples = memory.examples
        warnings = memory.warnings
    }

    /// How an example ended when it was run again; `.rejected` also for one that was overrun.
    public mutating func note(_ example: Example, ended end: CaseEnd) {
        switch end {
        case .failed: stillFailing.append(example)
        case .passed: if example.role != .corpus { passing.append(example) }
        case .rejected: useless.append(example)
        }
    }

    /// Brings the memory up to date.
    ///
    /// - Parameters:
    ///   - report: of the whole run; flaky failures are kept like others.
    ///   - corpus: sequences of cases that passed and reached what others did not.
    /// - Returns: warnings for the report, those of reading included.
    public mutating func finish(_ report: PropertyReport, corpus: [ChoiceSequence] = []) -> [ExampleWarning] {
        let found = report.failures.map {
            Example(property: property, role: .failure, token: $0.token, origin: $0.failure.origin)
        }
        for example in stillFailing {
            if found.contains(where: { $0.isSameCase(as: example) }) { continue }
            // Its bug is not among those that were found: the run ended before it was simplified.
            let isKnown = found.contains { $0.origin == example.origin || example.role == .corpus }
            var kept = example
            kept.role = isKnown ? .displaced : .failure
            if kept.role != example.role { keep(kept) }
        }
        for example in keepsPassing ? useless : useless + passing { if let warning = store.remove(example) { warnings.append(warning) } }
        for example in found { keep(example) }
        for sequence in corpus { keep(Example(property: property, role: .corpus, token: ReplayToken(sequence))) }
        return warnings
    }

    private mutating func keep(_ example: Example) {
        guard let warning = store.save(example) else { return }
        // A full corpus, or a full list of displaced failures, is the normal end of a long hunt.
        if warning.kind == .limit, example.role != .failure { return }
        warnings.append(warning)
    }
}
