import Synchronization

/// A clock that stands still until somebody moves it: wall time and monotonic time, pinned together.
///
/// ```swift
/// let clock = FrozenClock(wall: try Instant(rfc3339: "2024-01-01T00:00:00Z"))
/// let limiter = Limiter(time: clock)            // anything that takes a TimeSource
/// try clock.advance(byNanoseconds: 1_000_000)   // wall and monotonic both move by 1 ms
/// try clock.stepWall(byNanoseconds: -40)        // an NTP step: wall alone, monotonic stays
/// ```
///
/// It is also a Swift `Clock`, so that code which sleeps runs without waiting. A sleeper stays suspended until the clock
/// has reached its deadline; sleepers are resumed in order of deadline, then of arrival:
///
/// ```swift
/// let task = Task { try await clock.sleep(for: .seconds(60)) }
/// await clock.waitForSleepers(atLeast: 1)       // no race: the task is asleep now
/// try clock.advanceToNextDeadline()
/// try await task.value
/// ```
///
/// The order of *resuming* is fixed. What resumed tasks then do may interleave, also when they belong to one actor, to which
/// they come back by way of the shared threads; tasks that prefer one serial task executor run in the order of resuming.
///
/// There is no global state: a clock is an instance that is passed by parameter, two clocks never influence each other,
/// and a test that makes its own leaks into no other. Safe to use from any thread. Moves that would leave the range of 64
/// bits, and moves backwards, throw ``FrozenClockError`` and change nothing.
///
/// Complexity: reading O(1); `advance` O(sleepers).
public final class FrozenClock: TimeSource, Clock {
    public typealias Duration = Swift.Duration
    public typealias Instant = MonotonicInstant

    /// How many tasks may sleep on one clock at a time.
    public static let maximumSleepers = 100_000

    private struct State {
        var wall: Determinism.Instant
        var monotonic: MonotonicInstant
        var lastTicket: UInt64 = 0
        var queue = SleeperQueue<CheckedContinuation<Void, any Error>>()
        var watchers: [Watcher] = []

        mutating func takeSatisfiedWatchers() -> [CheckedContinuation<Void, Never>] {
            let satisfied = watchers.filter { $0.count <= queue.count }.map(\.continuation)
            watchers.removeAll { $0.count <= queue.count }
            return satisfied
        }
    }

    private struct Watcher {
        let count: Int
        let continuation: CheckedContinuation<Void, Never>
    }

    private let state: Mutex<State>

    /// A clock that stands at `wall` and `monotonic`.
    public init(wall: Determinism.Instant = .epoch, monotonic: MonotonicInstant = .origin) {
        state = Mutex(State(wall: wall, monotonic: monotonic))
    }

    // MARK: Reading

    public var wallNow: Determinism.Instant { state.withLock { $0.wall } }
    public var monotonicNow: MonotonicInstant { state.withLock { $0.monotonic } }
    /// Both readings of one moment, which two separate calls would not be while another thread moves the clock.
    public var reading: (wall: Determinism.Instant, monotonic: MonotonicInstant) {
        state.withLock { ($0.wall, $0.monotonic) }
    }

    public var now: MonotonicInstant { monotonicNow }
    public var minimumResolution: Swift.Duration { .nanoseconds(1) }

    /// How many tasks sleep on this clock now.
    public var sleeperCount: Int { state.withLock { $0.queue.count } }
    /// The deadline that comes next; nil when nobody sleeps.
    public var nextDeadline: MonotonicInstant? { state.withLock { $0.queue.nextDeadline } }

    // MARK: Moving

    /// Moves wall and monotonic time forward by the same amount and wakes whoever is due.
    public func advance(byNanoseconds nanoseconds: Int64) throws(FrozenClockError) {
        guard nanoseconds >= 0 else { throw .backwards(nanoseconds: nanoseconds) }
        try move { _ in nanoseconds }
    }

    /// Moves to the earliest deadline and wakes everybody who waits for it. Returns false, and moves nothing, when nobody
    /// sleeps.
    @discardableResult
    public func advanceToNextDeadline() throws(FrozenClockError) -> Bool {
        try move { state in state.queue.nextDeadline.map { $0.nanoseconds(since: state.monotonic) } }
    }

    /// Steps the wall clock alone, forwards or backwards, as a time service does; no sleeper notices.
    public func stepWall(byNanoseconds nanoseconds: Int64) throws(FrozenClockError) {
        let overflowed = state.withLock { state in
            let (wall, overflow) = state.wall.nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
            if !overflow { state.wall = Determinism.Instant(nanosecondsSinceEpoch: wall) }
            return overflow
        }
        if overflowed { throw .outOfRange(nanoseconds: nanoseconds) }
    }

    @discardableResult
    private func move(_ amount: (borrowing State) -> Int64?) throws(FrozenClockError) -> Bool {
        enum Outcome {
            case nobody
            case outOfRange(Int64)
            case moved([CheckedContinuation<Void, any Error>])
        }
        let outcome: Outcome = state.withLock { state in
            guard let nanoseconds = amount(state) else { return .nobody }
            let (wall, wallOverflow) = state.wall.nanosecondsSinceEpoch.addingReportingOverflow(nanoseconds)
            let (monotonic, overflow) = state.monotonic.nanosecondsSinceOrigin.addingReportingOverflow(nanoseconds)
            if wallOverflow || overflow { return .outOfRange(nanoseconds) }
            state.wall = Determinism.Instant(nanosecondsSinceEpoch: wall)
            state.monotonic = MonotonicInstant(nanosecondsSinceOrigin: monotonic)
            return .moved(state.queue.takeDue(at: state.monotonic))
        }
        switch outcome {
        case .nobody: return false
        case .outOfRange(let nanoseconds): throw .outOfRange(nanoseconds: nanoseconds)
        case .moved(let due):
            // Outside of the lock: an executor may run a resumed task on this very thread.
            for continuation in due { continuation.resume() }
            return true
        }
    }

    // MARK: Sleeping

    /// Suspends until the clock has reached `deadline`; returns at once where it already has. `tolerance` is of no use to a
    /// clock that stands still.
    ///
    /// Throws `CancellationError` when the task is cancelled, and ``FrozenClockError/tooManySleepers``.
    public func sleep(until deadline: MonotonicInstant, tolerance: Swift.Duration? = nil) async throws {
        enum Admission {
            case done
            case cancelled
            case refused
            case asleep([CheckedContinuation<Void, Never>])
        }
        let ticket = state.withLock { state in
            state.lastTicket += 1
            return state.lastTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let admission: Admission = state.withLock { state in
                    // A cancellation whose handler ran before this lock finds no sleeper, but its flag is visible here; one
                    // whose handler runs after it finds the sleeper. So none is lost.
                    if Task.isCancelled { return .cancelled }
                    if deadline <= state.monotonic { return .done }
                    if state.queue.count >= Self.maximumSleepers { return .refused }
                    state.queue.insert(continuation, deadline: deadline, ticket: ticket)
                    return .asleep(state.takeSatisfiedWatchers())
                }
                switch admission {
                case .done: continuation.resume()
                case .cancelled: continuation.resume(throwing: CancellationError())
                case .refused: continuation.resume(throwing: FrozenClockError.tooManySleepers(limit: Self.maximumSleepers))
                case .asleep(let satisfied): for watcher in satisfied { watcher.resume() }
                }
            }
        } onCancel: {
            let continuation = state.withLock { $0.queue.remove(ticket: ticket) }
            continuation?.resume(throwing: CancellationError())
        }
    }

    /// Suspends until at least `count` tasks sleep on this clock: how a test knows that what it started has come to rest.
    public func waitForSleepers(atLeast count: Int) async {
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let satisfied = state.withLock { state in
                if state.queue.count >= count { return true }
                state.watchers.append(Watcher(count: count, continuation: continuation))
                return false
            }
            if satisfied { continuation.resume() }
        }
    }
}

/// Why a ``FrozenClock`` did not do what it was asked. The clock is unchanged.
public enum FrozenClockError: Error, Hashable, Sendable, CustomStringConvertible {
    /// `advance` was given a negative amount; the wall clock alone can be stepped back, with `stepWall`.
    case backwards(nanoseconds: Int64)
    /// The move would leave the range of 64 bits.
    case outOfRange(nanoseconds: Int64)
    /// More tasks than ``FrozenClock/maximumSleepers`` would sleep.
    case tooManySleepers(limit: Int)

    public var description: String {
        switch self {
        case .backwards(let nanoseconds):
            "a frozen clock cannot be advanced by \(nanoseconds) ns; step the wall clock alone with stepWall(byNanoseconds:)"
        case .outOfRange(let nanoseconds): "moving a frozen clock by \(nanoseconds) ns leaves the range of 64 bits"
        case .tooManySleepers(let limit): "more than \(limit) tasks (maximumSleepers) would sleep on one frozen clock"
        }
    }
}
