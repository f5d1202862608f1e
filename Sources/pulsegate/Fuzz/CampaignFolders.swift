import Gates
import Glibc
import StrictDocuments

/// Where a package's campaigns keep what they learn, and where what is committed stands.
struct CampaignFolders: Sendable {
    /// Absolute: the folder of Package.swift.
    let package: String
    /// Campaigns of a build with a sanitizer stand apart: their shards belong to other code.
    let sanitizer: String?

    var base: String { package + "/.pulsegate/fuzz" + (sanitizer.map { "-" + $0 } ?? "") }
    var database: String { base + "/campaigns.sqlite" }
    var scratch: String { package + "/.build-fuzz" + (sanitizer.map { "-" + $0 } ?? "") }

    func target(_ name: String) -> String { base + "/" + name }
    func shards(_ name: String) -> String { target(name) + "/shards" }
    func corpus(_ name: String) -> String { target(name) + "/corpus" }
    func crashes(_ name: String) -> String { target(name) + "/crashes" }
    func committed(_ name: String) -> String { package + "/Tests/Fuzz/Seeds/" + name }
    func seeds(_ name: String) -> String { committed(name) + "/seeds" }
    func regressions(_ name: String) -> String { committed(name) + "/regressions" }

    /// - Parameter path: `--package-path`; nil looks for a Package.swift here and above, up to the repository's root.
    init(package path: String?, sanitizer: String?) throws(Failure) {
        self.sanitizer = sanitizer
        if let path {
            guard let found = Workspace.absolute(path), access(found + "/Package.swift", F_OK) == 0 else {
                throw Failure(.usage, "\(path): there is no Package.swift", hint: "name the folder of a Swift package with --package-path")
            }
            package = found
            return
        }
        let start = Workspace.currentFolder()
        var folder = start
        while access(folder + "/Package.swift", F_OK) != 0 {
            if folder == "/" || access(folder + "/.git", F_OK) == 0 {
                throw Failure(
                    .usage, "there is no Package.swift here", hint: "go to the folder of a Swift package, or name it with --package-path")
            }
            folder = Workspace.folder(of: folder)
        }
        package = folder
    }

    /// Regular files of a folder, in byte order of their names; those that are hidden or half written are left out.
    static func files(_ folder: String) -> [String] {
        Workspace.names(in: folder).filter { !$0.hasPrefix(".") && !$0.hasSuffix(".tmp") && $0 != "README.md" }.map { folder + "/" + $0 }
            .filter { Workspace.kind($0) == S_IFREG }
    }

    /// Relative to the package where it lies in it.
    func shown(_ path: String) -> String { path.hasPrefix(package + "/") ? String(path.dropFirst(package.utf8.count + 1)) : path }

    /// Bytes free on the disk of the campaigns.
    func freeBytes() -> Int64 {
        var status = statvfs()
        guard statvfs(base, &status) == 0 else { return .max }
        return Int64(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// Names of targets become names of folders.
    static func isTargetName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 128 && !name.hasPrefix(".")
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || [0x2D, 0x2E, 0x5F].contains(byte)
            }
    }
}
