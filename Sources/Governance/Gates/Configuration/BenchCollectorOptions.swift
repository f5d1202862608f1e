import Determinism

/// What a collector of kind `bench` runs, and what its benchmarks may cost.
///
/// ```swift
/// let options = collector.benchmarking
/// options?.budget(for: "macd.wilder").slowdownPartsPerMillion      // 50_000, unless an entry says otherwise
/// ```
public struct BenchCollectorOptions: Sendable, Hashable {
    public static let defaultSeconds = 60
    /// 24 hours, as for every collector.
    public static let maximumSeconds: Int64 = 86_400
    public static let maximumBudgets = 500
    public static let maximumTags = 64
    /// Longest `base`, in bytes.
    public static let maximumReferenceLength = 256

    /// What head is compared with.
    public enum Base: Sendable, Hashable {
        /// The merge base with the branch of `baseline`.
        case mergeBase
        /// A commit, tag or branch.
        case reference(String)
        /// With nothing: only limits that need no base are judged.
        case headOnly

        /// As written in gates.json.
        public var word: String {
            switch self {
            case .mergeBase: "merge-base"
            case .reference(let name): name
            case .headOnly: "none"
            }
        }
    }

    /// The suite's executable target; nil for the only one.
    public var suite: String?
    public var base: Base = .mergeBase
    /// Only benchmarks that have one of these; empty for all.
    public var tags: [String] = []
    /// For measuring the whole suite, building excluded.
    public var seconds: Int = defaultSeconds
    /// In the order of the file.
    public var budgets: [BenchBudget] = []

    public init() {}

    /// The first budget whose pattern matches the name; without any, the default. O(budgets).
    public func budget(for name: String) -> BenchBudget {
        budgets.first { $0.benchmarks?.matches(name) == true } ?? BenchBudget()
    }

    /// Budgets that no longer hold, in the order of the file.
    public func expired(at now: Instant) -> [BenchBudget] { budgets.filter { $0.isExpired(at: now) } }
}
