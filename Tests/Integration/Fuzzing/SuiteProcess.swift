import ChildProcesses
import StrictDocuments
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// A suite as a process, and the lines that it writes.
enum SuiteProcess {
    /// The suites stand beside the program of these tests.
    static func path(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink("/proc/self/exe", &buffer, buffer.count)
        let program = String(decoding: buffer[..<max(0, length)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return program.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/") + "/" + name
    }

    static let environment = Environment.current().merging(["SWIFT_BACKTRACE": "enable=no"]) { _, new in new }

    struct Output {
        var events: [[String: JSONNode.Content]]
        var termination: Outcome.Termination
        var errors: String

        func events(named name: String) -> [[String: JSONNode.Content]] {
            events.filter { if case .string(name)? = $0["event"] { true } else { false } }
        }
    }

    static func run(_ name: String = "PlantedSuite", _ arguments: [String]) throws -> Output {
        let outcome = try Command([path(name)] + arguments, environment: environment, timeoutNanoseconds: 120_000_000_000).run()
        var events: [[String: JSONNode.Content]] = []
        for line in outcome.standardOutput.text.split(separator: "\n") {
            guard case .object(let members) = try JSONDocument.parse(Array(line.utf8), file: "output").content else { continue }
            events.append(Dictionary(members.map { ($0.key, $0.value.content) }, uniquingKeysWith: { first, _ in first }))
        }
        return Output(events: events, termination: outcome.termination, errors: outcome.standardError.text)
    }
}

extension [String: JSONNode.Content] {
    func text(_ key: String) -> String? { if case .string(let text)? = self[key] { text } else { nil } }
    func flag(_ key: String) -> Bool? { if case .bool(let flag)? = self[key] { flag } else { nil } }
    func list(_ key: String) -> [JSONNode.Content]? { if case .array(let nodes)? = self[key] { nodes.map(\.content) } else { nil } }
    func texts(_ key: String) -> [String]? { list(key)?.compactMap { if case .string(let text) = $0 { text } else { nil } } }
    func numbers(_ key: String) -> [UInt64]? {
        list(key)?.compactMap { if case .number(let number) = $0 { UInt64(number.literal) } else { nil } }
    }
    func number(_ key: String) -> UInt64? { if case .number(let number)? = self[key] { UInt64(number.literal) } else { nil } }
}

/// A folder for a campaign, which goes when the test ends.
final class CampaignFolder {
    let path: String

    init() { path = "/tmp/pulsegate-campaign-\(getpid())-\(UInt64.random(in: .min ... .max))" }

    deinit { Self.remove(path) }

    /// Name and bytes of each file below a part of the folder.
    func files(_ part: String) -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in Self.names("\(path)/\(part)") {
            let path = "\(path)/\(part)/\(name)"
            if let bytes = try? DocumentFile.read(path, maximumBytes: 1 << 20) { files[name] = bytes }
        }
        return files
    }

    static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func remove(_ path: String) {
        for name in names(path) { remove("\(path)/\(name)") }
        if unlink(path) != 0 { rmdir(path) }
    }
}
