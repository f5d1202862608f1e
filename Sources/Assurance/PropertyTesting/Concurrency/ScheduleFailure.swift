/// A schedule under which the tasks do not come to an end.
public enum ScheduleFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Nothing can run and the body has not returned; who waits for what, as far as it is known.
    case deadlock(waiting: [String])
    /// More jobs than ``DeterministicExecutor/maximumJobs``: the tasks keep each other busy.
    case endless(jobs: Int)

    /// What kind it is, without names: the identity of the failure.
    public var reason: String {
        switch self {
        case .deadlock: "deadlock"
        case .endless: "no end"
        }
    }

    public var caseFailure: CaseFailure { CaseFailure(origin: FailureOrigin(reason: reason), message: description) }

    public var description: String {
        switch self {
        case .deadlock(let waiting) where waiting.isEmpty:
            "deadlock: nothing can run, and a task waits for what this executor does not run (the main actor, a sleep, another thread?)"
        case .deadlock(let waiting): "deadlock: " + waiting.joined(separator: "; ")
        case .endless(let jobs): "no end after \(jobs) jobs: the tasks wait for one another by asking again"
        }
    }
}
