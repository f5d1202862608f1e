import ChildProcessesRuntime

/// The environment a command gets: named variables only, so that a gate's result does not hang on what happens to be
/// set in somebody's shell.
///
/// ```swift
/// let environment = Environment.allowing(Environment.defaultNames + ["SWIFT_*"], from: Environment.current())
/// ```
public enum Environment {
    /// What programs need to find files, terminals and languages, and nothing that carries a secret or changes a build.
    public static let defaultNames = [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL",  // who and where
        "LANG", "LANGUAGE", "LC_*", "TZ",  // texts and times
        "TERM", "COLORTERM", "NO_COLOR",  // terminal
        "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_RUNTIME_DIR",  // folders
        "LD_LIBRARY_PATH",  // Swift toolchains that are not installed under /usr
        "SSL_CERT_FILE", "SSL_CERT_DIR", "http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",  // network
        "CI",
    ]

    /// The variables of `source` whose name is listed. A name ending in `*` allows every name that begins with the rest.
    ///
    /// Names are compared byte by byte. O(variables × names).
    public static func allowing(_ names: [String] = defaultNames, from source: [String: String]) -> [String: String] {
        source.filter { variable in
            names.contains { name in
                guard name.utf8.last == UInt8(ascii: "*") else { return name.utf8.elementsEqual(variable.key.utf8) }
                return variable.key.utf8.starts(with: name.utf8.dropLast())
            }
        }
    }

    /// The environment of our process; for the executables' edge. Of a name given twice the first counts, as in
    /// getenv(3); broken UTF-8 is repaired.
    public static func current() -> [String: String] {
        var result: [String: String] = [:]
        guard var entry = runtime_environment() else { return result }
        while let text = entry.pointee {
            let pair = String(cString: text)
            if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(pair[..<equals])
                if result[name] == nil { result[name] = String(pair[pair.utf8.index(after: equals)...]) }
            }
            entry += 1
        }
        return result
    }
}
