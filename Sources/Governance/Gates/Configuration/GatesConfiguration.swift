import Evidence
import StrictDocuments

/// What `gates.json` says: which evidence to collect, and what it must show.
///
/// Read with ``GatesConfiguration/init(json:file:)``, which refuses everything it does not understand, with
/// file, line and column. The schema is `docs/schemas/gates.schema.json`, the guide is `docs/gates-json.md`.
public struct GatesConfiguration: Sendable {
    /// The version of the grammar that this program writes and the newest it reads.
    public static let currentVersion: Int64 = 1

    public var project: Project
    public var baseline: BaselinePolicy
    /// In the order of the file; never empty (without any in the file there is one, "pr", with every gate).
    public var profiles: [Profile]
    /// In the order of the file.
    public var collectors: [Collector]
    /// In the order of the file.
    public var gates: [Gate]
}

/// The package under judgement.
public struct Project: Sendable {
    public var name: String
    /// Which files are the product: what coverage is measured of.
    public var product: [Glob]
    /// Which files are tests; never counted as product.
    public var tests: [Glob]
    /// Which files are generated; never counted as product.
    public var generated: [Glob]

    public func isProduct(_ path: String) -> Bool {
        product.contains { $0.matches(path) } && !tests.contains { $0.matches(path) } && !generated.contains { $0.matches(path) }
    }
}

/// Where the figures come from that a condition `against: "baseline"` is compared with.
public struct BaselinePolicy: Sendable {
    public enum Reference: String, Sendable, CaseIterable {
        /// The newest baseline leaf in the work tree.
        case committed
        /// The newest baseline leaf at the merge base with `branch`: a change cannot move its own baseline.
        case mergeBase = "merge-base"
        /// The newest baseline leaf at the tip of `branch`.
        case referenceBranch = "reference-branch"
        /// The newest baseline leaf that is at least `days` old.
        case days
    }
    public enum OnMissing: String, Sendable, CaseIterable {
        /// Without a baseline the condition is not evaluated, which blocks.
        case fail
        /// Without a baseline the condition holds and says so; for the first run of a project.
        case bootstrap
    }
    public var reference: Reference = .committed
    public var branch: String = "main"
    public var days: Int = 30
    public var onMissing: OnMissing = .fail
}

/// A named selection of gates.
public struct Profile: Sendable {
    public enum OnInconclusive: String, Sendable, CaseIterable {
        /// A verdict that statistics cannot decide blocks.
        case block
        /// It is shown and counted, and does not block.
        case report
    }
    public var name: String
    /// Ids of gates, in the order of the file, after `extends` was followed.
    public var gates: [String]
    public var onInconclusive: OnInconclusive
}

/// A source of evidence.
public struct Collector: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Builds the package's tests, runs them, and measures coverage.
        case swiftTest = "swift-test"
        /// Runs a command and reads the reports it writes.
        case command
        /// Reads reports that are there.
        case file
        /// Runs a command that compares golden data, and checks the manifest's digests.
        case golden
        /// Runs a fuzzing campaign of `pulsegate fuzz`.
        case fuzz
        /// Runs the benchmarks of `pulsegate bench`.
        case bench
    }
    /// What a campaign is run with.
    public struct Fuzzing: Sendable, Equatable {
        /// The suite's executable target; nil for the only one.
        public var suite: String?
        /// Names, each of which may end in `*`; empty for all.
        public var targets: [String]
        /// For all targets together.
        public var timeNanoseconds: Int64
        public var workers: Int
        public var seed: Int64
        public var sanitizer: String?

        /// 1 minute.
        public static let defaultTimeNanoseconds: Int64 = 60_000_000_000
        public static let maximumWorkers: Int64 = 64
        public static let sanitizers = ["address", "thread"]
    }
    public struct Report: Sendable {
        /// A path relative to the repository; may be a glob.
        public var path: Glob
        public var format: String
        public var stripPrefix: String?
    }
    public var id: String
    public var kind: Kind
    public var why: String?
    /// The argument list of `command` and `golden`; never passed to a shell.
    public var run: [String]
    /// The folder it runs in, relative to the repository.
    public var workingDirectory: String?
    /// Names of environment variables it may see beside the default ones; a trailing `*` stands for any ending.
    public var environment: [String]
    public var timeoutNanoseconds: Int64
    public var reports: [Report]
    /// Collectors that must have ended before.
    public var after: [String]
    /// `swift-test`: measure coverage.
    public var coverage: Bool
    /// `swift-test`: run only tests that match this expression.
    public var filter: String?
    /// `swift-test`: the build folder, relative to the package.
    public var scratchPath: String?
    /// `golden`: the manifest.
    public var manifest: String?
    /// `fuzz`: the campaign.
    public var fuzzing: Fuzzing? = nil
    /// `bench`: the suite and its budgets.
    public var benchmarking: BenchCollectorOptions? = nil
    public var position: SourcePosition

    /// 10 minutes.
    public static let defaultTimeoutNanoseconds: Int64 = 600_000_000_000
    /// 24 hours.
    public static let maximumTimeoutNanoseconds: Int64 = 86_400_000_000_000
}

/// A question with a yes or no, and what follows from it.
public struct Gate: Sendable {
    public enum OnAbsent: String, Sendable, CaseIterable {
        /// Missing evidence blocks.
        case fail
        /// Missing evidence is shown and does not block.
        case warn
    }
    public struct MinimumEvidence: Sendable {
        /// Tests that ran, or figures, that must be there.
        public var items: Int = 1
        /// Executable lines that must be there for a coverage condition.
        public var lines: Int = 1
        /// Observations that must stand behind each figure; fewer are inconclusive.
        public var samples: Int = 1
    }
    public var id: String
    public var title: String
    public var owner: String?
    /// Why the gate exists, for the people it stops.
    public var why: String?
    /// Collectors whose evidence it judges.
    public var from: [String]
    /// The gate applies only when a changed file matches; nil: always.
    public var changed: [Glob]?
    public var passWhen: Condition
    public var minimumEvidence: MinimumEvidence
    public var onAbsent: OnAbsent
    public var blocking: Bool
    public var position: SourcePosition
}

/// What must hold of metrics.
public indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case comparison(Comparison)

    /// What the figures are taken over.
    public enum Scope: String, Sendable, CaseIterable {
        case overall
        /// Lines that the change adds or rewrites.
        case new
        case eachPackage = "each_package"
        case eachFile = "each_file"
        case eachItem = "each_item"
    }

    public enum Operator: String, Sendable, CaseIterable {
        case equal = "=="
        case notEqual = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
    }

    public enum Limit: Sendable {
        /// An absolute limit.
        case value(Operator, QuantityText)
        /// At most so much worse, in the metric's own direction, than the baseline.
        case dropAtMost(QuantityText)
    }

    public enum Otherwise: String, Sendable, CaseIterable {
        case fail
        /// A doubt, which the profile's `on_inconclusive` judges.
        case inconclusive
    }

    public struct Comparison: Sendable {
        public var metric: MetricDefinition
        /// As written, which for "bench.<name>.median" is the full name.
        public var metricName: String
        public var scope: Scope
        public var paths: [Glob]
        public var tests: [Glob]
        public var limit: Limit
        /// What it means when the limit is not kept.
        public var otherwise: Otherwise = .fail
        public var position: SourcePosition
    }

    /// All comparisons in the order of the file.
    public var comparisons: [Comparison] {
        switch self {
        case .all(let conditions), .any(let conditions): conditions.flatMap(\.comparisons)
        case .not(let condition): condition.comparisons
        case .comparison(let comparison): [comparison]
        }
    }
}
