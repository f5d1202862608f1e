import ContentDigest
import Determinism
import GRDB
import Ledger
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// A ledger in a folder of its own that goes when the fixture goes, with a second connection that keeps no rules.
public final class LedgerFixture {
    public let folder: String
    public var path: String { folder + "/ledger.sqlite" }

    public init() throws {
        var template = Array("\(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp")/ledger-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw LedgerError(.cannotOpen, path: "", "no folder for a test") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in ["ledger.sqlite", "pristine.sqlite", "other"] {
            for suffix in ["", "-wal", "-shm", "-journal"] { unlink("\(folder)/\(name)\(suffix)") }
        }
        rmdir(folder)
    }

    public func open() throws -> Ledger { try Ledger.open(path: path, create: true) }

    /// A connection past all rules: triggers dropped on demand, nothing flushed.
    public func raw() throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(10)
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = OFF") }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    public static func dropTriggers(_ db: Database) throws {
        for name in try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'trigger' ORDER BY name") {
            try db.execute(sql: "DROP TRIGGER \(name)")
        }
    }

    /// Leaves of every type that the indexes understand, and one that they do not.
    public static func drafts(_ count: Int, seed: UInt64 = 1) -> [LeafDraft] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { draft($0, &generator) }
    }

    public static func draft(_ index: Int, _ generator: inout SeededGenerator) -> LeafDraft {
        let run = JSONValue.string("run-\(index / 4)")
        let at = Instant(nanosecondsSinceEpoch: 1_700_000_000_000_000_000 + Int64(index) * 1_000_000)
        let text = JSONValue.string(String(repeating: "é\u{1F600}\"\\\n", count: generator.integer(in: 0...4)))
        switch index % 4 {
        case 0:
            return LeafDraft(
                type: "run",
                payload: .object([
                    "run_id": run, "project": "demo", "branch": index % 8 == 0 ? "main" : "topic", "commit": "c0ffee",
                    "dirty": false, "outcome": "running", "note": text,
                ]), at: at)
        case 1:
            return LeafDraft(
                type: "evidence",
                payload: .object([
                    "run_id": run, "collector": "tests", "duration_ns": .int(Int64(generator.integer(in: 0...1_000_000))),
                    "timed_out": false, "reports": [["path": "a.xml", "format": "junit", "size": 12]],
                    "measures": [["name": "tests", "value": 12, "unit": "1", "n": 1]],
                ]), at: at)
        case 2:
            return LeafDraft(
                type: "verdict",
                payload: .object([
                    "run_id": run, "outcome": "fail", "exit_code": 1, "now": .string(at.rfc3339),
                    "gates": [
                        ["id": "coverage", "status": "pass", "observed": "91%", "limit": "85%", "blocking": true],
                        ["id": "tests", "status": "fail", "observed": 3, "limit": 0, "reason": text, "blocking": true],
                    ],
                ]), at: at)
        default: return LeafDraft(type: "note", payload: .object(["text": text]), at: at)
        }
    }
}
