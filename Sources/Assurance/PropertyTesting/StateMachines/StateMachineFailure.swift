/// Why a run of a machine failed.
///
/// `origin` is what makes two failures the same bug, and names the rule or the invariant and never a value; `message` says what happened.
public struct StateMachineFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public var origin: FailureOrigin
    public var message: String

    public init(_ reason: String, message: String = "") {
        origin = FailureOrigin(reason: reason)
        self.message = message
    }

    public var caseFailure: CaseFailure { CaseFailure(origin: origin, message: message) }

    public var description: String { message.isEmpty ? "\(origin)" : "\(origin): \(message)" }
}
