import Determinism
import Testing

@testable import PropertyTesting

/// Properties with a known explanation: which choices of the minimal counterexample may have any value, and how its numbers hang together.
struct ExplainTests {
    private struct Labelled {
        var name: String
        var irrelevant: [Range<Int>] = []
        var relations: [String] = []
        var holds: (Draws) -> Bool

        init(_ name: String, any irrelevant: [Range<Int>] = [], _ relations: [String] = [], holds: @escaping (Draws) -> Bool) {
            self.name = name
            self.irrelevant = irrelevant
            self.relations = relations
            self.holds = holds
        }

        /// Two numbers.
        init(
            _ relations: String..., pair: ClosedRange<Int> = -100_000...100_000, any: [Range<Int>] = [], holds: @escaping (Int, Int) -> Bool
        ) {
            self.init(relations.joined(separator: ", "), any: any, relations) { holds($0.int(in: pair), $0.int(in: pair)) }
        }

        /// One number.
        init(_ relation: String, one: ClosedRange<Int> = -100_000...100_000, holds: @escaping (Int) -> Bool) {
            self.init(relation, relation.isEmpty ? [] : [relation]) { holds($0.int(in: one)) }
        }
    }

    private static func explain(_ holds: @escaping (Draws) -> Bool, seed: UInt64) -> (ChoiceSequence, Explanation)? {
        var settings = PropertySettings(cases: 20_000, seed: seed)
        settings.discardLimit = 200_000
        let test = { (draws: Draws) -> CaseEnd in
            let isFine = holds(draws)
            if draws.isOverrun || draws.isRejected { return .rejected }
            return isFine ? .passed : .failed(CaseFailure(origin: FailureOrigin(reason: "falsified")))
        }
        guard let failure = PropertyEngine.run(settings, test: test).failures.first else { return nil }
        let draws = Draws()
        var explainer = Explainer(failure.sequence, seed: seed) { prefix, completion in
            draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random)
            let end = test(draws)
            let isWhole = !draws.isOverrun && !draws.isRejected
            return Explainer.Observation(end: !isWhole ? .neither : end == .passed ? .passes : .fails, drawn: draws.sequence)
        }
        return (failure.sequence, explainer.explain())
    }

    private static var numbers: [Labelled] {
        [
            Labelled("a >= 101") { $0 <= 100 },
            Labelled("a <= -7") { $0 > -7 },
            Labelled("a != 0") { $0 == 0 },
            Labelled("a = 4711", one: 0...5000) { $0 != 4711 },
            Labelled("10 <= a <= 40") { !(10...40).contains($0) },
            Labelled("a <= -6 or a >= 5") { (-5...4).contains($0) },
            Labelled("a >= 7 and a % 7 = 0", one: 0...5000) { $0 <= 0 || $0 % 7 != 0 },
            Labelled("a % 5 = 2", one: 0...100_000) { $0 % 5 != 2 },
            Labelled("a >= 900", one: 0...1000) { $0 < 900 },
            Labelled("a >= 9223372036854775807", one: 0 ... .max) { $0 < Int.max },
            Labelled("a >= 1", one: 0...9) { $0 == 0 },
            Labelled("a <= -1", one: -1000...3) { $0 >= 0 },
            Labelled("b = a") { $0 != $1 },
            Labelled("b = a + 1") { $1 != $0 &+ 1 },
            Labelled("b = a - 12") { $1 != $0 &- 12 },
            Labelled("b != a") { $0 == $1 },
            Labelled("a + b = 1000", pair: 0...2000) { $0 + $1 != 1000 },
            Labelled("a + b >= 1001") { $0 + $1 <= 1000 },
            Labelled("a + b <= -50") { $0 + $1 > -50 },
            Labelled("b >= a + 1") { $1 <= $0 },
            Labelled("b <= a - 5") { $1 > $0 - 5 },
            Labelled("|a - b| >= 30") { abs($0 - $1) < 30 },
            Labelled("a * b >= 1000", pair: 0...100_000) { $0 * $1 < 1000 },
            Labelled("b = 2 * a + 3") { $1 != 2 * $0 + 3 },
            Labelled("b >= 3 * a + 1") { $1 <= 3 * $0 },
            Labelled("a = 10 * b + 5") { $0 != 10 * $1 + 5 },
            Labelled("a >= 10 and b = a") { $0 < 10 || $0 != $1 },
            Labelled("a >= 10 and b = a - 1") { $0 < 10 || $1 != $0 - 1 },
            Labelled("a >= 10", "b >= 20") { $0 < 10 || $1 < 20 },
            Labelled("a <= -3", "b != 0") { $0 > -3 || $1 == 0 },
            Labelled("a = 12", "b >= 5", pair: 0...50) { $0 != 12 || $1 < 5 },
            Labelled("b >= 5", any: [0..<1]) { $1 < 5 },
            Labelled("a >= 5", any: [1..<2]) { $0 < 5 || $1 > 1_000_000 },
            Labelled("a + b + c >= 1001", ["a + b + c >= 1001"]) { draws in
                (0..<3).reduce(0) { sum, _ in sum + draws.int(in: 0...400) } < 1001
            },
            Labelled("a = b = c", ["a = b = c"]) { draws in
                let values = (0..<3).map { _ in draws.int(in: -1000...1000) }
                return Set(values).count > 1
            },
        ]
    }

    private static var parts: [Labelled] {
        [
            Labelled("always", any: [0..<1, 1..<2], []) { draws in
                _ = draws.int(in: 0...1000)
                _ = draws.bool()
                return false
            },
            Labelled("a boolean that does not matter", any: [0..<1], ["a >= 3"]) { draws in
                _ = draws.bool()
                return draws.int(in: 0...1000) < 3
            },
            Labelled("a boolean that matters", []) { !$0.bool() },
            Labelled("a list that does not matter", any: [0..<1], ["a >= 3"]) { draws in
                _ = draws.array(0...20) { $0.int(in: 0...100) }
                return draws.int(in: 0...1000) < 3
            },
            Labelled("a list behind", any: [1..<2], ["a >= 3"]) { draws in
                let a = draws.int(in: 0...1000)
                _ = draws.array(0...20) { $0.int(in: 0...100) }
                return a < 3
            },
            Labelled("the elements of a list whose length matters", any: [0..<2, 2..<4], []) { draws in
                draws.array(0...20) { $0.int(in: 0...1000) }.count < 2
            },
            Labelled("the largest element", ["a >= 900"]) { draws in
                (draws.array(0...20) { $0.int(in: 0...1000) }.max() ?? 0) < 900
            },
            Labelled("a text that does not matter", any: [0..<1], ["a >= 7"]) { draws in
                _ = draws.text()
                return draws.int(in: 0...1000) < 7
            },
            Labelled("a double that does not matter", any: [0..<2], ["a >= 7"]) { draws in
                _ = draws.double()
                return draws.int(in: 0...1000) < 7
            },
            Labelled("a double that matters", any: [1..<2, 2..<3]) { draws in
                let x = draws.double(in: 0...1000)
                _ = draws.bool()
                _ = draws.int(in: 0...1000)
                return x < 100
            },
            Labelled("a branch that does not matter", any: [0..<2], ["b >= 4"]) { draws in
                _ = draws.oneOf([{ $0.int(in: 0...10) }, { $0.int(in: 0...10) + 100 }])
                return draws.int(in: 0...1000) < 4
            },
            Labelled("a branch that matters", any: [1..<2]) { draws in
                draws.oneOf([{ $0.int(in: 0...1000) }, { -$0.int(in: 0...1000) - 1 }]) >= 0
            },
            Labelled("equal elements of a list", ["b = a"]) { draws in
                let xs = draws.array(0...20) { $0.int(in: 0...10_000) }
                return Set(xs).count == xs.count
            },
            Labelled("each by itself", any: [0..<1, 1..<2]) { draws in
                let (a, b) = (draws.int(in: 0...1000), draws.int(in: 0...1000))
                return a >= 10 && b >= 10
            },
            Labelled("all but one", ["a >= 1"]) { $0.int(in: 0...100_000) == 0 },
            Labelled("an element of a fixed choice", any: [0..<1], ["a >= 2"]) { draws in
                _ = draws.element(of: ["x", "y", "z"])
                return draws.int(in: 0...100) < 2
            },
        ]
    }

    @Test("at least 98 % of the labelled cases are explained as a person would")
    func labelled() throws {
        let all = Self.numbers + Self.parts
        #expect(all.count >= 50)
        var wrong: [String] = []
        for (number, labelled) in (all + all).enumerated() {
            guard let (sequence, explanation) = Self.explain(labelled.holds, seed: UInt64(number + 1)) else {
                wrong.append("\(labelled.name): not falsified")
                continue
            }
            // A part that is told in two pieces is told.
            if Set(explanation.irrelevant.joined()) != Set(labelled.irrelevant.joined())
                || explanation.relations.map(\.text) != labelled.relations
            {
                wrong.append(
                    "\(labelled.name): \(explanation.irrelevant) \(explanation.relations.map(\.text)) "
                        + "after \(explanation.tries), of \(sequence.indices)"
                )
            }
            #expect(explanation.tries <= Explainer.defaultLimit + 1)
        }
        #expect(Double(wrong.count) <= 0.02 * 2 * Double(all.count), "\(wrong.joined(separator: "\n"))")
    }

    @Test("parts that may vary alone but not together are told apart from those that may vary at once")
    func together() throws {
        let (_, apart) = try #require(
            Self.explain(
                { draws in
                    let (a, b) = (draws.int(in: 0...1000), draws.int(in: 0...1000))
                    return a >= 10 && b >= 10
                }, seed: 1))
        #expect(apart.irrelevant.count == 2 && !apart.isIrrelevantTogether)
        #expect(apart.comment(on: 0..<1) == "// any value fails, the others unchanged")
        let (_, both) = try #require(
            Self.explain(
                { draws in
                    _ = draws.array { $0.int() }
                    let a = draws.int(in: 0...1000)
                    _ = draws.bool()
                    return a < 10
                }, seed: 1))
        #expect(both.isIrrelevantTogether)
        #expect(both.notes.map(\.text) == ["any value fails", "a >= 10", "any value fails"])
        #expect(both.comment(on: 0..<1) == "// any value fails")
        #expect(both.comment(on: 0..<3) == "// in part: any value fails; a >= 10")
        #expect(both.comment(on: 1..<1) == nil)
    }

    @Test("a property that does not fail again, and one with no tries left, are claimed nothing about")
    func nothing() throws {
        let draws = Draws()
        draws.begin(seed: 1)
        _ = draws.int(in: 0...1000)
        let sequence = draws.sequence
        var flaky = Explainer(sequence, seed: 1) { _, _ in Explainer.Observation(end: .passes, drawn: sequence) }
        let none = flaky.explain()
        #expect(none.irrelevant.isEmpty && none.relations.isEmpty && none.tries == 1)
        var tired = Explainer(sequence, seed: 1, limit: 10) { prefix, _ in
            draws.begin(seed: 0, prefix: prefix, tail: .simplest)
            _ = draws.int(in: 0...1000)
            return Explainer.Observation(end: .fails, drawn: draws.sequence)
        }
        let few = tired.explain()
        #expect(few.irrelevant.isEmpty && few.relations.isEmpty && few.tries <= 10)
    }

    @Test("the same failure is explained in the same words every time")
    func deterministic() {
        for labelled in Self.numbers.prefix(30).suffix(10) {
            #expect(Self.explain(labelled.holds, seed: 5)?.1 == Self.explain(labelled.holds, seed: 5)?.1)
        }
    }
}
