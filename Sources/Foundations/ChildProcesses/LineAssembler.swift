/// Makes lines out of chunks of bytes that end anywhere.
///
/// ```swift
/// var lines = LineAssembler()
/// lines.append([UInt8]("one\ntw".utf8))    // ["one"]
/// lines.append([UInt8]("o\r\n".utf8))      // ["two"]
/// lines.finish()                           // nil: nothing is left
/// ```
///
/// A line ends with `\n`; a `\r` before it is dropped. A line longer than `limitBytes` is given in pieces of that
/// length. Broken UTF-8 is repaired with U+FFFD. O(n) for n bytes.
public struct LineAssembler: Sendable {
    /// 64 KiB.
    public static let defaultLimitBytes = 1 << 16

    private var pending: [UInt8] = []
    private let limitBytes: Int

    public init(limitBytes: Int = LineAssembler.defaultLimitBytes) { self.limitBytes = max(1, limitBytes) }

    /// The lines that `bytes` completes.
    public mutating func append(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
                lines.append(take())
            } else {
                if pending.count == limitBytes { lines.append(take()) }
                pending.append(byte)
            }
        }
        return lines
    }

    /// The last line, if it had no line end.
    public mutating func finish() -> String? { pending.isEmpty ? nil : take() }

    private mutating func take() -> String {
        defer { pending.removeAll(keepingCapacity: true) }
        return String(decoding: pending, as: UTF8.self)
    }
}
