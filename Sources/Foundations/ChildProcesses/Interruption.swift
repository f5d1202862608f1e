import ChildProcessesRuntime
import Glibc

/// A switch that another thread, or a signal handler, throws to end running commands.
///
/// ```swift
/// let interruption = try Interruption()
/// try Signals.install(tripping: interruption)           // Ctrl-C ends the command, not us
/// let outcome = try command.run(interruption: interruption)
/// if outcome.interrupted { … }
/// ```
///
/// The first trip ends commands as their time-out would: SIGTERM, grace, SIGKILL. From the second on SIGKILL is sent
/// at once. A trip is never taken back, and every run that shares the switch sees it; a run that begins afterwards
/// throws ``SpawnError/interruptedBeforeStart``.
///
/// The state is the number of bytes in a pipe, so tripping is one write(2). The class holds two descriptor numbers that
/// never change, hence it is `Sendable` without a lock; both are closed when the last reference goes.
public final class Interruption: Sendable {
    let readingEnd: Int32
    let writingEnd: Int32

    /// Throws ``SpawnError/system(call:errorNumber:)`` when the process has no descriptors left.
    public init() throws(SpawnError) {
        var ends: [Int32] = [-1, -1]
        guard runtime_pipe(&ends) == 0 else { throw .system(call: "pipe2", errorNumber: errno) }
        readingEnd = ends[0]
        writingEnd = ends[1]
        // A pipe takes 64 KiB of trips; the write after that must not wait.
        guard runtime_set_nonblocking(writingEnd) == 0 else { throw .system(call: "fcntl", errorNumber: errno) }
    }

    deinit {
        close(readingEnd)
        close(writingEnd)
    }

    /// Ends the commands that watch this switch. Callable from any thread; signal handlers go through ``Signals``.
    public func trip() { runtime_trip(writingEnd) }

    /// How often the switch was thrown.
    public var trips: Int { max(0, Int(runtime_bytes_waiting(readingEnd))) }

    public var isTripped: Bool { trips > 0 }
}
