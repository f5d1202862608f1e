import Gates
import StrictDocuments

/// Which executable of a package is its fuzz suite: pure, from `swift package describe --type json`.
struct SuiteDiscovery: Equatable, Sendable {
    /// An executable target that depends on Fuzzing.
    struct Candidate: Equatable, Sendable {
        var name: String
        /// Relative to the package.
        var sources: [String]
    }

    var package: String
    var candidates: [Candidate]

    /// - Parameter library: what a suite of the kind wanted depends on.
    init(json bytes: [UInt8], library: String = "Fuzzing") throws(DocumentError) {
        let file = "swift package describe"
        let root = try JSONDocument.parse(bytes, file: file)
        package = try Self.text(root, "name", file)
        candidates = []
        for target in try Self.elements(root, "targets", file) {
            guard try Self.text(target, "type", file) == "executable" else { continue }
            let depends = Self.texts(target, "target_dependencies") + Self.texts(target, "product_dependencies")
            guard depends.contains(library) else { continue }
            let path = try Self.text(target, "path", file)
            candidates.append(
                Candidate(
                    name: try Self.text(target, "name", file),
                    sources: Self.texts(target, "sources").map { path.isEmpty || path == "." ? $0 : path + "/" + $0 }))
        }
    }

    /// The suite to use.
    ///
    /// - Parameters:
    ///   - asked: what `--suite` names.
    ///   - configured: the suites that gates.json names.
    ///   - isSuite: whether a candidate's sources declare a `FuzzSuite`; an executable that only links Fuzzing does not.
    func choose(asked: String?, configured: [String], isSuite: (Candidate) -> Bool) throws(Failure) -> String {
        if let asked { return asked }
        if configured.count == 1 { return configured[0] }
        if configured.count > 1 {
            throw Failure(
                .usage, "gates.json names \(configured.count) suites: \(configured.joined(separator: ", "))", hint: "pick one with --suite")
        }
        let suites = candidates.filter(isSuite).map(\.name)
        if suites.count == 1 { return suites[0] }
        guard suites.isEmpty else {
            throw Failure(
                .usage, "'\(package)' has \(suites.count) fuzz suites: \(suites.joined(separator: ", "))", hint: "pick one with --suite")
        }
        throw Failure(.usage, "'\(package)' has no fuzz suite: no executable target that depends on Fuzzing", hint: Self.lesson)
    }

    /// How to come by a suite, in a form that can be pasted.
    static let lesson = """
        make one: in Package.swift
            let fuzzing: [SwiftSetting] = Context.environment["PULSEGATE_FUZZ"] == nil ? [] : [.unsafeFlags([
                "-Xfrontend", "-sanitize=fuzzer",
                "-Xfrontend", "-sanitize-coverage=edge,inline-8bit-counters,pc-table,trace-cmp,indirect-calls",
                "-Xllvm", "-sanitizer-coverage-stack-depth", "-Xllvm", "-sanitizer-coverage-gated-trace-callbacks",
                "-Xfrontend", "-disable-incremental-llvm-codegen"])]
            …  swiftSettings: fuzzing  on the modules under test, and
            .executableTarget(name: "Fuzz", dependencies: ["MyModule", .product(name: "Fuzzing", package: "PulseGate")])
          and in Sources/Fuzz/Suite.swift
            import Fuzzing
            import MyModule
            @main struct Suite: FuzzSuite {
                static let targets = [FuzzTarget("parse") { bytes in _ = try? parse(bytes) }]
            }
          then `pulsegate fuzz run --time 1m`
        """

    // MARK: Reading

    private static func member(_ node: JSONNode, _ key: String) -> JSONNode? {
        guard case .object(let members) = node.content else { return nil }
        return members.first { $0.key == key }?.value
    }

    private static func text(_ node: JSONNode, _ key: String, _ file: String) throws(DocumentError) -> String {
        guard case .string(let text)? = member(node, key)?.content else {
            throw DocumentError(.missingKey, file: file, at: node.position, "the package's description lacks a text under '\(key)'")
        }
        return text
    }

    private static func elements(_ node: JSONNode, _ key: String, _ file: String) throws(DocumentError) -> [JSONNode] {
        guard case .array(let elements)? = member(node, key)?.content else {
            throw DocumentError(.missingKey, file: file, at: node.position, "the package's description lacks a list under '\(key)'")
        }
        return elements
    }

    private static func texts(_ node: JSONNode, _ key: String) -> [String] {
        guard case .array(let elements)? = member(node, key)?.content else { return [] }
        return elements.compactMap { if case .string(let text) = $0.content { text } else { nil } }
    }
}
