/// A mutual exclusion lock whose every acquisition is a point of the schedule, for tests under a ``DeterministicExecutor``.
///
/// ```swift
/// let balance = ScheduledMutex(100, name: "balance")
/// await balance.withLock { $0 -= 30 }
/// ```
///
/// Waiters get it in the order in which they came. It is not recursive: a task that takes it twice waits for itself, which the schedule
/// reports as a deadlock, by name. Not for use outside of a schedule: it has no lock of its own.
public final class ScheduledMutex<Value>: @unchecked Sendable {
    // Sendable: under a schedule one thread runs all tasks, and nothing here suspends halfway through a change.

    private var value: Value
    private let name: String
    private var holder: String?
    private var waiters: [UnsafeContinuation<Void, Never>] = []

    public init(_ value: Value, name: String = "a lock") {
        self.value = value
        self.name = name
    }

    /// Takes the lock, runs the body, which may itself suspend, and gives the lock back.
    public func withLock<Result>(isolation: isolated (any Actor)? = #isolation, _ body: (inout Value) async throws -> Result) async rethrows
        -> Result
    {
        await lock()
        defer { unlock() }
        var held = value
        defer { value = held }
        return try await body(&held)
    }

    /// Takes the lock, for code that cannot nest; pair it with ``unlock()``.
    public func lock(isolation: isolated (any Actor)? = #isolation) async {
        await interleave()
        if holder != nil {
            DeterministicExecutor.current?.noteWait("\(name), which \(holder ?? "nobody") holds")
            await withUnsafeContinuation { waiters.append($0) }
            DeterministicExecutor.current?.noteWait(nil)
        }
        holder = DeterministicExecutor.current?.runningName ?? "a task"
    }

    /// Whether the lock was free and is now held.
    public func tryLock(isolation: isolated (any Actor)? = #isolation) async -> Bool {
        await interleave()
        guard holder == nil else { return false }
        holder = DeterministicExecutor.current?.runningName ?? "a task"
        return true
    }

    /// Gives the lock to who waited longest.
    public func unlock() {
        guard !waiters.isEmpty else {
            holder = nil
            return
        }
        // It stays held, so that nobody slips in before the waiter runs.
        holder = "the next in line"
        waiters.removeFirst().resume()
    }

    /// What the lock guards; for who holds it.
    public var unguarded: Value {
        get { value }
        set { value = newValue }
    }
}

/// A condition variable to go with ``ScheduledMutex``: it does not remember a signal that nobody waited for.
public final class ScheduledCondition: @unchecked Sendable {
    // Sendable: as for ScheduledMutex.

    private let name: String
    private var waiters: [UnsafeContinuation<Void, Never>] = []

    public init(name: String = "a condition") { self.name = name }

    /// Gives the lock back, waits for a signal and takes the lock again.
    public func wait<Value>(for mutex: ScheduledMutex<Value>, isolation: isolated (any Actor)? = #isolation) async {
        mutex.unlock()
        DeterministicExecutor.current?.noteWait("a signal of \(name)")
        await withUnsafeContinuation { waiters.append($0) }
        DeterministicExecutor.current?.noteWait(nil)
        await mutex.lock()
    }

    /// Wakes who waited longest, if anybody waits.
    public func signal() { if !waiters.isEmpty { waiters.removeFirst().resume() } }

    public func broadcast() {
        let all = waiters
        waiters.removeAll()
        for waiter in all { waiter.resume() }
    }
}
