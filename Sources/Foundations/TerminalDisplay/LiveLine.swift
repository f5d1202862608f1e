/// Shows that a long step is alive: one line redrawn in place on a terminal, whole lines with a heartbeat elsewhere.
///
/// ```swift
/// var live = LiveLine(mode: .init(environment: environment, isTerminal: isTerminal, columns: 80)) { text in write(text) }
/// live.begin("swift build", at: now)         // plain: "swift build …"
/// live.update("312 of 900 files", at: now)   // terminal: "swift build: 312 of 900 files (4.2 s)"
/// live.tick(at: now)                         // plain, after 30 s: "still waiting for swift build (30 s)"
/// live.end("build: pass", at: now)           // the live line is erased, the text stays
/// ```
///
/// It has no clock and no file: times are monotonic nanoseconds, given by the caller; text goes to `write`, one call
/// for what must appear at once. Texts are sanitised. A terminal is written to at most once per
/// ``Pace/redrawNanoseconds`` for updates and ticks; whatever is held back appears with the next call that may draw.
public struct LiveLine {
    public enum Mode: Hashable, Sendable {
        /// Redraws; never fills the last column, where terminals wrap.
        case terminal(columns: Int)
        /// Only appends lines: a CI log, a file, a pipe.
        case plain

        /// In place only on a terminal that understands it, and not in CI (`CI` set, and not to `false` or `0`), where
        /// logs keep every redraw.
        public init(environment: [String: String], isTerminal: Bool, columns: Int) {
            let continuousIntegration = !["", "false", "0"].contains(environment["CI"] ?? "")
            self = isTerminal && !continuousIntegration && Terminal.isCapable(environment) ? .terminal(columns: columns) : .plain
        }
    }

    public struct Pace: Hashable, Sendable {
        /// Least time between two drawings.
        public var redrawNanoseconds: Int64
        /// Time without a line after which plain mode says that it is still waiting.
        public var heartbeatNanoseconds: Int64

        public init(redrawNanoseconds: Int64 = 100_000_000, heartbeatNanoseconds: Int64 = 30_000_000_000) {
            self.redrawNanoseconds = max(0, redrawNanoseconds)
            self.heartbeatNanoseconds = max(1, heartbeatNanoseconds)
        }
    }

    private let mode: Mode
    private let pace: Pace
    private let write: (String) -> Void

    private var activity: String?
    private var detail = ""
    private var began: Int64 = 0
    private var lastWrite: Int64 = 0
    /// What stands on the terminal's line now.
    private var drawn = ""

    private static let eraseToEnd = "\u{1B}[K"
    /// Columns that stay free: the last, where terminals wrap, and two for the ^C that they echo.
    private static let margin = 3

    public init(mode: Mode, pace: Pace = Pace(), write: @escaping (String) -> Void) {
        self.mode = mode
        self.pace = pace
        self.write = write
    }

    /// A new step begins; the one before is over without a word.
    public mutating func begin(_ activity: String, at now: Int64) {
        let name = sanitised(activity)
        self.activity = name
        detail = ""
        began = now
        lastWrite = now
        switch mode {
        case .terminal: draw(at: now)
        case .plain: write(name + " …\n")
        }
    }

    /// How far the step is. Plain mode does not show it, the heartbeat does.
    public mutating func update(_ detail: String, at now: Int64) {
        self.detail = sanitised(detail)
        tick(at: now)
    }

    /// Time has passed: redraws or writes a heartbeat, if one is due.
    public mutating func tick(at now: Int64) {
        guard let activity else { return }
        let since = Self.elapsed(from: lastWrite, to: now)
        switch mode {
        case .terminal:
            if since >= pace.redrawNanoseconds { draw(at: now) }
        case .plain:
            guard since >= pace.heartbeatNanoseconds else { return }
            lastWrite = now
            let progress = detail.isEmpty ? "" : ": \(detail)"
            write("still waiting for \(activity)\(progress) (\(humanDuration(nanoseconds: Self.elapsed(from: began, to: now))))\n")
        }
    }

    /// A line that stays, above the live line. It may carry colours, so the caller sanitises it.
    public mutating func print(_ line: String, at now: Int64) {
        let erase = takeErasure()
        write(erase + line + "\n")
        guard activity != nil else { return }
        switch mode {
        case .terminal: draw(at: now)
        case .plain: lastWrite = now
        }
    }

    /// The step is over. The live line is erased; `line`, if any, stays (as with ``print(_:at:)``).
    public mutating func end(_ line: String? = nil, at now: Int64) {
        activity = nil
        let text = takeErasure() + (line.map { $0 + "\n" } ?? "")
        if !text.isEmpty { write(text) }
    }

    private mutating func draw(at now: Int64) {
        guard case .terminal(let columns) = mode, let activity else { return }
        let progress = detail.isEmpty ? "" : ": \(detail)"
        let duration = " (\(humanDuration(nanoseconds: Self.elapsed(from: began, to: now))))"
        // The duration is what moves: it is kept when there is room for more than it.
        let room = columns - Self.margin - TextWidth.cells(in: duration)
        let text =
            room > 0
            ? TextWidth.truncated(activity + progress, to: room) + duration : TextWidth.truncated(activity, to: columns - Self.margin)
        lastWrite = now
        guard text != drawn else { return }
        drawn = text
        write("\r" + text + Self.eraseToEnd)
    }

    private mutating func takeErasure() -> String {
        defer { drawn = "" }
        return drawn.isEmpty ? "" : "\r" + Self.eraseToEnd
    }

    /// Time that went backwards counts as none.
    private static func elapsed(from start: Int64, to end: Int64) -> Int64 {
        let (difference, overflow) = end.subtractingReportingOverflow(start)
        if overflow { return end > start ? .max : 0 }
        return max(0, difference)
    }
}
