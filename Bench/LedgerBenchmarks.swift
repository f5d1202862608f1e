import ContentDigest
import Determinism
import Ledger
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// Builds a ledger of many leaves in a temporary folder, then measures what people wait for, each in a process of its own:
/// verifying everything, and listing the newest runs. Figures are medians of wall-clock time, start-up included.
///
/// ```
/// Bench ledger --leaves 1000000 [--repeats 5] [--keep PATH] [--json]
/// Bench ledger --verify PATH            one verification, for the parent process or by hand
/// Bench ledger --history PATH [BRANCH [GATE]]
/// ```
enum LedgerBenchmarks {
    /// Floors for a million leaves of about 300 bytes on two cores.
    private static let verifyFloorSeconds = 3.0
    private static let historyFloorSeconds = 0.050
    private static let leavesPerTransaction = 10_000
    private static let hashRounds = 1_000_000

    static func main(_ arguments: [String]) {
        do {
            switch arguments.first {
            case "--verify" where arguments.count >= 2:
                let report = try Ledger.open(path: arguments[1], create: false, readOnly: true)
                    .verify(VerifyOptions(threadCount: arguments.count > 2 ? Int(arguments[2]) ?? 2 : 2))
                guard report.isIntact else { Stop.failure(report.faults.map(\.description).joined(separator: "\n")) }
            case "--history" where arguments.count >= 2:
                let runs = try Ledger.open(path: arguments[1], create: false, readOnly: true)
                    .history(
                        limit: 20,
                        filter: HistoryFilter(
                            branch: arguments.count > 2 ? arguments[2] : "main", gate: arguments.count > 3 ? arguments[3] : nil))
                guard runs.count == 20 || arguments.count > 2 else { Stop.failure("\(runs.count) runs listed") }
            default: try measure(Options(arguments))
            }
        } catch { Stop.failure("\(error)") }
    }

    private struct Options {
        var leaves = 1_000_000
        var repeats = 5
        var json = false
        var keep: String?

        init(_ arguments: [String]) {
            var rest = arguments[...]
            while let name = rest.popFirst() {
                switch name {
                case "--json": json = true
                case "--keep": keep = rest.popFirst()
                case "--leaves", "--repeats":
                    guard let text = rest.popFirst(), let value = Int(text), value >= 1, value <= 100_000_000 else {
                        Stop.usage("\(name) takes a number from 1")
                    }
                    if name == "--leaves" { leaves = value } else { repeats = value }
                default: Stop.usage("unknown option \(name)")
                }
            }
        }
    }

    private static func measure(_ options: Options) throws {
        let folder = try temporaryFolder()
        let path = options.keep ?? folder + "/ledger.sqlite"
        let buildSeconds = try seconds { try build(path: path, leaves: options.leaves) }
        let appendSeconds = try median(of: 101) { index in
            let ledger = try shared(path)
            _ = try ledger.append([draft(index)])
        }
        let verifySeconds = median(of: options.repeats, command: ["ledger", "--verify", path])
        let serialSeconds = median(of: options.repeats, command: ["ledger", "--verify", path, "1"])
        let historySeconds = median(of: 4 * options.repeats + 1, command: ["ledger", "--history", path])
        let hashNanosecondsEach = hashNanoseconds()
        let size = fileSize(path)
        if options.keep == nil {
            for name in ["", "-wal", "-shm"] { unlink(path + name) }
        }
        rmdir(folder)
        let passes = options.leaves > 1_000_000 || verifySeconds <= verifyFloorSeconds && historySeconds <= historyFloorSeconds
        if options.json {
            let document: JSONValue = .object([
                "leaves": .int(Int64(options.leaves)), "file_bytes": .int(size), "build_us": micro(buildSeconds),
                "append_us": micro(appendSeconds), "verify_us": micro(verifySeconds), "verify_one_thread_us": micro(serialSeconds),
                "history_us": micro(historySeconds), "hash_65_bytes_ns": .int(Int64(hashNanosecondsEach)), "passes": .bool(passes),
            ])
            print(document.canonicalText())
        } else {
            print("command                 Bench ledger --leaves \(options.leaves) --repeats \(options.repeats)")
            print("file                    \(size / 1_000_000) MB, \(Double(size) / Double(options.leaves)) bytes a leaf")
            print("build                   \(milliseconds(buildSeconds)), \(leavesPerTransaction) leaves a transaction")
            print("append of one           \(milliseconds(appendSeconds)) (median, on the disk)")
            print(
                "verify, two threads     \(milliseconds(verifySeconds)) "
                    + "(median of \(options.repeats) processes; floor \(milliseconds(verifyFloorSeconds)))")
            print("verify, one thread      \(milliseconds(serialSeconds))")
            print(
                "history of 20           \(milliseconds(historySeconds)) (median of processes; floor \(milliseconds(historyFloorSeconds)))")
            print("SHA-256 of 65 bytes     \(Int(hashNanosecondsEach)) ns")
            print(passes ? "floors held" : "a floor was missed")
        }
        exit(passes ? 0 : 1)
    }

    // MARK: The ledger

    nonisolated(unsafe) private static var open: Ledger?  // Only the main thread measures.

    private static func shared(_ path: String) throws -> Ledger {
        if let open { return open }
        let ledger = try Ledger.open(path: path, create: true)
        open = ledger
        return ledger
    }

    private static func build(path: String, leaves: Int) throws {
        let ledger = try Ledger.open(path: path, create: true)
        var index = Int(try ledger.head().size)
        while index < leaves {
            let end = min(index + leavesPerTransaction, leaves)
            try ledger.append((index..<end).map(draft))
            index = end
        }
    }

    /// A quarter each of run, evidence, verdict and another type; bodies of about 300 bytes.
    private static func draft(_ index: Int) -> LeafDraft {
        let run = "r-" + SHA256Digest.hex(Array("\(index / 4)".utf8)).prefix(12)
        let at = Instant(nanosecondsSinceEpoch: 1_700_000_000_000_000_000 + Int64(index) * 1_000_000_000)
        switch index % 4 {
        case 0:
            return LeafDraft(
                type: "run",
                payload: .object([
                    "run_id": .string(run), "project": "demo", "branch": index % 8 == 0 ? "main" : "work", "profile": "pr",
                    "commit": .string(String(repeating: "c", count: 40)), "started_at": .string(at.rfc3339), "dirty": false,
                ]), at: at)
        case 1:
            return LeafDraft(
                type: "evidence",
                payload: .object([
                    "run_id": .string(run), "collector": "unit-tests", "kind": "command", "state": "complete",
                    "duration_ns": .int(Int64(index)), "exit_status": 0, "timed_out": false,
                ]), at: at)
        case 2:
            return LeafDraft(
                type: "verdict",
                payload: .object([
                    "run_id": .string(run), "outcome": "pass", "exit_code": 0,
                    "gates": [["id": "coverage", "status": "pass", "observed": "91.2%", "limit": "85%", "blocking": true]],
                ]), at: at)
        default:
            return LeafDraft(
                type: "note", payload: .object(["run_id": .string(run), "text": .string(String(repeating: "x", count: 100))]), at: at)
        }
    }

    // MARK: Measuring

    private static func hashNanoseconds() -> Double {
        var digest = MerkleTree.emptyRoot
        let elapsed = seconds { for _ in 0..<hashRounds { digest = MerkleTree.node(digest, digest) } }
        // The digest is used, so that the loop cannot be left out.
        return digest == .zero ? 0 : elapsed / Double(hashRounds) * 1e9
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let duration = try clock.measure(body)
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func median(of count: Int, _ body: (Int) throws -> Void) rethrows -> Double {
        var samples: [Double] = []
        for index in 0..<count { samples.append(try seconds { try body(index) }) }
        return samples.sorted()[count / 2]
    }

    /// The median time of whole processes of this program.
    private static func median(of count: Int, command: [String]) -> Double {
        median(of: count) { _ in
            var arguments: [UnsafeMutablePointer<CChar>?] = (["/proc/self/exe"] + command).map { strdup($0) } + [nil]
            defer { for argument in arguments { free(argument) } }
            var child: pid_t = 0
            guard posix_spawn(&child, "/proc/self/exe", nil, nil, &arguments, environ) == 0 else { Stop.failure("cannot start a process") }
            var status: Int32 = 0
            while waitpid(child, &status, 0) == -1, errno == EINTR {}
            guard status == 0 else { Stop.failure("the measured process failed") }
        }
    }

    private static func temporaryFolder() throws -> String {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/ledger-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { Stop.failure("cannot make a folder in \(base)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func fileSize(_ path: String) -> Int64 {
        var information = stat()
        return stat(path, &information) == 0 ? Int64(information.st_size) : 0
    }

    private static func micro(_ seconds: Double) -> JSONValue { .int(Int64(seconds * 1e6)) }
    private static func milliseconds(_ seconds: Double) -> String { "\((seconds * 1e5).rounded() / 100) ms" }
}
