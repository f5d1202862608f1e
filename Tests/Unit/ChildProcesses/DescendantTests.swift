import Glibc
import Testing

@testable import ChildProcesses

@Suite("Nothing a command starts survives it")
struct DescendantTests {
    /// Processes of a family that have the marker among their arguments, the first shell included.
    private static let familySize = 9

    /// Children, a session of its own, a double fork, deaf to SIGTERM, stopped: all of it sleeping for `marker` seconds.
    private func family(_ witness: ProcessWitness) -> String {
        let sleep = "sleep \(witness.marker)"
        return """
            \(witness.preamble)
            \(sleep) &
            setsid sh -c 'trap "" TERM HUP INT; \(sleep); :' &
            (setsid sh -c '(trap "" TERM; \(sleep)) & exit 0' &)
            sh -c 'trap "" TERM; while :; do \(sleep); done' &
            sh -c 'kill -STOP $$; \(sleep); :' &
            \(sleep); :
            """
    }

    @Test("a time-out ends daemons, sessions, stopped processes and the deaf")
    func timeout() throws {
        let witness = ProcessWitness()
        let outcome = try shell(family(witness), timeoutNanoseconds: 700_000_000).run()
        #expect(outcome.timedOut && !outcome.interrupted)
        #expect(outcome.termination == .signalled(SIGTERM))
        #expect(outcome.survivors == 0)
        #expect(witness.waitUntilDead())
        #expect(witness.marked == [])
    }

    @Test("a time-out of a command that handles SIGTERM reports the code it chose, and still says timed out")
    func handledTimeout() throws {
        let script = "trap 'exit 7' TERM; while :; do sleep 0.01; done"
        let outcome = try shell(script, timeoutNanoseconds: 500_000_000, graceNanoseconds: 20_000_000_000).run()
        #expect(outcome.termination == .exited(7))
        #expect(outcome.timedOut)
    }

    @Test("a command that is deaf to SIGTERM is killed after its grace")
    func deaf() throws {
        let outcome = try shell("trap '' TERM; while :; do sleep 1; done", timeoutNanoseconds: 300_000_000).run()
        #expect(outcome.termination == .signalled(SIGKILL))
        #expect(outcome.timedOut)
    }

    @Test("what is left after a normal end is counted as strays and ended")
    func strays() throws {
        let witness = ProcessWitness()
        let sleep = "sleep \(witness.marker)"
        let script = witness.preamble + "\(sleep) & setsid sh -c 'trap \"\" TERM; exec \(sleep)' & exit 5"
        let outcome = try shell(script).run()
        #expect(outcome.termination == .exited(5))
        #expect(outcome.strays == 2)
        #expect(outcome.survivors == 0 && !outcome.timedOut)
        #expect(witness.waitUntilDead())
        #expect(witness.marked == [])
    }

    @Test("a chain of processes that forks on while it is being killed is caught")
    func forking() throws {
        let witness = ProcessWitness()
        let folder = TemporaryFolder()
        let script = folder.write("trap '' TERM\nsh \"$0\" \(witness.marker) &\nexit 0\n", to: "chain")
        let command = shell(
            witness.preamble + "sh '\(script)' \(witness.marker) & wait; sleep \(witness.marker)", timeoutNanoseconds: 400_000_000)
        let outcome = try command.run()
        #expect(outcome.timedOut && outcome.survivors == 0)
        #expect(witness.waitUntilDead())
        #expect(witness.marked == [])
    }

    @Test("an interruption ends the whole family")
    func interruption() throws {
        let witness = ProcessWitness()
        let interruption = try Interruption()
        let folder = TemporaryFolder()
        let outcome = try shell(family(witness)).run(interruption: interruption) { event in
            guard case .tick = event, !interruption.isTripped else { return }
            if witness.marked.count >= Self.familySize { interruption.trip() }
        }
        #expect(outcome.interrupted && !outcome.timedOut)
        #expect(outcome.termination == .signalled(SIGTERM))
        #expect(witness.waitUntilDead())
        #expect(witness.marked == [])
        #expect(throws: SpawnError.interruptedBeforeStart) {
            try Command(["touch", "\(folder.path)/touched"], environment: [:]).run(interruption: interruption)
        }
        #expect(access("\(folder.path)/touched", F_OK) != 0)
    }

    @Test("a second trip does not wait for the grace")
    func secondTrip() throws {
        let interruption = try Interruption()
        let command = shell("trap '' TERM; echo up; while :; do sleep 1; done", graceNanoseconds: Command.graceLimitNanoseconds)
        let start = MonotonicTime.nanoseconds()
        let outcome = try command.run(interruption: interruption) { event in
            switch event {
            case .standardOutput: interruption.trip()
            case .tick where interruption.isTripped: interruption.trip()
            default: break
            }
        }
        #expect(outcome.termination == .signalled(SIGKILL))
        #expect(outcome.interrupted)
        #expect(MonotonicTime.nanoseconds() - start < Command.graceLimitNanoseconds / 10)
    }

    @Test("one interruption ends commands on several threads")
    func shared() async throws {
        let interruption = try Interruption()
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let outcome = try? shell("echo up; exec sleep 60").run(interruption: interruption) { event in
                        if case .standardOutput = event { interruption.trip() }
                    }
                    // With fewer threads than tasks the later ones find the switch tripped.
                    return outcome?.interrupted ?? true
                }
            }
            for await interrupted in group { #expect(interrupted) }
        }
    }

    @Test("when our own process dies of SIGKILL, everything it ran dies with it")
    func ownDeath() throws {
        let witness = ProcessWitness()
        // Not run as a Command: its guardian would clean up and hide a failure.
        let probe = try spawn([probePath(), "run", family(witness)])
        #expect(witness.waitUntilReady())
        // The probe and its guardian carry the script in their own arguments.
        #expect(witness.waitUntilMarked(Self.familySize + 2))
        #expect(kill(probe, SIGKILL) == 0)
        var status: Int32 = 0
        #expect(waitpid(probe, &status, 0) == probe)
        #expect(witness.waitUntilDead())
        #expect(witness.waitUntilUnmarked())
    }

    @Test("a guardian that is killed takes the command along, and the result is an error")
    func guardianDeath() throws {
        let witness = ProcessWitness()
        var command: Int32 = 0
        let script = witness.preamble + "echo up; exec sleep \(witness.marker)"
        #expect(throws: SpawnError.guardianLost) {
            try shell(script).run { event in
                if case .started(let pid) = event { command = pid }
                guard case .standardOutput = event, let stat = contents("/proc/\(command)/stat") else { return }
                let fields = stat.split(separator: " ")
                guard fields.count > 3, let guardian = Int32(fields[3]), guardian != getpid() else { return }
                kill(guardian, SIGKILL)
            }
        }
        #expect(witness.waitUntilDead())
        #expect(witness.marked == [])
    }

    @Test("a guardian holds nothing open but its own three descriptors, so no lifeline of another command")
    func guardianDescriptors() throws {
        let leaky = open("/dev/null", O_RDONLY)
        defer { close(leaky) }
        var command: Int32 = 0
        var counts: [Int] = []
        let folder = TemporaryFolder()
        let answer = "\(folder.path)/answer"
        _ = try shell("echo up; until [ -e '\(answer)' ]; do sleep 0.01; done").run { event in
            if case .started(let pid) = event { command = pid }
            guard case .standardOutput = event, let stat = contents("/proc/\(command)/stat") else { return }
            let fields = stat.split(separator: " ")
            if fields.count > 3 { counts.append(names(in: "/proc/\(fields[3])/fd").count) }
            _ = folder.write("", to: "answer")
        }
        // The lifeline, the status pipe, the signalfd; the folder of /proc is open during a scan only.
        #expect(counts == [3])
    }

    @Test("SIGINT, SIGTERM and SIGHUP to our process end the command, not us", arguments: [SIGINT, SIGTERM, SIGHUP])
    func signals(_ number: Int32) throws {
        let folder = TemporaryFolder()
        let ready = "\(folder.path)/ready"
        var command = Command(
            [probePath(), "signals", "echo up > '\(ready)'; exec sleep 60"], environment: Environment.allowing(from: Environment.current()))
        command.namedPipes = [ready]
        command.timeoutNanoseconds = 60_000_000_000
        var probe: Int32 = 0
        let outcome = try command.run { event in
            if case .started(let pid) = event { probe = pid }
            if case .pipe = event { kill(probe, number) }
        }
        #expect(outcome.standardOutput.text == "signalled(15) interrupted=true survivors=0 first=\(number)\n")
        #expect(outcome.termination == .exited(0))
        #expect(outcome.strays == 0)
    }

    @Test("two hundred runs leave no zombie and no open descriptor")
    func repeated() throws {
        let outcome = try Command(
            [probePath(), "repeat", "200"], environment: Environment.allowing(from: Environment.current())
        ).run()
        let fields = outcome.standardOutput.text.split(whereSeparator: \.isWhitespace)
        try #require(fields.count == 4, "\(outcome.standardOutput.text) \(outcome.standardError.text)")
        #expect(fields[1] == fields[2])
        #expect(fields[3] == "childless=true")
    }

    @Test("a run from a process without standard descriptors works")
    func withoutStandardDescriptors() throws {
        let folder = TemporaryFolder()
        let result = "\(folder.path)/result"
        var command = shell(
            "exec 0<&- 1>&- 2>&-; exec '\(probePath())' run 'cat; echo text > \"\(result)\"'",
            environment: Environment.allowing(from: Environment.current()))
        command.namedPipes = [result]
        var bytes: [UInt8] = []
        _ = try command.run { if case .pipe(0, let chunk) = $0 { bytes += chunk } }
        #expect(bytes == Array("text\n".utf8))
    }

    private func spawn(_ arguments: [String]) throws -> pid_t {
        var pid: pid_t = 0
        var table: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for string in table { free(string) } }
        let error = posix_spawn(&pid, arguments[0], nil, nil, &table, environ)
        try #require(error == 0)
        return pid
    }
}
