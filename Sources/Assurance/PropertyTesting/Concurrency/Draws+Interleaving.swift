import Synchronization

/// A point at which another task may run: put it where a real machine could switch threads.
///
/// Under a ``DeterministicExecutor`` it is a point of the schedule; elsewhere it is a `Task.yield()`.
public func interleave(isolation: isolated (any Actor)? = #isolation) async { await Task.yield() }

extension Draws {
    /// Runs an asynchronous body to its end on the calling thread. How its tasks take turns is drawn from this case, so that it shrinks
    /// and replays with the rest of it. See ``DeterministicExecutor``.
    ///
    /// - Throws: what the body throws; ``ScheduleFailure`` for a deadlock or tasks without end.
    @discardableResult
    public func interleaved<Value>(_ body: @escaping () async throws -> Value) throws -> Value {
        try interleaved { _ in try await body() }
    }

    /// As above; the body gets the executor, for actors that want it.
    @discardableResult
    public func interleaved<Value>(_ body: @escaping (DeterministicExecutor) async throws -> Value) throws -> Value {
        let executor = ExecutorShelf.take()
        defer { ExecutorShelf.putBack(executor) }
        return try executor.run(self) { try await body(executor) }
    }

    /// Runs operations as tasks of their own until all have ended. Names are for messages.
    ///
    /// - Throws: the first error in the order of the operations; ``ScheduleFailure``.
    public func race(_ operations: [(name: String, run: () async throws -> Void)]) throws {
        try interleaved { executor in try await executor.race(operations) }
    }
}

extension DeterministicExecutor {
    /// Runs operations as tasks of their own until all have ended; from within a run of this executor.
    ///
    /// - Throws: the first error in the order of the operations.
    public func race(_ operations: [(name: String, run: () async throws -> Void)]) async throws {
        // Sending: all tasks of this executor run on one thread.
        nonisolated(unsafe) let operations = operations
        nonisolated(unsafe) var errors = [(any Error)?](repeating: nil, count: operations.count)
        // Who only waits for the others has nothing to pause in.
        let former = exchangePauses(given: [])
        defer { _ = exchangePauses(given: former) }
        await withTaskGroup(of: Void.self) { group in
            for number in operations.indices {
                group.addTask(executorPreference: self) {
                    self.nameRunningTask(operations[number].name)
                    do { try await operations[number].run() } catch { errors[number] = error }
                    self.nameRunningTask(nil)
                }
            }
        }
        for error in errors { if let error { throw error } }
    }
}

/// Executors that are free. They are kept and never freed, since a task that outlived its run would come back to one that is gone.
private enum ExecutorShelf {
    private static let free = Mutex<[DeterministicExecutor]>([])

    static func take() -> DeterministicExecutor { free.withLock { $0.popLast() } ?? DeterministicExecutor() }

    static func putBack(_ executor: DeterministicExecutor) {
        guard !executor.isAbandoned else { return }
        free.withLock { $0.append(executor) }
    }
}
