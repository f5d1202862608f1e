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

    /// Where several processes write, a file that each of them locks for a line: pipes keep no more than 4096 bytes together.
    nonisolated(unsafe) static var lockFile: Int32 = -1  // set before there is a second process

    static func write(_ fields: [(String, Value)]) {
        var bytes = Array(line(fields).utf8)[...]
        lock(F_WRLCK)
        defer { lock(F_UNLCK) }
        while !bytes.isEmpty {
            let wrote = bytes.withUnsafeBytes { Glibc.write(1, $0.baseAddress, $0.count) }
            guard wrote > 0 else { return }
            bytes = bytes.dropFirst(wrote)
        }
    }

    /// Locks are of processes, and end with them.
    private static func lock(_ kind: Int32) {
        guard lockFile >= 0 else { return }
        var region = flock()
        region.l_type = Int16(kind)
        region.l_whence = Int16(SEEK_SET)
        while fcntl(lockFile, F_SETLKW, &region) != 0, errno == EINTR {}
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
