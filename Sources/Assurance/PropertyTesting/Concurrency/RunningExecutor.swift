#if canImport(Glibc)
    import Glibc
#endif

/// Which executor drains on the calling thread.
///
/// Not a task-local value: each task would get a copy, in a kilobyte of its own, and all tasks of a run are on its one thread anyway.
enum RunningExecutor {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        // At the limit of keys there is none, and `current` stays nil.
        return pthread_key_create(&key, nil) == 0 ? key : .max
    }()

    /// It is held by who sets it, for as long as it is set.
    static var onThisThread: DeterministicExecutor? {
        get { pthread_getspecific(key).map { Unmanaged<DeterministicExecutor>.fromOpaque($0).takeUnretainedValue() } }
        set { _ = pthread_setspecific(key, newValue.map { Unmanaged.passUnretained($0).toOpaque() }) }
    }
}
