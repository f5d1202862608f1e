import ChildProcesses
import Gates

extension Interruption {
    /// Tripped by the signals that ask a program to end.
    static func bySignals() throws(Failure) -> Interruption {
        do {
            let interruption = try Interruption()
            try Signals.install(tripping: interruption)
            return interruption
        } catch {
            throw Failure(.internalError, error.description)
        }
    }
}
