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

    @Test("races shrink to two threads of one operation and one pause, whatever the seed")
    func minimal() throws {
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
            #expect(pauses.count == 1, "\(seed): \(sequence.indices)")
        }
    }

    /// Two threads: one with one operation, the other with two.
    private func plan(_ gaps: [[UInt64]]) -> [UInt64] {
        var plan: [UInt64] = [0]
        for (number, lane) in ([0, 1, 1] as [UInt64]).enumerated() {
            plan += [1, lane, 0, UInt64(number)]
            plan += gaps[number]
            plan.append(0)
        }
        return plan + [0]
    }

    private final class Log { var text = "" }

    @Test("every order of events with one pause more is among those that a run tells of, and nothing is told twice")
    func furtherGaps() {
        let draws = Draws()
        let log = Log()
        var machine = ParallelMachine(model: { 0 }, system: { _ in 0 })
        machine.operation("log") {
            $0.argument { $0.int(in: 0...2) }
        } performs: { _, number -> Int in
            // The first has two points within, the second none, the third one.
            for stretch in 0...[2, 0, 1][number] {
                if stretch > 0 { await interleave() }
                log.text += "\(number)"
            }
            return 0
        } model: { _, _ in
            0
        }
        func history(_ gaps: [[UInt64]]) -> String {
            log.text = ""
            draws.begin(seed: 0, prefix: plan(gaps), tail: .none)
            #expect((try? draws.run(machine)) != nil)
            #expect(!draws.isOverrun && !draws.isMisaligned)
            return log.text
        }
        // As the run tells.
        var level: [[[UInt64]]] = [[[], [], []]]
        var (told, plans): (Set<String>, Set<[UInt64]>) = ([], [])
        for _ in 0...2 {
            var next: [[[UInt64]]] = []
            for gaps in level {
                told.insert(history(gaps))
                #expect(plans.insert(plan(gaps)).inserted)
                for (step, further) in draws.furtherGaps.enumerated() {
                    guard let further else { continue }
                    for gap in further {
                        next.append(gaps)
                        next[next.count - 1][step].append(UInt64(gap))
                    }
                }
            }
            level = next
        }
        // All there are: gaps of up to two pauses, each up to more points than an operation has.
        var all: Set<String> = []
        let single = (0..<3).flatMap { step in (1...6 as ClosedRange<UInt64>).map { (step: step, gap: $0) } }
        all.insert(history([[], [], []]))
        for first in single {
            var one: [[UInt64]] = [[], [], []]
            one[first.step].append(first.gap)
            all.insert(history(one))
            for second in single {
                var two = one
                two[second.step].append(second.gap)
                all.insert(history(two))
            }
        }
        #expect(all == told, "\(all.sorted()) and told \(told.sorted())")
        #expect(told.count > 4 && plans.count < 60, "\(told.count) by \(plans.count)")
    }

    /// A stack of two nodes that are used again, its top exchanged without a count of changes.
    private final class Stack {
        let top = ScheduledAtomic(0)
        var next = [0, 0, 0]
        var free = [1, 2]

        func push() async {
            guard !free.isEmpty else { return }
            let node = free.removeFirst()
            while true {
                let seen = await top.load()
                next[node] = seen
                if await top.compareExchange(expected: seen, desired: node).isExchanged { return }
            }
        }

        func pop() async -> Int {
            while true {
                let seen = await top.load()
                if seen == 0 { return 0 }
                let following = next[seen]
                if await top.compareExchange(expected: seen, desired: following).isExchanged {
                    free.append(seen)
                    return 1
                }
            }
        }
    }

    @Test("a race that needs four operations shrinks to two threads with at most three each", arguments: [2, 7] as [UInt64])
    func reused(seed: UInt64) throws {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Stack() })
        machine.operation("stack.push") {
            $0.argument { $0.int(in: 0...3) }
        } performs: { stack, _ in
            let isFull = stack.free.isEmpty
            await stack.push()
            return !isFull
        } allows: { (count: inout Int, _: Int, isPushed: Bool) in
            if isPushed { count += 1 }
            return true
        }
        machine.operation("stack.pop") {
            await $0.pop()
        } model: { count in
            guard count > 0 else { return 0 }
            count -= 1
            return 1
        }
        machine.afterwards("stack.pop") {
            await $0.pop()
        } model: {
            min($0, 1)
        }
        let report = PropertyEngine.run(PropertySettings(cases: 20_000, seed: seed)) { draws in
            do throws(StateMachineFailure) {
                try draws.run(machine)
                return .passed
            } catch {
                return .failed(error.caseFailure)
            }
        }
        let sequence = try #require(report.failures.first).sequence
        var lanes: [UInt64: Int] = [:]
        for span in sequence.spans where span.label == Label.parallelStep && span.range.count > 1 {
            lanes[sequence.indices[span.range.lowerBound + 1], default: 0] += 1
        }
        #expect(lanes.count == 2 && lanes.values.allSatisfy { $0 <= 3 }, "\(sequence.indices)")
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
