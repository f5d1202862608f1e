import Determinism
import Testing

@testable import PropertyTesting

struct ChoiceTrieTests {
    private func insert(_ trie: ChoiceTrie, _ indices: [UInt64], _ bounds: [UInt64]) -> Bool {
        trie.insert(length: indices.count, index: { indices[$0] }, bound: { bounds[$0] })
    }

    @Test("it knows exactly what was put in, in any order")
    func membership() {
        for seed in 0..<50 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let trie = ChoiceTrie()
            var known: Set<[UInt64]> = []
            for _ in 0..<400 {
                // The first choice says how many follow, so that no sequence goes on where another ends.
                let length = random.integer(in: 0...4)
                let indices = [UInt64(length)] + (0..<length).map { _ in UInt64(random.integer(in: 0...3)) }
                let isNew = insert(trie, indices, [4] + [UInt64](repeating: 3, count: length))
                #expect(isNew == known.insert(indices).inserted)
            }
            #expect(trie.count == known.count && !trie.isInconsistent)
        }
    }

    @Test("it knows exactly what was put in when it is large, whatever its filter says")
    func largeMembership() {
        var random = SeededGenerator(seed: 3)
        let trie = ChoiceTrie()
        var known: [[UInt64]] = []
        let bounds: [UInt64] = [.max, 40, .max]
        for number in 0..<20_000 {
            // A third comes again; of the others some begin like known ones.
            if number % 3 == 2, let again = known.isEmpty ? nil : known[random.integer(in: 0...(known.count - 1))] {
                #expect(!insert(trie, again, bounds))
                continue
            }
            let first = number % 3 == 1 ? known[random.integer(in: 0...(known.count - 1))][0] : random.next()
            known.append([first, UInt64(number % 41), UInt64(number)])
            #expect(insert(trie, known[known.count - 1], bounds))
        }
        #expect(trie.count == known.count && !trie.isInconsistent)
    }

    @Test("it is exhausted exactly when every sequence was put in")
    func exhaustion() {
        // Lists of up to three values of three, by "one more?" choices.
        var all: [(indices: [UInt64], bounds: [UInt64])] = []
        func grow(_ indices: [UInt64], _ bounds: [UInt64], _ depth: Int) {
            if depth == 3 {
                all.append((indices, bounds))
                return
            }
            all.append((indices + [0], bounds + [1]))
            for value in 0..<3 as Range<UInt64> { grow(indices + [1, value], bounds + [1, 2], depth + 1) }
        }
        grow([], [], 0)
        #expect(all.count == 40)
        var random = SeededGenerator(seed: 5)
        for _ in 0..<20 {
            let trie = ChoiceTrie()
            let order = all.indices.map { ($0, random.next()) }.sorted { $0.1 < $1.1 }.map(\.0)
            for (count, number) in order.enumerated() {
                #expect(!trie.isExhausted)
                #expect(insert(trie, all[number].indices, all[number].bounds))
                #expect(trie.count == count + 1)
            }
            #expect(trie.isExhausted)
        }
    }

    @Test("a case that follows it draws only what is new, until nothing is")
    func novelty() {
        for seed in 0..<30 as Range<UInt64> {
            let trie = ChoiceTrie()
            let draws = Draws()
            draws.trie = trie
            var seen: Set<[Int]> = []
            var cases = 0
            while !trie.isExhausted {
                draws.begin(seed: seed &* 1000 &+ UInt64(cases))
                let value = draws.array(0...3) { $0.int(in: 0...2) }
                #expect(seen.insert(value).inserted, "\(value) again")
                #expect(trie.insert(draws.indices, draws.shapes, count: draws.count))
                cases += 1
                if cases > 100 { break }
            }
            #expect(cases == 40)
        }
    }

    @Test("a case is learnt from where it left the trie as by the whole walk")
    func resumed() {
        for seed in 0..<40 as Range<UInt64> {
            let (trie, walked) = (ChoiceTrie(), ChoiceTrie())
            let draws = Draws()
            draws.trie = trie
            var resumedCases = 0
            var same = 0
            for number in 0..<200 as Range<UInt64> {
                draws.begin(seed: seed &* 1000 &+ number)
                for _ in 0..<draws.int(in: 0...2) {
                    draws.recordFixedChoice()
                    if draws.bool() { _ = draws.array(0...3) { $0.int(in: 0...1) } } else { _ = draws.int() }
                }
                if seed % 4 == 3, number % 8 == 0 {
                    // What depends on more than the draws, at the end or before others.
                    _ = draws.int(in: 0...Int(number % 5 + 1))
                    _ = draws.bool()
                }
                let exit = draws.state.pointee.exit
                if exit.isKnown { resumedCases += 1 }
                let isNew = trie.insert(draws.indices, draws.shapes, count: draws.count, from: exit)
                if walked.insert(draws.indices, draws.shapes, count: draws.count) == isNew, trie.count == walked.count,
                    trie.isExhausted == walked.isExhausted, trie.isInconsistent == walked.isInconsistent
                {
                    same += 1
                }
            }
            #expect(same == 200 && resumedCases > 100)
        }
    }

    @Test("draws that depend on more than the choices are noticed")
    func inconsistency() {
        let trie = ChoiceTrie()
        #expect(insert(trie, [1, 2], [3, 3]))
        #expect(insert(trie, [1, 1], [3, 3]))
        #expect(!trie.isInconsistent)
        _ = insert(trie, [1, 1], [3, 7])
        #expect(trie.isInconsistent)
        let other = ChoiceTrie()
        _ = insert(other, [1, 2], [3, 3])
        #expect(!insert(other, [1], [3]))
        #expect(other.isInconsistent)
    }
}
