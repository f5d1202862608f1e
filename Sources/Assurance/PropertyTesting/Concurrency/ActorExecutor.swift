/// The executor of one actor under test: every call into the actor is a point of the schedule.
///
/// ```swift
/// actor Account {
///     private let executor: ActorExecutor
///     nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
///     init(on executor: ActorExecutor) { self.executor = executor }
/// }
/// ```
///
/// Each actor has its own, or else a call from one to the other would be no hop. Isolation needs no lock: one thread runs all jobs, and a job
/// runs until it suspends.
public final class ActorExecutor: SerialExecutor {
    private let schedule: DeterministicExecutor

    public init(_ schedule: DeterministicExecutor) { self.schedule = schedule }

    public func enqueue(_ job: consuming ExecutorJob) { schedule.take(UnownedJob(job), on: self) }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor { UnownedSerialExecutor(ordinary: self) }
}
