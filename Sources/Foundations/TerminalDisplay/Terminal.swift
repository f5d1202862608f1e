import Glibc

/// What is known about the terminal behind a descriptor: whether it is one, and how wide.
///
/// ```swift
/// let columns = Terminal.columns(descriptor: 1, environment: environment)
/// ```
public enum Terminal {
    /// The width when nothing says otherwise.
    public static let defaultColumns = 80
    /// Widths beyond this are taken for mistakes and held here.
    public static let columnLimit = 1000

    public static func isTerminal(descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

    /// The window's width as the kernel knows it (TIOCGWINSZ), else `COLUMNS`, else ``defaultColumns``.
    public static func columns(descriptor: Int32, environment: [String: String]) -> Int {
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        return columns(reported: known ? Int(size.ws_col) : nil, environment: environment)
    }

    /// The height when nothing says otherwise.
    public static let defaultRows = 24

    /// The window's height as the kernel knows it, else `LINES`, else ``defaultRows``.
    public static func rows(descriptor: Int32, environment: [String: String]) -> Int {
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0
        let rows = known ? Int(size.ws_row) : environment["LINES"].flatMap { Int($0) } ?? defaultRows
        return rows > 0 ? min(rows, columnLimit) : defaultRows
    }

    /// The pure part of ``columns(descriptor:environment:)``. A reported width of 0 means "unknown", as on serial lines.
    static func columns(reported: Int?, environment: [String: String]) -> Int {
        if let reported, reported > 0 { return min(reported, columnLimit) }
        if let text = environment["COLUMNS"], let columns = Int(text), columns > 0 { return min(columns, columnLimit) }
        return defaultColumns
    }

    /// `TERM` names a terminal that understands control sequences.
    static func isCapable(_ environment: [String: String]) -> Bool {
        guard let name = environment["TERM"] else { return false }
        return !name.isEmpty && name != "dumb"
    }
}
