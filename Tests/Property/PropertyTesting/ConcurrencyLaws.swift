import Determinism
import Testing

@testable import PropertyTesting

/// Systems that are right, and the same ones with a point at which they let others in: laws over many seeds.
struct ConcurrencyLaws {
    /// A register with a few operations of one or two accesses.
    private final class Register {
        let value = ScheduledAtomic(0)
        let lock = ScheduledMutex(0, name: "the register's lock")
    }

    private func register(isLocked: Bool) -> ParallelMachine<Register, Int> {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Register() })
        machine.operation("register.add") {
            $0.argument { $0.int(in: -3...3) }
        } performs: { register, amount -> Int in
            if isLocked {
                return await register.lock.withLock { _ in
                    let before = await register.value.load()
                    await register.value.store(before + amount)
                    return before + amount
                }
            }
            let before = await register.value.load()
            await register.value.store(before + amount)
            return before + amount
        } model: { value, amount in
            value += amount
            return value
        }
        machine.operation("register.set") {
            $0.argument { $0.int(in: 0...3) }
        } performs: { register, value -> Int in
            if isLocked { return await register.lock.withLock { _ in await register.value.exchange(value) } }
            return await register.value.exchange(value)
        } model: { value, next in
            defer { value = next }
            return value
        }
        machine.afterwards("register.value") {
            await $0.value.load()
        } model: {
            $0
        }
        return machine
    }

    private func end(_ draws: Draws, _ machine: ParallelMachine<Register, Int>) -> String {
        do throws(StateMachineFailure) {
            try draws.run(machine)
            return "passed"
        } catch {
            return error.origin.reason
        }
    }

    @Test("a register behind a lock passes under every schedule; without it, it fails under some and never otherwise than by its order")
    func soundness() {
        let draws = Draws()
        var ends: [String: Int] = [:]
        for seed in 0..<500 as Range<UInt64> {
            draws.begin(seed: seed)
            #expect(end(draws, register(isLocked: true)) == "passed")
            draws.begin(seed: seed)
            ends[end(draws, register(isLocked: false)), default: 0] += 1
        }
        #expect(Set(ends.keys) == ["passed", "not linearizable"])
        #expect((ends["not linearizable"] ?? 0) > 15, "\(ends)")
    }

    @Test("a run and its replay are the same, choice for choice and line for line")
    func replays() {
        let draws = Draws()
        for seed in 0..<200 as Range<UInt64> {
            let machine = register(isLocked: seed % 2 == 0)
            draws.begin(seed: seed)
            draws.isJournaling = true
            let (first, journal, sequence) = (end(draws, machine), draws.journal, draws.sequence)
            draws.begin(seed: 7, prefix: sequence.indices, tail: .none)
            draws.isJournaling = true
            #expect(end(draws, machine) == first && draws.journal == journal && draws.sequence == sequence)
            #expect(!draws.isOverrun && !draws.isMisaligned)
        }
    }

    @Test("an operation can be taken out of a run, and what is left is a run that is whole")
    func deletion() {
        let draws = Draws()
        for seed in 0..<300 as Range<UInt64> {
            let machine = register(isLocked: seed % 2 == 0)
            draws.begin(seed: seed)
            _ = end(draws, machine)
            let sequence = draws.sequence
            for span in sequence.spans where span.label == Label.parallelStep && span.range.count > 1 {
                var indices = sequence.indices
                indices.removeSubrange(span.range)
                draws.begin(seed: 0, prefix: indices, tail: .none)
                _ = end(draws, machine)
                #expect(!draws.isOverrun && !draws.isMisaligned && draws.count == indices.count)
            }
        }
    }

    @Test("races shrink to two threads of one operation and mostly one pause, whatever the seed")
    func minimal() throws {
        var tidy = 0
        for seed in 1...6 as ClosedRange<UInt64> {
            let machine = register(isLocked: false)
            let report = PropertyEngine.run(PropertySettings(cases: 2000, seed: seed)) { draws in
                do throws(StateMachineFailure) {
                    try draws.run(machine)
                    return .passed
                } catch {
                    return .failed(error.caseFailure)
                }
            }
            let sequence = try #require(report.failures.first).sequence
            let operations = sequence.spans.filter { $0.label == Label.parallelStep && $0.range.count > 1 }
            #expect(operations.count == 2)
            #expect(Set(operations.map { sequence.indices[$0.range.lowerBound + 1] }).count == 2)
            let pauses = sequence.spans.filter { $0.label == Label.pause && sequence.indices[$0.range.lowerBound] > 0 }
            // Two pauses where one would do are left now and then.
            #expect((1...3).contains(pauses.count), "\(seed): \(sequence.indices)")
            if pauses.count == 1 { tidy += 1 }
        }
        #expect(tidy >= 4, "\(tidy) of 6")
    }

    @Test("any sequence of choices at all is a run that ends")
    func hostile() {
        let draws = Draws()
        var random = SeededGenerator(seed: 5)
        for seed in 0..<300 as Range<UInt64> {
            let prefix = (0..<random.integer(in: 0...60)).map { _ in random.next() >> UInt64(random.integer(in: 0...63)) }
            draws.begin(seed: seed, prefix: prefix, tail: seed % 2 == 0 ? .none : .random)
            #expect(!end(draws, register(isLocked: seed % 3 == 0)).isEmpty)
        }
    }
}
