import Determinism

/// Decides what each case starts from: nothing, or a case that got further than others.
///
/// ```swift
/// var guide = SearchGuide()
/// while … {
///     let plan = guide.plan(number: number, random: &random)          // nil: a fresh random case
///     draws.begin(seed: seed, prefix: plan?.prefix ?? [], tail: .random, misfit: .random)
///     …
///     guide.observe(number: number, plan: plan, features: draws.features, targets: draws.targets, isValid: isValid) { draws.sequence }
///     if guide.isBlockEnd(after: number) { guide.commitBlock() }
/// }
/// ```
///
/// **What it learns from.** *Features* are hashes of what a case reached: states of a model, edges of code. A case with a feature that none
/// had before enters the corpus. *Targets* are scores to be raised, one search for each label (``TargetSearch``). A property that states
/// neither costs nothing but a test.
///
/// **What it does with it.** Some cases sweep the neighbours of the *frontier*, the entry with the rarest feature (``FrontierEntry``). Some
/// cut an entry near its end and draw the rest anew. Some mutate one: parts made equal, exchanged between cases, repeated. Some are drawn
/// plainly, so that the search cannot get stuck.
///
/// **Two cores.** A plan depends on the case's number, its stream of chance, and observations of earlier *blocks* only. Within a block
/// cases may run and be observed in any order; ``commitBlock()`` takes them in by number.
///
/// Sources: AFL and AFLFast (M. Böhme et al., "Coverage-based Greybox Fuzzing as Markov Chain", CCS 2016) for the corpus and rare features;
/// Zest (R. Padhye et al., ISSTA 2019) for mutating choices instead of values; A. Löscher, K. Sagonas, "Targeted Property-Based Testing",
/// ISSTA 2017.
struct SearchGuide: Sendable {
    /// Cases of a block once the run is under way; the first blocks are shorter, so that short runs learn too.
    static let blockSize: UInt64 = 64
    /// Entries of the corpus; beyond, the one chosen most often leaves.
    static let maximumEntries = 256
    /// Different features that are counted; others are as good as none.
    static let maximumFeatures = 1 << 16
    /// One case in so many sweeps, while there is something to sweep.
    static let sweepShare = 2
    /// Of the other cases, of ``ways``, so many are fresh, and up to here extend an entry.
    static let ways: UInt64 = 16
    static let freshWays: UInt64 = 2
    static let extendingWays: UInt64 = 11
    private struct Observation: Sendable {
        var number: UInt64
        var plan: CasePlan?
        var features: [UInt64]
        var targets: [(label: String, score: Double)]
        var sequence: ChoiceSequence?
    }

    private(set) var entries: [FrontierEntry] = []
    /// How many cases had each feature.
    private(set) var featureCounts: [UInt64: UInt64] = [:]
    private(set) var targets = TargetSearch()
    private var pending: [Observation] = []
    private var nextEntry = 0
    private var blockStart: UInt64 = 0
    /// What the first cases of this block are.
    private var sweeps: [CasePlan] = []
    /// Discoveries of entries that would like to be replaced by another case with the same.
    private var wanted: Set<UInt64> = []
    /// Entries by the rarity of their discoveries, rarest first.
    private var ranking: [Int] = []

    init() {}

    /// Cases before features have a say. Short runs find more by being different from one another: a machine's own exploration within a run
    /// finds most faults sooner than building on runs that came far.
    static let featureWarmUp: UInt64 = 256

    /// Whether anything was observed to go by.
    var isGuiding: Bool { !targets.isEmpty || (!entries.isEmpty && blockStart >= Self.featureWarmUp) }

    // MARK: Planning

    /// What case `number` starts from; nil for nothing. The same for the same state, number and stream.
    func plan(number: UInt64, random: inout SeededGenerator) -> CasePlan? {
        guard isGuiding else { return nil }
        let slot = Int(number - min(number, blockStart))
        if slot < sweeps.count { return sweeps[slot] }
        let dice = random.next() % Self.ways
        if dice < Self.freshWays { return nil }
        if !targets.isEmpty, entries.isEmpty || random.next() & 1 == 0 { return targets.plan(random: &random) }
        guard let entry = choose(&random) else { return nil }
        if dice < Self.extendingWays {
            return CasePlan(purpose: .extending, prefix: SequenceMutation.cut(entry.sequence, &random), parent: entry.number)
        }
        let donor = entries[Int(random.next() % UInt64(entries.count))]
        let prefix = SequenceMutation.mutated(entry.sequence, donor: donor.sequence, random: &random)
        return CasePlan(purpose: .mutating, prefix: prefix, parent: entry.number)
    }

    /// The one with the rarest discovery, one of the few after it, or any.
    private func choose(_ random: inout SeededGenerator) -> FrontierEntry? {
        let dice = random.next()
        guard let first = ranking.first else { return nil }
        switch dice & 3 {
        case 0: return entries[Int((dice >> 2) % UInt64(entries.count))]
        case 1: return entries[ranking[Int((dice >> 2) % UInt64(min(ranking.count, 8)))]]
        default: return entries[first]
        }
    }

    // MARK: Observing

    /// Takes note of a case. Cases of one block may come in any order.
    ///
    /// - Parameter sequence: called only if the case is worth keeping.
    mutating func observe(
        number: UInt64, plan: CasePlan?, features: [UInt64], targets scores: [String: Double], isValid: Bool,
        sequence: () -> ChoiceSequence
    ) {
        guard isValid, !features.isEmpty || !scores.isEmpty || plan != nil else { return }
        var observation = Observation(
            number: number, plan: plan, features: features,
            targets: scores.sorted { $0.key < $1.key }.map { (label: $0.key, score: $0.value) })
        let isNew = features.contains { featureCounts[$0] == nil } && featureCounts.count < Self.maximumFeatures
        if isNew || targets.wants(scores) || features.contains(where: wanted.contains) { observation.sequence = sequence() }
        pending.append(observation)
    }

    /// Whether a block ends with this case.
    func isBlockEnd(after number: UInt64) -> Bool { number + 1 >= Self.blockEnd(from: blockStart) }

    /// The number of the first case of the next block.
    static func blockEnd(from start: UInt64) -> UInt64 { start + min(blockSize, max(4, start / 4)) }

    /// Takes in what was observed since the last call; plans made from now on know of it.
    mutating func commitBlock() {
        blockStart = Self.blockEnd(from: blockStart)
        if pending.isEmpty { return }
        pending.sort { $0.number < $1.number }
        for observation in pending {
            account(observation)
            var discoveries: [UInt64] = []
            for feature in Set(observation.features).sorted() {
                if let count = featureCounts[feature] {
                    featureCounts[feature] = count + 1
                } else if featureCounts.count < Self.maximumFeatures {
                    featureCounts[feature] = 1
                    discoveries.append(feature)
                }
            }
            if let sequence = observation.sequence {
                for place in entries.indices { entries[place].consider(sequence, features: observation.features) }
                if !discoveries.isEmpty { add(sequence, discoveries) }
            }
            if !observation.targets.isEmpty {
                targets.take(observation.targets, sequence: observation.sequence, number: observation.number)
            }
        }
        pending.removeAll(keepingCapacity: true)
        targets.cool()
        rank()
    }

    private mutating func add(_ sequence: ChoiceSequence, _ discoveries: [UInt64]) {
        if entries.count >= Self.maximumEntries, let worn = entries.indices.max(by: { entries[$0].uses < entries[$1].uses }) {
            entries.remove(at: worn)
        }
        entries.append(FrontierEntry(number: nextEntry, sequence: sequence, discoveries: discoveries))
        nextEntry += 1
    }

    /// What a planned case says about the entry that it came from.
    private mutating func account(_ observation: Observation) {
        guard let plan = observation.plan, plan.purpose != .climbing, let place = entries.firstIndex(where: { $0.number == plan.parent })
        else {
            return
        }
        entries[place].uses += 1
        if let position = plan.position { entries[place].learn(position: position, prefix: plan.prefix, features: observation.features) }
    }

    /// Rarest discovery first; of equals, the newest.
    private mutating func rank() {
        let rarities = entries.map { entry in entry.discoveries.map { featureCounts[$0] ?? 0 }.min() ?? .max }
        ranking = entries.indices.sorted { (rarities[$0], entries[$1].number) < (rarities[$1], entries[$0].number) }
        wanted.removeAll(keepingCapacity: true)
        for place in ranking.prefix(8) { wanted.formUnion(entries[place].discoveries) }
        let room = Int(Self.blockEnd(from: blockStart) - blockStart) / Self.sweepShare
        sweeps.removeAll(keepingCapacity: true)
        for place in entries.indices { entries[place].beginBlock() }
        for place in ranking where sweeps.count < room {
            while sweeps.count < room, let plan = entries[place].nextSweep() {
                sweeps.append(plan)
                wanted.formUnion(entries[place].discoveries)
            }
        }
    }
}
