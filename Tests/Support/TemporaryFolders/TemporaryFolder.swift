#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A folder of its own for one test or one measurement.
///
/// ```swift
/// let folder = try #require(TemporaryFolder.make())
/// defer { TemporaryFolder.remove(folder) }
/// ```
public enum TemporaryFolder {
    /// A file system in memory where there is one: for tests that kill processes, which is no loss of power, so that flushing is wasted time.
    public static var parentInMemory: String { access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp" }

    /// A new, empty folder; nil where the system makes none.
    public static func make(in parent: String = "/tmp") -> String? {
        var template = Array("\(parent)/examples.XXXXXX".utf8CString)
        return mkdtemp(&template).map { String(cString: $0) }
    }

    /// Removes a file, or a folder with all that is in it. Symbolic links are removed and not followed.
    public static func remove(_ path: String) {
        if unlink(path) == 0 { return }
        for name in names(path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// What is in a folder, in ascending order; nothing where there is no folder.
    public static func names(_ path: String) -> [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
