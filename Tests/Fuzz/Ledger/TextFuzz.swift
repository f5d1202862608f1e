import Determinism
import Ledger
import LedgerFixtures
import StrictDocuments
import Testing

@Suite struct TextFuzz {
    @Test("mutated committed leaves, envelopes and checkpoints are refused or read back as the same bytes, and never trap")
    func mutations() {
        var generator = SeededGenerator(seed: 5)
        let leaf = CommittedLeaf(type: "signoff", at: .epoch, payload: ["who": "ada", "list": [1, "é", nil, true]])
        let envelope = LeafEnvelope(at: .epoch, payload: ["a": [1, 2]], previous: leaf.id, seq: 77, type: "run")
        let checkpoint = Checkpoint(origin: "example.org/x", size: 1234, root: leaf.id)
        let sources = [leaf.bytes, envelope.body(), Array(checkpoint.text.utf8)]
        for round in 0..<900 {
            var bytes = sources[round % 3]
            for _ in 0..<generator.integer(in: 1...4) {
                let place = generator.integer(in: 0...bytes.count - 1)
                switch generator.integer(in: 0...3) {
                case 0: bytes[place] = UInt8(generator.integer(in: 0...255))
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[generator.integer(in: 0...bytes.count - 1)], at: place)
                default: bytes.removeLast(min(bytes.count - 1, generator.integer(in: 0...9)))
                }
                if bytes.isEmpty { bytes = [0] }
            }
            switch round % 3 {
            case 0: if let read = try? CommittedLeaf(parsing: bytes, file: "f") { #expect(read.id == leaf.id) }
            case 1: if let read = try? LeafEnvelope(body: bytes, name: "f") { #expect(read.body() == bytes) }
            default:
                let text = String(decoding: bytes, as: UTF8.self)
                if let read = Checkpoint(text: text) { #expect(text.hasPrefix(read.text)) }
            }
        }
    }
}
