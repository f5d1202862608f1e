#if canImport(Glibc)
    import Glibc
#endif

/// Lines of JSON on standard output, written whole.
enum SuiteOutput {
    enum Value {
        case text(String)
        case number(UInt64)
        case real(Double)
        case flag(Bool)
        case hexadecimal(UInt64)
        case list([Value])
        case members([(String, Value)])
        case nothing
    }

    /// One object, with its line feed.
    static func line(_ fields: [(String, Value)]) -> String {
        "{" + fields.map { quoted($0.0) + ":" + text($0.1) }.joined(separator: ",") + "}\n"
    }

    static func write(_ fields: [(String, Value)]) {
        var bytes = Array(line(fields).utf8)[...]
        while !bytes.isEmpty {
            let wrote = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            guard wrote > 0 else { return }
            bytes = bytes.dropFirst(wrote)
        }
    }

    private static func members(_ fields: [(String, Value)]) -> String {
        fields.map { quoted($0.0) + ":" + text($0.1) }.joined(separator: ",")
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .text(let text): quoted(text)
        case .number(let number): String(number)
        case .real(let real): real.isFinite ? "\(real)" : "null"
        case .flag(let flag): flag ? "true" : "false"
        case .hexadecimal(let number): quoted(hexadecimal(number))
        case .list(let values): "[" + values.map(text).joined(separator: ",") + "]"
        case .members(let fields): "{" + members(fields) + "}"
        case .nothing: "null"
        }
    }

    static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
