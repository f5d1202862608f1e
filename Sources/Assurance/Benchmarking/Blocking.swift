import Dispatch

/// Runs async code from where nothing may be awaited: the thread waits for it.
enum Blocking {
    /// A place for one result, written before the semaphore is signalled and read after it was waited for: never at once.
    private final class Box<Value>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }

    static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let box = Box<Value>()
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do { box.result = .success(try await body()) } catch { box.result = .failure(error) }
            done.signal()
        }
        done.wait()
        guard let result = box.result else { preconditionFailure("signalled without a result") }
        return try result.get()
    }
}
