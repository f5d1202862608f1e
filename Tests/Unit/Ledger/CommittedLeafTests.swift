import Determinism
import Ledger
import LedgerFixtures
import StrictDocuments
import Testing

@Suite struct CommittedLeafTests {
    private let leaf = CommittedLeaf(type: "signoff", at: .epoch, payload: ["who": "ada", "what": ["release", 1]])

    @Test("a committed leaf reads back from its file")
    func roundTrip() throws {
        #expect(try CommittedLeaf(parsing: leaf.bytes, file: "a.json") == leaf)
        let text = String(decoding: leaf.bytes, as: UTF8.self)
        #expect(try CommittedLeaf(parsing: Array(text.replacing("\n", with: "\r\n").utf8), file: "a.json") == leaf)
    }

    @Test("importing twice records once, and other leaves stay apart")
    func idempotent() throws {
        let fixture = try LedgerFixture()
        let ledger = try fixture.open()
        try ledger.append(LedgerFixture.drafts(3))
        let other = CommittedLeaf(type: "signoff", at: .epoch, payload: ["who": "bob"])
        #expect(try ledger.importCommitted([leaf, leaf]).map(\.seq) == [4])
        #expect(try ledger.importCommitted([other, leaf]).map(\.seq) == [5])
        #expect(try fixture.open().importCommitted([leaf, other]).isEmpty)
        #expect(try ledger.leaf(4)?.envelope().payload == leaf.payload)
        #expect(try ledger.verify().isIntact)
    }

    @Test(
        "a file that is not exactly a committed leaf is refused with its place",
        arguments: [
            ("\"who\": \"ada\"", "\"who\": \"eve\"", DocumentError.Kind.contradiction, 4),
            ("\"version\": 1", "\"version\": 2", .newerVersion, 13), ("\"version\": 1", "\"version\": 1, \"x\": 1", .unknownKey, 13),
            ("\"version\": 1", "\"version\": 1.0", .badValue, 13), ("  \"format\": \"pulsegate-leaf\",\n", "", .missingKey, 1),
            ("pulsegate-leaf", "other", .badValue, 3), ("\"signoff\"", "\"Sign off\"", .badValue, 12), ("\"signoff\"", "7", .wrongType, 12),
            ("1970-01-01T00:00:00Z", "1970-01-01", .badValue, 2), ("1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z", .contradiction, 4),
            ("\"type\"", "\"at\"", .duplicate, 12),
        ])
    func refused(_ text: String, _ replacement: String, _ kind: DocumentError.Kind, _ line: Int) {
        let original = String(decoding: leaf.bytes, as: UTF8.self)
        let edited = original.replacing(text, with: replacement)
        #expect(edited != original)
        let error = #expect(throws: DocumentError.self) { try CommittedLeaf(parsing: Array(edited.utf8), file: "a.json") }
        #expect(error?.kind == kind, "\(error?.description ?? "")")
        #expect(error?.position?.line == line, "\(error?.description ?? "")")
    }

    @Test("every prefix of a file is refused")
    func prefixes() {
        let bytes = leaf.bytes
        for count in 0..<bytes.count - 1 {
            #expect(throws: DocumentError.self) { try CommittedLeaf(parsing: Array(bytes[..<count]), file: "a.json") }
        }
    }
}
