import ChildProcessesRuntime
import Glibc

/// How many system calls a program makes between marks that it sets itself.
///
/// ```swift
/// switch try Command([suite, "count", "parse"], environment: environment).countSystemCalls() {
/// case .counted(let tally): tally.total                 // exact: every thread and descendant, every call
/// case .unavailable(let reason): …                      // no ptrace(2) here
/// case .failed(let reason): …                           // the program crashed, hung or set no mark
/// }
/// ```
///
/// A program marks by `lseek(-mark, 0, phase)`, which the kernel refuses and which changes nothing (SystemCallTally.h). Being traced costs a program
/// some ten microseconds a call and changes none of its results.
public struct SystemCallTally: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        case counted(SystemCallTally)
        /// ptrace(2) is not permitted, or the kernel is older than 5.3.
        case unavailable(String)
        case failed(String)
    }

    /// Of all threads and descendants, between all pairs of marks.
    public var total: Int64
    /// By the kernel's number of the call on this machine; only those that were made.
    public var byNumber: [Int: Int64]
    /// Pairs of marks.
    public var sections: Int64

    public init(total: Int64, byNumber: [Int: Int64], sections: Int64) {
        self.total = total
        self.byNumber = byNumber
        self.sections = sections
    }
}

extension Command {
    /// Runs the command, its output thrown away, and counts. When its time is over it is killed with everything that it started.
    ///
    /// - Throws: ``SpawnError`` for a command that cannot be meant; that it cannot be started is ``SystemCallTally/Outcome/failed(_:)``.
    public func countSystemCalls() throws(SpawnError) -> SystemCallTally.Outcome {
        let executable = try validatedExecutable()
        let variables = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let directory = workingDirectory
        var report = system_call_report()
        withStringTable(arguments) { arguments in
            withStringTable(variables) { environment in
                withStringTable([executable, directory ?? ""]) { paths in
                    var request = system_call_request(
                        path: paths[0], arguments: arguments, environment: environment, directory: directory == nil ? nil : paths[1],
                        timeout_nanoseconds: timeoutNanoseconds)
                    runtime_count_system_calls(&request, &report)
                }
            }
        }
        return Self.outcome(&report, path: executable)
    }

    private static func outcome(_ report: inout system_call_report, path: String) -> SystemCallTally.Outcome {
        switch UInt32(bitPattern: report.status) {
        case system_call_counted.rawValue: break
        case system_call_not_permitted.rawValue:
            return .unavailable("ptrace is not permitted here (error \(report.error_number))")
        case system_call_not_started.rawValue:
            return .failed(SpawnError.notExecuted(path: path, errorNumber: report.error_number).description)
        case system_call_timed_out.rawValue: return .failed("it was still running at its time limit and was killed")
        default: return .failed("the process that counts was killed")
        }
        let signal = runtime_exit_signal(report.wait_status)
        if signal != 0 { return .failed("it was ended by signal \(signal)") }
        let code = runtime_exit_code(report.wait_status)
        if code != 0 { return .failed("it ended with code \(code)") }
        if report.unfinished != 0 || report.sections == 0 { return .failed("it set no pair of marks") }
        var calls: [Int: Int64] = [:]
        withUnsafeBytes(of: &report.by_number) { bytes in
            for (number, count) in bytes.bindMemory(to: UInt64.self).enumerated() where count > 0 {
                calls[number] = Int64(clamping: count)
            }
        }
        return .counted(
            SystemCallTally(total: Int64(clamping: report.total), byNumber: calls, sections: Int64(clamping: report.sections)))
    }
}
