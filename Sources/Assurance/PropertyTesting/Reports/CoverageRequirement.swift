/// A share of cases: an exact fraction from 0 to 1.
public struct CoverageShare: Hashable, Sendable, CustomStringConvertible {
    public let numerator: UInt32
    /// Positive.
    public let denominator: UInt32

    /// What is not a share from 0 to 1 becomes the nearest one that is.
    public init(_ numerator: Int, of denominator: Int) {
        let whole = UInt32(clamping: max(1, denominator))
        self.numerator = min(UInt32(clamping: numerator), whole)
        self.denominator = whole
    }

    public static func percent(_ value: Int) -> CoverageShare { CoverageShare(value, of: 100) }
    public static func perMille(_ value: Int) -> CoverageShare { CoverageShare(value, of: 1000) }

    public var description: String {
        (UInt64(numerator) * 100) % UInt64(denominator) == 0
            ? "\(UInt64(numerator) * 100 / UInt64(denominator)) %" : "\(numerator)/\(denominator)"
    }
}

/// What one case says about one coverage requirement.
public struct CoverageObservation: Hashable, Sendable {
    public var label: String
    public var share: CoverageShare
    public var isHit: Bool
}

/// Whether enough cases are of a kind: a sequential test, which may be looked at after every case.
///
/// ```swift
/// draws.cover("sorted", atLeast: .percent(5), when: xs == xs.sorted())        // in the property
/// var requirement = CoverageRequirement(share: .percent(5))
/// requirement.count(isHit: true)                                              // for each case
/// if requirement.verdict == .undecided, cases < limit { … }                   // the run goes on
/// ```
///
/// **Failed** means: were the true share at least what is demanded, the run would have looked so poor *at any moment* with a probability of
/// at most ``falseAlarm``. **Met** means the same of shares up to ``tolerance`` of what is demanded (as QuickCheck's `checkCoverage` has
/// it, since a share that is exactly the one demanded could never be decided). Between the two the run has not seen enough.
///
/// Method: Wald's likelihood ratio against the edge of the hypothesis, for several alternatives at once. For each alternative r the product
/// of r/p (a hit) and (1−r)/(1−p) (no hit) is a supermartingale under every share on the hypothesis's side of p, and so is their mean;
/// Ville's inequality bounds the chance that it ever reaches 1/α. Source: A. Wald, "Sequential Tests of Statistical Hypotheses", 1945; J.
/// Ville, 1939. Logarithms are integers in units of 2^−32, rounded against the verdict: the same on every machine. O(1) a case.
public struct CoverageRequirement: Hashable, Sendable {
    public enum Verdict: String, Hashable, Sendable {
        case met
        case failed
        /// Go on, up to the limit of the run: ``extendedCases(_:)``.
        case undecided
    }

    /// The greatest probability of a false "failed", and of a false "met": 1 in a million.
    public static let falseAlarm = CoverageShare(1, of: 1_000_000)
    /// What a share that is met may fall short by: it is more than nine tenths of what is demanded.
    public static let tolerance = CoverageShare(9, of: 10)
    /// How many times as many cases a run may take to come to a verdict.
    public static let maximumExtension = 100

    public let share: CoverageShare
    public private(set) var cases = 0
    public private(set) var hits = 0
    private let below: [LikelihoodRatio]
    private let above: [LikelihoodRatio]

    /// Cases up to which a run that asked for `cases` goes on while a requirement is undecided.
    public static func extendedCases(_ cases: Int) -> Int {
        cases.multipliedReportingOverflow(by: maximumExtension).overflow ? .max : cases * maximumExtension
    }

    public init(share: CoverageShare, cases: Int = 0, hits: Int = 0) {
        self.share = share
        self.cases = max(0, cases)
        self.hits = min(max(0, hits), self.cases)
        let p = UInt64(share.numerator) << 32 / UInt64(share.denominator)
        // Shares below p: 0 and p·(1 − 2^−k). All in units of 2^−32, p rounded down, which makes a false "failed" rarer.
        below = p == 0 ? [] : [LikelihoodRatio(0, over: p)] + (1...6).map { LikelihoodRatio(p - p >> UInt64($0), over: p) }
        let q = p * UInt64(Self.tolerance.numerator) / UInt64(Self.tolerance.denominator) + 1
        let whole: UInt64 = 1 << 32
        above =
            q >= whole
            ? []
            : [LikelihoodRatio(p, over: q)]
                + (0...6).map { LikelihoodRatio(min(whole, q + max(1, (whole - q) >> UInt64(2 * $0))), over: q) }
    }

    public mutating func count(isHit: Bool) {
        cases += 1
        if isHit { hits += 1 }
    }

    public var verdict: Verdict { verdict(cases: cases, hits: hits) }

    func verdict(cases: Int, hits: Int) -> Verdict {
        if share.numerator == 0 { return .met }
        // One case without it contradicts "all".
        if share.numerator == share.denominator, hits < cases { return .failed }
        if below.contains(where: { $0.logarithm(hits: hits, misses: cases - hits) >= Self.threshold }) { return .failed }
        if above.contains(where: { $0.logarithm(hits: hits, misses: cases - hits) >= Self.threshold }) { return .met }
        return .undecided
    }

    /// log2 of the count of alternatives (8, rounded up) over α, in units of 2^−32: the largest of k ratios is at most k times their mean.
    private static let threshold: Int128 = Int128(FixedLogarithm.upper(UInt64(falseAlarm.denominator))) + 3 << 32

    /// The growth of one likelihood ratio with each hit and each miss, as a logarithm that is rounded down.
    private struct LikelihoodRatio: Hashable, Sendable {
        let hit: Int64
        let miss: Int64
        /// log2 of 0, for a ratio that one observation ends.
        private static let never = Int64(-1) << 50

        init(_ r: UInt64, over p: UInt64) {
            let whole: UInt64 = 1 << 32
            hit = r == 0 ? Self.never : FixedLogarithm.lower(r) - FixedLogarithm.upper(p)
            miss = r >= whole ? Self.never : FixedLogarithm.lower(whole - r) - FixedLogarithm.upper(whole - min(p, whole - 1))
        }

        func logarithm(hits: Int, misses: Int) -> Int128 { Int128(hit) * Int128(hits) + Int128(miss) * Int128(misses) }
    }
}

/// Logarithms to the base 2 of positive integers, in units of 2^−32, by repeated squaring: integer arithmetic alone.
enum FixedLogarithm {
    /// At most the true value, and less than one unit below.
    static func lower(_ value: UInt64) -> Int64 {
        let whole = 63 - value.leadingZeroBitCount
        // The mantissa in 1…2, with 63 bits behind the point.
        var mantissa = value << UInt64(value.leadingZeroBitCount)
        var result = Int64(whole)
        for _ in 0..<32 {
            result <<= 1
            let (high, low) = mantissa.multipliedFullWidth(by: mantissa)
            if high >> 63 == 1 {
                result |= 1
                mantissa = high
            } else {
                mantissa = high << 1 | low >> 63
            }
        }
        return result
    }

    /// At least the true value: two units above ``lower(_:)``, since truncation in the squaring may have lost one.
    static func upper(_ value: UInt64) -> Int64 { lower(value) + (value & (value &- 1) == 0 ? 0 : 2) }
}

/// The coverage requirements of one run, as its cases speak of them.
///
/// Not for concurrent use; the runner counts case by case, in their order.
public struct CoverageTally: Hashable, Sendable {
    /// Requirements of one run; further ones are not looked at.
    public static let maximumRequirements = 256

    public struct Entry: Hashable, Sendable {
        public var label: String
        public var requirement: CoverageRequirement
    }

    /// In the order in which they were first spoken of.
    public private(set) var entries: [Entry] = []
    private var places: [String: Int] = [:]
    /// Whether there were more than ``maximumRequirements``.
    public private(set) var isTruncated = false

    public init() {}

    /// Counts a case that passed. A label that one case gives several times counts as hit when it is hit once. The share is the one that
    /// was demanded first.
    public mutating func count(_ observations: [CoverageObservation]) {
        for (number, observation) in observations.enumerated() {
            if observations[..<number].contains(where: { $0.label == observation.label }) { continue }
            let isHit = observations[number...].contains { $0.label == observation.label && $0.isHit }
            if let place = places[observation.label] {
                entries[place].requirement.count(isHit: isHit)
            } else if entries.count < Self.maximumRequirements {
                places[observation.label] = entries.count
                var requirement = CoverageRequirement(share: observation.share)
                requirement.count(isHit: isHit)
                entries.append(Entry(label: observation.label, requirement: requirement))
            } else {
                isTruncated = true
            }
        }
    }

    /// "failed" if one failed, else "undecided" if one is, else "met".
    public var verdict: CoverageRequirement.Verdict {
        var verdict = CoverageRequirement.Verdict.met
        for entry in entries {
            switch entry.requirement.verdict {
            case .failed: return .failed
            case .undecided: verdict = .undecided
            case .met: break
            }
        }
        return verdict
    }
}
