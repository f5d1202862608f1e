import ChildProcessesRuntime
import Glibc

/// Our side of one running command: reads its streams and the guardian's messages, and gives the orders to end it.
///
/// The guardian does the killing and the waiting; this type only decides *when*: at the time-out, at a trip of the
/// interruption, and harder at the second trip. It has no part in what happens when our process dies.
struct Supervision {
    /// Bytes one read(2) may bring.
    static let chunkBytes = 1 << 16
    /// Reads from one descriptor before the clock and the other descriptors get their turn.
    static let readsPerTurn = 16
    /// How much longer than its own limits (100 ms to settle, the grace, 5 s under SIGKILL) a guardian may take before
    /// it counts as lost: it was stopped, or the machine stands still.
    static let guardianLimitNanoseconds: Int64 = 60_000_000_000

    private enum Cause { case timeout, interruption }

    private let command: Command
    private let launch: Launch
    private let descriptors: DescriptorSet

    /// What is read, by position: standard output, standard error, then the named pipes. -1 once ended.
    private var sources: [Int32]
    private var statusEnded = false
    private var standardOutput: BoundedOutput
    private var standardError: BoundedOutput
    private var buffer = [UInt8](repeating: 0, count: Supervision.chunkBytes)

    private var cause: Cause?
    private var killOrdered = false
    private var commandIdentifier: pid_t?
    private var failed: guardian_message?
    private var exited: guardian_message?
    private var finished: guardian_message?
    /// When the guardian must have finished, known once the end has begun.
    private var guardianDeadline: Int64?

    init(command: Command, launch: Launch, pipes: [Int32], descriptors: DescriptorSet) {
        self.command = command
        self.launch = launch
        self.descriptors = descriptors
        sources = [launch.standardOutput, launch.standardError] + pipes
        standardOutput = BoundedOutput(limitBytes: command.outputLimitBytes)
        standardError = BoundedOutput(limitBytes: command.outputLimitBytes)
    }

    /// Until the guardian has ended, which it does after the last descendant.
    mutating func watch(interruption: Interruption?, onEvent: (Event) -> Void) {
        var nextTick = launch.startedAt + Command.tickNanoseconds
        let timeoutAt = launch.startedAt + command.timeoutNanoseconds
        while !statusEnded {
            let now = MonotonicTime.nanoseconds()
            decide(now: now, timeoutAt: timeoutAt, trips: interruption?.trips ?? 0)
            if now >= nextTick {
                onEvent(.tick(elapsedNanoseconds: now - launch.startedAt))
                nextTick = now + Command.tickNanoseconds
            }
            let wakeAt = cause == nil && exited == nil ? min(nextTick, timeoutAt) : nextTick
            // Once tripped, the interruption stays readable and would turn the wait into a busy loop: the tick looks.
            let watched = cause == nil ? interruption : nil
            turn(until: wakeAt, interruption: watched, onEvent: onEvent)
        }
        reapGuardian()
    }

    /// Reads what is still in the pipes. All writers have ended, so that is at most what a pipe can hold; the limit
    /// keeps a survivor, or a stranger that was given the pipe, from holding us up.
    mutating func drain(onEvent: (Event) -> Void) {
        for index in sources.indices where sources[index] >= 0 {
            var left = Int(runtime_pipe_capacity(sources[index]))
            while left > 0, let count = read(index, onEvent: onEvent) { left -= count }
        }
    }

    func outcome() throws(SpawnError) -> Outcome {
        if let failed { throw startError(failed) }
        guard let exited, let finished else { throw .guardianLost }
        let signal = runtime_exit_signal(exited.wait_status)
        let ordered = exited.ordered != 0
        return Outcome(
            termination: signal != 0 ? .signalled(signal) : .exited(runtime_exit_code(exited.wait_status)),
            timedOut: ordered && cause == .timeout, interrupted: ordered && cause == .interruption,
            wallNanoseconds: exited.wall_nanoseconds, userNanoseconds: exited.user_nanoseconds,
            systemNanoseconds: exited.system_nanoseconds, maximumResidentBytes: exited.maximum_resident_bytes,
            residentFloorBytes: exited.resident_floor_bytes, standardOutput: standardOutput, standardError: standardError,
            strays: Int(finished.strays), survivors: Int(finished.survivors))
    }

    // MARK: Orders

    private mutating func decide(now: Int64, timeoutAt: Int64, trips: Int) {
        if trips > 0, cause == nil {
            cause = .interruption
            order(guardian_order_terminate)
        } else if now >= timeoutAt, cause == nil, exited == nil {
            cause = .timeout
            order(guardian_order_terminate)
        }
        if trips > 1, !killOrdered {
            killOrdered = true
            order(guardian_order_kill)
        }
        if guardianDeadline == nil, cause != nil || exited != nil || failed != nil {
            guardianDeadline = now + command.graceNanoseconds + Self.guardianLimitNanoseconds
        }
        if let guardianDeadline, now >= guardianDeadline {
            // It takes the command with it, by the command's parent-death signal.
            kill(launch.guardian, SIGKILL)
            statusEnded = true
        }
    }

    private func order(_ order: Int) {
        var byte = UInt8(truncatingIfNeeded: order)
        while write(launch.lifeline, &byte, 1) < 0, errno == EINTR {}
    }

    // MARK: Reading

    /// Waits for something to read and reads it.
    private mutating func turn(until wakeAt: Int64, interruption: Interruption?, onEvent: (Event) -> Void) {
        var polled = sources.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        polled.append(pollfd(fd: launch.status, events: Int16(POLLIN), revents: 0))
        polled.append(pollfd(fd: interruption?.readingEnd ?? -1, events: Int16(POLLIN), revents: 0))
        // Rounded up: waking a millisecond late is fine, waking early would make a busy loop of the last millisecond.
        let wait = max(0, min(1000, (wakeAt - MonotonicTime.nanoseconds()) / 1_000_000 + 1))
        guard poll(&polled, nfds_t(polled.count), Int32(wait)) > 0 else { return }
        // Read the status before the streams: "exited" must be known before the clock is looked at again.
        if polled[sources.count].revents != 0 { readStatus(onEvent: onEvent) }
        for index in sources.indices where polled[index].revents != 0 {
            for _ in 0..<Self.readsPerTurn {
                guard let count = read(index, onEvent: onEvent), count == Self.chunkBytes else { break }
            }
        }
    }

    /// Reads one chunk of a source. `nil` at its end, or when there is nothing to read now.
    private mutating func read(_ index: Int, onEvent: (Event) -> Void) -> Int? {
        let descriptor = sources[index]
        guard descriptor >= 0 else { return nil }
        var count: Int
        repeat { count = Glibc.read(descriptor, &buffer, buffer.count) } while count < 0 && errno == EINTR
        if count < 0, errno == EAGAIN { return nil }
        guard count > 0 else {
            descriptors.close(descriptor)
            sources[index] = -1
            return nil
        }
        let bytes = Array(buffer[..<count])
        switch index {
        case 0:
            standardOutput.append(bytes)
            onEvent(.standardOutput(bytes))
        case 1:
            standardError.append(bytes)
            onEvent(.standardError(bytes))
        default:
            onEvent(.pipe(index - 2, bytes))
        }
        return count
    }

    private mutating func readStatus(onEvent: (Event) -> Void) {
        while !statusEnded {
            var message = guardian_message()
            let size = MemoryLayout<guardian_message>.size
            let count = Glibc.read(launch.status, &message, size)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN { return }
            // Messages are written whole (shorter than PIPE_BUF), so a short one is the end as well.
            guard count == size else {
                statusEnded = true
                return
            }
            take(message, onEvent: onEvent)
        }
    }

    private mutating func take(_ message: guardian_message, onEvent: (Event) -> Void) {
        switch message.kind {
        case Int32(guardian_message_started.rawValue):
            commandIdentifier = message.pid
            onEvent(.started(processIdentifier: message.pid))
        case Int32(guardian_message_failed.rawValue): failed = message
        case Int32(guardian_message_exited.rawValue): exited = message
        case Int32(guardian_message_finished.rawValue): finished = message
        default: break
        }
    }

    // MARK: The end

    private func reapGuardian() {
        var waitStatus: Int32 = 0
        // ECHILD: the host program ignores SIGCHLD or has collected all children itself; the guardian is gone anyway.
        while waitpid(launch.guardian, &waitStatus, 0) < 0, errno == EINTR {}
        // A guardian that was killed leaves its command's group behind.
        if finished == nil, exited == nil, failed == nil, let commandIdentifier { kill(-commandIdentifier, SIGKILL) }
    }

    private func startError(_ message: guardian_message) -> SpawnError {
        let error = message.error_number
        switch message.stage {
        case Int32(guardian_stage_directory.rawValue):
            return .workingDirectory(path: command.workingDirectory ?? "", errorNumber: error)
        case Int32(guardian_stage_execute.rawValue):
            return .notExecuted(path: command.arguments.first ?? "", errorNumber: error)
        case Int32(guardian_stage_fork.rawValue): return .system(call: "fork", errorNumber: error)
        case Int32(guardian_stage_descriptors.rawValue): return .system(call: "dup2", errorNumber: error)
        default: return .system(call: "prctl", errorNumber: error)
        }
    }
}
