import ChildProcesses
import Glibc
import StrictDocuments

/// File and line of addresses of an executable, by the toolchain's `llvm-symbolizer`.
///
/// ```swift
/// var locator = SourceLocator(executable: path, package: "/repo", environment: environment)
/// locator.locations(of: [0x1a2b])[0x1a2b]?.description     // "Sources/Parser/Lexer.swift:120"
/// ```
///
/// Of what was inlined, the innermost line of the package itself is told, not that of a library it calls. Each address is asked for once.
/// Where there is no symboliser, or it knows nothing, there is no location: what is shown does without.
struct SourceLocator {
    struct Location: Hashable, Sendable, CustomStringConvertible {
        /// Relative to the package where it lies in it.
        var file: String
        var line: Int
        /// In the package, and not in a library or in code that the compiler made.
        var isOwn: Bool

        var description: String { "\(file):\(line)" }
    }

    private let executable: String
    private let package: String
    private let environment: [String: String]
    private var known: [UInt64: Location?] = [:]

    /// Addresses in one call of the symboliser.
    private static let batch = 4000

    init(executable: String, package: String, environment: [String: String]) {
        self.executable = executable
        self.package = package.hasSuffix("/") ? package : package + "/"
        self.environment = environment
    }

    mutating func locations(of addresses: [UInt64]) -> [UInt64: Location] {
        let wanted = Array(Set(addresses.filter { known[$0] == nil })).sorted()
        for start in stride(from: 0, to: wanted.count, by: Self.batch) { ask(Array(wanted[start..<min(wanted.count, start + Self.batch)])) }
        var found: [UInt64: Location] = [:]
        for address in addresses { if let location = known[address] ?? nil { found[address] = location } }
        return found
    }

    private mutating func ask(_ addresses: [UInt64]) {
        for address in addresses { known.updateValue(nil, forKey: address) }
        let command = Command(
            [Self.symboliser(environment), "--obj=\(executable)", "--output-style=JSON", "--inlines", "--no-demangle"]
                + addresses.map { "0x" + String($0, radix: 16) },
            environment: environment, timeoutNanoseconds: 60_000_000_000, outputLimitBytes: 64 << 20)
        guard let outcome = try? command.run(), outcome.termination == .exited(0), let output = outcome.standardOutput.complete else {
            return
        }
        for (address, location) in Self.read(output, package: package) where addresses.contains(address) {
            known[address] = location
        }
    }

    /// The symboliser beside `swiftc`: one of another toolchain may not read this one's debug information. Else the first in PATH.
    static func symboliser(_ environment: [String: String]) -> String {
        for folder in (environment["PATH"] ?? "").split(separator: ":") {
            guard access("\(folder)/swiftc", X_OK) == 0, let real = realpath("\(folder)/swiftc", nil) else { continue }
            defer { free(real) }
            let path = String(cString: real)
            let beside = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex) + "/llvm-symbolizer"
            if access(String(beside), X_OK) == 0 { return String(beside) }
        }
        return "llvm-symbolizer"
    }

    /// What the symboliser printed: a list of objects with an address and its frames, innermost first.
    static func read(_ bytes: [UInt8], package: String) -> [(UInt64, Location)] {
        let limits = JSONLimits(maximumBytes: 64 << 20, maximumDepth: 8)
        guard let root = try? JSONDocument.parse(bytes, file: "llvm-symbolizer", limits: limits), case .array(let elements) = root.content
        else {
            return []
        }
        return elements.compactMap { element in
            guard let members = element.members, case .string(let text)? = members["Address"]?.content,
                let address = UInt64(text.hasPrefix("0x") ? String(text.dropFirst(2)) : text, radix: 16),
                case .array(let frames)? = members["Symbol"]?.content
            else { return nil }
            let locations = frames.compactMap { frame -> Location? in
                guard let members = frame.members, case .string(let file)? = members["FileName"]?.content, !file.isEmpty,
                    case .number(let number)? = members["Line"]?.content, let line = Int(number.literal), line > 0
                else { return nil }
                let isOwn = file.hasPrefix(package) && !file.dropFirst(package.utf8.count).hasPrefix(".build")
                return Location(file: isOwn ? String(file.dropFirst(package.utf8.count)) : file, line: line, isOwn: isOwn)
            }
            return (locations.first { $0.isOwn } ?? locations.first { !$0.file.hasPrefix("<") }).map { (address, $0) }
        }
    }
}

extension JSONNode {
    fileprivate var members: [String: JSONNode]? {
        guard case .object(let members) = content else { return nil }
        return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
