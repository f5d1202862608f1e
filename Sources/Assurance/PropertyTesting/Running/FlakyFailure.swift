/// A case that failed, and did otherwise when its choices were repeated: the body depends on something besides its draws.
public struct FlakyFailure: Hashable, Sendable, CustomStringConvertible {
    /// What was seen first.
    public var first: CaseFailure
    /// What the same choices gave the second time.
    public var second: CaseEnd
    public var token: ReplayToken

    public init(first: CaseFailure, second: CaseEnd, token: ReplayToken) {
        self.first = first
        self.second = second
        self.token = token
    }

    /// nil when both times it was the same failure.
    init?(first: CaseFailure, second: CaseEnd, indices: [UInt64]) {
        if case .failed(let again) = second, again.origin == first.origin { return nil }
        self.init(first: first, second: second, token: ReplayToken(indices: indices))
    }

    public var description: String {
        let after =
            switch second {
            case .passed: "it passed"
            case .rejected: "other choices were asked for, or an assumption was not met"
            case .failed(let failure): "it failed otherwise: \(failure.origin)\(failure.message.isEmpty ? "" : ": \(failure.message)")"
            }
        return """
            flaky: the same choices do not give the same end twice
              first: \(first.origin)\(first.message.isEmpty ? "" : ": \(first.message)")
              again: \(after)
              the body depends on something besides its draws: a clock, shared state, the order of tasks or of a Set
              replay: \(token)
            """
    }
}
