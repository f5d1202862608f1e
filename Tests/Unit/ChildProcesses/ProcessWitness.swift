import Glibc

@testable import ChildProcesses

/// A folder of its own for one test, removed with its files at the end.
final class TemporaryFolder {
    let path: String

    init() {
        let parent = Environment.current()["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/child-processes-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? ""
        precondition(!path.isEmpty, "no temporary folder in \(parent)")
    }

    deinit {
        for name in names(in: path) { unlink("\(path)/\(name)") }
        rmdir(path)
    }

    func write(_ text: String, to name: String, mode: mode_t = 0o600) -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        precondition(descriptor >= 0)
        let bytes = Array(text.utf8)
        precondition(Glibc.write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
        return file
    }
}

/// Sees whether processes live, without waiting for a length of time: they hold a FIFO open for writing, and the
/// kernel reports its end of file when the last of them has died. A marker in their arguments is the second proof.
final class ProcessWitness {
    let path: String
    /// A duration for sleep(1) that nobody else uses; long, and unique in /proc.
    let marker: String
    private let folder = TemporaryFolder()
    private let reader: Int32

    init() {
        path = "\(folder.path)/witness"
        marker = "9\(UInt32.random(in: 100_000_000...999_999_999))"
        precondition(mkfifo(path, 0o600) == 0)
        reader = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        precondition(reader >= 0)
    }

    deinit { close(reader) }

    /// Begins a script whose processes all hold the FIFO, and tells us so.
    var preamble: String { "exec 9>'\(path)'; echo ready >&9; " }

    /// Waits for the preamble's message.
    func waitUntilReady() -> Bool { next() == .bytes }

    /// Waits until the last process that holds the FIFO is dead. False after 30 s.
    func waitUntilDead() -> Bool {
        while true {
            switch next() {
            case .bytes: continue
            case .ended: return true
            case .nothing: return false
            }
        }
    }

    /// Numbers of living processes with the marker among their arguments.
    var marked: [Int32] {
        names(in: "/proc").compactMap { Int32($0) }.filter { contents("/proc/\($0)/cmdline")?.contains(marker) == true }
    }

    func waitUntilUnmarked() -> Bool { wait { $0.isEmpty } }

    func waitUntilMarked(_ count: Int) -> Bool { wait { $0.count >= count } }

    /// Looks until the marked processes are as wanted. False after 30 s.
    private func wait(_ isReached: ([Int32]) -> Bool) -> Bool {
        let deadline = MonotonicTime.nanoseconds() + 30_000_000_000
        while !isReached(marked) {
            if MonotonicTime.nanoseconds() > deadline { return false }
            usleep(5_000)
        }
        return true
    }

    private enum News { case bytes, ended, nothing }

    private func next() -> News {
        var polled = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, 30_000) > 0 else { return .nothing }
        var buffer = [UInt8](repeating: 0, count: 256)
        return read(reader, &buffer, buffer.count) > 0 ? .bytes : .ended
    }
}

/// What a folder holds, without `.` and `..`, in order of names.
func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
}

/// A file of /proc as text; `nil` when it is gone.
func contents(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { break }
        bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// The program beside the test bundle.
func probePath() -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    let path = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/ChildProcessesProbe"
}

/// A command of the shell with limits that no test reaches by accident.
func shell(
    _ script: String, environment: [String: String] = ["PATH": "/usr/bin:/bin"], timeoutNanoseconds: Int64 = 60_000_000_000,
    graceNanoseconds: Int64 = 50_000_000, outputLimitBytes: Int = 1 << 20, namedPipes: [String] = []
) -> Command {
    Command(
        ["/bin/sh", "-c", script], environment: environment, timeoutNanoseconds: timeoutNanoseconds,
        graceNanoseconds: graceNanoseconds, outputLimitBytes: outputLimitBytes, namedPipes: namedPipes)
}
