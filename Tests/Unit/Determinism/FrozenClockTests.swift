import Synchronization
import Testing

@testable import Determinism

// The limit is for a hang alone: beside all other tests each turn of a task may take seconds.
@Suite("A frozen clock", .timeLimit(.minutes(15)))
struct FrozenClockTests {
    @Test("stands still until it is moved")
    func standsStill() throws {
        let clock = FrozenClock(wall: try Instant(rfc3339: "2024-01-01T00:00:00Z"), monotonic: .init(nanosecondsSinceOrigin: 5))
        let readings = (0..<100).map { _ in clock.reading }
        #expect(readings.allSatisfy { $0.wall.rfc3339 == "2024-01-01T00:00:00Z" && $0.monotonic.nanosecondsSinceOrigin == 5 })
    }

    @Test("moves wall and monotonic time by the same nanoseconds, and loses none of them")
    func keepsNanoseconds() throws {
        let clock = FrozenClock(wall: try Instant(rfc3339: "2024-01-01T00:00:00.123456789Z"))
        try clock.advance(byNanoseconds: 1)
        try clock.advance(byNanoseconds: 999_999_999)
        try clock.advance(byNanoseconds: 0)
        #expect(clock.wallNow.rfc3339 == "2024-01-01T00:00:01.123456789Z")
        #expect(clock.monotonicNow.nanosecondsSinceOrigin == 1_000_000_000)
    }

    @Test("refuses to go back, or out of range, and stays where it was")
    func refusesBadMoves() {
        let clock = FrozenClock(
            wall: .init(nanosecondsSinceEpoch: 7), monotonic: MonotonicInstant(nanosecondsSinceOrigin: .max - 10))
        #expect(throws: FrozenClockError.backwards(nanoseconds: -1)) { try clock.advance(byNanoseconds: -1) }
        #expect(throws: FrozenClockError.outOfRange(nanoseconds: 11)) { try clock.advance(byNanoseconds: 11) }
        #expect(throws: FrozenClockError.outOfRange(nanoseconds: .max)) { try clock.stepWall(byNanoseconds: .max) }
        #expect(clock.wallNow.nanosecondsSinceEpoch == 7)
        #expect(clock.monotonicNow.nanosecondsSinceOrigin == .max - 10)
    }

    @Test("steps the wall alone, as a time service does")
    func stepsWall() throws {
        let clock = FrozenClock()
        try clock.advance(byNanoseconds: 100)
        try clock.stepWall(byNanoseconds: -1_000)
        #expect(clock.wallNow.nanosecondsSinceEpoch == -900)
        #expect(clock.monotonicNow.nanosecondsSinceOrigin == 100)
    }

    @Test("of one test does not leak into another that runs beside it", arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [Int64])
    func doesNotLeak(step: Int64) async throws {
        let clock = FrozenClock()
        let sleeper = Task { try await clock.sleep(until: .init(nanosecondsSinceOrigin: 500 * step)) }
        await clock.waitForSleepers(atLeast: 1)
        for _ in 0..<500 {
            try clock.advance(byNanoseconds: step)
            await Task.yield()
        }
        try await sleeper.value
        #expect(clock.monotonicNow.nanosecondsSinceOrigin == 500 * step)
        #expect(clock.wallNow.nanosecondsSinceEpoch == 500 * step)
    }

    @Test("does not move when another one does")
    func clocksAreIndependent() async throws {
        let (moved, other) = (FrozenClock(), FrozenClock())
        let sleeper = Task { try await other.sleep(until: .init(nanosecondsSinceOrigin: 10)) }
        await other.waitForSleepers(atLeast: 1)
        try moved.advance(byNanoseconds: 1_000)
        #expect(other.monotonicNow == .origin)
        #expect(other.sleeperCount == 1)
        try other.advanceToNextDeadline()
        try await sleeper.value
    }

    /// Runs jobs one after the other in the order in which they come, on the thread of whoever brings the first.
    private final class SerialExecutor: TaskExecutor {
        private struct State {
            var jobs: [UnownedJob] = []
            var isRunning = false
        }
        private let state = Mutex(State())

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            let isFirst = state.withLock { state in
                state.jobs.append(job)
                defer { state.isRunning = true }
                return !state.isRunning
            }
            guard isFirst else { return }
            while let next = state.withLock({ state in
                state.isRunning = !state.jobs.isEmpty
                return state.jobs.isEmpty ? nil : state.jobs.removeFirst()
            }) {
                next.runSynchronously(on: asUnownedTaskExecutor())
            }
        }
    }

    private final class Log: Sendable {
        let woken = Mutex<[Int]>([])
    }

    @Test("wakes sleepers by deadline, then in order of arrival")
    func wakeOrder() async throws {
        for _ in 0..<50 {
            let clock = FrozenClock()
            let executor = SerialExecutor()
            let log = Log()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (name, deadline) in [(0, 30), (1, 10), (2, 20), (3, 10), (4, 30), (5, 10)] as [(Int, Int64)] {
                    group.addTask(executorPreference: executor) {
                        try await clock.sleep(until: .init(nanosecondsSinceOrigin: deadline))
                        log.woken.withLock { $0.append(name) }
                    }
                    await clock.waitForSleepers(atLeast: name + 1)
                }
                #expect(clock.nextDeadline == .init(nanosecondsSinceOrigin: 10))
                try clock.advance(byNanoseconds: 100)
                try await group.waitForAll()
            }
            #expect(log.woken.withLock { $0 } == [1, 3, 5, 2, 0, 4])
        }
    }

    @Test("keeps those asleep whose deadline has not come")
    func wakesNobodyEarly() async throws {
        let clock = FrozenClock()
        let early = Task { try await clock.sleep(until: .init(nanosecondsSinceOrigin: 10)) }
        let late = Task { try await clock.sleep(until: .init(nanosecondsSinceOrigin: 11)) }
        await clock.waitForSleepers(atLeast: 2)
        try clock.advance(byNanoseconds: 9)
        #expect(clock.sleeperCount == 2)
        try clock.advance(byNanoseconds: 1)
        #expect(clock.sleeperCount == 1)
        try await early.value
        #expect(try clock.advanceToNextDeadline())
        try await late.value
        #expect(try clock.advanceToNextDeadline() == false)
    }

    @Test("lets a cancelled sleeper go, whether it was cancelled before or while it slept")
    func cancellation() async throws {
        let clock = FrozenClock()
        let asleep = Task { try await clock.sleep(until: .init(nanosecondsSinceOrigin: 10)) }
        await clock.waitForSleepers(atLeast: 1)
        asleep.cancel()
        await #expect(throws: CancellationError.self) { try await asleep.value }
        #expect(clock.sleeperCount == 0)

        let before = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(until: .init(nanosecondsSinceOrigin: 10))
        }
        await #expect(throws: CancellationError.self) { try await before.value }
        #expect(clock.sleeperCount == 0)
    }

    @Test("returns at once from a sleep whose deadline has come")
    func sleepInThePast() async throws {
        let clock = FrozenClock(monotonic: .init(nanosecondsSinceOrigin: 10))
        try await clock.sleep(until: .init(nanosecondsSinceOrigin: 10))
        try await clock.sleep(until: .init(nanosecondsSinceOrigin: -5))
        #expect(clock.sleeperCount == 0)
    }

    @Test("serves code that is generic over Swift's Clock")
    func swiftClock() async throws {
        func twoSleeps(_ clock: some Clock<Duration>) async throws {
            try await clock.sleep(for: .seconds(60))
            try await clock.sleep(for: .milliseconds(1))
        }
        let clock = FrozenClock()
        let task = Task { try await twoSleeps(clock) }
        await clock.waitForSleepers(atLeast: 1)
        try clock.advanceToNextDeadline()
        await clock.waitForSleepers(atLeast: 1)
        try clock.advanceToNextDeadline()
        try await task.value
        #expect(clock.monotonicNow.nanosecondsSinceOrigin == 60_001_000_000)
    }

    @Test("loses no sleeper and no nanosecond when many threads move it")
    func threads() async throws {
        let clock = FrozenClock()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for deadline in 1...200 as ClosedRange<Int64> {
                group.addTask { try await clock.sleep(until: .init(nanosecondsSinceOrigin: deadline)) }
            }
            await clock.waitForSleepers(atLeast: 200)
            for _ in 0..<4 { group.addTask { for _ in 0..<50 { try clock.advance(byNanoseconds: 1) } } }
            try await group.waitForAll()
        }
        #expect(clock.monotonicNow.nanosecondsSinceOrigin == 200)
        #expect(clock.wallNow.nanosecondsSinceEpoch == 200)
        #expect(clock.sleeperCount == 0)
    }
}

@Suite("Monotonic instants and the system's clocks")
struct TimeSourceTests {
    @Test("a part of a nanosecond is rounded up, and sums are held at the ends")
    func durations() {
        let origin = MonotonicInstant.origin
        #expect(origin.advanced(by: .nanoseconds(3)).nanosecondsSinceOrigin == 3)
        #expect(origin.advanced(by: Duration(attoseconds: 1)).nanosecondsSinceOrigin == 1)
        #expect(origin.advanced(by: Duration(attoseconds: -1)).nanosecondsSinceOrigin == 0)
        #expect(origin.advanced(by: .seconds(Int64.max)).nanosecondsSinceOrigin == .max)
        #expect(origin.advanced(by: .seconds(Int64.min)).nanosecondsSinceOrigin == .min)
        #expect(MonotonicInstant(nanosecondsSinceOrigin: .max).advanced(byNanoseconds: 1).nanosecondsSinceOrigin == .max)
        #expect(MonotonicInstant(nanosecondsSinceOrigin: .min).nanoseconds(since: .init(nanosecondsSinceOrigin: 1)) == .min)
    }

    @Test("a duration to the farthest reading does not overflow")
    func farthest() {
        let (first, last) = (MonotonicInstant(nanosecondsSinceOrigin: .min), MonotonicInstant(nanosecondsSinceOrigin: .max))
        #expect(first.advanced(by: first.duration(to: last)) == last)
        #expect(last.advanced(by: last.duration(to: first)) == first)
    }

    @Test("the system's monotonic clock never goes back, and its wall clock stands in this century")
    func system() throws {
        let time = SystemTimeSource()
        var last = time.monotonicNow
        for _ in 0..<1000 {
            let now = time.monotonicNow
            #expect(now >= last)
            last = now
        }
        #expect(time.wallNow > (try Instant(rfc3339: "2024-01-01T00:00:00Z")))
    }
}
