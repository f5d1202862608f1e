/// An archive of small files, not compressed: what the services that run fuzzers want a seed corpus in.
///
/// ```swift
/// try StoredZip.archive([("3fa1", [0x7B, 0x7D])])   // unzip -l shows 3fa1, 2 bytes, 1980-01-01
/// ```
///
/// Layout: PKWARE's APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (its end), version 2.0, method 0. Without
/// times, owners and order of the disk: same files, same bytes.
///
/// Complexity: linear in the bytes.
enum StoredZip {
    struct LimitReached: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    static let maximumFiles = 65_534
    static let maximumBytes = 1 << 30

    /// - Parameter files: names, which must be different, and contents. They are archived in byte order of their names.
    static func archive(_ files: [(name: String, bytes: [UInt8])]) throws(LimitReached) -> [UInt8] {
        guard files.count <= maximumFiles else {
            throw LimitReached(description: "\(files.count) files are more than maximumFiles of \(maximumFiles)")
        }
        let total = files.reduce(0) { $0 + $1.bytes.count }
        guard total <= maximumBytes else { throw LimitReached(description: "\(total) bytes are more than maximumBytes of \(maximumBytes)") }
        let sorted = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, bytes) in sorted {
            let name = Array(name.utf8.prefix(Int(UInt16.max)))
            let offset = UInt32(archive.count)
            var common: [UInt8] = []
            common.add16(20)  // version needed
            common.add16(1 << 11)  // names are UTF-8
            common.add16(0)  // stored
            common.add16(0)  // 00:00:00
            common.add16(1 << 5 | 1)  // 1980-01-01
            common.add32(checksum(bytes))
            common.add32(UInt32(bytes.count))
            common.add32(UInt32(bytes.count))
            common.add16(UInt16(name.count))
            common.add16(0)  // extra field
            archive.add32(0x0403_4B50)
            archive += common + name + bytes
            directory.add32(0x0201_4B50)
            directory.add16(3 << 8 | 20)  // made on Unix
            directory += common
            directory.add16(0)  // comment
            directory.add16(0)  // disk
            directory.add16(0)  // internal attributes
            directory.add32(0o100644 << 16)  // a regular file
            directory.add32(offset)
            directory += name
        }
        let start = UInt32(archive.count)
        archive += directory
        archive.add32(0x0605_4B50)
        archive.add16(0)
        archive.add16(0)
        archive.add16(UInt16(sorted.count))
        archive.add16(UInt16(sorted.count))
        archive.add32(UInt32(directory.count))
        archive.add32(start)
        archive.add16(0)
        return archive
    }

    /// CRC-32 as in ITU-T V.42, reflected, polynomial 0xEDB88320.
    static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var value: UInt32 = .max
        for byte in bytes { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
        return ~value
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 0 ? value >> 1 : value >> 1 ^ 0xEDB8_8320 }
    }
}

extension [UInt8] {
    fileprivate mutating func add16(_ value: UInt16) { append(contentsOf: [UInt8(truncatingIfNeeded: value), UInt8(value >> 8)]) }

    fileprivate mutating func add32(_ value: UInt32) {
        for shift in [0, 8, 16, 24] as [UInt32] { append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
}
