#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// One property's folder of the example database: listing it, writing a file that appears whole or not at all, and clearing away what
/// writers that died have left.
///
/// The thin shell under ``ExampleDatabase``; all of it is plain system calls.
enum ExampleFolder {
    /// What is in a folder.
    struct Listing {
        fileprivate var failures: [StableDigest] = []
        fileprivate var displaced: [StableDigest] = []
        fileprivate var corpus: [StableDigest] = []
        /// Names of files that a writer has not finished.
        var temporaries: [String] = []

        /// In ascending order: the order of a folder is the file system's own.
        func digests(_ role: Example.Role) -> [StableDigest] {
            switch role {
            case .failure: failures
            case .displaced: displaced
            case .corpus: corpus
            }
        }
    }

    private static let temporaryPrefix = ".new-"

    /// A folder that does not exist is empty.
    static func list(_ folder: String, warnings: inout WarningList) -> Listing {
        var listing = Listing()
        guard let stream = opendir(folder) else {
            if errno != ENOENT { warnings.add(.system, failure("read the folder", folder).message) }
            return listing
        }
        defer { closedir(stream) }
        var seen = 0
        while let entry = readdir(stream) {
            seen += 1
            if seen > ExampleDatabase.maximumEntries {
                warnings.add(
                    .limit,
                    "\(folder): more than \(ExampleDatabase.maximumEntries) files (the limit "
                        + "ExampleDatabase.maximumEntries); the rest is left out"
                )
                break
            }
            // The name, without making a String of each: a folder may have many thousand.
            withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                let name = UnsafeRawBufferPointer(rebasing: buffer.prefix { $0 != 0 })
                if name.first == UInt8(ascii: "."), name.count <= 2, name.allSatisfy({ $0 == UInt8(ascii: ".") }) { return }
                if name.starts(with: temporaryPrefix.utf8) {
                    listing.temporaries.append(String(decoding: name, as: UTF8.self))
                } else if let (role, digest) = parse(name) {
                    switch role {
                    case .failure: listing.failures.append(digest)
                    case .displaced: listing.displaced.append(digest)
                    case .corpus: listing.corpus.append(digest)
                    }
                } else {
                    let text = String(decoding: name, as: UTF8.self)
                    warnings.add(.foreign, "\(folder)/\(text): no example has such a name; it is left out")
                }
            }
        }
        listing.failures.sort()
        listing.displaced.sort()
        listing.corpus.sort()
        return listing
    }

    /// `<role>-<digest>.example`.
    private static func parse(_ name: UnsafeRawBufferPointer) -> (Example.Role, StableDigest)? {
        let role: Example.Role
        switch name.first {
        case UInt8(ascii: "f"): role = .failure
        case UInt8(ascii: "d"): role = .displaced
        case UInt8(ascii: "c"): role = .corpus
        default: return nil
        }
        let start = role.rawValue.utf8.count + 1
        let end = start + StableDigest.hexLength
        guard name.count == end + ExampleDatabase.suffix.count, name[start - 1] == UInt8(ascii: "-"), name.starts(with: role.rawValue.utf8),
            let digest = StableDigest(hex: UnsafeRawBufferPointer(rebasing: name[start..<end]))
        else { return nil }
        for (offset, byte) in ExampleDatabase.suffix.enumerated() where name[end + offset] != byte { return nil }
        return (role, digest)
    }

    // MARK: Writing

    /// Makes a folder and those above it.
    static func make(_ folder: String) -> ExampleWarning? {
        if access(folder, F_OK) == 0 { return nil }
        var missing: [String] = []
        var path = folder[...]
        while !path.isEmpty, access(String(path), F_OK) != 0 {
            missing.append(String(path))
            guard let slash = path.lastIndex(of: "/") else { break }
            path = path[..<slash]
        }
        for path in missing.reversed() {
            // Another process may be making it at this moment.
            if mkdir(path, 0o755) != 0, errno != EEXIST { return failure("make the folder", path) }
            let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            if let warning = flush(parent.isEmpty ? "/" : parent) { return warning }
        }
        return nil
    }

    /// Writes a file that is there whole, under its name, or not at all.
    static func write(_ bytes: [UInt8], to name: String, in folder: String) -> ExampleWarning? {
        let path = "\(folder)/\(name)"
        for _ in 0..<ExampleDatabase.maximumAttempts {
            var template = Array("\(folder)/\(temporaryPrefix)XXXXXX".utf8CString)
            let descriptor = mkstemp(&template)
            guard descriptor >= 0 else { return failure("create a file in", folder) }
            defer { close(descriptor) }
            // A child that outlived us would go on holding the lock.
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            func abandon(_ action: String) -> ExampleWarning {
                let warning = failure(action, path)
                unlink(template)
                return warning
            }
            // Whoever finds the file unlocked may remove it; who finds it locked before us is about to.
            guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
                if errno == EWOULDBLOCK { continue }
                return abandon("lock")
            }
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    // `written < bytes.count` here, so that the buffer is not empty.
                    buffer.baseAddress.map { unistdWrite(descriptor, $0 + written, buffer.count - written) } ?? 0
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    return abandon("write")
                }
                written += count
            }
            guard fchmod(descriptor, 0o644) == 0 else { return abandon("set the permissions of") }
            guard fsync(descriptor) == 0 else { return abandon("flush") }
            if rename(template, path) == 0 { return nil }
            // Removed between its creation and the lock: once more, under another name.
            guard errno == ENOENT, access(folder, F_OK) == 0 else { return abandon("put in place") }
        }
        return contended(path)
    }

    static func contended(_ path: String) -> ExampleWarning {
        ExampleWarning(
            .limit,
            "\(path): not kept in \(ExampleDatabase.maximumAttempts) tries "
                + "(the limit ExampleDatabase.maximumAttempts): other processes move it"
        )
    }

    /// Removes what writers left that are no longer alive: their locks died with them.
    static func sweep(_ folder: String, _ temporaries: [String]) {
        for name in temporaries {
            let path = "\(folder)/\(name)"
            let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unlink(path) }
            close(descriptor)
        }
    }

    /// Flushes a folder, so that the names in it outlive a loss of power.
    static func flush(_ folder: String) -> ExampleWarning? {
        let descriptor = open(folder, O_RDONLY | O_CLOEXEC | O_DIRECTORY)
        guard descriptor >= 0 else { return failure("open the folder", folder) }
        defer { close(descriptor) }
        // Some file systems cannot flush a folder; then there is nothing to be done about it.
        if fsync(descriptor) != 0, errno != EINVAL, errno != EROFS { return failure("flush the folder", folder) }
        return nil
    }

    static func failure(_ action: String, _ path: String) -> ExampleWarning {
        ExampleWarning(.system, "cannot \(action) \(path): \(String(cString: strerror(errno)))")
    }
}

private func unistdWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int { write(descriptor, start, count) }
