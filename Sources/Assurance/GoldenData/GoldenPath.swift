#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps the files that a manifest names within the manifest's folder.
enum GoldenPath {
    /// Why a text is no path within the folder; nil where it is one. Looks at the text alone.
    static func objection(to file: String) -> String? {
        if file.isEmpty { return "is empty" }
        if file.utf8.count > 255 { return "is longer than 255 bytes" }
        if file.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") }) {
            return "contains a control character or a backslash"
        }
        if file.utf8.first == UInt8(ascii: "/") { return "is absolute; write it relative to the manifest's folder" }
        for part in file.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            if part.isEmpty || part.elementsEqual(".".utf8) { return "has an empty or '.' component" }
            if part.elementsEqual("..".utf8) { return "leaves the manifest's folder" }
        }
        return nil
    }

    /// The path of `file`, with every symbolic link on the way followed, where that stays below `folder`.
    ///
    /// A file that does not exist (yet) is judged by its folder. Links that lead out, and links to nothing, are refused.
    static func resolve(_ file: String, in folder: String) throws(GoldenError) -> String {
        if let objection = objection(to: file) { throw .escapes(file: file, reason: objection) }
        let path = folder + "/" + file
        guard let root = realPath(folder) else { throw .file(.system(path: folder, action: "open", code: ENOENT)) }
        if let resolved = realPath(path) {
            guard isBelow(resolved, root) else { throw .escapes(file: file, reason: "leads out of the manifest's folder") }
            return path
        }
        let code = errno
        guard code == ENOENT else { throw .file(.system(path: path, action: "open", code: code)) }
        var status = stat()
        guard lstat(path, &status) != 0 else { throw .escapes(file: file, reason: "is a symbolic link to nothing") }
        var parent = path[...]
        while let last = parent.popLast(), last != "/" {}
        if let resolved = realPath(String(parent)), resolved != root, !isBelow(resolved, root) {
            throw .escapes(file: file, reason: "leads out of the manifest's folder")
        }
        return path
    }

    private static func isBelow(_ path: String, _ root: String) -> Bool {
        Array(path.utf8).starts(with: root.utf8) && (root == "/" || path.utf8.dropFirst(root.utf8.count).first == UInt8(ascii: "/"))
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(validatingCString: resolved)
    }
}
