import PropertyTesting
import Synchronization
import Testing

/// Catches the issues of a property's body, so that a failing probe prints nothing.
///
/// While a property is being searched, every issue that its body records (a failed `#expect`, a `#require`, `Issue.record`) is kept here and dropped
/// from the test's output. Known issues and warnings are dropped too, but falsify nothing.
final class IssueTrap: Sendable {
    private let first = Mutex<Issue?>(nil)

    /// The trap of the property under way in this task.
    @TaskLocal static var current: IssueTrap?

    /// What Swift Testing is to do with an issue: nil drops it.
    static func handle(_ issue: Issue) -> Issue? {
        guard let trap = current else { return issue }
        trap.take(issue)
        return nil
    }

    private func take(_ issue: Issue) {
        guard issue.isFailure else { return }
        first.withLock { kept in if kept == nil { kept = issue } }
    }

    /// The first issue since the last call.
    func release() -> Issue? {
        first.withLock { kept in
            defer { kept = nil }
            return kept
        }
    }
}

/// Where the issues of failures were recorded, by origin: the report on a bug is shown there.
final class IssuePlaces: Sendable {
    private let places = Mutex<[FailureOrigin: SourceLocation]>([:])

    func remember(_ location: SourceLocation?, for origin: FailureOrigin) {
        guard let location else { return }
        places.withLock { if $0[origin] == nil { $0[origin] = location } }
    }

    /// Where to show a failure: where its issue was recorded, or the line that its origin names, if that is in the file of `call`, or `call`.
    ///
    /// The second is for failures of a child process, whose memory is gone.
    func place(of origin: FailureOrigin, call: SourceLocation) -> SourceLocation {
        if let known = places.withLock({ $0[origin] }) { return known }
        guard let location = origin.location, let colon = location.lastIndex(of: ":"), location[..<colon] == call.fileID,
            let line = Int(location[location.index(after: colon)...]), line > 0
        else { return call }
        return SourceLocation(fileID: call.fileID, filePath: call.filePath, line: line, column: 1)
    }
}
