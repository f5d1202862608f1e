import Determinism
import Evidence

/// Everything a verdict depends on. Nothing else does: no clock, no file, no environment.
public struct EvaluationInput: Sendable {
    public var configuration: GatesConfiguration
    public var profile: Profile
    /// One entry a collector that the profile's gates need.
    public var evidence: [CollectedEvidence]
    public var baseline: BaselineState
    public var changes: ChangeSet
    public var exceptions: [ExceptionGrant]
    public var now: Instant

    public init(
        configuration: GatesConfiguration, profile: Profile, evidence: [CollectedEvidence], baseline: BaselineState,
        changes: ChangeSet, exceptions: [ExceptionGrant] = [], now: Instant
    ) {
        self.configuration = configuration
        self.profile = profile
        self.evidence = evidence
        self.baseline = baseline
        self.changes = changes
        self.exceptions = exceptions
        self.now = now
    }
}

/// What a collector brought home.
public struct CollectedEvidence: Hashable, Sendable {
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// The evidence is whole.
        case collected
        /// There is none: no file matches, nothing was written.
        case absent
        /// It is malformed, cut short, stale, of another commit, or contradicts itself.
        case invalid
        /// The collector was killed at its time limit; facts may be there in part.
        case timedOut = "timed_out"
        /// The collector could not be run, or died of a signal, or was interrupted; facts may be there in part.
        case crashed
    }
    public var collector: String
    public var state: State
    /// Why the state is what it is; nil for `collected`.
    public var detail: String?
    public var facts: Facts

    public init(collector: String, state: State, detail: String? = nil, facts: Facts = Facts()) {
        self.collector = collector
        self.state = state
        self.detail = detail
        self.facts = facts
    }
}

/// What a change touches.
public enum ChangeSet: Hashable, Sendable {
    /// Changed lines of the new side by path (empty for a deleted or binary file), and a name for the base ("main@b77e012").
    case known(lines: [String: [ClosedRange<Int>]], base: String)
    /// It cannot be told, and why: a shallow clone, no merge base, no repository.
    case unknown(reason: String)
}

/// The figures that conditions `against: "baseline"` compare with.
public enum BaselineState: Hashable, Sendable {
    case present(Baseline)
    /// There is none, and where it was looked for.
    case missing(reason: String)
}

/// A time-limited permission to fail, already checked by whoever grants it.
public struct ExceptionGrant: Hashable, Sendable {
    public var id: String
    public var gate: String
    /// Paths it covers; empty: the whole gate.
    public var paths: [Glob]
    /// Worse than this still fails.
    public var floor: QuantityText?
    public var starts: Instant
    /// Exclusive.
    public var expires: Instant

    public init(id: String, gate: String, paths: [Glob] = [], floor: QuantityText? = nil, starts: Instant, expires: Instant) {
        self.id = id
        self.gate = gate
        self.paths = paths
        self.floor = floor
        self.starts = starts
        self.expires = expires
    }
}
