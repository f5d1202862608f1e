/// What a green run leaves open: how likely the next case is to show something new, and how likely it is to fail at the most.
///
/// ```swift
/// var risk = ResidualRisk()
/// for each case that passed { risk.count(features: draws.features) }
/// risk.newFeature            // 0.02: about one case in 50 would still reach what none has
/// risk.failureBound          // 0.03: with 95 % confidence at most 3 in 100 cases fail, after 100 that did not
/// ```
///
/// *New feature*: the share of the cases that showed a feature which no other case showed. Each of them would have been the case with
/// something new, had it come last (Good and Turing's estimate, for cases with several features). *Failure bound*: 1 − (1−c)^(1/n), the
/// exact form of the rule of three (3/n). Both speak of the distribution that the generator draws from, not of the world. Source: I. J.
/// Good, "The Population Frequencies of Species", Biometrika 40, 1953; M. Böhme, "STADS", ACM TOSEM 27(2), 2018.
///
/// Memory: one entry for each feature, at most ``maximumFeatures``; a run that has more is estimated from its first ones.
public struct ResidualRisk: Sendable {
    public static let maximumFeatures = 1 << 18
    /// Confidence of ``failureBound``.
    public static let confidence = 0.95

    public private(set) var cases = 0
    /// Where a feature was seen first, or ``twice``.
    private var first: [UInt64: Int] = [:]
    /// How many features a case has that no other has.
    private var singletons: [Int: Int] = [:]
    private static let twice = -1
    /// More different features came than are kept.
    public private(set) var isTruncated = false

    public init() {}

    /// Counts a case that passed, with the hashes of what it reached. Cases without features count for the failure bound.
    public mutating func count(features: some Sequence<UInt64>) {
        let number = cases
        cases += 1
        for feature in features {
            switch first[feature] {
            case nil:
                guard first.count < Self.maximumFeatures else {
                    isTruncated = true
                    continue
                }
                first[feature] = number
                singletons[number, default: 0] += 1
            case Self.twice, number: break
            case .some(let other):
                first[feature] = Self.twice
                if let left = singletons[other] { singletons[other] = left > 1 ? left - 1 : nil }
            }
        }
    }

    /// Counts cases that passed and of which no features are known.
    public mutating func count(cases more: Int) { cases += max(0, more) }

    public var featureCount: Int { first.count }

    /// The estimated probability that the next case shows a feature that none has shown; nil where there were no cases or no features.
    public var newFeature: Double? { cases > 0 && !first.isEmpty ? Double(singletons.count) / Double(cases) : nil }

    /// An upper bound of the probability that a case fails; 1 without cases.
    public var failureBound: Double { Self.failureBound(cases: cases) }

    public static func failureBound(cases: Int, confidence: Double = confidence) -> Double {
        BinomialInterval(hits: 0, of: cases, confidence: 2 * confidence - 1).upper
    }
}
