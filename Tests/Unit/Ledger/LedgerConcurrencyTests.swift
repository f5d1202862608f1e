import ContentDigest
import Determinism
import Dispatch
import Ledger
import LedgerFixtures
import StrictDocuments
import Synchronization
import Testing

#if canImport(Glibc)
    import Glibc
#endif

@Suite struct LedgerConcurrencyTests {
    @Test("several connections append at once, and every acknowledged leaf is where its receipt says")
    func severalWriters() throws {
        let fixture = try LedgerFixture()
        let path = fixture.path
        let receipts = Mutex<[LeafReceipt]>([])
        let failures = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { writer in
            do {
                // Each opens for itself, so that creating the file is contended too.
                let ledger = try Ledger.open(path: path, create: true)
                for _ in 0..<15 {
                    let drafts = LedgerFixture.drafts(3, seed: UInt64(writer))
                    let new = try ledger.append(drafts)
                    receipts.withLock { $0 += new }
                    let seen = try ledger.verify(VerifyOptions(threadCount: 1))
                    if !seen.isIntact { failures.withLock { $0 += seen.faults.map(\.description) } }
                }
            } catch { failures.withLock { $0.append("\(error)") } }
        }
        #expect(failures.withLock { $0 } == [])
        let all = receipts.withLock { $0 }
        #expect(all.map(\.seq).sorted() == Array(1...180))
        let ledger = try fixture.open()
        for receipt in all { #expect(try ledger.leaf(receipt.seq)?.digest == receipt.digest) }
        #expect(try ledger.verify().isIntact)
        #expect(try ledger.checkIndexes() == nil)
    }

    @Test("a process killed at any moment loses nothing that it acknowledged")
    func killed() throws {
        let fixture = try LedgerFixture()
        var generator = SeededGenerator(seed: 9)
        var acknowledged: [(seq: Int64, digest: String)] = []
        for round in 0..<20 {
            // Killed when the so-many-th line arrives: somewhere within the appends that follow it.
            acknowledged += try runAndKill(fixture.path, name: "r\(round)", afterLines: generator.integer(in: 1...30))
        }
        #expect(acknowledged.count >= 20)
        let ledger = try fixture.open()
        for (seq, digest) in acknowledged { #expect(try ledger.leaf(seq)?.digest.hex == digest, "leaf #\(seq)") }
        let report = try ledger.verify(VerifyOptions(checksStorage: true))
        #expect(report.isIntact, "\(report.faults)")
        #expect(try ledger.checkIndexes() == nil)
        // Leaves come in pairs within one transaction: never half of it.
        #expect(try ledger.head().size % 2 == 0)
        try ledger.append(LedgerFixture.drafts(1))
    }

    private func runAndKill(_ path: String, name: String, afterLines: Int) throws -> [(seq: Int64, digest: String)] {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        for end in ends { try #require(fcntl(end, F_SETFD, FD_CLOEXEC) == 0) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        let program = try appender()
        var arguments: [UnsafeMutablePointer<CChar>?] = [program, path, name].map { (text: String) in strdup(text) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        try #require(posix_spawn(&child, program, &actions, nil, &arguments, environ) == 0)
        close(ends[1])
        defer { close(ends[0]) }
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isKilled = false
        while case let count = read(ends[0], &buffer, buffer.count), count > 0 {
            output += buffer[..<count]
            if !isKilled, output.count(where: { $0 == 0x0A }) >= afterLines {
                kill(child, SIGKILL)
                isKilled = true
            }
        }
        var status: Int32 = 0
        while waitpid(child, &status, 0) == -1, errno == EINTR {}
        #expect(status & 0x7F == SIGKILL, "it ended by itself")
        return String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ")
            guard parts.count == 2, parts[1].utf8.count == 64, let seq = Int64(parts[0]) else { return nil }
            return (seq, String(parts[1]))
        }
    }

    /// The executable stands beside the test bundle that this process runs.
    private func appender() throws -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        var candidates = [String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)] + CommandLine.arguments
        candidates = candidates.compactMap { path in path.lastIndex(of: "/").map { path[..<$0] + "/LedgerAppender" } }
        return try #require(candidates.first { access($0, X_OK) == 0 }, "LedgerAppender is not built")
    }
}
