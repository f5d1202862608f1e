import Glibc

/// Looks an executable up by name, as execvp(3) would, but without its traps.
///
/// ```swift
/// let swift = ExecutableSearch(path: environment["PATH"]).find("swift")   // "/usr/bin/swift"
/// ```
///
/// Only absolute folders count: an empty or relative entry of `PATH` would let the folder a gate runs in decide which
/// program is meant. Found is a regular file (or a link to one) that we may execute.
public struct ExecutableSearch: Hashable, Sendable {
    /// What a command without `PATH` is searched in.
    public static let defaultPath = "/usr/local/bin:/usr/bin:/bin"

    /// The folders, in order.
    public let folders: [String]

    /// - Parameter path: the value of `PATH`; `nil` means ``defaultPath``.
    public init(path: String?) {
        folders = (path ?? Self.defaultPath).split(separator: ":").filter { $0.utf8.first == UInt8(ascii: "/") }.map(String.init)
    }

    /// The absolute path of `name`, or `nil`. A name that is empty or holds a `/` is never found.
    public func find(_ name: String) -> String? {
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")), !name.utf8.contains(0) else { return nil }
        for folder in folders {
            let candidate = folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
            if Self.isExecutable(candidate) { return candidate }
        }
        return nil
    }

    private static func isExecutable(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
