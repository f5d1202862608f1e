import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// Draws and runs cases ahead of the machine that takes note of them, on threads of its own.
///
/// Workers take chunks of case numbers, in order, and run each case as it comes from the seed and its number, without the trie. The machine's own
/// thread does the same when no chunk is waiting for it. Nothing that a worker finds has an effect before its turn, so the result does not depend
/// on who was faster.
///
/// `@unchecked Sendable`, because: `ready`, `next`, `isStopped` and `committed` are touched only with `lock` held; a chunk is written by the
/// thread that took its number and read by the machine's thread after it was handed over under the lock; everything else is immutable.
final class ParallelCases: @unchecked Sendable {
    /// Cases that are taken at once: few enough that none waits long, many enough that the lock is never contended.
    static let chunkSize = 128
    /// Chunks that may be ahead of the machine, for each worker.
    static let maximumAhead = 8

    /// What the cases of one chunk came to.
    final class Chunk {
        struct Case {
            var judgement: PropertyMachine.Judgement
            var start: Int
            var count: Int
            var didRunBody: Bool
            var labels: [String]
            var coverage: [CoverageObservation]
            /// Whether it stated features or targets.
            var hasNotes: Bool
        }

        var cases: [Case] = []
        /// Choices of all cases, one after the other.
        var indices = FlatBuffer<UInt64>(capacity: 4096)
        var shapes = FlatBuffer<ChoiceShape>(capacity: 4096)

        deinit {
            indices.deallocate()
            shapes.deallocate()
        }
    }

    private let settings: PropertySettings
    private let test: @Sendable (Draws) -> CaseEnd
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var ready: [UInt64: Chunk] = [:]
    private var next: UInt64 = 0
    private var committed: UInt64 = 0
    private var isStopped = false
    private let ahead: UInt64
    /// The workers' threads; touched only by the thread that made this object.
    private var threads: [pthread_t] = []

    init(settings: PropertySettings, workers: Int, test: @escaping @Sendable (Draws) -> CaseEnd) {
        self.settings = settings
        self.test = test
        ahead = UInt64(workers * Self.maximumAhead)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
        for _ in 1..<max(1, workers) {
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    Unmanaged<ParallelCases>.fromOpaque(context).takeRetainedValue().work()
                    return nil
                }, Unmanaged.passRetained(self).toOpaque())
            if code == 0 { threads.append(thread) } else { Unmanaged.passUnretained(self).release() }
        }
    }

    deinit {
        pthread_mutex_destroy(lock)
        pthread_cond_destroy(changed)
        lock.deallocate()
        changed.deallocate()
    }

    /// Ends the workers and waits for them.
    func stop() {
        pthread_mutex_lock(lock)
        isStopped = true
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(lock)
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }

    /// The chunk with this number, which is drawn here when nobody else has begun it. Chunks are asked for in order.
    func chunk(_ number: UInt64, with draws: Draws) -> Chunk {
        pthread_mutex_lock(lock)
        committed = number
        pthread_cond_broadcast(changed)
        while true {
            if let chunk = ready.removeValue(forKey: number) {
                pthread_mutex_unlock(lock)
                return chunk
            }
            if next < committed + ahead {
                let taken = next
                next += 1
                pthread_mutex_unlock(lock)
                let chunk = draw(taken, with: draws)
                if taken == number { return chunk }
                pthread_mutex_lock(lock)
                ready[taken] = chunk
            } else {
                pthread_cond_wait(changed, lock)
            }
        }
    }

    private func work() {
        let draws = Draws(budget: settings.budget)
        pthread_mutex_lock(lock)
        while !isStopped {
            if next < committed + ahead {
                let taken = next
                next += 1
                pthread_mutex_unlock(lock)
                let chunk = draw(taken, with: draws)
                pthread_mutex_lock(lock)
                ready[taken] = chunk
                pthread_cond_broadcast(changed)
            } else {
                pthread_cond_wait(changed, lock)
            }
        }
        pthread_mutex_unlock(lock)
    }

    private func draw(_ number: UInt64, with draws: Draws) -> Chunk {
        let chunk = Chunk()
        chunk.cases.reserveCapacity(Self.chunkSize)
        let first = number * UInt64(Self.chunkSize)
        for case let number in first..<(first + UInt64(Self.chunkSize)) {
            PropertyMachine.begin(draws, settings, number)
            let end = test(draws)
            let start = chunk.indices.count
            chunk.indices.append(contentsOf: draws.indices, count: draws.count)
            chunk.shapes.append(contentsOf: draws.shapes, count: draws.count)
            chunk.cases.append(
                Chunk.Case(
                    judgement: PropertyMachine.judgement(end, draws), start: start, count: draws.count, didRunBody: draws.didRunBody,
                    labels: draws.labels, coverage: draws.coverage, hasNotes: !draws.features.isEmpty || !draws.targets.isEmpty))
        }
        return chunk
    }
}
