import PropertyTesting
import Testing

extension CaseFailure {
    /// A recorded issue as a failure: its kind and its place are the identity, what it says is the message.
    init(_ issue: Issue) {
        let reason: String
        switch issue.kind {
        case .expectationFailed: reason = "expectation"
        case .errorCaught(let error): reason = FailureOrigin(thrown: error).reason
        case .confirmationMiscounted: reason = "confirmation"
        case .timeLimitExceeded: reason = "time limit"
        case .unconditional: reason = "issue"
        case .knownIssueNotRecorded: reason = "known issue not recorded"
        case .valueAttachmentFailed: reason = "attachment"
        case .apiMisused: reason = "misuse"
        case .system: reason = "system"
        @unknown default: reason = "issue"
        }
        let location = issue.sourceLocation.map { "\($0.fileID):\($0.line)" }
        self.init(origin: FailureOrigin(reason: reason, location: location), message: Self.text(issue))
    }

    /// What the issue says, without its severity, which goes without saying.
    private static func text(_ issue: Issue) -> String {
        let text = String(describing: issue)
        return text.hasSuffix(" (error)") ? String(text.dropLast(8)) : text
    }

    /// A thrown error as a failure: its type is the identity, or what a machine or a schedule says it is. Where it was thrown is not known.
    init(_ error: any Error) {
        if let failure = error as? StateMachineFailure {
            self = failure.caseFailure
            return
        }
        if let failure = error as? ScheduleFailure {
            self = failure.caseFailure
            return
        }
        self.init(origin: FailureOrigin(thrown: error), message: "threw \(error)")
    }
}
