import StrictDocuments

/// What `swift package describe --type json` says of a package, as far as coverage needs it.
struct PackageModel: Hashable, Sendable {
    struct Target: Hashable, Sendable {
        var name: String
        /// "library", "executable", "test", "system-target", "macro", "plugin", …
        var type: String
        /// Relative to the package.
        var path: String
        /// Relative to `path`.
        var sources: [String]

        /// Source files relative to the package.
        var files: [String] {
            sources.map { path.isEmpty || path == "." ? $0 : path + "/" + $0 }
        }
    }

    var name: String
    var targets: [Target]
    /// The names under which executables are built: of targets, and of products where they are named otherwise.
    var executables: [String]

    static let maximumBytes = 64 << 20

    /// Strict where it matters; keys that are not needed are passed over, since SwiftPM adds some with every release.
    init(json bytes: [UInt8], file: String) throws(DocumentError) {
        let node = try JSONDocument.parse(bytes, file: file)
        func member(_ node: JSONNode, _ key: String) throws(DocumentError) -> JSONNode {
            guard case .object(let members) = node.content, let found = members.first(where: { $0.key == key }) else {
                throw DocumentError(.missingKey, file: file, at: node.position, "the package's description lacks '\(key)'")
            }
            return found.value
        }
        func text(_ node: JSONNode) throws(DocumentError) -> String {
            guard case .string(let text) = node.content else {
                throw DocumentError(.wrongType, file: file, at: node.position, "expected a string, found \(node.typeName)")
            }
            return text
        }
        func elements(_ node: JSONNode) throws(DocumentError) -> [JSONNode] {
            guard case .array(let elements) = node.content else {
                throw DocumentError(.wrongType, file: file, at: node.position, "expected an array, found \(node.typeName)")
            }
            return elements
        }
        name = try text(member(node, "name"))
        targets = []
        for target in try elements(member(node, "targets")) {
            var sources: [String] = []
            for source in try elements(member(target, "sources")) { sources.append(try text(source)) }
            targets.append(
                Target(
                    name: try text(member(target, "name")), type: try text(member(target, "type")),
                    path: try text(member(target, "path")), sources: sources))
        }
        var names = targets.filter { $0.type == "executable" }.map(\.name)
        for product in try elements(member(node, "products")) {
            guard case .object(let kinds) = try member(product, "type").content, kinds.contains(where: { $0.key == "executable" }) else {
                continue
            }
            let name = try text(member(product, "name"))
            if !names.contains(name) { names.append(name) }
        }
        executables = names
    }

    var hasTests: Bool { targets.contains { $0.type == "test" } }

    /// Targets whose sources are the product's: all but tests, plug-ins and system libraries.
    var productTargets: [Target] { targets.filter { ["library", "executable", "macro"].contains($0.type) } }
}
