import Testing

@testable import PropertyTesting

struct ConcurrencyTests {
    /// Two tasks of three stretches each, as the order in which the stretches ran.
    private func turns(_ draws: Draws) throws -> String {
        var log = ""
        try draws.race([
            (
                "a",
                {
                    log += "a"
                    await interleave()
                    log += "a"
                    await interleave()
                    log += "a"
                }
            ),
            (
                "b",
                {
                    log += "b"
                    await interleave()
                    log += "b"
                    await interleave()
                    log += "b"
                }
            ),
        ])
        return log
    }

    @Test("the simplest schedule switches only where a task ends")
    func simplest() throws {
        let draws = Draws()
        draws.begin(seed: 1, tail: .simplest)
        #expect(try turns(draws) == "aaabbb")
    }

    @Test("every order of two tasks of three stretches comes up: twenty in all")
    func reachable() throws {
        let draws = Draws()
        var seen: Set<String> = []
        for seed in 0..<10_000 as Range<UInt64> {
            draws.begin(seed: seed)
            seen.insert(try turns(draws))
        }
        #expect(seen.count == 20, "\(seen.sorted())")
    }

    @Test("one case gives one order, a thousand times of a thousand, and its sequence replays it")
    func deterministic() throws {
        let draws = Draws()
        for seed in 0..<20 as Range<UInt64> {
            draws.begin(seed: seed)
            let first = try turns(draws)
            let sequence = draws.sequence
            for _ in 0..<50 {
                draws.begin(seed: 99, prefix: sequence.indices, tail: .none)
                #expect(try turns(draws) == first)
                #expect(draws.sequence == sequence && !draws.isOverrun && !draws.isMisaligned)
            }
        }
    }

    @Test("results and errors come through")
    func results() throws {
        struct Broken: Error, Equatable { var number: Int }
        let draws = Draws()
        draws.begin(seed: 1)
        let sum = try draws.interleaved {
            async let one = 1
            async let two = 2
            return await one + two
        }
        #expect(sum == 3)
        #expect(throws: Broken(number: 1)) {
            try draws.race([("first", { throw Broken(number: 1) }), ("second", { throw Broken(number: 2) })])
        }
    }

    @Test("two locks taken crosswise are a deadlock that names who waits for what")
    func deadlock() throws {
        let draws = Draws()
        var messages: Set<String> = []
        for seed in 0..<200 as Range<UInt64> {
            draws.begin(seed: seed)
            let (left, right) = (ScheduledMutex(0, name: "left"), ScheduledMutex(0, name: "right"))
            do {
                try draws.race([
                    ("one", { await left.withLock { _ in await right.withLock { $0 += 1 } } }),
                    ("two", { await right.withLock { _ in await left.withLock { $0 += 1 } } }),
                ])
            } catch let failure as ScheduleFailure {
                messages.insert(failure.description)
            }
        }
        #expect(messages == ["deadlock: one waits for right, which two holds; two waits for left, which one holds"])
    }

    @Test("a task that waits for itself, or for what nobody will do, is a deadlock and no hang")
    func waitsForEver() {
        let draws = Draws()
        draws.begin(seed: 1)
        let lock = ScheduledMutex(0, name: "the lock")
        #expect(throws: ScheduleFailure.deadlock(waiting: ["alone waits for the lock, which alone holds"])) {
            try draws.race([("alone", { await lock.withLock { _ in await lock.withLock { $0 += 1 } } })])
        }
        let condition = ScheduledCondition(name: "an event")
        let other = ScheduledMutex(0)
        #expect(throws: ScheduleFailure.deadlock(waiting: ["patient waits for a signal of an event"])) {
            try draws.race([
                (
                    "patient",
                    {
                        await other.lock()
                        await condition.wait(for: other)
                    }
                )
            ])
        }
        #expect(throws: ScheduleFailure.deadlock(waiting: [])) {
            try draws.interleaved { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
        }
        // The next run is not disturbed by tasks that never end.
        #expect((try? turns(draws))?.count == 6)
    }

    @Test("tasks that keep each other busy are stopped at the limit of jobs")
    func endless() {
        let draws = Draws()
        draws.begin(seed: 1, tail: .simplest)
        #expect(throws: ScheduleFailure.endless(jobs: DeterministicExecutor.maximumJobs)) {
            try draws.interleaved { while true { await interleave() } }
        }
    }

    @Test("a lock excludes, a condition hands over, and an atomic is whole, under every schedule")
    func shims() throws {
        let draws = Draws()
        for seed in 0..<300 as Range<UInt64> {
            draws.begin(seed: seed)
            let (balance, total, count) = (ScheduledMutex(0), ScheduledAtomic(0), ScheduledAtomic(0))
            var inside = 0
            let work: () async throws -> Void = {
                for _ in 0..<3 {
                    await balance.withLock { value in
                        inside += 1
                        #expect(inside == 1)
                        let before = value
                        await interleave()
                        value = before + 1
                        inside -= 1
                    }
                    await total.add(2)
                    while true {
                        let seen = await count.load()
                        if await count.compareExchange(expected: seen, desired: seen + 1).isExchanged { break }
                    }
                }
            }
            try draws.race([("one", work), ("two", work), ("three", work)])
            #expect(balance.unguarded == 9)
            try draws.interleaved {
                let (sum, times) = (await total.load(), await count.exchange(5))
                #expect(sum == 18 && times == 9)
                let (isFree, isHeld) = (await balance.tryLock(), await balance.tryLock())
                #expect(isFree && !isHeld)
            }
        }
    }

    private actor Ledger {
        private let executor: ActorExecutor?
        private var balance = 0
        nonisolated var unownedExecutor: UnownedSerialExecutor {
            // An actor that was given none is not asked through this type.
            (executor ?? Self.fallback).asUnownedSerialExecutor()
        }
        private static let fallback = ActorExecutor(DeterministicExecutor())

        init(on executor: ActorExecutor) { self.executor = executor }

        /// Nothing suspends between reading and writing.
        func add(_ amount: Int) { balance += amount }

        /// Another call can come in between.
        func addSlowly(_ amount: Int) async {
            let before = balance
            await interleave()
            balance = before + amount
        }

        func value() -> Int { balance }
    }

    private actor Plain {
        private var balance = 0

        func add(_ amount: Int) { balance += amount }

        func addSlowly(_ amount: Int) async {
            let before = balance
            await Task.yield()
            balance = before + amount
        }

        func value() -> Int { balance }
    }

    @Test("actors keep their state whole, and lose it where they let others in", arguments: [false, true])
    func actors(slowly: Bool) throws {
        let draws = Draws()
        var sums: Set<Int> = []
        var plainSums: Set<Int> = []
        for seed in 0..<200 as Range<UInt64> {
            draws.begin(seed: seed)
            let sum = try draws.interleaved { executor in
                let ledger = Ledger(on: ActorExecutor(executor))
                let add: () async throws -> Void = { if slowly { await ledger.addSlowly(1) } else { await ledger.add(1) } }
                try await executor.race([("one", add), ("two", add)])
                return await ledger.value()
            }
            sums.insert(sum)
            let plainSum = try draws.interleaved { executor in
                let ledger = Plain()
                let add: () async throws -> Void = { if slowly { await ledger.addSlowly(1) } else { await ledger.add(1) } }
                try await executor.race([("one", add), ("two", add)])
                return await ledger.value()
            }
            plainSums.insert(plainSum)
        }
        #expect(sums == (slowly ? [1, 2] : [2]))
        #expect(plainSums == (slowly ? [1, 2] : [2]))
    }

    // MARK: Parallel machines

    private final class Counter { let value = ScheduledAtomic(0) }

    private func counter(isFaulty: Bool) -> ParallelMachine<Counter, Int> {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Counter() })
        machine.operation("counter.increment") { counter -> Int in
            if !isFaulty { return await counter.value.add(1) }
            let value = await counter.value.load()
            await counter.value.store(value + 1)
            return value + 1
        } model: { value in
            value += 1
            return value
        }
        machine.operation("counter.value") {
            await $0.value.load()
        } model: {
            $0
        }
        return machine
    }

    @Test("a lost update shrinks to two threads of one operation, shown side by side")
    func lostUpdate() throws {
        var tidy = 0
        for seed in 1...10 as ClosedRange<UInt64> {
            let failure = try #require(throws: PropertyFailure.self) { try checkParallel(seed: seed, counter(isFaulty: true)) }
            #expect(failure.reason == "not linearizable")
            let lines = failure.counterexample.split(separator: "\n")
            #expect(lines.filter { $0.hasPrefix("// thread 1") }.count == 1 && lines.first?.contains("thread 2") == true)
            // Each thread begins one operation, in whatever order they pause.
            #expect(lines.filter { $0.contains("counter.increment()") && $0.hasPrefix("// ") && $0.contains("|") }.count == 2)
            if failure.counterexample == """

                // thread 1              | thread 2
                // counter.increment() … |
                //                       | counter.increment() → 1
                // → 1                   |
                // no order of these operations gives these responses; the longest that does:
                //   thread 1: counter.increment() → 1
                //   then thread 2: counter.increment() → 1, but the model answers 2
                """
            {
                tidy += 1
            }
        }
        #expect(tidy == 10)
    }

    @Test("a race comes again from its token, a thousand times of a thousand, and not in what is right")
    func replays() throws {
        let failure = try #require(throws: PropertyFailure.self) { try checkParallel(seed: 3, counter(isFaulty: true)) }
        for _ in 0..<1000 {
            let again = try #require(throws: PropertyFailure.self) { try checkParallel(replay: failure.token, counter(isFaulty: true)) }
            guard again.counterexample == failure.counterexample, again.reason == failure.reason else {
                Issue.record("it differs: \(again)")
                return
            }
        }
        #expect(throws: Never.self) { try checkParallel(replay: failure.token, counter(isFaulty: false)) }
    }

    @Test("what is right passes under a thousand schedules")
    func correct() throws {
        #expect(try checkParallel(seed: 9, cases: 1000, counter(isFaulty: false)).cases == 1000)
    }

    @Test("a search for an order that ends early fails the run as undecided")
    func undecided() throws {
        var machine = counter(isFaulty: false)
        machine.searchLimit = 1
        let failure = try #require(throws: PropertyFailure.self) { try checkParallel(seed: 1, machine) }
        #expect(failure.reason == "undecided")
        #expect(failure.counterexample.contains("undecided after 1 states: raise searchLimit"))
    }

    @Test("an operation that throws, and a deadlock, fail under their own names")
    func otherEnds() throws {
        struct Broken: Error {}
        var machine = ParallelMachine(model: { 0 }, system: { _ in ScheduledMutex(0, name: "it") })
        machine.operation("lock.twice") { lock in
            await lock.withLock { _ in await lock.withLock { $0 } }
        } model: { _ in
            0
        }
        let deadlock = try #require(throws: PropertyFailure.self) { try checkParallel(seed: 1, machine) }
        #expect(deadlock.reason == "deadlock")
        #expect(deadlock.counterexample.contains("waits for it, which"))
        var other = ParallelMachine(model: { 0 }, system: { _ in 0 })
        other.operation("fail") { _ -> Int in
            throw Broken()
        } model: { _ in
            0
        }
        let thrown = try #require(throws: PropertyFailure.self) { try checkParallel(seed: 1, other) }
        #expect(thrown.reason.hasPrefix("an operation threw") && thrown.reason.contains("Broken"))
    }

    @Test("one lane is a model-based test without concurrency")
    func oneLane() throws {
        var machine = counter(isFaulty: true)
        machine.maximumLanes = 1
        #expect(try checkParallel(seed: 1, cases: 300, machine).cases == 300)
    }

    @Test("what is looked at afterwards counts as the last operation")
    func afterwards() throws {
        final class Cache {
            var computed = 0
            var value: Int?
        }
        var machine = ParallelMachine(model: { false }, system: { _ in Cache() })
        machine.operation("cache.get") { cache -> Int in
            if let value = cache.value { return value }
            await interleave()
            cache.computed += 1
            cache.value = 7
            return 7
        } model: { isKnown in
            isKnown = true
            return 7
        }
        machine.afterwards("cache.computed") {
            $0.computed
        } model: {
            $0 ? 1 : 0
        }
        let failure = try #require(throws: PropertyFailure.self) { try checkParallel(seed: 2, machine) }
        #expect(failure.counterexample.contains("cache.computed() → 2, but the model answers 1"))
    }
}
