import Determinism
import Testing

@testable import PropertyTesting

/// Machines made at random, held to the laws of every machine.
struct StateMachineLaws {
    /// A machine over a few counters, with conditions, arguments, bundles and a fault somewhere.
    private func machine(_ seed: UInt64) -> StateMachine<[Int]> {
        var random = SeededGenerator(seed: seed)
        let tokens = StateBundle<Int>("token")
        var machine = StateMachine(maximumSteps: 30) { [0, 0, 0] }
        for number in 0..<random.integer(in: 2...6) {
            let (target, least, amount) = (random.integer(in: 0...2), random.integer(in: 0...2), random.integer(in: -2...3))
            switch random.integer(in: 0...3) {
            case 0:
                machine.rule("make\(number)") { counts, step in
                    counts[target] += 1
                    step.produce(counts[target], into: tokens)
                } when: {
                    $0[target] >= least - 1
                }
            case 1:
                machine.rule("use\(number)", uses: [tokens]) {
                    $0.consume(tokens)
                } acts: { counts, token, _ in
                    counts[target] += token ?? 0
                }
            case 2:
                machine.rule("add\(number)") {
                    $0.argument { $0.int(in: -3...3) }
                } acts: {
                    counts, by, _ in
                    counts[target] += by + amount
                } when: {
                    $0[target] >= least
                }
            default: machine.rule("plain\(number)") { counts, step in counts[target] += step.draws.bool() ? amount : 1 }
            }
        }
        let (limit, other) = (random.integer(in: 3...8), random.integer(in: 0...2))
        machine.invariant("limit") { $0[other] <= limit }
        machine.fingerprint { counts, print in print.combine(counts) }
        return machine
    }

    private func run(_ draws: Draws, _ machine: StateMachine<[Int]>) -> String {
        do throws(StateMachineFailure) {
            return "\(try draws.run(machine)) steps"
        } catch {
            return "\(error)"
        }
    }

    @Test("a run and its replay are the same, choice for choice and line for line")
    func replays() {
        let draws = Draws()
        for seed in 0..<150 as Range<UInt64> {
            let machine = machine(seed)
            draws.begin(seed: seed &* 77)
            draws.isJournaling = true
            let (end, journal, sequence) = (run(draws, machine), draws.journal, draws.sequence)
            draws.begin(seed: 1, prefix: sequence.indices, tail: .none)
            draws.isJournaling = true
            #expect(run(draws, machine) == end && draws.journal == journal && draws.sequence == sequence)
            #expect(!draws.isOverrun && !draws.isMisaligned)
        }
    }

    @Test("whatever is reported fails, replays, and no step can be left out of it")
    func shrunk() {
        var shown = 0
        for seed in 0..<40 as Range<UInt64> {
            let machine = machine(seed)
            let report = PropertyEngine.run(PropertySettings(cases: 100, seed: seed)) { draws in
                do throws(StateMachineFailure) {
                    try draws.run(machine)
                    return .passed
                } catch {
                    return .failed(error.caseFailure)
                }
            }
            guard let failure = report.failures.first else { continue }
            shown += 1
            let draws = Draws()
            draws.begin(seed: 0, prefix: failure.sequence.indices, tail: .none)
            #expect(run(draws, machine).hasPrefix("invariant limit"))
            for span in failure.sequence.spans where span.label == Label.step && !span.range.isEmpty {
                var indices = failure.sequence.indices
                indices.removeSubrange(span.range)
                draws.begin(seed: 0, prefix: indices, tail: .none)
                let end = run(draws, machine)
                #expect(draws.isOverrun || !end.hasPrefix("invariant"), "seed \(seed): a step is not needed")
            }
        }
        #expect(shown > 12, "only \(shown) machines failed")
    }

    @Test("any sequence of choices at all is a run that ends")
    func hostile() {
        let draws = Draws()
        var random = SeededGenerator(seed: 4)
        for seed in 0..<300 as Range<UInt64> {
            let prefix = (0..<random.integer(in: 0...60)).map { _ in random.next() >> UInt64(random.integer(in: 0...63)) }
            draws.begin(seed: seed, prefix: prefix, tail: seed % 2 == 0 ? .none : .simplest)
            #expect(!run(draws, machine(seed % 40)).isEmpty)
        }
    }
}
