/// What is known about a command after it, and everything it started, has ended.
///
/// ```swift
/// switch outcome.termination {
/// case .exited(0) where !outcome.endedByOrder: …
/// case .exited(let code): print("exit code \(code)")
/// case .signalled(let signal): print("killed by signal \(signal)")
/// }
/// ```
///
/// Times and memory are those of wait4(2): the command and the descendants that it waited for.
public struct Outcome: Hashable, Sendable {
    public enum Termination: Hashable, Sendable {
        case exited(Int32)
        case signalled(Int32)
    }

    public var termination: Termination
    /// The command was still running at its time-out and was ended for it.
    public var timedOut: Bool
    /// The command was still running when its ``Interruption`` was tripped and was ended for it.
    public var interrupted: Bool
    /// From the fork to the command's end, without the time to end what it left behind.
    public var wallNanoseconds: Int64
    public var userNanoseconds: Int64
    public var systemNanoseconds: Int64
    /// The largest resident set of one process. Linux carries the size of the forked copy of our process over into the
    /// command's figure, so values up to ``residentFloorBytes`` only say "no more than this".
    public var maximumResidentBytes: Int64
    public var residentFloorBytes: Int64
    public var standardOutput: BoundedOutput
    public var standardError: BoundedOutput
    /// Descendants that were still alive after the command had ended by itself, and were then ended.
    public var strays: Int
    /// Descendants that did not end even under SIGKILL (uninterruptible sleep, another user's process).
    public var survivors: Int

    /// The termination is our doing, not the command's own.
    public var endedByOrder: Bool { timedOut || interrupted }

    public init(
        termination: Termination, timedOut: Bool = false, interrupted: Bool = false, wallNanoseconds: Int64 = 0,
        userNanoseconds: Int64 = 0, systemNanoseconds: Int64 = 0, maximumResidentBytes: Int64 = 0, residentFloorBytes: Int64 = 0,
        standardOutput: BoundedOutput = BoundedOutput(limitBytes: 0), standardError: BoundedOutput = BoundedOutput(limitBytes: 0),
        strays: Int = 0, survivors: Int = 0
    ) {
        self.termination = termination
        self.timedOut = timedOut
        self.interrupted = interrupted
        self.wallNanoseconds = wallNanoseconds
        self.userNanoseconds = userNanoseconds
        self.systemNanoseconds = systemNanoseconds
        self.maximumResidentBytes = maximumResidentBytes
        self.residentFloorBytes = residentFloorBytes
        self.standardOutput = standardOutput
        self.standardError = standardError
        self.strays = strays
        self.survivors = survivors
    }
}

/// What a running command lets its caller see, in the order in which it was read.
public enum Event: Hashable, Sendable {
    /// The command has its process. It may still fail to execute; then ``Command/run(interruption:onEvent:)`` throws.
    case started(processIdentifier: Int32)
    /// The next bytes of a stream, never empty; boundaries mean nothing (``LineAssembler`` makes lines).
    case standardOutput([UInt8])
    case standardError([UInt8])
    /// The next bytes from `namedPipes[index]`.
    case pipe(Int, [UInt8])
    /// About every ``Command/tickNanoseconds`` while the command runs.
    case tick(elapsedNanoseconds: Int64)
}
