import Foundation

/// A file below `Sources`, or one that a test makes up.
struct SourceFile: Sendable {
    /// Relative to Sources: "Governance/Gates/Evaluation/Verdict.swift".
    var path: String
    var text: String

    /// The root of the package: three folders above this one.
    static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every file below `Sources`, in order of path.
    static func all() throws -> [SourceFile] {
        let sources = packageRoot.appending(path: "Sources")
        let prefix = sources.path(percentEncoded: false) + "/"
        guard let walk = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: [.isRegularFileKey]) else { return [] }
        var files: [SourceFile] = []
        for case let url as URL in walk where try url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
            let path = url.path(percentEncoded: false)
            files.append(
                SourceFile(path: String(path.dropFirst(prefix.count)), text: String(decoding: try Data(contentsOf: url), as: UTF8.self)))
        }
        return files.sorted { $0.path < $1.path }
    }
}
