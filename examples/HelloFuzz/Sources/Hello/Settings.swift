/// Settings of a service, one `name = value` a line; `#` begins a comment.
///
/// ```
/// name = billing
/// timeout = 2m
/// ```
///
/// It has a bug on purpose: a campaign is to find something.
public struct Settings: Equatable, Sendable {
    public enum Mistake: Error { case noEquals(line: Int), unknown(name: String), notADuration(String) }

    public var name = ""
    public var timeoutSeconds = 30

    public init(_ bytes: [UInt8]) throws {
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let text = Self.trimmed(line)
            guard !text.isEmpty, text.first != UInt8(ascii: "#") else { continue }
            guard let equals = text.firstIndex(of: UInt8(ascii: "=")) else { throw Mistake.noEquals(line: index + 1) }
            let name = String(decoding: Self.trimmed(text[..<equals]), as: UTF8.self)
            let value = Self.trimmed(text[(equals + 1)...])
            switch name {
            case "name": self.name = String(decoding: value, as: UTF8.self)
            case "timeout": timeoutSeconds = try Self.seconds(value)
            default: throw Mistake.unknown(name: name)
            }
        }
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") }
        guard let first = line.firstIndex(where: { !isSpace($0) }), let last = line.lastIndex(where: { !isSpace($0) }) else { return [] }
        return line[first...last]
    }

    private static func seconds(_ value: ArraySlice<UInt8>) throws -> Int {
        guard let unit = value.last, let number = Int(String(decoding: value.dropLast(), as: UTF8.self)), number >= 0 else {
            throw Mistake.notADuration(String(decoding: value, as: UTF8.self))
        }
        switch unit {
        case UInt8(ascii: "s"): return number
        case UInt8(ascii: "m"): return number * 60
        case UInt8(ascii: "h"): return number * 3600
        default: throw Mistake.notADuration(String(decoding: value, as: UTF8.self))
        }
    }
}
