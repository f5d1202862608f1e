import Glibc

/// The section headers of an ELF file: 64 bits, little-endian. Nothing is read beyond the file's end, and no header is believed that points there.
struct ElfHeaders {
    struct Section {
        var kind: UInt64
        var flags: UInt64
        var offset: UInt64
        var bytes: UInt64
        /// The number of another section that belongs to it.
        var link: Int
        var hasBytes: Bool { kind != 8 }
    }

    var sections: [Section]

    typealias Reader = (_ offset: Int64, _ count: Int) -> [UInt8]?

    static func read(fileBytes: Int64, _ read: Reader) throws(ExecutableSections.Problem) -> ElfHeaders {
        typealias Problem = ExecutableSections.Problem
        guard let header = read(0, headerBytes), header.count >= headerBytes else { throw Problem(text: "it is shorter than a header") }
        guard header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else { throw Problem(text: "it is no ELF file") }
        guard header[4] == 2, header[5] == 1 else { throw Problem(text: "only 64 bits, little-endian, are known") }
        let offset = number(header, 40, 8)
        let size = number(header, 58, 2)
        let count = number(header, 60, 2)
        guard size >= 64, count > 0 else { throw Problem(text: "it has no section headers") }
        // Both factors are 16 bits.
        let tableBytes = size * count
        guard offset <= UInt64(clamping: fileBytes), tableBytes <= UInt64(clamping: fileBytes) - offset,
            let table = read(Int64(offset), Int(tableBytes)), table.count == Int(tableBytes)
        else { throw Problem(text: "its section headers lie beyond its end") }
        var sections: [Section] = []
        for index in 0..<Int(count) {
            let start = index * Int(size)
            let section = Section(
                kind: number(table, start + 4, 4), flags: number(table, start + 8, 8), offset: number(table, start + 24, 8),
                bytes: number(table, start + 32, 8), link: Int(number(table, start + 40, 4)))
            if section.kind != 0, section.hasBytes,
                section.offset > UInt64(clamping: fileBytes) || section.bytes > UInt64(clamping: fileBytes) - section.offset
            {
                throw Problem(text: "section \(index) lies beyond its end")
            }
            sections.append(section)
        }
        return ElfHeaders(sections: sections)
    }

    /// Opens a file and hands on how to read it.
    static func ofFile<Answer>(
        _ path: String, _ body: (Int64, Reader) throws(ExecutableSections.Problem) -> Answer
    ) throws(ExecutableSections.Problem) -> Answer {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw .init(text: "'\(path)' cannot be opened") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_size > 0 else { throw .init(text: "'\(path)' is empty") }
        return try body(Int64(status.st_size)) { offset, count in
            var bytes = [UInt8](repeating: 0, count: count)
            var have = 0
            while have < count {
                let got = bytes.withUnsafeMutableBytes { buffer in
                    pread(file, buffer.baseAddress.map { $0 + have }, count - have, off_t(offset) + off_t(have))
                }
                if got < 0, errno == EINTR { continue }
                guard got > 0 else { return got < 0 ? nil : Array(bytes[..<have]) }
                have += got
            }
            return bytes
        }
    }

    static let headerBytes = 64

    static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
