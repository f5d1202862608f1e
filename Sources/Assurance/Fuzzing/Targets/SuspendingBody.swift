import FuzzingRuntime
import PropertyTesting
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// How a body that suspends is run to its end.
public enum FuzzScheduling: Sendable {
    /// On the thread of the runner, job by job, in an order that is a part of the input of a typed target: a race that was found is replayed and
    /// made smaller like any other finding. Child tasks and actors take part; who waits for a detached task, the main actor, a sleep or for input and
    /// output waits in vain, which is a finding (``DeterministicExecutor``).
    case deterministic
    /// On the threads of Swift's own pool, in an order that nobody chose, for bodies that need them. Findings may be flaky, and one run costs several
    /// microseconds more.
    case concurrent
}

/// Runs what suspends to its end on the calling thread.
enum SuspendingBody {
    /// Inputs without choices, to be used again: the order of a schedule on bytes is the simplest.
    private struct Shelf: @unchecked Sendable {  // each of them is in one hand: taken under the lock and put back
        var free: [DrawnInput] = []
    }

    private static let shelf = Mutex(Shelf())

    static func run(_ scheduling: FuzzScheduling, _ body: @escaping () async throws -> Void) throws {
        guard case .deterministic = scheduling else { return try runConcurrently(body) }
        let input = shelf.withLock { $0.free.popLast() } ?? DrawnInput()
        defer { shelf.withLock { $0.free.append(input) } }
        input.begin([])
        try input.draws.interleaved(body)
    }

    static func run(_ scheduling: FuzzScheduling, _ draws: Draws, _ body: @escaping () async throws -> Void) throws {
        guard case .deterministic = scheduling else { return try runConcurrently(body) }
        try draws.interleaved(body)
    }

    private final class Outcome: @unchecked Sendable {  // written once before the semaphore is posted, read after
        var error: (any Error)?
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

        init() { sem_init(semaphore, 0, 0) }

        deinit {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }
    }

    private static func runConcurrently(_ body: @escaping () async throws -> Void) throws {
        let outcome = Outcome()
        // Sending: this thread does nothing but wait until the body has ended.
        nonisolated(unsafe) let body = body
        Task.detached {
            do { try await body() } catch { outcome.error = error }
            sem_post(outcome.semaphore)
        }
        while sem_wait(outcome.semaphore) != 0 {}
        if let error = outcome.error { throw error }
    }
}
