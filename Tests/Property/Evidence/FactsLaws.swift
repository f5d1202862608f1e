import Determinism
import Evidence
import StrictDocuments
import Testing

@Suite struct FactsLaws {
    /// Compared by bytes, which tell apart what Unicode equivalence does not.
    private func bytes(_ facts: Facts) -> [UInt8] { facts.json.canonicalBytes() }

    @Test("what was written is read back exactly, and again as the same bytes", arguments: 0..<400)
    func roundTrip(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let facts = Samples.facts(&generator)
        let written = bytes(facts)
        let value = try JSONValue(try JSONDocument.parse(written, file: "facts"), file: "facts")
        let read = try Facts(json: value)
        #expect(read == facts)
        #expect(bytes(read) == written)
    }

    @Test("the order in which reports are merged never matters", arguments: 0..<400)
    func merging(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 1_000_000)
        let a = Samples.facts(&generator)
        let b = Samples.facts(&generator)
        let c = Samples.facts(&generator)
        #expect(bytes(a.merging(b)) == bytes(b.merging(a)))
        #expect(bytes(a.merging(b).merging(c)) == bytes(a.merging(b.merging(c))))
        #expect(bytes(a.merging(Facts())) == bytes(a.normalised()))
        #expect(bytes(a.normalised().normalised()) == bytes(a.normalised()))
    }

    @Test("normal form does not depend on the order of entries", arguments: 0..<100)
    func normalForm(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 2_000_000)
        let facts = Samples.facts(&generator)
        var shuffled = facts
        shuffled.tests.shuffle(using: &generator)
        shuffled.coverage.shuffle(using: &generator)
        shuffled.measures.shuffle(using: &generator)
        #expect(bytes(shuffled.normalised()) == bytes(facts.normalised()))
    }

    @Test("merging never loses a test, a file or a line, and never betters an outcome", arguments: 0..<200)
    func nothingIsLost(seed: Int) {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 3_000_000)
        let a = Samples.facts(&generator)
        let b = Samples.facts(&generator)
        let joined = a.merging(b)
        for test in a.tests + b.tests where test.outcome == .errored {
            #expect(joined.tests.contains { $0.id.utf8.elementsEqual(test.id.utf8) && $0.outcome == .errored })
        }
        for file in a.coverage + b.coverage {
            let merged = joined.coverage.first { $0.path.utf8.elementsEqual(file.path.utf8) }
            for line in file.lines { #expect(merged?.lines.contains { $0.line == line.line && $0.count >= line.count } == true) }
        }
        #expect(joined.measures.count == a.measures.count + b.measures.count)
    }
}
