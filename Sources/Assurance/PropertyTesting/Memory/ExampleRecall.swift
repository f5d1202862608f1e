/// One run's dealings with the memory: what to run first, what came of it, what to keep.
///
/// ```swift
/// var recall = ExampleRecall(property: name, store: database)
/// settings.examples = recall.failures.map(\.token.indices)
/// settings.corpus = recall.corpus.map(\.token.indices)
/// account.warnings += recall.finish(PropertyEngine.run(settings, test: test)).map(\.message)
/// ```
///
/// Rules. The simplest case of each bug of this run is kept as a failure. A failure of before that still fails, and is not that simplest
/// case, is displaced: simpler is known, but it may be another bug one day. What was kept and passes now is forgotten, unless the folder is
/// one that is committed (`keepsPassing`): there it stays as a regression test. What could not be run again (the generator has changed) is
/// forgotten as well. The corpus becomes what the run chose (``CorpusSelection``), if it chose one. What is new is kept before anything is
/// forgotten, one file after the other: a process that is killed in between leaves too much rather than too little. Nothing here throws; see
/// ``ExampleStore``.
public struct ExampleRecall: Sendable {
    public let property: String
    /// Failures and what was displaced, in the order in which to run them.
    public let failures: [Example]
    /// Cases that reached something, to be run after the failures.
    public let corpus: [Example]
    private let store: any ExampleStore
    private let keepsPassing: Bool
    private var warnings: [ExampleWarning]

    public init(property: String, store: any ExampleStore, keepsPassing: Bool = false) {
        self.property = property
        self.store = store
        self.keepsPassing = keepsPassing
        let memory = store.load(property)
        failures = memory.examples.filter { $0.role != .corpus }
        corpus = memory.examples.filter { $0.role == .corpus }
        warnings = memory.warnings
    }

    /// Brings the memory up to date.
    ///
    /// - Parameter report: of the whole run, which began with ``failures`` and ``corpus``; flaky failures are kept like others.
    /// - Returns: warnings for the report, those of reading included.
    public mutating func finish(_ report: PropertyReport) -> [ExampleWarning] {
        let found = report.failures.map {
            Example(property: property, role: .failure, token: $0.token, origin: $0.failure.origin)
        }
        var forgotten: [Example] = []
        // Without an end it was not run: then nothing is known.
        for (example, end) in zip(failures + corpus, report.exampleEnds) {
            switch end {
            case .failed:
                if found.contains(where: { $0.isSameCase(as: example) }) { continue }
                // Unless its bug is among those that were found, the run ended before it was simplified.
                let isKnown = found.contains { $0.origin == example.origin || example.role == .corpus }
                var kept = example
                kept.role = isKnown ? .displaced : .failure
                if kept.role != example.role { keep(kept) }
            case .passed:
                if example.role == .corpus {
                    if let chosen = report.corpus, !chosen.contains(example.token) { forgotten.append(example) }
                } else if !keepsPassing {
                    forgotten.append(example)
                }
            case .rejected: forgotten.append(example)
            }
        }
        for example in found { keep(example) }
        let kept = Set(corpus.map(\.token))
        for token in report.corpus ?? [] where !kept.contains(token) { keep(Example(property: property, role: .corpus, token: token)) }
        for example in forgotten { if let warning = store.remove(example) { warnings.append(warning) } }
        return warnings
    }

    private mutating func keep(_ example: Example) {
        guard let warning = store.save(example) else { return }
        // A full corpus, or a full list of displaced failures, is the normal end of a long hunt.
        if warning.kind == .limit, example.role != .failure { return }
        warnings.append(warning)
    }
}
