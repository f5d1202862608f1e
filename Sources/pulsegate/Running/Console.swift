import ChildProcesses
import Determinism
import Glibc
import Reporting
import Synchronization
import TerminalDisplay

/// Where a command's words go: results to standard output, progress and problems to standard error.
struct Console: Sendable {
    let environment: [String: String]
    let colour: ColourMode
    let errorColour: ColourMode
    let columns: Int

    init(environment: [String: String]) {
        self.environment = environment
        colour = ColourMode(environment: environment, isTerminal: Terminal.isTerminal(descriptor: 1))
        errorColour = ColourMode(environment: environment, isTerminal: Terminal.isTerminal(descriptor: 2))
        columns = Terminal.columns(descriptor: 1, environment: environment)
    }

    func print(_ text: String) { print(bytes: Array((text.hasSuffix("\n") ? text : text + "\n").utf8)) }
    func print(bytes: [UInt8]) {
        // A reader that went away has seen enough; a full disk has lost the answer, and success would be a lie.
        if let code = Self.write(bytes: bytes, to: 1), code != EPIPE { Self.lostOutput.store(code, ordering: .relaxed) }
    }

    /// The errno with which standard output lost something; 0 when it has all.
    static let lostOutput = Atomic<Int32>(0)
    func problem(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: 2) }

    /// Text of a live display, as it is, on standard error.
    func draw(_ text: String) { Self.write(text, to: 2) }

    /// What a run prints, in the colours that this terminal takes.
    func table(of run: RecordedRun, verbose: Bool, reportPath: String? = ReportPath.gates) -> String {
        TerminalReport.render(run, width: columns, isVerbose: verbose, reportPath: reportPath, colour: colour)
    }

    /// Shows progress on standard error; `quiet` shows none.
    func progress(quiet: Bool) -> Progress {
        if quiet { return .silent }
        return ProgressDisplay(console: self).progress
    }

    fileprivate static func write(_ text: String, to descriptor: Int32) { _ = write(bytes: Array(text.utf8), to: descriptor) }

    /// Writes everything; nil, or the errno that ended it.
    private static func write(bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { return errno }
                // A terminal or pipe that others made non-blocking: wait for room.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&waiting, 1, -1)
                continue
            }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}

/// A live line that several threads may speak to.
private final class ProgressDisplay: Sendable {
    private let line: Mutex<LiveLine>
    private let time = SystemTimeSource()

    init(console: Console) {
        let terminal = Terminal.isTerminal(descriptor: 2)
        let columns = Terminal.columns(descriptor: 2, environment: console.environment)
        let mode = LiveLine.Mode(environment: console.environment, isTerminal: terminal, columns: columns)
        line = Mutex(LiveLine(mode: mode) { Console.write($0, to: 2) })
    }

    private var now: Int64 { time.monotonicNow.nanosecondsSinceOrigin }

    var progress: Progress {
        Progress(
            phase: { text in self.line.withLock { $0.begin(text, at: self.now) } },
            detail: { text in self.line.withLock { $0.update(text, at: self.now) } },
            tick: { self.line.withLock { $0.tick(at: self.now) } },
            note: { text in self.line.withLock { $0.print(text, at: self.now) } },
            done: { self.line.withLock { $0.end(at: self.now) } })
    }
}
