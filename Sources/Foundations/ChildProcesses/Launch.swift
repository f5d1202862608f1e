import ChildProcessesRuntime
import Glibc

/// The start of one command: opens its pipes, forks the guardian, and keeps our ends.
struct Launch {
    let guardian: pid_t
    let standardOutput: Int32
    let standardError: Int32
    /// Carries orders to the guardian; its being closed is one as well.
    let lifeline: Int32
    /// Brings the guardian's messages.
    let status: Int32
    let startedAt: Int64

    /// Nothing is left running when this throws; the descriptors are the caller's to close.
    init(command: Command, executable: String, descriptors: DescriptorSet) throws(SpawnError) {
        let input = try Self.open(command.standardInput, in: descriptors)
        let output = try Self.pipe(in: descriptors)
        let error = try Self.pipe(in: descriptors)
        // Both ends stay open with us: a guardian that is gone must not turn an order into SIGPIPE.
        let lifelinePipe = try Self.pipe(in: descriptors)
        let statusPipe = try Self.pipe(in: descriptors)
        for end in [output.reading, error.reading, statusPipe.reading] where runtime_set_nonblocking(end) != 0 {
            throw .system(call: "fcntl", errorNumber: errno)
        }

        let environment = command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let directory = command.workingDirectory
        let (pid, errorNumber): (pid_t, Int32) = withStringTable(command.arguments) { arguments in
            withStringTable(environment) { environment in
                withStringTable([executable, directory ?? ""]) { paths in
                    var request = guardian_request(
                        path: paths[0], arguments: arguments, environment: environment, directory: directory == nil ? nil : paths[1],
                        standard_input: input, standard_output: output.writing, standard_error: error.writing,
                        lifeline: lifelinePipe.reading, status: statusPipe.writing, grace_nanoseconds: command.graceNanoseconds)
                    let pid = guardian_spawn(&request)
                    return (pid, errno)
                }
            }
        }
        guard pid > 0 else { throw .system(call: "fork", errorNumber: errorNumber) }
        for end in [input, output.writing, error.writing, statusPipe.writing] { descriptors.close(end) }
        guardian = pid
        standardOutput = output.reading
        standardError = error.reading
        lifeline = lifelinePipe.writing
        status = statusPipe.reading
        startedAt = MonotonicTime.nanoseconds()
    }

    private static func pipe(in descriptors: DescriptorSet) throws(SpawnError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard runtime_pipe(&ends) == 0 else { throw .system(call: "pipe2", errorNumber: errno) }
        return (descriptors.adopt(ends[0]), descriptors.adopt(ends[1]))
    }

    private static func open(_ input: Command.StandardInput, in descriptors: DescriptorSet) throws(SpawnError) -> Int32 {
        let path: String
        switch input {
        case .null: path = "/dev/null"
        case .file(let file): path = file
        }
        // Without O_NONBLOCK the open of a FIFO would wait for a writer, beyond the reach of every limit.
        let descriptor = runtime_open(path, O_RDONLY | O_NONBLOCK)
        guard descriptor >= 0 else { throw .standardInput(path: path, errorNumber: errno) }
        descriptors.adopt(descriptor)
        let flags = fcntl(descriptor, F_GETFL)
        guard flags >= 0, fcntl(descriptor, F_SETFL, flags & ~O_NONBLOCK) == 0 else {
            throw .standardInput(path: path, errorNumber: errno)
        }
        return descriptor
    }
}
