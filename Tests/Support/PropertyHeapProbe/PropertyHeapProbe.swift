import HeapUse
import PropertyTesting

/// Prints how many bytes more the heap holds after 2,000 runs of tasks under a schedule than before them, and after 2,000 more: a program of its
/// own, since other tests of a bundle allocate meanwhile.
///
///     PropertyHeapProbe tasks      runs that come to their end, by results, errors and failures
///     PropertyHeapProbe deadlock   runs that never do: three tasks each
@main
struct PropertyHeapProbe {
    static func main() { heap(deadlocks: CommandLine.arguments.dropFirst().first == "deadlock") }

    private struct Broken: Error {}

    private final class Counter { let value = ScheduledAtomic(0) }

    private static func heap(deadlocks: Bool) {
        var machine = ParallelMachine(model: { 0 }, system: { _ in Counter() })
        machine.operation("counter.increment") { counter in
            let value = await counter.value.load()
            await counter.value.store(value + 1)
            return value + 1
        } model: { value in
            value += 1
            return value
        }
        func run(_ draws: Draws) -> CaseEnd {
            // No case comes twice.
            let number = draws.int()
            let (left, right) = (ScheduledMutex(0), ScheduledMutex(0))
            do {
                if deadlocks {
                    try draws.race([
                        ("one", { await left.withLock { _ in await left.lock() } }), ("two", { await left.lock() }),
                    ])
                    return .passed
                }
                try draws.race([
                    ("one", { await left.withLock { value in await right.withLock { _ in value += 1 } } }),
                    ("two", { if await left.withLock({ $0 }) == 0, number % 2 == 0 { throw Broken() } }),
                ])
                try draws.interleaved {
                    async let first: Void = interleave()
                    async let second: Void = interleave()
                    _ = await (first, second)
                }
                try draws.run(machine)
            } catch is ScheduleFailure {
                precondition(deadlocks)
            } catch {
                return .passed
            }
            return .passed
        }
        func growth(_ cases: Int) -> Int {
            let before = heap_bytes_in_use()
            let report = PropertyEngine.run(PropertySettings(cases: cases, seed: 5), test: run)
            precondition(report.cases == cases)
            return Int(heap_bytes_in_use()) - Int(before)
        }
        _ = growth(2000)
        print(growth(2000), growth(2000))
    }
}
