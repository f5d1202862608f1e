import PropertyTesting

/// A small language of numbers, quoted texts and differences, its printer and its parser; and three mutants.
///
/// `1 - (2 - "a\\n")`: differences associate to the left, the printer puts parentheses on the right only.
public indirect enum Expression: Hashable, Sendable {
    case number(Int)
    case text([UInt8])
    case difference(Expression, Expression)

    public enum Fault: String, CaseIterable, Sendable {
        /// The parser groups to the right.
        case rightAssociative = "right_assoc"
        /// The printer does not escape the backslash.
        case noBackslash = "no_backslash"
        /// The printer does not escape the end of a line.
        case noNewline = "no_newline"
    }

    public func printed(fault: Fault? = nil) -> [UInt8] {
        switch self {
        case .number(let value): return Array(String(value).utf8)
        case .text(let bytes):
            var result = [UInt8(ascii: "\"")]
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "\""): result += Array("\\\"".utf8)
                case UInt8(ascii: "\\") where fault != .noBackslash: result += Array("\\\\".utf8)
                case UInt8(ascii: "\n") where fault != .noNewline: result += Array("\\n".utf8)
                default: result.append(byte)
                }
            }
            return result + [UInt8(ascii: "\"")]
        case .difference(let left, let right):
            let second = right.printed(fault: fault)
            if case .difference = right { return left.printed(fault: fault) + Array(" - (".utf8) + second + Array(")".utf8) }
            return left.printed(fault: fault) + Array(" - ".utf8) + second
        }
    }

    /// nil for anything that the printer does not write.
    public static func parsed(_ bytes: [UInt8], fault: Fault? = nil) -> Expression? {
        var parser = Parser(bytes: bytes, fault: fault)
        guard let expression = parser.expression(), parser.position == bytes.count else { return nil }
        return expression
    }

    private struct Parser {
        let bytes: [UInt8]
        let fault: Fault?
        var position = 0

        /// Parentheses within one another; deeper texts are refused.
        static let maximumDepth = 64
        var depth = 0

        mutating func expression() -> Expression? {
            guard var result = operand() else { return nil }
            while take(" - ") {
                if fault == .rightAssociative { return expression().map { .difference(result, $0) } }
                guard let next = operand() else { return nil }
                result = .difference(result, next)
            }
            return result
        }

        mutating func operand() -> Expression? {
            if take("(") {
                guard depth < Self.maximumDepth else { return nil }
                depth += 1
                defer { depth -= 1 }
                guard let inner = expression(), take(")") else { return nil }
                return inner
            }
            if take("\"") { return text() }
            let start = position
            _ = take("-")
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) { position += 1 }
            return Int(String(decoding: bytes[start..<position], as: UTF8.self)).map { .number($0) }
        }

        mutating func text() -> Expression? {
            var result: [UInt8] = []
            while position < bytes.count {
                let byte = bytes[position]
                position += 1
                switch byte {
                case UInt8(ascii: "\""): return .text(result)
                case UInt8(ascii: "\n"): return nil
                case UInt8(ascii: "\\"):
                    guard position < bytes.count else { return nil }
                    let escaped = bytes[position]
                    position += 1
                    switch escaped {
                    case UInt8(ascii: "n"): result.append(UInt8(ascii: "\n"))
                    case UInt8(ascii: "\\"), UInt8(ascii: "\""): result.append(escaped)
                    default: return nil
                    }
                default: result.append(byte)
                }
            }
            return nil
        }

        mutating func take(_ word: StaticString) -> Bool {
            let count = word.utf8CodeUnitCount
            guard bytes.count - position >= count else { return false }
            for offset in 0..<count where bytes[position + offset] != word.utf8Start[offset] { return false }
            position += count
            return true
        }
    }

    /// The printable characters of ASCII, the end of a line and the tabulator.
    private static let alphabet: [Character] = Draws.printable + ["\n", "\t"]

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("parser", "RoundTrip", noticing: Fault.allCases) { draws in
                draws.recursive(
                    leaf: { $0.bool() ? Expression.text(Array($0.text(alphabet: alphabet).utf8)) : .number($0.int()) },
                    node: { _, inner in .difference(inner(), inner()) })
            } holds: { expression, fault in
                Expression.parsed(expression.printed(fault: fault), fault: fault) == expression
            }
        ]
    }
}
