import Determinism

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The hatch between an engine, which is synchronous and has a thread of its own, and bodies that may suspend.
///
/// ```
/// engine's thread                      the caller's task
/// ask(draws)  ── case ──▶              next() resumes
/// (waits on a condition)               await body(draws)
/// returns end ◀── end ──               answer(end)
/// ```
///
/// The engine never runs on the pool of the language's tasks and a body never runs on the engine's thread, so that a pool of one thread is
/// enough: while the engine thinks, the task is suspended; while the body runs, the engine's thread sleeps. A case is timed on the task's side,
/// so that the changes of thread are no part of its time.
///
/// One case is under way at a time. Complexity: two changes of thread for each case, some microseconds.
///
/// `@unchecked Sendable`: every stored property but the two primitives is read and written with `mutex` held. The ``Draws`` that passes
/// through is not Sendable itself; it is used by the engine's thread outside of ``ask(_:)`` only, and by the task only between ``next()`` and
/// ``answer(_:)``, which the mutex puts in order: never by both at once.
final class CaseExchange<Outcome: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var pending: Draws?
    private var ended: TimedEnd?
    private var outcome: Outcome?
    private var waiting: CheckedContinuation<Bool, Never>?
    private var wasCancelled = false

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        mutex.initialize(to: pthread_mutex_t())
        condition.initialize(to: pthread_cond_t())
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body()
    }

    // MARK: The engine's side

    /// Hands a case over and waits for its end. After a cancellation every case is rejected unseen, so that the engine comes to its end.
    func ask(_ draws: Draws) -> TimedEnd {
        pthread_mutex_lock(mutex)
        if wasCancelled {
            pthread_mutex_unlock(mutex)
            // A choice that hardly comes twice: a discard, which the engine soon has enough of, and no duplicate, of which it bears many.
            _ = draws.uniform(bound: .max)
            return TimedEnd(end: .rejected)
        }
        pending = draws
        wake(hasCase: true)
        while ended == nil { pthread_cond_wait(condition, mutex) }
        let end = ended
        ended = nil
        pthread_mutex_unlock(mutex)
        return end ?? TimedEnd(end: .rejected)
    }

    /// Whether the task was cancelled, so that ends of cases have no meaning any more.
    var isCancelled: Bool { locked { wasCancelled } }

    /// Says that there are no more cases.
    private func finish(_ outcome: Outcome) {
        locked {
            self.outcome = outcome
            wake(hasCase: false)
        }
    }

    /// With the mutex held. Resuming only marks the task as ready to run: nothing of it runs on this thread.
    private func wake(hasCase: Bool) {
        waiting?.resume(returning: hasCase)
        waiting = nil
    }

    // MARK: The task's side

    /// Runs `engine` on a thread of its own and its bodies here, in the caller's isolation.
    ///
    /// - Parameter time: the clock that cases are timed by; nil: they are not.
    static func run(
        isolation: isolated (any Actor)? = #isolation, time: (any TimeSource)?,
        test: nonisolated(nonsending) (Draws) async -> CaseEnd, engine: @escaping @Sendable (CaseExchange) -> Outcome
    ) async -> Outcome {
        let exchange = CaseExchange()
        let isRunning = startThread { exchange.finish(engine(exchange)) }
        precondition(isRunning, "the system gives no thread for a property's engine; run fewer tests at once (ulimit -u)")
        while true {
            while await exchange.next() {
                guard let draws = exchange.takeCase() else { continue }
                if Task.isCancelled {
                    exchange.answer(TimedEnd(end: .rejected), isCancelled: true)
                } else {
                    let start = time?.monotonicNow
                    var timed = TimedEnd(end: await test(draws))
                    if let start, let time { timed.nanoseconds = max(0, time.monotonicNow.nanoseconds(since: start)) }
                    exchange.answer(timed, isCancelled: false)
                }
            }
            if let outcome = exchange.takeOutcome() { return outcome }
        }
    }

    /// Waits until there is a case, true, or the run is over, false.
    private func next(isolation: isolated (any Actor)? = #isolation) async -> Bool {
        await withCheckedContinuation(isolation: isolation) { continuation in
            locked {
                if pending != nil {
                    continuation.resume(returning: true)
                } else if outcome != nil {
                    continuation.resume(returning: false)
                } else {
                    waiting = continuation
                }
            }
        }
    }

    /// The case that ``next()`` announced.
    private func takeCase() -> Draws? { locked { pending } }

    private func answer(_ end: TimedEnd, isCancelled: Bool) {
        locked {
            pending = nil
            if isCancelled { wasCancelled = true }
            ended = end
            pthread_cond_signal(condition)
        }
    }

    private func takeOutcome() -> Outcome? { locked { outcome } }

    // MARK: The thread

    /// Bytes of the engine's stack.
    static var stackSize: Int { 4 << 20 }

    /// Starts a thread that runs `body` and ends. False where the system gives none.
    private static func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setstacksize(&attributes, stackSize)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let box = Unmanaged.passRetained(ThreadBody(body))
        #if canImport(Darwin)
            var thread: pthread_t?
            let status = pthread_create(&thread, &attributes, { context in runThreadBody(context) }, box.toOpaque())
        #else
            var thread = pthread_t()
            let status = pthread_create(&thread, &attributes, { context in runThreadBody(context) }, box.toOpaque())
        #endif
        if status != 0 { box.release() }
        return status == 0
    }
}

private final class ThreadBody {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThreadBody(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run() }
    return nil
}
