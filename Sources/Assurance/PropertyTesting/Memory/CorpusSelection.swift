/// Chooses the cases of a run that the next one should begin with: those that passed and reached what none before them did.
///
/// ```swift
/// var corpus = CorpusSelection()
/// for each case that passed, remembered ones first { corpus.consider(draws) }
/// corpus.tokens                       // at most ``maximumCases``, in the order of the cases
/// ```
///
/// A case is kept for a label, a requirement of coverage or a feature (a state of a model, a region of the code in a coverage build) that is
/// new, or for the highest score of a target so far; who was kept for a score alone leaves when it is beaten. What a memory kept is considered
/// first, so that what adds nothing today is not chosen again and the memory stays as small as it can. Once ``maximumCases`` are kept nothing
/// enters but a better score in the place of the one it beats.
///
/// O(labels + features) for each case, no allocation for one that adds nothing.
struct CorpusSelection {
    static let maximumCases = 32
    /// Different features that are told apart.
    static let maximumFeatures = 1 << 16

    private struct Entry {
        var token: ReplayToken
        /// Whether it was the first with a label or a feature.
        var hasDiscoveries: Bool
        /// Targets of which it has the highest score.
        var bests: Set<String>
    }

    private var entries: [Entry] = []
    private var labels: Set<String> = []
    private var features: Set<UInt64> = []
    private var scores: [String: Double] = [:]

    var tokens: [ReplayToken] { entries.map(\.token) }

    mutating func consider(_ draws: Draws) {
        consider(labels: draws.labels, coverage: draws.coverage, features: draws.features, targets: draws.targets) {
            Array(UnsafeBufferPointer(start: draws.indices, count: draws.count))
        }
    }

    /// - Parameter indices: called only for a case that is kept.
    mutating func consider(
        labels: [String], coverage: [CoverageObservation], features: [UInt64] = [], targets: [String: Double] = [:],
        indices: () -> [UInt64]
    ) {
        if labels.isEmpty, coverage.isEmpty, features.isEmpty, targets.isEmpty { return }
        let higher = targets.filter { label, score in
            guard score.isFinite else { return false }
            return scores[label].map { score > $0 } ?? (scores.count < TargetSearch.maximumLabels)
        }
        // Those that leave make room before anybody enters.
        if !higher.isEmpty {
            for place in entries.indices { entries[place].bests.subtract(higher.keys) }
            entries.removeAll { !$0.hasDiscoveries && $0.bests.isEmpty }
        }
        guard entries.count < Self.maximumCases else { return }
        for (label, score) in higher { scores[label] = score }
        var hasDiscoveries = false
        for label in labels where self.labels.insert(label).inserted { hasDiscoveries = true }
        for observation in coverage where observation.isHit && self.labels.insert(observation.label).inserted { hasDiscoveries = true }
        for feature in features where self.features.count < Self.maximumFeatures {
            if self.features.insert(feature).inserted { hasDiscoveries = true }
        }
        guard hasDiscoveries || !higher.isEmpty else { return }
        entries.append(Entry(token: ReplayToken(indices: indices()), hasDiscoveries: hasDiscoveries, bests: Set(higher.keys)))
    }
}
