import Glibc

/// Why a command could not be run. An exit code, a signal and a time-out are no errors but an ``Outcome``.
public enum SpawnError: Error, Hashable, Sendable {
    /// The argument list, or its first element, is empty.
    case noExecutableNamed
    case zeroByte(in: String)
    case invalidEnvironmentName(String)
    case limitOutOfRange(String, value: Int64, allowed: ClosedRange<Int64>)
    case executableNotFound(String, searched: [String])
    /// execve(2) refused the file.
    case notExecuted(path: String, errorNumber: Int32)
    /// chdir(2) refused the folder.
    case workingDirectory(path: String, errorNumber: Int32)
    case standardInput(path: String, errorNumber: Int32)
    case namedPipe(path: String, errorNumber: Int32)
    /// The interruption was tripped before the start; nothing was started.
    case interruptedBeforeStart
    /// A system call that should not fail did.
    case system(call: String, errorNumber: Int32)
    /// The process that watches over the command ended without a report: somebody killed it.
    case guardianLost
}

extension SpawnError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noExecutableNamed:
            "the command has no executable: give at least one argument, the program's name or path"
        case .zeroByte(let place):
            "\(place) contains a zero byte, which no argument, path or environment variable can carry: remove it"
        case .invalidEnvironmentName(let name):
            "\"\(name)\" cannot name an environment variable: a name is not empty and has no \"=\" and no zero byte"
        case .limitOutOfRange(let name, let value, let allowed):
            "\(name) is \(value), allowed are \(allowed.lowerBound) to \(allowed.upperBound)"
        case .executableNotFound(let name, let searched):
            "\"\(name)\" was not found in PATH (\(searched.joined(separator: ":"))): install it, or give its path"
        case .notExecuted(let path, let error) where error == ENOEXEC:
            "\"\(path)\" cannot be executed: it is no program for this machine and does not begin with #!"
        case .notExecuted(let path, let error):
            "\"\(path)\" cannot be executed: \(Self.text(error)); check that it exists and has its execute permission"
        case .workingDirectory(let path, let error):
            "cannot start in the folder \"\(path)\": \(Self.text(error))"
        case .standardInput(let path, let error):
            "cannot read the standard input from \"\(path)\": \(Self.text(error))"
        case .namedPipe(let path, let error):
            "cannot make the named pipe \"\(path)\": \(Self.text(error))"
        case .interruptedBeforeStart:
            "interrupted before the command was started"
        case .system(let call, let error):
            "\(call) failed: \(Self.text(error))"
        case .guardianLost:
            "the process that watches over the command was killed: the command's result is unknown, run it again"
        }
    }

    private static func text(_ errorNumber: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        // Not strerror(3), whose buffer is shared by all threads.
        guard strerror_r(errorNumber, &buffer, buffer.count) == 0 else { return "error \(errorNumber)" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
