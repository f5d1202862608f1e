import ChildProcesses

/// Tells people what is being waited for. The display behind it is a live line on a terminal and plain lines elsewhere.
struct Progress: Sendable {
    /// A new thing is being waited for.
    var phase: @Sendable (String) -> Void
    /// The newest word from it; shown on a live line only.
    var detail: @Sendable (String) -> Void
    /// Time has passed.
    var tick: @Sendable () -> Void
    /// Something to keep: a whole line.
    var note: @Sendable (String) -> Void
    /// Nothing is being waited for any more.
    var done: @Sendable () -> Void

    static let silent = Progress(phase: { _ in }, detail: { _ in }, tick: {}, note: { _ in }, done: {})
}
