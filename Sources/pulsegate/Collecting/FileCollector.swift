import Evidence
import Gates
import Glibc
import StrictDocuments

/// Reads reports that are there: kind `file`, and the `reads` of others.
enum FileCollector {
    /// Files that one pattern may match.
    static let maximumMatches = 1000

    static func collect(_ collector: Collector, _ context: CollectionContext) -> Collection {
        var collection = Collection(collector, .collected)
        var found = 0
        for report in collector.reports {
            let paths = matches(report.path, below: context.workspace.root)
            if paths.isEmpty { collection.degrade(to: .absent, "no file matches '\(report.path)'") }
            if paths.count > maximumMatches {
                collection.degrade(to: .invalid, "'\(report.path)' matches more than maximumMatches of \(maximumMatches) files")
            }
            for path in paths.prefix(maximumMatches) {
                found += 1
                do {
                    let bytes = try DocumentFile.read(context.workspace.path(path), maximumBytes: CollectionContext.maximumReportBytes)
                    let reading = ReadingContext(file: path, roots: [context.workspace.root], stripPrefix: report.stripPrefix)
                    collection.read(bytes, format: report.format, path: path, context: reading)
                } catch {
                    collection.degrade(to: .invalid, error.description)
                }
            }
        }
        return collection
    }

    /// Files below `root` that match, in byte order of their paths; links that lead out of the root are left out.
    static func matches(_ glob: Glob, below root: String) -> [String] {
        if glob.isLiteral {
            guard let real = Workspace.absolute(root + "/" + glob.pattern), let base = Workspace.absolute(root),
                real.hasPrefix(base + "/")
            else { return [] }
            return Workspace.isFolder(real) ? [] : [glob.pattern]
        }
        // Walk only below the part of the pattern that is plain.
        let plain = glob.pattern.split(separator: "/", omittingEmptySubsequences: false).prefix { part in
            !part.contains { "*?{".contains($0) }
        }
        let start = plain.count == glob.pattern.split(separator: "/").count ? plain.dropLast() : plain
        var result: [String] = []
        // The plain part may be a link that leads out.
        guard let base = Workspace.absolute(root), let real = Workspace.absolute(root + "/" + start.joined(separator: "/")),
            real == base || real.hasPrefix(base == "/" ? base : base + "/")
        else { return [] }
        walk(root, start.joined(separator: "/"), depth: 0) { path in
            if glob.matches(path) { result.append(path) }
        }
        return result.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Folders deeper than this are not entered.
    static let maximumDepth = 40

    private static func walk(_ root: String, _ folder: String, depth: Int, visit: (String) -> Void) {
        guard depth < maximumDepth else { return }
        for name in Workspace.names(in: folder.isEmpty ? root : root + "/" + folder) {
            let path = folder.isEmpty ? name : folder + "/" + name
            var status = stat()
            // lstat: a link may lead anywhere.
            guard lstat(root + "/" + path, &status) == 0 else { continue }
            if status.st_mode & S_IFMT == S_IFDIR {
                // Copies of reports that earlier runs kept are not the reports.
                if path == ".pulsegate" { continue }
                if name == ".git" || name == ".build" || name == "node_modules" || name.hasPrefix(".build-") { continue }
                walk(root, path, depth: depth + 1, visit: visit)
            } else if status.st_mode & S_IFMT == S_IFREG {
                visit(path)
            }
        }
    }
}
