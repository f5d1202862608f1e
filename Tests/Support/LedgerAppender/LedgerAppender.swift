import Determinism
import Ledger

#if canImport(Glibc)
    import Glibc
#endif

/// Appends to a ledger until it is killed, and prints the seq of every leaf that was acknowledged.
///
/// `LedgerAppender <path> <name> [<count>]`: a test starts it, kills it at any moment, and then asks the ledger for every leaf
/// that was printed. Lines are written with one `write` each, so that none is half there.
@main
enum LedgerAppender {
    static func main() throws {
        guard CommandLine.arguments.count >= 3 else { exit(2) }
        let limit = CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? .max : .max
        let ledger = try Ledger.open(path: CommandLine.arguments[1], create: true)
        var count = 0
        while count < limit {
            let receipts = try ledger.append(
                [
                    LeafDraft(
                        type: "run",
                        payload: .object(["run_id": .string("\(CommandLine.arguments[2])-\(count)"), "n": .int(Int64(count))]),
                        at: .epoch),
                    LeafDraft(type: "note", payload: ["text": "beside it"], at: .epoch),
                ], blobs: [BlobDraft(Array("blob \(count)".utf8))])
            let lines = Array(receipts.map { "\($0.seq) \($0.digest)\n" }.joined().utf8)
            guard write(1, lines, lines.count) == lines.count else { exit(1) }
            count += 1
        }
    }
}
