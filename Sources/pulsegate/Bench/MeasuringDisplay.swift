import BenchmarkStatistics
import Determinism
import Synchronization
import TerminalDisplay

/// Shows a comparison or run while it measures: a table that is redrawn in place on a terminal, a line now and then elsewhere.
///
/// ```swift
/// let display = MeasuringDisplay(state, mode: .terminal, colour: .ansi, size: { (80, 24) }, now: { clock() }) { text in write(text) }
/// display.begin(["macd.batch"])
/// display.add(record, decision)
/// display.end()                  // what stood in the window before stands there again
/// ```
///
/// It has no clock and no file of its own.
final class MeasuringDisplay: Sendable {
    enum Mode: Sendable { case terminal, plain, silent }

    /// Nanoseconds between two drawings without news, with news, and between two lines of words.
    static let interval: Int64 = 1_000_000_000
    static let leastInterval: Int64 = 100_000_000
    static let lineInterval: Int64 = 10_000_000_000

    private struct Shown {
        var state: MeasuringState
        var screen: FullScreen
        var lastDrawing: Int64?
        var lastLine: Int64
        var lastSize = (columns: 0, rows: 0)
        var isNews = true
        var hasEnded = false
    }

    private let mode: Mode
    private let colour: ColourMode
    private let began: Int64
    private let size: @Sendable () -> (columns: Int, rows: Int)
    private let now: @Sendable () -> Int64
    private let write: @Sendable (String) -> Void
    private let shown: Mutex<Shown>

    /// - Parameters:
    ///   - size: asked at every tick, so that a change of the window shows at once.
    ///   - now: monotonic nanoseconds.
    init(
        _ state: MeasuringState, mode: Mode, colour: ColourMode, size: @escaping @Sendable () -> (columns: Int, rows: Int),
        now: @escaping @Sendable () -> Int64, write: @escaping @Sendable (String) -> Void
    ) {
        self.mode = mode
        self.colour = colour
        self.size = size
        self.now = now
        self.write = write
        began = now()
        shown = Mutex(Shown(state: state, screen: FullScreen { write($0) }, lastLine: began))
        guard mode == .terminal else { return }
        shown.withLock { $0.screen.open() }
        tick()
    }

    func begin(_ names: [String]) { change { $0.begin(names) } }
    func add(_ record: LaunchRecord, _ decision: PairedDecision?) { change { $0.add(record, decision) } }
    func fail(_ name: String) { change { $0.fail(name) } }

    private func change(_ body: (inout MeasuringState) -> Void) {
        shown.withLock { shown in
            body(&shown.state)
            shown.isNews = true
        }
        tick()
    }

    /// Time has passed.
    func tick() {
        let now = now()
        shown.withLock { shown in
            guard !shown.hasEnded else { return }
            switch mode {
            case .silent: break
            case .plain:
                guard now - shown.lastLine >= Self.lineInterval else { return }
                shown.lastLine = now
                write("\(humanDuration(nanoseconds: now - began)): \(shown.state.sentence)\n")
            case .terminal:
                let size = size()
                let since = shown.lastDrawing.map { now - $0 } ?? .max
                guard size != shown.lastSize || since >= Self.interval || (shown.isNews && since >= Self.leastInterval) else { return }
                shown.lastDrawing = now
                shown.lastSize = size
                shown.isNews = false
                let frame = MeasuringFrame(state: shown.state, elapsed: now - began, columns: size.columns, rows: size.rows, colour: colour)
                shown.screen.draw(frame.lines(), columns: size.columns, rows: size.rows)
            }
        }
    }

    /// Gives the window back. Doing so twice does nothing.
    func end() {
        shown.withLock { shown in
            guard !shown.hasEnded else { return }
            shown.hasEnded = true
            shown.screen.close()
        }
    }
}

extension Console {
    /// The display of a comparison on standard error.
    func measuring(_ state: MeasuringState, quiet: Bool) -> MeasuringDisplay {
        let environment = environment
        let live = LiveLine.Mode(
            environment: environment, isTerminal: Terminal.isTerminal(descriptor: 2),
            columns: Terminal.columns(descriptor: 2, environment: environment))
        let mode: MeasuringDisplay.Mode = quiet ? .silent : live == .plain ? .plain : .terminal
        let time = SystemTimeSource()
        return MeasuringDisplay(
            state, mode: mode, colour: errorColour,
            size: {
                (Terminal.columns(descriptor: 2, environment: environment), Terminal.rows(descriptor: 2, environment: environment))
            }, now: { time.monotonicNow.nanosecondsSinceOrigin }, write: { draw($0) })
    }
}
