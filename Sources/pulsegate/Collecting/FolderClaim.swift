import Gates
import Glibc

/// Holds a folder for one run, so that two runs at once never mix their evidence into a verdict that neither earned.
///
/// ```swift
/// let claim = try FolderClaim(evidence: ".pulsegate/evidence", writing: true)
/// defer { claim.release() }
/// ```
///
/// The claim is a record lock (`fcntl(2)`) on a file in the folder: the kernel gives it back however the process ends, and child
/// processes do not inherit it. The file also marks the folder as pulsegate's own: a run empties folders in it, so a folder that
/// holds anything else is refused. On a file system without locks the claim holds nothing.
struct FolderClaim {
    static let fileName = ".pulsegate-lock"

    private let descriptor: Int32?

    /// Claims a folder of raw evidence, alone for writing, together with other readers for reading.
    ///
    /// - Parameter writing: makes the folder where there is none. A folder that is read and has no mark (downloaded evidence) needs
    ///   no claim.
    init(evidence folder: String, writing: Bool) throws(Failure) {
        if writing {
            try Workspace.makeFolder(folder)
            let names = Workspace.names(in: folder)
            let isOurs =
                names.contains(Self.fileName)
                || names.allSatisfy { access(folder + "/" + $0 + "/" + CollectionRecord.fileName, F_OK) == 0 }
            guard isOurs else {
                throw Failure(
                    .usage, "\(folder): it holds other things than evidence, and a run would empty it; nothing was touched",
                    hint: "name a new or empty folder with --evidence")
            }
        }
        try self.init(
            folder + "/" + Self.fileName, writing: writing, what: "the evidence folder \(folder)",
            hint: "wait for it to end, or give this run a folder of its own with --evidence")
    }

    /// Claims the build folder of a package: its profiles are one run's.
    init(scratch folder: String) throws(Failure) {
        try Workspace.makeFolder(folder)
        try self.init(
            folder + "/" + Self.fileName, writing: true, what: "the build folder \(folder)",
            hint: "wait for it to end, or give one of the two a \"scratch_path\" of its own")
    }

    /// Claims the folder of a package's campaigns: its shards and corpora have one campaign at a time.
    init(campaign folder: String) throws(Failure) {
        try Workspace.makeFolder(folder)
        try self.init(
            folder + "/" + Self.fileName, writing: true, what: "the campaigns in \(folder)",
            hint: "wait for it to end, or end it with Ctrl-C: it keeps everything")
    }

    private init(_ path: String, writing: Bool, what: String, hint: String) throws(Failure) {
        let opened = open(path, (writing ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o644)
        guard opened >= 0 else {
            if !writing {
                descriptor = nil
                return
            }
            throw Failure(.usage, "\(path): cannot open it: \(String(cString: strerror(errno)))")
        }
        var lock = flock()
        lock.l_type = Int16(writing ? F_WRLCK : F_RDLCK)
        lock.l_whence = Int16(SEEK_SET)
        if fcntl(opened, F_SETLK, &lock) != 0, errno == EACCES || errno == EAGAIN {
            // The holder may end between the two calls; then it has no number.
            var holder = lock
            let known = fcntl(opened, F_GETLK, &holder) == 0 && holder.l_type != Int16(F_UNLCK) && holder.l_pid > 0
            close(opened)
            throw Failure(.usage, "another run\(known ? " (process \(holder.l_pid))" : "") is using \(what)", hint: hint)
        }
        descriptor = opened
    }

    func release() { if let descriptor { close(descriptor) } }
}
