#if canImport(Glibc)
    import Glibc
#endif

/// Whole files, for tests that damage them.
public enum FileBytes {
    public static func read(_ path: String) -> [UInt8] {
        let file = Glibc.open(path, O_RDONLY)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = Glibc.read(file, &buffer, buffer.count), count > 0 { bytes.append(contentsOf: buffer[..<count]) }
        return bytes
    }

    @discardableResult
    public static func write(_ bytes: [UInt8], to path: String) -> Bool {
        let file = Glibc.open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        return Glibc.write(file, bytes, bytes.count) == bytes.count
    }
}
