import Determinism
import Testing

@testable import PropertyTesting

/// The shrinker's own mutants: each pass switched off, and a challenge that tells.
struct ShrinkingMutants {
    /// How often the minimum was reached, and bodies in all.
    private struct Outcome {
        var minimal = 0
        var bodies = 0
        var cases = 0
    }

    private struct Problem: Sendable {
        var name: String
        /// Finds failing cases, and gives what shrinks them all without some passes.
        var prepare: @Sendable () -> (Set<Shrinker.Pass>) -> Outcome

        init<Value>(
            _ name: String, minimum: String, seeds: UInt64 = 8, generate: @escaping @Sendable (Draws) -> Value,
            holds: @escaping @Sendable (Value) -> Bool
        ) {
            self.name = name
            prepare = {
                var failing: [ChoiceSequence] = []
                let draws = Draws(budget: 1024)
                draws.begin(seed: 0, tail: .simplest)
                _ = generate(draws)
                let simplest = draws.sequence
                for attempt in 0..<60_000 as Range<UInt64> where failing.count < seeds {
                    draws.begin(seed: attempt)
                    let value = generate(draws)
                    if !draws.isOverrun, !draws.isRejected, !holds(value) { failing.append(draws.sequence) }
                }
                return { disabled in
                    var outcome = Outcome()
                    for first in failing {
                        outcome.cases += 1
                        var shrinker = Shrinker(
                            first, seed: 1, limit: 2000, reading: draws, passing: [simplest], disabledPasses: disabled
                        ) { prefix, completion in
                            draws.begin(seed: completion ?? 0, prefix: prefix, tail: completion == nil ? .none : .random, budget: 1024)
                            let value = generate(draws)
                            if draws.isOverrun { return .overrun(nextBound: draws.missingBound) }
                            if draws.isRejected { return .rejected }
                            draws.didRunBody = true
                            return holds(value) ? .passes : .fails(draws.sequence)
                        }
                        shrinker.shrink()
                        draws.begin(seed: 0, prefix: shrinker.best.indices, tail: .none, budget: 1024)
                        outcome.bodies += shrinker.bodies
                        if "\(generate(draws))" == minimum { outcome.minimal += 1 }
                    }
                    return outcome
                }
            }
        }
    }

    private final class Counter { let value = ScheduledAtomic(0) }

    /// How many choices a run takes in which an update is lost: two threads with an operation each and one pause are eleven.
    @Sendable private static func race(_ draws: Draws) -> String {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Counter() })
        machine.operation("counter.increment") { counter in
            let value = await counter.value.load()
            await counter.value.store(value + 1)
            return value + 1
        } model: { value in
            value += 1
            return value
        }
        do throws(StateMachineFailure) {
            try draws.run(machine)
            return "passed"
        } catch {
            return "\(draws.count) choices"
        }
    }

    /// A switch that was thrown an odd number of times, and then looked at: what was thrown twice too often goes only by twos.
    @Sendable private static func thrown(_ draws: Draws) -> String {
        var machine = StateMachine { (isOn: false, times: 0) }
        machine.rule("switch.throw") { state, _ in
            state.isOn.toggle()
            state.times += 1
        }
        machine.rule("switch.look") { state, step in try step.expect(!state.isOn || state.times < 3, "it is on") }
        do {
            try draws.run(machine)
            return "passed"
        } catch {
            return "\(draws.count) choices"
        }
    }

    private static let problems: [Problem] = [
        Problem("steps in pairs", minimum: "8 choices", generate: thrown) { $0 == "passed" },
        Problem("race", minimum: "11 choices", seeds: 20, generate: race) { $0 == "passed" },
        Problem("deletion", minimum: "([0, 0], 0)") {
            ($0.array { $0.int() }, $0.int(in: 0...10))
        } holds: { values, index in
            index >= values.count || values.count { $0 == values[index] } < 2
        },
        Problem("length first", minimum: "[0, 0, 700]") { draws -> [Int] in
            let count = draws.int(in: 1...50)
            return (0..<count).map { _ in draws.int(in: 0...1000) }
        } holds: {
            $0.count < 3 || $0[$0.count - 1] < 700
        },
        Problem("length of a list", minimum: "[900]") { draws -> [Int] in
            let count = draws.int(in: 1...100)
            return (0..<count).map { _ in draws.int(in: 0...1000) }
        } holds: {
            ($0.max() ?? 0) < 900
        },
        Problem("long tuple", minimum: "\([Int](repeating: 0, count: 29) + [5])") { draws in
            (0..<30).map { _ in draws.int(in: 0...1000) }
        } holds: {
            $0[29] < 5
        },
        Problem("equal values", minimum: "[31, 31, 31]") { draws in
            (0..<3).map { _ in draws.int(in: 0...60) }
        } holds: {
            $0[0] < 31 || $0[0] != $0[1] || $0[1] != $0[2]
        },
        Problem("difference of two", minimum: "[10, 7]") {
            [$0.int(in: 0...5000), $0.int(in: 0...5000)]
        } holds: {
            $0[0] < 10 || $0[0] - $0[1] != 3
        },
        Problem("references", minimum: "[1, 0]") {
            $0.array { $0.int(in: 0...10) }
        } holds: { values in
            !values.allSatisfy { $0 < values.count } || values.indices.allSatisfy { values[$0] == $0 || values[values[$0]] != $0 }
        },
        Problem("order", minimum: "[0, 5, 9]") { draws in
            draws.array { $0.int(in: 0...9) }
        } holds: { values in
            !(values.contains(5) && values.contains(9) && values.contains(0))
        },
        Problem("balance", minimum: "((()))") {
            $0.text(alphabet: ["(", ")", "a"])
        } holds: { text in
            let opening = text.count { $0 == "(" }
            return opening < 3 || opening != text.count { $0 == ")" }
        },
        Problem("product of two", minimum: "[1, 360]", seeds: 4) {
            [$0.int(in: 1...400), $0.int(in: 1...400)]
        } holds: {
            $0[0] * $0[1] != 360
        },
        Problem("early end", minimum: "[]") { draws -> [Int] in
            draws.int(in: 0...5) > 3 ? [] : (0..<8).map { _ in draws.int(in: 0...1000) }
        } holds: {
            !$0.isEmpty && $0.reduce(0, +) < 3000
        },
        Problem("another branch", minimum: "list [0, 0, 0, 0]") { draws -> String in
            draws.oneOf([{ "list \($0.array { $0.int() })" }, { "table \($0.array(8...12) { $0.int(in: 0...1000) })" }])
        } holds: { text in
            !text.hasPrefix("table") && text.count { $0 == "," } < 3
        },
        Problem("multiple", minimum: "105") {
            $0.int(in: 0...1_000_000)
        } holds: {
            $0 <= 100 || $0 % 7 != 0
        },
        Problem("linear relation", minimum: "[20, 12]") {
            [$0.int(in: 0...500), $0.int(in: 0...500)]
        } holds: {
            $0[0] < 20 || ($0[0] + 3 * $0[1]) % 17 != 5
        },
        Problem("no structure at all", minimum: "[1, 2, 2]") { draws in
            (0..<3).map { _ in draws.int(in: 0...3) }
        } holds: {
            !($0 == [1, 2, 2] || $0 == [3, 3, 1] || $0 == [2, 0, 3])
        },
    ]

    private static let structures: [Problem] = [
        Problem("loop of one's own", minimum: "[[0, 0, 0, 0, 0, 7]]") { draws -> [[Int]] in
            var frames: [[Int]] = []
            while draws.span(Label.firstFree, { Self.frame(draws, into: &frames) }) {}
            return frames
        } holds: {
            !$0.contains { $0[5] >= 7 }
        },
        Problem("chain", minimum: "[[0, 0, 0, 0, 0, 7]]", seeds: 30) { draws -> [[Int]] in
            var frames: [[Int]] = []
            Self.chain(draws, into: &frames)
            return frames
        } holds: {
            // The innermost, so that all the others have to go.
            $0.last.map { $0[5] < 7 } ?? true
        },
        Problem("nested lists", minimum: "[\([Int](repeating: 0, count: 16))]", seeds: 16) {
            $0.array { $0.array { _ in 0 } }
        } holds: {
            $0.reduce(0) { $0 + $1.count } <= 15
        },
        Problem("leftovers of a branch", minimum: "[5, 0, 0]") { draws -> [Int] in
            [draws.int(in: 0...9)]
                + draws.oneOf([{ [0, $0.int(in: 0...1000)] }, { [1, $0.int(in: 0...1000), $0.int(in: 0...1000)] }])
        } holds: {
            $0[0] < 5 || ($0[1] == 0 ? $0[2] >= 10 : $0[2] < 300 || $0[3] < 300)
        },
        Problem("only which are equal", minimum: "\([0] + [Int](repeating: 1, count: 8))") { draws in
            (0..<9).map { _ in draws.int(in: 0...2) }
        } holds: {
            $0[0] == $0[1] || Set($0.dropFirst()).count > 1
        },
        Problem("length behind a header", minimum: "[5, 5, 5, 5, 5, 5, 700]") { draws -> [Int] in
            let header = (0..<6).map { _ in draws.int(in: 0...9) }
            let count = draws.int(in: 1...20)
            return header + (0..<count).map { _ in draws.int(in: 0...1000) }
        } holds: {
            !$0[..<6].allSatisfy { $0 >= 5 } || $0[$0.count - 1] < 700
        },
        Problem("heap", minimum: "(0,–,(0,(0,–,–),(1,–,–)))", seeds: 100) { draws in
            MisreadHeap.draw(draws, size: draws.int(in: 0...20), least: nil)
        } holds: {
            $0.isListedRightly
        },
        Problem("distinct texts", minimum: #"["", "a", "b"]"#) {
            $0.array { $0.text(alphabet: ["a", "b"]) }
        } holds: {
            Set($0).count < 3
        },
    ]

    /// One round of a loop that no generator of the engine makes: whether there is another frame, and what is in it.
    private static func frame(_ draws: Draws, into frames: inout [[Int]]) -> Bool {
        guard draws.bool(), !draws.isOverrun else { return false }
        frames.append((0..<6).map { _ in draws.int(in: 0...9) })
        return true
    }

    /// The same, each frame with what follows inside of it.
    private static func chain(_ draws: Draws, into frames: inout [[Int]]) {
        draws.span(Label.firstFree) { if frame(draws, into: &frames) { chain(draws, into: &frames) } }
    }

    @Test(
        "a pass that is switched off is missed: a minimum is no longer reached, or costs a tenth more",
        arguments: [
            (.zeroNumbers, "deletion"), (.keepFew, "deletion"), (.deleteElements, "order"), (.lowerEach, "length first"),
            (.lowerSizes, "length of a list"), (.zeroRuns, "long tuple"), (.lowerDuplicates, "equal values"), (.pairs, "difference of two"),
            (.deleteReferenced, "references"), (.sortSiblings, "balance"), (.deleteTwo, "balance"), (.multiplyPairs, "product of two"),
            (.raiseToShorten, "early end"), (.escapeBranches, "another branch"), (.stepOver, "multiple"), (.slopes, "linear relation"),
            (.enumerate, "no structure at all"), (.deleteSpans, "loop of one's own"), (.hoist, "chain"), (.deleteWindows, "nested lists"),
            (.resetTails, "leftovers of a branch"), (.rename, "only which are equal"), (.lowerAndDelete, "length behind a header"),
            (.moveForward, "heap"), (.lowerAndCut, "heap"), (.mergeElements, "distinct texts"),
            (.reschedule, "race"), (.deleteTwoSteps, "steps in pairs"),
        ] as [(Shrinker.Pass, String)])
    fileprivate func passes(_ pass: Shrinker.Pass, _ name: String) throws {
        let problem = try #require((Self.problems + Self.structures).first { $0.name == name })
        let measure = problem.prepare()
        let (full, without) = (measure([]), measure([pass]))
        #expect(full.cases > 0 && full.minimal == full.cases)
        #expect(
            without.minimal < full.minimal || Double(without.bodies) > 1.1 * Double(full.bodies),
            "\(without.minimal) of \(full.minimal), \(without.bodies) bodies for \(full.bodies)")
    }
}
