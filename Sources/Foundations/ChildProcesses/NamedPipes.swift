import ChildProcessesRuntime
import Glibc

/// The FIFOs of one run: made before the command starts, read while it runs, removed after it.
///
/// Our process keeps a writing end of each open as well. Without it a reader meets an end of file whenever the last
/// writer closes, also between two writers; with it the FIFO is quiet until ``closeWriters(in:)``.
struct NamedPipes {
    private(set) var readers: [Int32] = []
    private var writers: [Int32] = []
    private var made: [String] = []

    /// Makes all of `paths`. On failure those already made stay listed; the caller calls ``remove()`` on every way out.
    mutating func make(_ paths: [String], in descriptors: DescriptorSet) throws(SpawnError) {
        for path in paths {
            guard mkfifo(path, 0o600) == 0 else { throw .namedPipe(path: path, errorNumber: errno) }
            made.append(path)
            // A reader that does not wait can be opened first, and a writer that does not wait needs a reader.
            let reader = runtime_open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
            guard reader >= 0 else { throw .namedPipe(path: path, errorNumber: errno) }
            readers.append(descriptors.adopt(reader))
            let writer = runtime_open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW)
            guard writer >= 0 else { throw .namedPipe(path: path, errorNumber: errno) }
            writers.append(descriptors.adopt(writer))
        }
    }

    mutating func closeWriters(in descriptors: DescriptorSet) {
        for writer in writers { descriptors.close(writer) }
        writers.removeAll()
    }

    mutating func remove() {
        for path in made { unlink(path) }
        made.removeAll()
    }
}
