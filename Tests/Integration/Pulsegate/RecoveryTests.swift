import ChildProcesses
import Determinism
import Glibc
import StrictDocuments
import Testing

/// What a run leaves behind when it is killed, interrupted, or not alone.
@Suite(.serialized)
struct RecoveryTests {
    /// A repository whose only collector writes an evidence document and takes a few milliseconds.
    private func quick(_ command: String = #"["/bin/sh", "write.sh"]"#, timeout: String = "60s") throws -> Sandbox {
        let sandbox = try Sandbox()
        try sandbox.write(
            "write.sh",
            """
            cat > "$PULSEGATE_EVIDENCE_DIR/figures.json" <<'EOF'
            {"format":"pulsegate-evidence","version":1,"kind":"walls","producer":{"name":"test","version":"1"},"subject":null,
             "complete":true,"totals":{"measures":1,"tests":0},"tests":[],
             "measures":[{"metric":"walls.violations","subject":null,"value":{"numerator":0,"denominator":1,"unit":"count"},"samples":1,"note":null}]}
            EOF
            """)
        try sandbox.write(
            "gates.json",
            """
            { "version": 1, "project": { "name": "quick", "product": ["**"] },
              "collect": [{ "id": "walls", "kind": "command", "run": \(command), "timeout": "\(timeout)" }],
              "gates": [{ "id": "walls", "title": "No wall is broken", "from": ["walls"],
                "pass_when": { "metric": "walls.violations", "op": "==", "value": 0 } }] }
            """)
        return sandbox
    }

    @Test("kill -9 at 200 random moments of a run: the ledger verifies every time, and the next run works")
    func killedAnywhere() throws {
        let sandbox = try quick()
        #expect(try sandbox.pulsegate("run", "--quiet").code == 0)
        var random = SeededGenerator(seed: 200)
        // How long an undisturbed run takes here, so that the moments fall inside it.
        let time = SystemTimeSource()
        let start = time.monotonicNow
        #expect(try sandbox.pulsegate("run", "--quiet").code == 0)
        let wholeMicroseconds = Int(time.monotonicNow.nanoseconds(since: start) / 1000)
        var acknowledged = 2
        var killed = 0
        for round in 1...200 {
            let child = try spawn([Sandbox.pulsegate, "run", "--quiet", "--no-reports"], in: sandbox.root)
            usleep(UInt32(random.integer(in: 0...max(1, wholeMicroseconds))))
            kill(child, SIGKILL)
            var status: Int32 = 0
            waitpid(child, &status, 0)
            if status == 0 { acknowledged += 1 } else { killed += 1 }
            if round % 10 == 0 {
                let verified = try sandbox.pulsegate("verify")
                #expect(verified.code == 0, "after round \(round): \(verified.all)")
            }
        }
        #expect(killed >= 50, "only \(killed) of 200 runs were killed before they ended")
        let again = try sandbox.pulsegate("run", "--quiet")
        #expect(again.code == 0, "\(again.all)")
        acknowledged += 1
        let history = try sandbox.pulsegate("history", "--limit", "1000", "--json")
        let runs = try JSONValue(try JSONDocument.parse(Array(history.output.utf8), file: "history"), file: "history").arrayValue ?? []
        #expect(runs.count >= acknowledged, "\(runs.count) runs are recorded, \(acknowledged) were acknowledged")
        #expect(try sandbox.pulsegate("ledger", "rebuild", "--check").code == 0)
    }

    @Test("after Ctrl-C no process of ours is left, and the exit code says that a collector did not end")
    func interrupted() throws {
        let marker = "sleep 98765\(getpid())"
        let sandbox = try quick(#"["/bin/sh", "-c", "(setsid \#(marker) &) ; trap '' TERM; \#(marker)"]"#)
        let child = try spawn([Sandbox.pulsegate, "run", "--quiet"], in: sandbox.root)
        try waitUntil("the command runs") { processes(holding: String(marker.dropFirst(6))).count >= 2 }
        kill(child, SIGINT)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        #expect(status >> 8 & 0xFF == 5, "status \(status)")
        #expect(processes(holding: String(marker.dropFirst(6))).isEmpty)
        #expect(try sandbox.pulsegate("history").all.contains("no ledger") || !sandbox.exists(".pulsegate/ledger.sqlite"))
    }

    @Test("kill -9 of pulsegate itself takes the collector's processes with it")
    func killedWithChildren() throws {
        let marker = "sleep 87654\(getpid())"
        let sandbox = try quick(#"["/bin/sh", "-c", "(setsid \#(marker) &) ; \#(marker)"]"#)
        let child = try spawn([Sandbox.pulsegate, "run", "--quiet"], in: sandbox.root)
        try waitUntil("the command runs") { processes(holding: String(marker.dropFirst(6))).count >= 2 }
        kill(child, SIGKILL)
        var status: Int32 = 0
        waitpid(child, &status, 0)
        try waitUntil("everything is gone") { processes(holding: String(marker.dropFirst(6))).isEmpty }
    }

    @Test("two runs at once both end well and both are recorded")
    func twoAtOnce() throws {
        let sandbox = try quick()
        // Each with evidence of its own, as two CI jobs on one machine would have.
        let children = try (0..<4).map { number in
            try spawn([Sandbox.pulsegate, "run", "--quiet", "--no-reports", "--evidence", "evidence-\(number)"], in: sandbox.root)
        }
        for child in children {
            var status: Int32 = 0
            waitpid(child, &status, 0)
            #expect(status == 0)
        }
        #expect(try sandbox.pulsegate("verify").code == 0)
        let history = try sandbox.pulsegate("history", "--json")
        let runs = try JSONValue(try JSONDocument.parse(Array(history.output.utf8), file: "history"), file: "history").arrayValue ?? []
        #expect(runs.count == 4)
    }

    @Test("one bit flipped in any leaf: verify ends with 4 and names the leaf")
    func flippedBit() throws {
        let sandbox = try quick()
        for _ in 0..<3 { #expect(try sandbox.pulsegate("run", "--quiet", "--no-reports").code == 0) }
        // The last connection that closes moves everything from the write-ahead log into the file.
        let path = sandbox.root + "/.pulsegate/ledger.sqlite"
        let whole = try DocumentFile.read(path, maximumBytes: 64 << 20)
        for sequence in 1...9 {
            // The body of a leaf holds its own number; find it, and flip a bit in the middle of that body.
            let wanted = Array(",\"seq\":\(sequence),\"type\":".utf8)
            let place = try #require(whole.firstRange(of: wanted), "leaf \(sequence) is not in the file")
            var broken = whole
            broken[place.lowerBound - 3] ^= 0x01
            try DocumentFile.replace(path, with: broken)
            for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
            let ended = try sandbox.pulsegate("verify")
            #expect(ended.code == 4, "leaf \(sequence): \(ended.all)")
            #expect(ended.output.contains("leaf #\(sequence)"), "leaf \(sequence): \(ended.output)")
        }
        for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
        try DocumentFile.replace(path, with: whole)
        #expect(try sandbox.pulsegate("verify").code == 0)
    }

    // MARK: Processes

    private func spawn(_ arguments: [String], in folder: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // The shell changes the folder and then becomes the command, under the same process id.
        let wrapped = ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder] + arguments
        var pointers: [UnsafeMutablePointer<CChar>?] = wrapped.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var child: pid_t = 0
        // Whoever runs these tests may ignore SIGINT, and threads of the test runner block signals; the command inherits neither.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGINT)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var unblocked = sigset_t()
        sigemptyset(&unblocked)
        posix_spawnattr_setsigmask(&attributes, &unblocked)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        // A process that is killed while it writes its coverage profile would leave a torn one.
        var variables = Environment.current()
        variables["LLVM_PROFILE_FILE"] = "/dev/null"
        var environment: [UnsafeMutablePointer<CChar>?] = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in environment { free(pointer) } }
        let code = posix_spawn(&child, wrapped[0], &actions, &attributes, &pointers, &environment)
        guard code == 0 else { throw SandboxError("posix_spawn: \(String(cString: strerror(code)))") }
        return child
    }

    /// Looks again until it is so, for at most a minute.
    private func waitUntil(_ what: String, _ condition: () -> Bool) throws {
        for _ in 0..<6000 {
            if condition() { return }
            usleep(10_000)
        }
        throw SandboxError("never came true: \(what)")
    }
}
