import Determinism
import PropertyTesting
import Testing

@Suite("what a case drew")
struct PropertyDrawnValuesTests {
    /// The lines of a case and the values that its body saw.
    private static func lines(_ indices: [UInt64], _ test: (Draws) -> Void) -> [String] {
        CaseReplay.run(indices) { draws in
            test(draws)
            return .passed
        }.journal
    }

    @Test("scalars are shown as values, in order")
    func scalars() {
        var seen = ""
        let lines = Self.lines([3, 1, 4, 7, 2]) { draws in
            seen =
                "\(draws.int()) \(draws.bool()) \(draws.int(in: -2...100)) \(draws.integer(UInt64.self)) \(draws.element(of: ["a", "b", "c"]))"
        }
        #expect(seen == "2 true -2 7 c")
        #expect(lines == ["draw 1: 2", "draw 2: true", "draw 3: -2", "draw 4: 7", "draw 5: #2"])
    }

    @Test("collections are one value, whatever they contain", arguments: UInt64(0)..<40)
    func collections(seed: UInt64) {
        var shown: [String] = []
        // Any indices make a case: those too large for their place count as 0.
        var random = SeededGenerator(seed: seed)
        let indices = (0..<200).map { _ in random.next() & 3 == 0 ? random.next() >> 50 : random.next() & 1 }
        let lines = Self.lines(indices) { draws in
            let nested = draws.array(0...6) { $0.array(0...3) { $0.int(in: -50...50) } }
            let number = draws.double()
            let pairs = draws.array(2...4) { ($0.bool(), $0.int(in: 7...9)) }
            shown = ["draw 1: \(nested)", "draw 2: \(number)", "draw 3: \(pairs)"]
        }
        #expect(lines == shown)
    }

    @Test("what a filter refused is left out")
    func filtered() {
        let lines = Self.lines([2, 1, 3]) { draws in
            #expect(draws.filtered({ $0 > 0 }, { $0.int(in: -9...9) }) == 1)
            #expect(draws.int() == 2)
        }
        #expect(lines == ["draw 1: 1", "draw 2: 2"])
    }

    @Test("a note takes the place of the drawn values, and a case without draws says so")
    func notes() {
        #expect(
            Self.lines([3]) { draws in
                let x = draws.int()
                draws.note("x is \(x)")
            } == ["x is 2"])
        let verdict = PropertySession(PropertySettings(cases: 3)).run { _ in .failed(CaseFailure(origin: FailureOrigin(reason: "always"))) }
        #expect(verdict.failures.first?.description.contains("nothing was drawn") == true)
    }
}
