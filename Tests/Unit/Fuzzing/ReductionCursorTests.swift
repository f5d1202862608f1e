import Testing

@testable import Fuzzing

@Suite("the order in which smaller inputs are tried")
struct ReductionCursorTests {
    /// Minimises with a predicate instead of a process.
    private static func minimal(_ input: [UInt8], _ dies: ([UInt8]) -> Bool) -> (best: [UInt8], tries: Int, steps: Int) {
        var best = input
        var cursor = ReductionCursor(length: input.count)
        var (tries, steps) = (0, 0)
        while tries < 2_000_000, let candidate = cursor.candidate(of: best) {
            tries += 1
            if dies(candidate) {
                steps += 1
                let length = best.count
                best = candidate
                cursor.accepted(from: length, to: best.count)
            } else {
                cursor.refused(best)
            }
        }
        return (best, tries, steps)
    }

    private static func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = ShardGenerator(seed: seed)
        return (0..<count).map { _ in generator.byte() }
    }

    @Test("what is wanted is what is left", arguments: 1...4)
    func subsequence(seed: UInt64) {
        let wanted = Array("needle".utf8)
        var input = Self.noise(700, seed: seed)
        for (offset, byte) in wanted.enumerated() { input.insert(byte, at: 100 * (offset + 1)) }
        func dies(_ bytes: [UInt8]) -> Bool {
            var rest = wanted[...]
            for byte in bytes where byte == rest.first { rest = rest.dropFirst() }
            return rest.isEmpty
        }
        let (best, tries, steps) = Self.minimal(input, dies)
        #expect(best == wanted)
        #expect(tries < 50_000, "tried \(tries)")
        #expect(steps < 200, "took \(steps)")
    }

    @Test("a length is lowered with what it counts")
    func lengths() {
        // A length, so many bytes, and a mark behind them that kills when the length is right and at least three.
        func dies(_ bytes: [UInt8]) -> Bool {
            guard let count = bytes.first.map(Int.init), count >= 3, bytes.count > count + 1 else { return false }
            return bytes[count + 1] == 0xEE
        }
        var input: [UInt8] = [40]
        input += (0..<40).map { _ in 0x77 }
        input += [0xEE, 0x11, 0x12]
        #expect(Self.minimal(input, dies).best == [3, 0x30, 0x30, 0x30, 0xEE])
    }

    @Test("brackets go in pairs")
    func pairs() {
        func dies(_ bytes: [UInt8]) -> Bool {
            let depth = bytes.reduce(0) { $0 + ($1 == 0x28 ? 1 : $1 == 0x29 ? -1 : 0) }
            return depth == 0 && bytes.contains(0x58)
        }
        #expect(Self.minimal(Array("((a)((X))b(()))".utf8), dies).best == [0x58])
    }

    @Test("what does not matter becomes simple, and nothing is made longer")
    func simple() {
        func dies(_ bytes: [UInt8]) -> Bool { bytes.count >= 4 && bytes[2] > 0xA0 }
        let best = Self.minimal(Self.noise(64, seed: 9).map { $0 | 0xC1 }, dies).best
        #expect(best.count == 4)
        #expect(best[0] == 0x30 && best[1] == 0x30 && best[3] == 0x30)
        #expect(best[2] == 0xA1)
    }

    @Test("a cursor goes on from its words")
    func words() throws {
        let input = Self.noise(90, seed: 3)
        var whole = ReductionCursor(length: input.count)
        var kept = whole
        var count = 0
        while let candidate = whole.candidate(of: input) {
            kept = try #require(ReductionCursor(words: kept.words))
            #expect(kept.candidate(of: input) == candidate)
            #expect(kept == whole)
            whole.refused(input)
            kept.refused(input)
            count += 1
        }
        #expect(count > 1000)
        #expect(ReductionCursor(words: [99, 0, 0, 0, 0]) == nil)
        #expect(ReductionCursor(words: [0, .max, 0, 0, 0]) == nil)
        #expect(ReductionCursor(words: []) == nil)
    }

    @Test("any predicate comes to an end", arguments: 1...8)
    func ends(seed: UInt64) {
        var input = Self.noise(60, seed: seed)
        var decisions = ShardGenerator(seed: seed)
        var cursor = ReductionCursor(length: input.count)
        var tries = 0
        while let candidate = cursor.candidate(of: input) {
            tries += 1
            #expect(candidate.count <= input.count)
            if tries > 500_000 { break }
            if decisions.oneIn(40) {
                cursor.accepted(from: input.count, to: candidate.count)
                input = candidate
            } else {
                cursor.refused(input)
            }
        }
        #expect(tries < 500_000)
    }
}
