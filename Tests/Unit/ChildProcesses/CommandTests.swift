import ChildProcesses
import Glibc
import Testing

@Suite("Running one command")
struct CommandTests {
    @Test("the exit code is reported", arguments: [0, 1, 126, 127, 255] as [Int32])
    func exitCode(_ code: Int32) throws {
        let outcome = try shell("exit \(code)").run()
        #expect(outcome.termination == .exited(code))
        #expect(!outcome.endedByOrder)
        #expect(outcome.strays == 0 && outcome.survivors == 0)
    }

    @Test("a signal is not an exit code", arguments: [SIGKILL, SIGTERM, SIGSEGV])
    func signal(_ number: Int32) throws {
        let outcome = try shell("ulimit -c 0; kill -\(number) $$").run()
        #expect(outcome.termination == .signalled(number))
        #expect(!outcome.endedByOrder)
    }

    @Test("both streams are kept apart and complete")
    func streams() throws {
        let outcome = try shell("echo out; echo err >&2").run()
        #expect(outcome.standardOutput.complete == Array("out\n".utf8))
        #expect(outcome.standardError.complete == Array("err\n".utf8))
    }

    @Test("arguments reach the command unchanged, the empty one too")
    func arguments() throws {
        let outcome = try Command(["printf", "[%s]", "a b", "", "$HOME;`x`", "é\n"], environment: ["PATH": "/usr/bin:/bin"]).run()
        #expect(outcome.standardOutput.text == "[a b][][$HOME;`x`][é\n]")
    }

    @Test("the environment is exactly what was given")
    func environment() throws {
        let outcome = try Command(["/usr/bin/env"], environment: ["B": "2=3", "A": "", "PATH": "/bin"]).run()
        #expect(outcome.standardOutput.text == "A=\nB=2=3\nPATH=/bin\n")
        #expect(try Command(["/usr/bin/env"], environment: [:]).run().standardOutput.complete == [])
    }

    @Test("the working directory is honoured, and relative paths are taken from it")
    func workingDirectory() throws {
        let folder = TemporaryFolder()
        _ = folder.write("#!/bin/sh\npwd\n", to: "tool", mode: 0o700)
        let outcome = try Command(["./tool"], environment: [:], workingDirectory: folder.path).run()
        #expect(outcome.standardOutput.text.hasSuffix("\(folder.path)\n"))
    }

    @Test("standard input is empty, or the file that was named")
    func standardInput() throws {
        var command = Command(["/bin/cat"], environment: [:])
        #expect(try command.run().standardOutput.complete == [])
        let folder = TemporaryFolder()
        command.standardInput = .file(folder.write("text", to: "input"))
        #expect(try command.run().standardOutput.text == "text")
        command.standardInput = .file("\(folder.path)/missing")
        #expect(throws: SpawnError.standardInput(path: "\(folder.path)/missing", errorNumber: ENOENT)) { try command.run() }
    }

    @Test("no descriptor of ours but the three is passed on, not even one that would survive exec")
    func descriptors() throws {
        let leaky = open("/dev/null", O_RDONLY)
        defer { close(leaky) }
        // The shell expands the glob without forking; the descriptor 3 it may show is its own for reading the folder.
        let outcome = try shell("for f in /proc/self/fd/*; do echo ${f##*/}; done").run()
        let numbers = Set(outcome.standardOutput.text.split(separator: "\n").compactMap { Int32($0) })
        #expect(numbers.isSuperset(of: [0, 1, 2]))
        #expect(numbers.subtracting([0, 1, 2]).count <= 1)
        #expect(leaky > 3 ? !numbers.contains(leaky) : true)
    }

    @Test("signals are neither blocked nor ignored in the command")
    func signalState() throws {
        let outcome = try Command(["/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"], environment: [:]).run()
        #expect(outcome.standardOutput.text == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
    }

    @Test("the command leads a process group in a session without terminal that is not ours")
    func session() throws {
        // Fields of stat: pid (comm) state ppid pgrp session tty.
        let outcome = try Command(["/bin/cat", "/proc/self/stat"], environment: [:]).run()
        let fields = outcome.standardOutput.text.split(separator: " ")
        try #require(fields.count > 7)
        #expect(fields[4] == fields[0])
        #expect(fields[5] == fields[3])
        #expect(Int32(fields[5]) != getsid(0))
        #expect(fields[6] == "0")
    }

    @Test("times and memory are measured")
    func usage() throws {
        let outcome = try shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done").run()
        #expect(outcome.wallNanoseconds > 0)
        #expect(outcome.userNanoseconds + outcome.systemNanoseconds > 0)
        #expect(outcome.maximumResidentBytes > 100_000)
        #expect(outcome.residentFloorBytes > 0 && outcome.maximumResidentBytes >= outcome.residentFloorBytes / 2)
    }

    @Test("events begin with the start and carry every byte")
    func events() throws {
        var events: [Event] = []
        _ = try shell("echo $$; echo err >&2").run { events.append($0) }
        guard case .started(let pid)? = events.first else {
            Issue.record("the first event is \(String(describing: events.first))")
            return
        }
        #expect(events.contains(.standardOutput(Array("\(pid)\n".utf8))))
        #expect(events.contains(.standardError(Array("err\n".utf8))))
    }

    @Test("ticks come while a silent command runs")
    func ticks() throws {
        let interruption = try Interruption()
        var elapsed: [Int64] = []
        let outcome = try shell("exec sleep 60").run(interruption: interruption) { event in
            guard case .tick(let nanoseconds) = event else { return }
            elapsed.append(nanoseconds)
            if elapsed.count == 3 { interruption.trip() }
        }
        #expect(outcome.interrupted)
        #expect(elapsed.count >= 3)
        #expect(elapsed == elapsed.sorted() && (elapsed.first ?? 0) >= Command.tickNanoseconds)
    }
}

@Suite("Commands that cannot be started")
struct SpawnErrorTests {
    @Test("an exec failure is an error with its errno, and no exit code 127")
    func execution() {
        let folder = TemporaryFolder()
        let plain = folder.write("#!/bin/sh\n", to: "plain")
        let text = folder.write("no program", to: "text", mode: 0o700)
        let orphan = folder.write("#!/missing/interpreter\n", to: "orphan", mode: 0o700)
        for (path, error) in [(plain, EACCES), (text, ENOEXEC), (orphan, ENOENT), (folder.path + "/none", ENOENT), (folder.path, EACCES)] {
            #expect(throws: SpawnError.notExecuted(path: path, errorNumber: error)) { try Command([path], environment: [:]).run() }
        }
    }

    @Test("a bad working directory is named")
    func workingDirectory() {
        let command = Command(["/bin/true"], environment: [:], workingDirectory: "/missing/folder")
        #expect(throws: SpawnError.workingDirectory(path: "/missing/folder", errorNumber: ENOENT)) { try command.run() }
    }

    @Test("a name that is not in PATH is refused with the folders that were searched")
    func notFound() {
        let command = Command(["no-such-tool"], environment: ["PATH": "/bin::relative:/usr/bin"])
        #expect(throws: SpawnError.executableNotFound("no-such-tool", searched: ["/bin", "/usr/bin"])) { try command.run() }
    }

    @Test("what execve cannot carry is refused before anything starts")
    func invalid() {
        let good = Command(["/bin/true"], environment: [:])
        func refused(_ expected: SpawnError, _ change: (inout Command) -> Void) {
            var command = good
            change(&command)
            #expect(throws: expected) { try command.run() }
        }
        refused(.noExecutableNamed) { $0.arguments = [] }
        refused(.noExecutableNamed) { $0.arguments = [""] }
        refused(.zeroByte(in: "argument 1")) { $0.arguments.append("a\0b") }
        refused(.invalidEnvironmentName("A=B")) { $0.environment = ["A=B": ""] }
        refused(.invalidEnvironmentName("")) { $0.environment = ["": "x"] }
        refused(.zeroByte(in: "the value of the environment variable A")) { $0.environment = ["A": "\0"] }
        refused(.zeroByte(in: "the working directory")) { $0.workingDirectory = "/\0" }
        refused(.limitOutOfRange("timeoutNanoseconds", value: 0, allowed: 1...Command.timeoutLimitNanoseconds)) {
            $0.timeoutNanoseconds = 0
        }
        refused(.limitOutOfRange("timeoutNanoseconds", value: .max, allowed: 1...Command.timeoutLimitNanoseconds)) {
            $0.timeoutNanoseconds = .max
        }
        refused(.limitOutOfRange("graceNanoseconds", value: -1, allowed: 0...Command.graceLimitNanoseconds)) { $0.graceNanoseconds = -1 }
        refused(.limitOutOfRange("outputLimitBytes", value: -1, allowed: 0...Int64(Command.outputLimitLimitBytes))) {
            $0.outputLimitBytes = -1
        }
        refused(.limitOutOfRange("namedPipes.count", value: 17, allowed: 0...16)) {
            $0.namedPipes = Array(repeating: "/missing/fifo", count: 17)
        }
    }

    @Test("an argument list that is too long is an error of exec, not a crash")
    func tooLong() {
        let command = Command(["/bin/true", String(repeating: "x", count: 4 << 20)], environment: [:])
        #expect(throws: SpawnError.notExecuted(path: "/bin/true", errorNumber: E2BIG)) { try command.run() }
    }

    @Test("every error says what to do in words")
    func descriptions() {
        #expect(
            SpawnError.workingDirectory(path: "/x", errorNumber: ENOENT).description
                == "cannot start in the folder \"/x\": No such file or directory")
        #expect(SpawnError.executableNotFound("x", searched: ["/a", "/b"]).description.contains("(/a:/b)"))
        #expect(SpawnError.notExecuted(path: "x", errorNumber: ENOEXEC).description.contains("#!"))
    }
}
