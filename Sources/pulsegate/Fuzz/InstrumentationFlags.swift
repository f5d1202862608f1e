import StrictDocuments

/// The flags that decide what a build counts, module by module, as the build's plan has them; and the record of those that the objects were made with.
///
/// swiftc takes an object file for up to date when only such a flag changed (it looks at the code before the coverage pass), so that a changed flag
/// leaves a build that is half of one kind and half of the other. What is recorded is compared before each campaign; when it differs, the build
/// folder is emptied.
struct InstrumentationFlags: Equatable, Sendable {
    /// By module, in the order of the command line.
    var modules: [String: [String]]

    /// Of an llbuild manifest (`<scratch>/release.yaml`): each compiler call is one line, `args: [<JSON strings>]`.
    init(plan text: String) {
        modules = [:]
        for line in text.split(separator: "\n") {
            let trimmed = line.drop { $0 == " " }
            guard trimmed.hasPrefix("args: ["), trimmed.contains("\"-module-name\"") else { continue }
            guard case .array(let words)? = try? JSONDocument.parse(Array(trimmed.dropFirst(6).utf8), file: "the build's plan").content
            else {
                continue
            }
            let arguments = words.compactMap { if case .string(let word) = $0.content { word } else { nil } }
            guard let at = arguments.firstIndex(of: "-module-name"), at + 1 < arguments.count else { continue }
            let flags = Self.relevant(arguments)
            let module = arguments[at + 1]
            if !(modules[module]?.isEmpty == false && flags.isEmpty) { modules[module] = flags }
        }
    }

    private static func relevant(_ arguments: [String]) -> [String] {
        var kept: [String] = []
        for (index, argument) in arguments.enumerated() {
            let follows = index > 0 && arguments[index - 1] == "-Xllvm"
            if follows || argument.hasPrefix("-sanitize") || argument == "-disable-incremental-llvm-codegen"
                || argument == "-profile-generate"
            {
                kept.append(argument)
            }
        }
        return kept
    }

    /// Whether any module counts edges.
    var countsEdges: Bool {
        modules.values.contains { $0.contains { $0.hasPrefix("-sanitize-coverage=") || $0.hasPrefix("-sanitize=fuzzer") } }
    }

    /// Modules that count edges, in order of name.
    var instrumented: [String] {
        modules.filter { $0.value.contains { $0.hasPrefix("-sanitize-coverage=") || $0.hasPrefix("-sanitize=fuzzer") } }.keys.sorted()
    }

    var json: JSONValue {
        .object(modules.filter { !$0.value.isEmpty }.mapValues { .array($0.map { .string($0) }) })
    }
}

/// What stands beside a build's objects: with which flags they were made, since when, and what the executable said of itself.
struct BuildRecord: Equatable, Sendable {
    static let fileName = "pulsegate-fuzz-build.json"
    static let version: Int64 = 1

    /// The flags, as ``InstrumentationFlags/json`` writes them.
    var flags: JSONValue
    /// Nanoseconds since 1970: no object may be older.
    var since: Int64
    /// SHA-256 of the executable, and the number that it gave itself.
    var executable: String?
    var number: String?

    var json: JSONValue {
        [
            "version": .int(Self.version), "flags": flags, "since": .int(since), "executable": executable.map { .string($0) } ?? .null,
            "number": number.map { .string($0) } ?? .null,
        ]
    }

    init(flags: JSONValue, since: Int64, executable: String? = nil, number: String? = nil) {
        self.flags = flags
        self.since = since
        self.executable = executable
        self.number = number
    }

    /// Nil for what is no record of this version: the build is then made anew.
    init?(json bytes: [UInt8]) {
        guard let node = try? JSONDocument.parse(bytes, file: Self.fileName), let value = try? JSONValue(node, file: Self.fileName),
            value["version"]?.intValue == Self.version, let flags = value["flags"], let since = value["since"]?.intValue
        else { return nil }
        self.init(flags: flags, since: since, executable: value["executable"]?.stringValue, number: value["number"]?.stringValue)
    }
}

/// What to do with a build folder after the build's plan is known.
enum BuildFolderVerdict: Equatable, Sendable {
    /// Objects and flags fit together.
    case keep
    /// The objects cannot be believed: empty the folder and build again.
    case wipe(reason: String)

    /// - Parameters:
    ///   - hadObjects: there were objects before this build.
    ///   - record: what was recorded with them.
    static func of(hadObjects: Bool, record: BuildRecord?, flags: InstrumentationFlags) -> BuildFolderVerdict {
        guard hadObjects else { return .keep }
        guard let record else { return .wipe(reason: "nobody recorded with which flags its objects were made") }
        return record.flags == flags.json ? .keep : .wipe(reason: "the flags of instrumentation changed")
    }
}
