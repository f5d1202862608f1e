import PropertyTesting
import StrictDocuments

#if canImport(Glibc)
    import Glibc
#endif

/// How fast races in small concurrent systems are found, how short the shown run is, and whether it comes again.
///
/// Counting rules: a schedule is one run of the system; seeds are consecutive; the same settings for every task; milliseconds are the
/// process's CPU time to the first failure, and of the shrinking after it. The shown run counts its threads and the operations of all of them, and those of
/// the sequential beginning apart. It is replayed 1,000 times in all; a replay succeeds if it fails in the same way with the same
/// journal, byte for byte.
enum RaceTasks {
    static let schedules = 20_000
    static let replays = 1000

    struct Row {
        var name: String
        var seeds: Int
        var found: Int
        var medianSchedules: Int
        var mostMillisecondsToFind: Double
        var medianMillisecondsToShrink: Double
        /// Shown runs of at most two threads with at most three operations each.
        var small: Int
        var mostThreads: Int
        /// Of one thread.
        var mostOperations: Int
        var mostBeginning: Int
        var replays: Int
        var replayed: Int
        var shown: String

        var json: JSONValue {
            [
                "group": "races", "task": .string(name), "seeds": .int(Int64(seeds)), "found": .int(Int64(found)),
                "median_schedules": .int(Int64(medianSchedules)), "most_ns_to_find": .int(Int64(mostMillisecondsToFind * 1e6)),
                "median_ns_to_shrink": .int(Int64(medianMillisecondsToShrink * 1e6)), "small": .int(Int64(small)),
                "most_threads": .int(Int64(mostThreads)),
                "most_operations": .int(Int64(mostOperations)), "most_beginning": .int(Int64(mostBeginning)),
                "replays": .int(Int64(replays)), "replayed": .int(Int64(replayed)),
            ]
        }

        var line: String {
            var line = "\(name): found \(found) of \(seeds), median schedules \(medianSchedules), ms to find at most "
            line +=
                "\(rounded(mostMillisecondsToFind)), to shrink \(rounded(medianMillisecondsToShrink)); small \(small), at most \(mostThreads) threads, "
            return line + "\(mostOperations) operations each after \(mostBeginning); replayed \(replayed) of \(replays)"
        }

        private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    }

    static func rows(_ seeds: ClosedRange<UInt64>) -> [Row] {
        [
            row("counter lost_update", seeds, counter()),
            row("queue lost_wakeup", seeds, queue()),
            row("transfer dead_lock", seeds, transfer()),
            row("cache check_then_act", seeds, cache()),
            row("lazy double_init", seeds, lazy()),
            row("stack aba", seeds, stack()),
            row("actor re_entrancy", seeds, account()),
            row("bank torn_read", seeds, bank()),
            row("flag try_enter", seeds, semaphore()),
        ]
    }

    private static func row<System, Model>(_ name: String, _ seeds: ClosedRange<UInt64>, _ machine: ParallelMachine<System, Model>) -> Row {
        var toFailure: [Int] = []
        var (find, shrink): ([Double], [Double]) = ([], [])
        var row = Row(
            name: name, seeds: seeds.count, found: 0, medianSchedules: 0, mostMillisecondsToFind: 0, medianMillisecondsToShrink: 0,
            small: 0, mostThreads: 0, mostOperations: 0, mostBeginning: 0, replays: 0, replayed: 0, shown: "")
        for seed in seeds {
            let start = clock()
            var firstFailure: Int?
            let report = PropertyEngine.run(PropertySettings(cases: schedules, seed: seed)) { draws in
                do throws(StateMachineFailure) {
                    try draws.run(machine)
                    return .passed
                } catch {
                    if firstFailure == nil { firstFailure = clock() }
                    return .failed(error.caseFailure)
                }
            }
            let end = clock()
            guard let failure = report.failures.first, let firstFailure else { continue }
            row.found += 1
            toFailure.append(failure.casesToFailure)
            find.append(Double(firstFailure - start) * 1000 / Double(CLOCKS_PER_SEC))
            shrink.append(Double(end - firstFailure) * 1000 / Double(CLOCKS_PER_SEC))
            let spans = failure.sequence.spans
            // A span of one choice is the end of its list.
            let steps = spans.filter { $0.label == Label.parallelStep && $0.range.count > 1 }
            var lanes: [UInt64: Int] = [:]
            for step in steps { lanes[failure.sequence.indices[step.range.lowerBound + 1], default: 0] += 1 }
            if lanes.count <= 2, lanes.values.allSatisfy({ $0 <= 3 }) { row.small += 1 }
            row.mostThreads = max(row.mostThreads, lanes.count)
            row.mostOperations = max(row.mostOperations, lanes.values.max() ?? 0)
            row.mostBeginning = max(row.mostBeginning, spans.filter { $0.label == Label.step && $0.range.count > 1 }.count)
            let shown = journal(failure.token, machine)
            row.shown = shown
            for _ in 0..<max(1, replays / row.seeds) {
                row.replays += 1
                if shown.hasPrefix(failure.failure.origin.reason), journal(failure.token, machine) == shown { row.replayed += 1 }
            }
        }
        row.medianSchedules = median(toFailure) ?? 0
        row.mostMillisecondsToFind = find.max() ?? 0
        row.medianMillisecondsToShrink = median(shrink) ?? 0
        return row
    }

    private static func journal<System, Model>(_ token: ReplayToken, _ machine: ParallelMachine<System, Model>) -> String {
        do {
            try checkParallel(replay: token, machine)
            return "passed"
        } catch let failure as PropertyFailure {
            return "\(failure.reason)\n\(failure.counterexample)"
        } catch {
            return "\(error)"
        }
    }

    private static func median<Number: Comparable>(_ values: [Number]) -> Number? {
        values.isEmpty ? nil : values.sorted()[values.count / 2]
    }

    // MARK: Tasks

    private final class Counter { let value = ScheduledAtomic(0) }

    private static func counter() -> ParallelMachine<Counter, Int> {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Counter() })
        machine.operation("counter.increment") { counter in
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

    /// Room for one value. Looks for room before it takes the lock: a signal that comes in between is lost.
    private final class Queue {
        let values = ScheduledMutex<[Int]>([], name: "the queue's lock")
        let change = ScheduledCondition(name: "change")

        func put(_ value: Int) async {
            if values.unguarded.isEmpty {
                await values.lock()
            } else {
                await values.lock()
                await change.wait(for: values)
            }
            while !values.unguarded.isEmpty { await change.wait(for: values) }
            values.unguarded.append(value)
            change.signal()
            values.unlock()
        }

        func take() async -> Int {
            await values.lock()
            while values.unguarded.isEmpty { await change.wait(for: values) }
            let value = values.unguarded.removeFirst()
            change.signal()
            values.unlock()
            return value
        }
    }

    /// Who puts takes afterwards, so that all can always end.
    private static func queue() -> ParallelMachine<Queue, Int> {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Queue() })
        machine.operation("queue.exchange") {
            $0.argument { $0.int(in: 0...9) }
        } performs: { queue, value in
            await queue.put(value)
            return await queue.take()
        } allows: { (_: inout Int, _: Int, _: Int) in
            true
        }
        return machine
    }

    private final class Accounts {
        let balances = [ScheduledMutex(10, name: "account 0"), ScheduledMutex(10, name: "account 1")]
    }

    private static func transfer() -> ParallelMachine<Accounts, [Int]> {
        var machine = ParallelMachine(model: { [10, 10] }, system: { _ in Accounts() })
        machine.operation("bank.transfer") { step in
            (step.argument("from:") { $0.int(in: 0...1) }, step.argument("amount:") { $0.int(in: 0...5) })
        } performs: { bank, drawn in
            let (from, to) = (bank.balances[drawn.0], bank.balances[1 - drawn.0])
            await from.lock()
            await to.lock()
            from.unguarded -= drawn.1
            to.unguarded += drawn.1
            to.unlock()
            from.unlock()
            return 0
        } model: { balances, drawn in
            balances[drawn.0] -= drawn.1
            balances[1 - drawn.0] += drawn.1
            return 0
        }
        return machine
    }

    private final class Cache {
        var values: [Int: Int] = [:]
        var computed = 0
    }

    private static func cache() -> ParallelMachine<Cache, Set<Int>> {
        var machine = ParallelMachine(model: { Set<Int>() }, system: { _ in Cache() })
        machine.operation("cache.value") {
            $0.argument { $0.int(in: 0...3) }
        } performs: { cache, key in
            if let value = cache.values[key] { return value }
            await interleave()
            cache.computed += 1
            cache.values[key] = key * key
            return key * key
        } model: { known, key in
            known.insert(key)
            return key * key
        }
        machine.afterwards("cache.computed") {
            $0.computed
        } model: {
            $0.count
        }
        return machine
    }

    private final class Lazy {
        let isReady = ScheduledAtomic(false)
        let lock = ScheduledMutex(0, name: "the lock")
        var value: Int?
    }

    /// Says that it is ready before it is.
    private static func lazy() -> ParallelMachine<Lazy, Int> {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Lazy() })
        machine.operation("lazy.get") { lazy -> Int? in
            if await lazy.isReady.load() { return lazy.value }
            await lazy.lock.lock()
            if await !lazy.isReady.load() {
                await lazy.isReady.store(true)
                await interleave()
                lazy.value = 42
            }
            lazy.lock.unlock()
            return lazy.value
        } model: { _ in
            42
        }
        return machine
    }

    /// A stack of numbered nodes that are used again, its top exchanged without a count of changes.
    private final class Stack {
        let top = ScheduledAtomic(0)
        var next = [Int](repeating: 0, count: 3)
        var values = [Int](repeating: 0, count: 3)
        /// Used in turn.
        var free = [1, 2]

        func push(_ value: Int) async -> Bool {
            guard !free.isEmpty else { return false }
            let node = free.removeFirst()
            values[node] = value
            while true {
                let seen = await top.load()
                next[node] = seen
                if await top.compareExchange(expected: seen, desired: node).isExchanged { return true }
            }
        }

        func pop() async -> Int? {
            while true {
                let seen = await top.load()
                if seen == 0 { return nil }
                let following = next[seen]
                if await top.compareExchange(expected: seen, desired: following).isExchanged {
                    free.append(seen)
                    return values[seen]
                }
            }
        }
    }

    private static func stack() -> ParallelMachine<Stack, [Int]> {
        var machine = ParallelMachine(model: { [Int]() }, system: { _ in Stack() })
        // The number of nodes is not the model's business.
        machine.operation("stack.push") {
            $0.argument { $0.int(in: 0...9) }
        } performs: { stack, value in
            await stack.push(value)
        } allows: { (values: inout [Int], value: Int, isPushed: Bool) in
            if isPushed { values.append(value) }
            return true
        }
        machine.operation("stack.pop") {
            await $0.pop()
        } model: {
            $0.popLast()
        }
        machine.afterwards("stack.pop") {
            await $0.pop()
        } model: {
            $0.last
        }
        return machine
    }

    /// Another call comes in while it waits for its approval.
    private actor Account {
        private let executor: ActorExecutor
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private var balance = 10

        init(on executor: ActorExecutor) { self.executor = executor }

        func withdraw(_ amount: Int) async -> Bool {
            guard balance >= amount else { return false }
            await approve()
            balance -= amount
            return true
        }

        func value() -> Int { balance }

        private func approve() async { await interleave() }
    }

    private static func account() -> ParallelMachine<Account, Int> {
        var machine = ParallelMachine(model: { 10 }, system: { Account(on: ActorExecutor($0)) })
        machine.operation("account.withdraw") {
            $0.argument { $0.int(in: 0...10) }
        } performs: { account, amount in
            await account.withdraw(amount)
        } model: { balance, amount in
            guard balance >= amount else { return false }
            balance -= amount
            return true
        }
        machine.operation("account.balance") {
            await $0.value()
        } model: {
            $0
        }
        return machine
    }

    private static func bank() -> ParallelMachine<Accounts, [Int]> {
        var machine = ParallelMachine(model: { [10, 10] }, system: { _ in Accounts() })
        machine.operation("bank.move") {
            $0.argument { $0.int(in: 0...5) }
        } performs: { bank, amount in
            await bank.balances[0].withLock { $0 -= amount }
            await bank.balances[1].withLock { $0 += amount }
            return 0
        } model: { balances, amount in
            balances[0] -= amount
            balances[1] += amount
            return 0
        }
        machine.operation("bank.total") { bank in
            let first = await bank.balances[0].withLock { $0 }
            return await bank.balances[1].withLock { $0 } + first
        } model: {
            $0[0] + $0[1]
        }
        return machine
    }

    private final class Semaphore { let used = ScheduledAtomic(0) }

    /// Two permits; looks, then takes.
    private static func semaphore() -> ParallelMachine<Semaphore, Int> {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Semaphore() })
        machine.operation("semaphore.tryEnter") { semaphore in
            guard await semaphore.used.load() < 2 else { return false }
            await semaphore.used.add(1)
            return true
        } model: { used in
            guard used < 2 else { return false }
            used += 1
            return true
        }
        machine.operation("semaphore.leave") { semaphore in
            while true {
                let used = await semaphore.used.load()
                guard used > 0 else { return false }
                if await semaphore.used.compareExchange(expected: used, desired: used - 1).isExchanged { return true }
            }
        } model: { used in
            guard used > 0 else { return false }
            used -= 1
            return true
        }
        return machine
    }
}
