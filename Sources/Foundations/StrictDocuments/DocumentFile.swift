#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reading and replacing whole files: the thin shell around the pure readers and writers of this module.
///
/// ```swift
/// let bytes = try DocumentFile.read("data/golden/manifest.json", maximumBytes: 1 << 20)
/// try DocumentFile.replace("data/golden/manifest.json", with: bytes)
/// ```
///
/// `replace` is atomic: a reader, or a crash at any point, sees the old bytes or the new bytes and nothing in between. It
/// writes a new file in the same folder, flushes it to the disk and renames it over the old one.
public enum DocumentFile {
    /// The bytes of a regular file; a folder, a pipe or a device is refused, and so is a file beyond `maximumBytes`.
    public static func read(_ path: String, maximumBytes: Int) throws(DocumentFileError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(path: path, action: "open", code: errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system(path: path, action: "examine", code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notARegularFile(path: path) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(max(0, Int(status.st_size)), maximumBytes))
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = chunk.withUnsafeMutableBytes { buffer in unistdRead(descriptor, buffer) }
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .system(path: path, action: "read", code: errno)
            }
            guard bytes.count + count <= maximumBytes else { throw .tooLarge(path: path, maximumBytes: maximumBytes) }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Puts `bytes` in the place of the file at `path`, which need not exist; its folder must. An existing file's
    /// permissions are kept; a new one gets 0644.
    public static func replace(_ path: String, with bytes: [UInt8]) throws(DocumentFileError) {
        var status = stat()
        let mode: mode_t = stat(path, &status) == 0 ? status.st_mode & 0o777 : 0o644
        // mkstemp opens with O_EXCL under a name of its own, so that two writers never share a temporary file.
        var template = Array((path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .system(path: path, action: "create a temporary file beside", code: errno) }
        func abandon(_ action: String) -> DocumentFileError {
            let code = errno
            close(descriptor)
            unlink(template)
            return .system(path: path, action: action, code: code)
        }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                // `written < bytes.count` here, so that the buffer is not empty.
                buffer.baseAddress.map { unistdWrite(descriptor, $0 + written, buffer.count - written) } ?? 0
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw abandon("write")
            }
            written += count
        }
        guard fchmod(descriptor, mode) == 0 else { throw abandon("set the permissions of") }
        guard fsync(descriptor) == 0 else { throw abandon("flush") }
        guard rename(template, path) == 0 else { throw abandon("replace") }
        close(descriptor)
    }
}

private func unistdRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, buffer.baseAddress, buffer.count)
}

private func unistdWrite(_ descriptor: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
    write(descriptor, start, count)
}

/// Why a file could not be read or replaced.
public enum DocumentFileError: Error, Hashable, Sendable, CustomStringConvertible {
    case system(path: String, action: String, code: Int32)
    case notARegularFile(path: String)
    case tooLarge(path: String, maximumBytes: Int)

    /// Whether the file (or its folder) does not exist.
    public var isMissing: Bool {
        if case .system(_, _, let code) = self { code == ENOENT || code == ENOTDIR } else { false }
    }

    public var description: String {
        switch self {
        case .system(let path, let action, let code): "\(path): cannot \(action) it: \(String(cString: strerror(code)))"
        case .notARegularFile(let path): "\(path): it is not a regular file"
        case .tooLarge(let path, let maximumBytes): "\(path): it has more than \(maximumBytes) bytes (the limit maximumBytes)"
        }
    }
}
