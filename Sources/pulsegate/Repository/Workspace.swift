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
            guard let path = Self.absolute(configuration) else {
                throw Failure(
                    .usage, "\(configuration): there is no such file", hint: "name a gates.json, or write one with `pulsegate init`")
            }
            root = Self.folder(of: path)
            configurationPath = configuration
            return
        }
        let start = Self.currentFolder()
        var folder = start
        while true {
            if access(folder + "/" + Self.configurationName, R_OK) == 0 {
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

    /// Removes a folder with all that is in it; links are removed, not followed.
    static func removeFolder(_ path: String) {
        for name in names(in: path) {
            let inner = path + "/" + name
            var status = stat()
            if lstat(inner, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { removeFolder(inner) } else { unlink(inner) }
        }
        rmdir(path)
    }
}
