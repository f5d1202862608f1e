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
/// enough: while the engine thinks, the task is suspended; while the body runs, the engine's thread sleeps.
///
/// One case is under way at a time. Complexity: two changes of thread for each case, some microseconds.
///
/// `@unchecked Sendable`: every stored property but the two primitives is read and written with `mutex` held. The ``Draws`` that passes
/// through is not Sendable itself; it is used by the engine's thread outside of ``ask(_:)`` only, and by the task only between ``next()`` and
/// ``answer(_:)``, which the mutex puts in order: never by both at once.
final class CaseExchange: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var pending: Draws?
    private var ended: CaseEnd?
    private var report: PropertyReport?
    private var waiting: CheckedContinuation<Bool, Never>?
    private var isCancelled = false

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
    func ask(_ draws: Draws) -> CaseEnd {
        pthread_mutex_lock(mutex)
        if isCancelled {
            pthread_mutex_unlock(mutex)
            // A choice that hardly comes twice: a discard, which the engine soon has enough of, and no duplicate, of which it bears many.
            _ = draws.uniform(bound: .max)
            return .rejected
        }
        pending = draws
        wake(hasCase: true)
        while ended == nil { pthread_cond_wait(condition, mutex) }
        let end = ended
        ended = nil
        pthread_mutex_unlock(mutex)
        return end ?? .rejected
    }

    /// Says that there are no more cases.
    func finish(_ report: PropertyReport) {
        locked {
            self.report = report
            wake(hasCase: false)
        }
    }

    /// With the mutex held. Resuming only marks the task as ready to run: nothing of it runs on this thread.
    private func wake(hasCase: Bool) {
        waiting?.resume(returning: hasCase)
        waiting = nil
    }

    // MARK: The task's side

    /// Waits until there is a case, true, or the run is over, false.
    func next(isolation: isolated (any Actor)? = #isolation) async -> Bool {
        await withCheckedContinuation(isolation: isolation) { continuation in
            locked {
                if pending != nil {
                    continuation.resume(returning: true)
                } else if report != nil {
                    continuation.resume(returning: false)
                } else {
                    waiting = continuation
                }
            }
        }
    }

    /// The case that ``next()`` announced.
    func takeCase() -> Draws? { locked { pending } }

    func answer(_ end: CaseEnd, isCancelled: Bool) {
        locked {
            pending = nil
            if isCancelled { self.isCancelled = true }
            ended = end
            pthread_cond_signal(condition)
        }
    }

    func takeReport() -> PropertyReport? { locked { report } }

    // MARK: The thread

    /// Bytes of the engine's stack.
    static let stackSize = 4 << 20

    /// Starts a thread that runs `body` and ends. False where the system gives none.
    static func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
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
