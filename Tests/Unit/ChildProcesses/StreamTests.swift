import ChildProcesses
import Glibc
import Testing

@Suite("Streams and named pipes")
struct StreamTests {
    @Test("of a long output the beginning and the end are kept, and the loss is told")
    func outputLimit() throws {
        let command = shell("printf 'head'; head -c 33554432 /dev/zero; printf 'tail'", outputLimitBytes: 4096)
        var seen: Int64 = 0
        let outcome = try command.run { if case .standardOutput(let bytes) = $0 { seen += Int64(bytes.count) } }
        let total: Int64 = 33_554_432 + 8
        #expect(seen == total)
        #expect(outcome.standardOutput.totalBytes == total)
        #expect(outcome.standardOutput.droppedBytes == total - 4096)
        #expect(outcome.standardOutput.head.starts(with: Array("head".utf8)))
        #expect(outcome.standardOutput.tail.suffix(5) == [0] + Array("tail".utf8))
        #expect(outcome.standardOutput.complete == nil)
        #expect(outcome.standardError.droppedBytes == 0)
    }

    @Test("both streams may be flooded at once")
    func bothStreams() throws {
        let outcome = try shell("head -c 3000000 /dev/zero >&2 & head -c 3000000 /dev/zero; wait", outputLimitBytes: 10).run()
        #expect(outcome.standardOutput.totalBytes == 3_000_000)
        #expect(outcome.standardError.totalBytes == 3_000_000)
    }

    @Test("an endless output does not hold up the time-out")
    func endless() throws {
        let outcome = try shell("exec cat /dev/zero", timeoutNanoseconds: 200_000_000, outputLimitBytes: 100).run()
        #expect(outcome.timedOut)
        #expect(outcome.standardOutput.droppedBytes > 0)
    }

    @Test("named pipes are read live and whole, from one writer after the other")
    func namedPipes() throws {
        let folder = TemporaryFolder()
        let paths = ["\(folder.path)/a", "\(folder.path)/b"]
        let script =
            "stat -c %a \"$A\"; for i in 1 2 3; do printf $i > \"$A\"; done; head -c 300000 /dev/zero > \"$B\"; printf end > \"$A\""
        let command = shell(script, environment: ["PATH": "/usr/bin:/bin", "A": paths[0], "B": paths[1]], namedPipes: paths)
        var read: [[UInt8]] = [[], []]
        let outcome = try command.run { if case .pipe(let index, let bytes) = $0 { read[index] += bytes } }
        #expect(outcome.termination == .exited(0))
        #expect(outcome.standardOutput.text == "600\n")
        #expect(read[0] == Array("123end".utf8))
        #expect(read[1] == [UInt8](repeating: 0, count: 300_000))
        for path in paths { #expect(access(path, F_OK) != 0) }
    }

    @Test("a caller sees a pipe's bytes while the command still waits for the answer")
    func live() throws {
        let folder = TemporaryFolder()
        let path = "\(folder.path)/events"
        let answer = "\(folder.path)/answer"
        let script = "echo question > \"$P\"; until [ -e '\(answer)' ]; do sleep 0.01; done"
        let command = shell(script, environment: ["PATH": "/usr/bin:/bin", "P": path], namedPipes: [path])
        let outcome = try command.run { if case .pipe = $0 { _ = folder.write("", to: "answer") } }
        #expect(outcome.termination == .exited(0))
    }

    @Test("a path that exists is not taken for a named pipe, and stays")
    func existing() {
        let folder = TemporaryFolder()
        let file = folder.write("text", to: "file")
        let fifo = "\(folder.path)/fifo"
        let command = shell("true", namedPipes: [fifo, file])
        #expect(throws: SpawnError.namedPipe(path: file, errorNumber: EEXIST)) { try command.run() }
        #expect(contents(file) == "text")
        #expect(access(fifo, F_OK) != 0)
    }

    @Test("named pipes are removed when the command cannot be started")
    func removedOnFailure() {
        let folder = TemporaryFolder()
        let fifo = "\(folder.path)/fifo"
        #expect(throws: SpawnError.self) { try Command(["/missing"], environment: [:], namedPipes: [fifo]).run() }
        #expect(access(fifo, F_OK) != 0)
    }
}
