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

    func print(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: 1) }
    func print(bytes: [UInt8]) { Self.write(bytes: bytes, to: 1) }
    func problem(_ text: String) { Self.write(text.hasSuffix("\n") ? text : text + "\n", to: 2) }

    /// What a run prints, in the colours that this terminal takes.
    func table(of run: RecordedRun, verbose: Bool) -> String {
        TerminalReport.render(run, width: columns, isVerbose: verbose, colour: colour)
    }

    /// Shows progress on standard error; `quiet` shows none.
    func progress(quiet: Bool) -> Progress {
        if quiet { return .silent }
        return ProgressDisplay(console: self).progress
    }

    fileprivate static func write(_ text: String, to descriptor: Int32) { write(bytes: Array(text.utf8), to: descriptor) }

    /// Writes everything; a reader that went away ends the writing quietly.
    private static func write(bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR || errno == EAGAIN { continue }
                return
            }
            rest = rest.dropFirst(count)
        }
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
