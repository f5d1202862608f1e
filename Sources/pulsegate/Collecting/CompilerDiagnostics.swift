import Evidence

/// Warnings and errors of a build, from its log.
struct CompilerDiagnostics: Hashable {
    private(set) var warnings: [String] = []
    private(set) var errors: [String] = []

    /// - Parameter roots: absolute folders that are left out of the messages.
    init(log: [UInt8], roots: [String]) {
        var seen: Set<String> = []
        for line in log.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            var text = String(decoding: line.prefix(2000), as: UTF8.self)
            for root in roots where text.hasPrefix(root + "/") { text.removeFirst(root.utf8.count + 1) }
            // "path:line:column: warning: …", or "warning: …" of the package manager's own; a line is repeated for each module.
            guard !text.hasPrefix(" "), seen.insert(text).inserted else { continue }
            if text.contains(": error: ") || text.contains(": fatal error: ") || text.hasPrefix("error: ") { errors.append(text) }
            if text.contains(": warning: ") || text.hasPrefix("warning: ") {
                // Warnings in dependencies are not this package's.
                if !text.contains("/checkouts/") { warnings.append(text) }
            }
        }
    }

    func measures(buildFailed: Bool) -> [Measure] {
        let located = errors.filter { !$0.hasPrefix("error: ") }
        let shown = located.isEmpty ? errors : located
        let count = buildFailed ? max(1, shown.count) : 0
        return [
            Measure("build.errors", .count(count), note: count == 0 ? nil : shown.first ?? "the build failed; see its build.log"),
            Measure("build.warnings", .count(warnings.count), note: warnings.first),
        ]
    }
}
