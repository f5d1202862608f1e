#if canImport(Glibc)
    import Glibc
#endif

/// Whether head is slower than base, decided launch by launch.
///
/// ```swift
/// var decision = PairedDecision(rule: .init(budget: 0.05))
/// while case .measure(let stage) = decision.next { decision.add(launch(stage)) }
/// decision.verdict                                          // pass, fail or inconclusive, with what it rests on
/// ```
///
/// **Votes.** A launch votes *slower* when its ratio is above half the budget, *not slower* when it is below, and not at all when it is nearer to that
/// than its own error. The first side that leads by `lead` votes wins. This is Wald's sequential test (Ann. Math. Stat. 16, 1945) on the sign: where a
/// launch votes wrongly with probability p, the wrong side wins with probability 1 / (1 + ((1 − p) / p)^lead), whatever the distribution of the
/// ratios. Half the budget is the threshold since a change of just the budget must be found as surely as none must be let through: a change between
/// none and the budget may fall on either side.
///
/// **Confirmation.** A slow-down that the votes found is voted on once more with fresh launches, and only those that vote the same make it `fail`;
/// in those the functions of both builds are laid out anew where the driver can do that, so that a slow-down which is only a matter of addresses
/// does not pass twice. It also takes the 95 % interval of the confirming launches to lie above 1: votes alone would let three wild launches
/// pass for a slow-down that nobody can put a size to. What is not confirmed is `inconclusive`.
///
/// **A pass is shown as well.** Votes for *not slower* end the first stage only when the 95 % interval of its launches lies below the budget: three
/// quiet votes among launches that are as wide as the budget are no evidence that it was kept. (Since version 2 of the rule.)
///
/// **Never a guess.** When `launches` are used up without a decision the verdict is `inconclusive`, with the smallest change that would have shown.
///
/// A pure value: the same ratios give the same verdict, bit for bit on one platform. Complexity: O(launches³) for all launches of a verdict: some thousand steps.
public struct PairedDecision: Sendable {
    /// How to decide. Kept with each verdict.
    public struct Rule: Sendable, Equatable {
        /// Of this text and of the constants below; a verdict names it.
        public static let current = 2
        public static let versions = 1...current
        /// By which text to decide: an older one recomputes what was decided by it.
        public var version: Int
        /// The share by which head may be slower: 0.05.
        public var budget: Double
        /// Votes that one side must be ahead.
        public var lead: Int
        /// The same for the confirmation.
        public var confirmationLead: Int
        /// Launches of each stage at most.
        public var launches: Int
        /// How many of its own errors a launch must be away from the threshold to vote.
        public static let decisiveness = 1.0
        public static let leads = 3...12

        public init(budget: Double, lead: Int = 3, confirmationLead: Int = 3, launches: Int = 18, version: Int = Rule.current) {
            self.version = version
            self.budget = budget
            self.lead = lead
            self.confirmationLead = confirmationLead
            self.launches = launches
        }

        /// The rule for one of `benchmarks` that are judged together and of which all are to stay silent together with probability
        /// 1 − `falseAlarms` when nothing changed (the allotment of Bonferroni, which is Holm's for the first).
        ///
        /// - Parameter wrongVotes: how often a launch of unchanged code votes "slower": measured by the self-test, otherwise a cautious 0.15.
        public static func suite(
            budget: Double, benchmarks: Int, falseAlarms: Double = 0.01, wrongVotes: Double = Rule.assumedWrongVotes, launches: Int = 18
        ) -> Rule {
            let allowed = falseAlarms / Double(max(1, benchmarks))
            var rule = Rule(budget: budget, launches: launches)
            while rule.falseAlarm(wrongVotes: wrongVotes) > allowed, rule.confirmationLead < leads.upperBound {
                if rule.lead <= rule.confirmationLead, rule.lead < 5 { rule.lead += 1 } else { rule.confirmationLead += 1 }
            }
            return rule
        }

        public static let assumedWrongVotes = 0.15

        /// The probability of `fail` for code that did not change, at most, when votes are wrong with probability `wrongVotes`.
        public func falseAlarm(wrongVotes p: Double) -> Double {
            guard p > 0 else { return 0 }
            guard p < 0.5 else { return 1 }
            // The first stage may go on behind a lead of the right side: the walk is ever ahead by `lead` with (p / (1 − p)) ^ lead (Feller I, XIV.2).
            let found = pow(p / (1 - p), Double(lead))
            return found / (1 + pow((1 - p) / p, Double(confirmationLead)))
        }

        /// ln(1 + budget) / 2.
        public var threshold: Double { log1p(budget) / 2 }
    }

    public enum Next: Sendable, Equatable {
        case measure(LaunchRecord.Stage)
        case decided
    }

    public let rule: Rule
    public private(set) var first: [LaunchRatio] = []
    public private(set) var confirmation: [LaunchRatio] = []

    public init(rule: Rule) { self.rule = rule }

    /// What a launch said; of the stage that `next` asked for.
    public mutating func add(_ ratio: LaunchRatio) {
        switch next {
        case .measure(.first): first.append(ratio)
        case .measure: confirmation.append(ratio)
        case .decided: break
        }
    }

    public var next: Next {
        switch found {
        case .open: return first.count < rule.launches ? .measure(.first) : .decided
        case .notSlower: return .decided
        case .slower: return confirmed == .open && confirmation.count < rule.launches ? .measure(.confirmation) : .decided
        }
    }

    /// What the confirming launches say: the first lead that the interval bears out.
    private var confirmed: Tally {
        switch tally(confirmation, lead: rule.confirmationLead) {
        case .open: .open
        case .notSlower: .notSlower
        case .slower: (RatioInterval(confirmation.map(\.logRatio))?.lower ?? 0) > 1 ? .slower : .open
        }
    }

    /// What the first launches say: a lead of either side, and one that says *not slower* when the interval bears it out.
    private var found: Tally {
        tally(first, lead: rule.lead) { launches in
            rule.version < 2 || (RatioInterval(launches.map(\.logRatio))?.upper ?? .infinity) < 1 + rule.budget
        }
    }

    private enum Tally { case open, slower, notSlower }

    /// - Parameter isShown: whether a lead of *not slower* counts after these launches; otherwise the voting goes on.
    private func tally(_ ratios: [LaunchRatio], lead: Int, isShown: (ArraySlice<LaunchRatio>) -> Bool = { _ in true }) -> Tally {
        var balance = 0
        for (index, ratio) in ratios.enumerated() {
            balance += vote(ratio)
            if balance >= lead { return .slower }
            if balance <= -lead, isShown(ratios[...index]) { return .notSlower }
        }
        return .open
    }

    /// 1 for slower, −1 for not slower, 0 for none.
    public func vote(_ ratio: LaunchRatio) -> Int {
        let distance = ratio.logRatio - rule.threshold
        // An infinite error, that of a single quad, never decides; nor does a NaN.
        guard abs(distance) >= Rule.decisiveness * ratio.error else { return 0 }
        return distance > 0 ? 1 : -1
    }

    /// The verdict on what was added so far: final once `next` is `.decided`.
    public var verdict: TimeVerdict {
        let outcome: TimeVerdict.Outcome
        let cause: TimeVerdict.Cause
        switch (found, confirmed) {
        case (.notSlower, _): (outcome, cause) = (.pass, .votes)
        case (.slower, .slower): (outcome, cause) = (.fail, .votes)
        case (.slower, .notSlower): (outcome, cause) = (.inconclusive, .notConfirmed)
        case (.slower, .open): (outcome, cause) = (.inconclusive, .confirmationOpen)
        case (.open, _): (outcome, cause) = (.inconclusive, .open)
        }
        // A slow-down is estimated from the launches that confirmed it: those that found it were chosen for being slow.
        let ratios = outcome == .fail ? confirmation : first + confirmation
        return TimeVerdict(
            outcome: outcome, cause: cause, interval: RatioInterval(ratios.map(\.logRatio)), launches: first.count + confirmation.count,
            slower: (first + confirmation).count { vote($0) > 0 }, notSlower: (first + confirmation).count { vote($0) < 0 }, rule: rule)
    }

    /// The verdict on records that were kept: the launches in their order, as many as the rule asks for.
    public static func replay(_ records: [LaunchRecord], rule: Rule) -> TimeVerdict {
        var decision = PairedDecision(rule: rule)
        for record in records {
            guard case .measure(let stage) = decision.next else { break }
            guard record.stage == stage, let ratio = record.ratio else { continue }
            decision.add(ratio)
        }
        return decision.verdict
    }
}

/// What the votes came to.
public struct TimeVerdict: Sendable, Equatable {
    public enum Outcome: String, Sendable, CaseIterable { case pass, fail, inconclusive }
    public enum Cause: String, Sendable, CaseIterable {
        case votes
        /// Found by the first launches and not by the second, in which the code was laid out anew: an effect of addresses, or chance.
        case notConfirmed = "not-confirmed"
        case confirmationOpen = "confirmation-open"
        case open
    }
    public var outcome: Outcome
    public var cause: Cause
    /// The ratio of head to base; nil without a launch that could be used.
    public var interval: RatioInterval?
    public var launches: Int
    /// Votes.
    public var slower: Int
    public var notSlower: Int
    public var rule: PairedDecision.Rule
}

/// A ratio and how well it is known: from the trimmed mean of the launches' logarithms and its winsorised error (Tukey and McLaughlin, Sankhyā A 25,
/// 1963; a fifth trimmed at each end, from five launches on), 95 % by Student's t.
public struct RatioInterval: Sendable, Equatable {
    /// Head over base: 1.05 is 5 % slower.
    public var estimate: Double
    public var lower: Double
    public var upper: Double

    public init(estimate: Double, lower: Double, upper: Double) {
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
    }

    /// Nil of no launch; of one, the interval is everything.
    public init?(_ logRatios: [Double]) {
        let sorted = logRatios.sorted()
        let count = sorted.count
        guard count > 0 else { return nil }
        let cut = count >= 5 ? count / 5 : 0
        let kept = sorted[cut..<(count - cut)]
        let mean = kept.reduce(0, +) / Double(kept.count)
        estimate = exp(mean)
        guard kept.count > 1 else {
            lower = 0
            upper = .infinity
            return
        }
        let winsorised = sorted.map { min(max($0, sorted[cut]), sorted[count - 1 - cut]) }
        let centre = winsorised.reduce(0, +) / Double(count)
        let squares = winsorised.reduce(0) { $0 + ($1 - centre) * ($1 - centre) }
        let error = (squares / (Double(kept.count) * Double(kept.count - 1))).squareRoot()
        let half = error * SpecialFunctions.studentQuantile(0.975, degrees: Double(kept.count - 1))
        lower = exp(mean - half)
        upper = exp(mean + half)
    }

    /// Half the width, as a share: the smallest change that would have shown.
    public var resolution: Double { (upper / estimate) - 1 }
}
