/// A command to run, with its bounds: an argument list (never a shell string), the exact environment, and limits.
///
/// ```swift
/// let command = Command(
///     ["swift", "build", "--build-tests"], environment: Environment.allowing(from: Environment.current()),
///     workingDirectory: "/repo", timeoutNanoseconds: 600_000_000_000)
/// let outcome = try command.run { event in
///     if case .standardError(let bytes) = event { log(bytes) }
/// }
/// guard outcome.termination == .exited(0), !outcome.timedOut else { … }
/// ```
///
/// `arguments[0]` names the executable: with a `/` it is a path, taken from `workingDirectory` when relative; without,
/// it is looked up in the `PATH` of `environment` (``ExecutableSearch``). The command becomes the leader of a process
/// group in a session without terminal; only descriptors 0, 1 and 2 are passed on.
public struct Command: Hashable, Sendable {
    /// Where the command's standard input comes from.
    public enum StandardInput: Hashable, Sendable {
        /// `/dev/null`: the command reads an end of file.
        case null
        /// A file, opened for reading by our process, so relative to *our* working directory.
        case file(String)
    }

    /// The executable and its arguments; must not be empty.
    public var arguments: [String]
    /// The whole environment of the command: nothing is added, nothing inherited.
    public var environment: [String: String]
    /// The folder the command starts in; `nil` for that of our process.
    public var workingDirectory: String?
    public var standardInput: StandardInput
    /// After this long the command and all its descendants are ended.
    public var timeoutNanoseconds: Int64
    /// How long descendants have between SIGTERM and SIGKILL; 0 sends SIGKILL at once.
    public var graceNanoseconds: Int64
    /// How much of each output stream ``Outcome`` keeps, half from its beginning and half from its end. Events carry
    /// every byte regardless.
    public var outputLimitBytes: Int
    /// Paths of FIFOs to make (mode 0600), to read while the command runs (``Event/pipe(_:_:)``), and to remove
    /// afterwards. The reading end is open before the command starts.
    public var namedPipes: [String]

    public init(
        _ arguments: [String], environment: [String: String], workingDirectory: String? = nil, standardInput: StandardInput = .null,
        timeoutNanoseconds: Int64 = Command.defaultTimeoutNanoseconds, graceNanoseconds: Int64 = Command.defaultGraceNanoseconds,
        outputLimitBytes: Int = Command.defaultOutputLimitBytes, namedPipes: [String] = []
    ) {
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.standardInput = standardInput
        self.timeoutNanoseconds = timeoutNanoseconds
        self.graceNanoseconds = graceNanoseconds
        self.outputLimitBytes = outputLimitBytes
        self.namedPipes = namedPipes
    }

    /// Ten minutes.
    public static let defaultTimeoutNanoseconds: Int64 = 600_000_000_000
    /// Thirty days: the longest time-out that may be asked for.
    public static let timeoutLimitNanoseconds: Int64 = 30 * 86_400 * 1_000_000_000
    /// Five seconds.
    public static let defaultGraceNanoseconds: Int64 = 5_000_000_000
    /// Ten minutes.
    public static let graceLimitNanoseconds: Int64 = 600_000_000_000
    /// 4 MiB for each stream.
    public static let defaultOutputLimitBytes = 4 << 20
    /// 1 GiB for each stream.
    public static let outputLimitLimitBytes = 1 << 30
    public static let namedPipeLimit = 16
    /// Time between two ``Event/tick(elapsedNanoseconds:)``.
    public static let tickNanoseconds: Int64 = 100_000_000
}

extension Command {
    /// Checks what can be checked without the system, and says which file will be executed.
    func validatedExecutable() throws(SpawnError) -> String {
        guard let name = arguments.first, !name.isEmpty else { throw .noExecutableNamed }
        for (index, argument) in arguments.enumerated() where argument.utf8.contains(0) { throw .zeroByte(in: "argument \(index)") }
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")), !name.utf8.contains(0) else {
                throw .invalidEnvironmentName(name)
            }
            if value.utf8.contains(0) { throw .zeroByte(in: "the value of the environment variable \(name)") }
        }
        if let directory = workingDirectory, directory.utf8.contains(0) { throw .zeroByte(in: "the working directory") }
        if case .file(let path) = standardInput, path.utf8.contains(0) { throw .zeroByte(in: "the path of the standard input") }
        for path in namedPipes where path.utf8.contains(0) { throw .zeroByte(in: "the path of a named pipe") }
        try Self.check("timeoutNanoseconds", timeoutNanoseconds, 1...Self.timeoutLimitNanoseconds)
        try Self.check("graceNanoseconds", graceNanoseconds, 0...Self.graceLimitNanoseconds)
        try Self.check("outputLimitBytes", Int64(outputLimitBytes), 0...Int64(Self.outputLimitLimitBytes))
        try Self.check("namedPipes.count", Int64(namedPipes.count), 0...Int64(Self.namedPipeLimit))

        if name.utf8.contains(UInt8(ascii: "/")) { return name }
        let search = ExecutableSearch(path: environment["PATH"])
        guard let found = search.find(name) else { throw .executableNotFound(name, searched: search.folders) }
        return found
    }

    private static func check(_ name: String, _ value: Int64, _ allowed: ClosedRange<Int64>) throws(SpawnError) {
        guard allowed.contains(value) else { throw .limitOutOfRange(name, value: value, allowed: allowed) }
    }
}
