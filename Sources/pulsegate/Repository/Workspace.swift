import ChildProcesses
import Gates
import Glibc
import StrictDocuments

/// The folder that is gated, and where things stand in it.
struct Workspace: Sendable {
    /// Absolute; the folder of gates.json.
    let root: String
    /// The path of gates.json as it is named in messages.
    let configurationPath: String

    static let configurationName = "gates.json"
    static let maximumConfigurationBytes = 4 << 20

    /// The cache of this machine; never committed.
    var stateFolder: String { root + "/.pulsegate" }
    var ledgerPath: String { stateFolder + "/ledger.sqlite" }
    var evidenceFolder: String { stateFolder + "/evidence" }
    var reportsFolder: String { root + "/reports" }
    /// What outlives a clone; committed.
    var governanceFolder: String { root + "/governance" }
    var baselinesFolder: String { governanceFolder + "/baselines" }

    /// - Parameter configuration: the path of a gates.json, relative to the working directory; nil looks for one in the working
    ///   directory and the folders above it, up to the repository's root.
    init(configuration: String?) throws(Failure) {
        if let configuration {
            // A link to a gates.json gates the folder that the link lies in, as it does without --config.
            let named = RunSession.absolute(configuration)
            guard access(named, F_OK) == 0, let folder = Self.absolute(Self.folder(of: named)) else {
                throw Failure(
                    .usage, "\(configuration): there is no such file", hint: "name a gates.json, or write one with `pulsegate init`")
            }
            root = folder
            configurationPath = configuration
            return
        }
        let start = Self.currentFolder()
        var folder = start
        while true {
            // Also one that cannot be read: it would be wrong to go on to another's.
            if access(folder + "/" + Self.configurationName, F_OK) == 0 {
                root = folder
                configurationPath = folder == start ? Self.configurationName : folder + "/" + Self.configurationName
                return
            }
            // Never look beyond the repository that one stands in.
            if access(folder + "/.git", F_OK) == 0 || folder == "/" { break }
            folder = Self.folder(of: folder)
        }
        throw Failure(.usage, "there is no gates.json here", hint: "write one with `pulsegate init`, or name one with --config")
    }

    /// A folder without a gates.json, for `init` and `verify`.
    init(folder: String) {
        root = folder
        configurationPath = Self.configurationName
    }

    /// The bytes of gates.json and what they say.
    func configuration() throws(Failure) -> (configuration: GatesConfiguration, bytes: [UInt8]) {
        let bytes = try Failure.reading(root + "/" + Self.fileName(of: configurationPath), maximumBytes: Self.maximumConfigurationBytes)
        do {
            return (try GatesConfiguration(json: bytes, file: configurationPath), bytes)
        } catch {
            throw Failure(.usage, error.description)
        }
    }

    /// A path inside the workspace as an absolute one.
    func path(_ relative: String) -> String { relative.hasPrefix("/") ? relative : root + "/" + relative }

    static func currentFolder() -> String {
        guard let buffer = getcwd(nil, 0) else { return "/" }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    /// The absolute path without links, or nil where there is nothing.
    static func absolute(_ path: String) -> String? {
        guard let buffer = realpath(path, nil) else { return nil }
        defer { free(buffer) }
        return String(cString: buffer)
    }

    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func fileName(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return path }
        return String(path[path.index(after: slash)...])
    }

    /// Makes a folder and those above it.
    static func makeFolder(_ path: String) throws(Failure) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFDIR else { throw Failure(.usage, "\(path): it is in the way of a folder") }
            return
        }
        let above = folder(of: path)
        if above != path { try makeFolder(above) }
        if mkdir(path, 0o755) != 0, errno != EEXIST {
            throw Failure(.usage, "\(path): cannot make the folder: \(String(cString: strerror(errno)))")
        }
    }

    /// Names in a folder in byte order; empty where there is none.
    static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// What stands at a path itself, links not followed; nil where there is nothing.
    static func kind(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    /// Removes a folder with all that is in it; links are removed, not followed, the folder's own name included.
    ///
    /// What cannot be removed is an error: left in place it would be taken for what comes next.
    static func removeFolder(_ path: String) throws(Failure) {
        var stuck: (path: String, code: Int32)?
        remove(Array(path.utf8CString), &stuck)
        if let stuck {
            throw Failure(
                .usage, "\(stuck.path): cannot remove what an earlier run left: \(String(cString: strerror(stuck.code)))",
                hint: "remove \(path) by hand")
        }
    }

    /// Works on the bytes of names, as a command may leave some that are not UTF-8.
    private static func remove(_ path: [CChar], _ stuck: inout (path: String, code: Int32)?) {
        func note() {
            if stuck == nil { stuck = (String(decoding: path.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), errno) }
        }
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno != ENOENT { note() }
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            if unlink(path) != 0 { note() }
            return
        }
        // A command may have taken the permissions away, which are ours to give back.
        if status.st_mode & 0o700 != 0o700 { chmod(path, 0o700) }
        guard let directory = opendir(path) else { return note() }
        var inner: [[CChar]] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } }
            if name != [0x2E], name != [0x2E, 0x2E] { inner.append(path.dropLast() + [0x2F] + name + [0]) }
        }
        closedir(directory)
        for path in inner { remove(path, &stuck) }
        if rmdir(path) != 0 { note() }
    }
}
