import ChildProcessesRuntime
import Glibc
import Synchronization

/// Lets Ctrl-C (SIGINT), SIGTERM and SIGHUP end the running commands in order, instead of ending our process first.
///
/// ```swift
/// let interruption = try Interruption()
/// try Signals.install(tripping: interruption)
/// …
/// if let signal = Signals.first { exit(128 + signal) }
/// ```
///
/// The first signal ends commands with their grace, the second kills them at once, and the third has its default
/// action again: it ends our process, and the guardians then end whatever is left. A signal that was ignored at the
/// start (nohup) stays ignored. SIGPIPE is ignored, so that a closed terminal or pager is an error of write(2).
public enum Signals {
    /// Keeps the pipe open for as long as a handler may write into it.
    private static let target = Mutex<Interruption?>(nil)

    /// Process-wide; a second call replaces the first one's interruption and counts signals anew.
    public static func install(tripping interruption: Interruption) throws(SpawnError) {
        let failure: Int32? = target.withLock { held in
            let failed = runtime_install_signals(interruption.writingEnd) != 0
            let error = errno
            held = interruption
            return failed ? error : nil
        }
        if let failure { throw .system(call: "sigaction", errorNumber: failure) }
    }

    /// Puts back the handlers that ``install(tripping:)`` replaced.
    public static func remove() {
        target.withLock { held in
            runtime_remove_signals()
            held = nil
        }
    }

    /// The first signal since ``install(tripping:)``.
    public static var first: Int32? {
        let signal = runtime_first_signal()
        return signal == 0 ? nil : signal
    }
}
