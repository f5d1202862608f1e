import Evidence

/// What became of a gate.
public enum VerdictStatus: String, Hashable, Sendable, CaseIterable {
    case pass
    case fail
    /// It would fail, and a valid exception covers all that fails.
    case excepted
    /// It does not apply to this change, and the changed files prove it.
    case notApplicable = "not_applicable"
    /// Too few observations to decide.
    case inconclusive
    /// The evidence is missing.
    case notEvaluated = "not_evaluated"
    /// The evidence is malformed, stale, of another commit, or contradicts itself.
    case invalid
}

/// What one condition found of one subject.
public struct Finding: Hashable, Sendable {
    public var metric: String
    public var scope: String
    /// A path, a package or an item's name; nil for the whole.
    public var subject: String?
    public var status: VerdictStatus
    /// What was seen, for people: "81.2 %".
    public var observed: String?
    /// What was asked for, for people: ">= 85 %".
    public var limit: String
    /// A sentence a person understands.
    public var reason: String
    /// The figure behind `observed`, for the floor of an exception; not part of the record.
    var quantity: Quantity?

    public init(
        metric: String, scope: String, subject: String? = nil, status: VerdictStatus, observed: String? = nil, limit: String, reason: String
    ) {
        self.metric = metric
        self.scope = scope
        self.subject = subject
        self.status = status
        self.observed = observed
        self.limit = limit
        self.reason = reason
    }

    /// As it is recorded, so that reading a record gives the same value.
    var recorded: Finding {
        var copy = self
        copy.quantity = nil
        return copy
    }
}

/// The verdict on one gate.
public struct GateVerdict: Hashable, Sendable {
    public var id: String
    public var title: String
    public var owner: String?
    public var why: String?
    public var blocking: Bool
    public var status: VerdictStatus
    /// Whether this verdict keeps the run from passing.
    public var blocks: Bool
    /// What a person reads first.
    public var reason: String
    public var observed: String?
    public var limit: String?
    /// The exception that covers it.
    public var exception: String?
    /// At most ``maximumFindings``: failing ones first, then in the order of the conditions.
    public var findings: [Finding]
    /// Findings that were left out.
    public var moreFindings: Int

    public static let maximumFindings = 50
}

/// Exit codes are an API: their meanings never change within a major version.
public enum ExitCode: Int32, Hashable, Sendable, CaseIterable {
    /// Every blocking gate passed, or is excepted or not applicable.
    case pass = 0
    /// A gate failed.
    case fail = 1
    /// The command line, gates.json or another document of the user's is wrong.
    case usage = 2
    /// Evidence is missing, cut short, stale or of another commit.
    case cannotEvaluate = 3
    /// The ledger or a signature does not verify.
    case ledgerBroken = 4
    /// A collector crashed or timed out.
    case collectorFailed = 5
    /// A duty is overdue.
    case overdue = 6
    /// A fault of pulsegate's own.
    case internalError = 7

    /// When several hold, the first of these is the exit code.
    public static let precedence: [ExitCode] = [
        .internalError, .ledgerBroken, .usage, .collectorFailed, .cannotEvaluate, .fail, .overdue, .pass,
    ]

    public static func strongest(_ codes: some Sequence<ExitCode>) -> ExitCode {
        let present = Set(codes)
        return precedence.first { present.contains($0) } ?? .pass
    }

    /// One word for reports.
    public var word: String {
        switch self {
        case .pass: "pass"
        case .fail: "fail"
        case .usage: "usage"
        case .cannotEvaluate: "cannot_evaluate"
        case .ledgerBroken: "ledger_broken"
        case .collectorFailed: "collector_failed"
        case .overdue: "overdue"
        case .internalError: "internal_error"
        }
    }
}
