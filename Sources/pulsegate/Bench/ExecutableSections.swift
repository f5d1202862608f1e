/// How large a program is: its file, and what of it is code and data, by the section headers of an ELF file (64 bits, little-endian).
///
/// ```swift
/// let sizes = try ExecutableSections.read(fileBytes: size) { offset, count in bytes }
/// sizes.code                  // grows with what was written, and not with the length of a path in the debug information
/// ```
///
/// The file is taken for hostile: nothing is read beyond its end, and no header is believed that points there.
struct ExecutableSections: Equatable, Sendable {
    /// Bytes of the file.
    var file: Int64
    /// Of sections that are loaded to be executed.
    var code: Int64
    /// Of sections that are loaded to be read.
    var constants: Int64
    /// Of sections that are loaded to be written, and stand in the file.
    var data: Int64
    /// Of sections that are made of zeros when the program starts.
    var zeros: Int64

    struct Problem: Error, Equatable, CustomStringConvertible {
        var text: String
        var description: String { "the sections of the program cannot be read: \(text)" }
    }

    static let headerBytes = 64
    static let maximumSections = 65_535

    /// - Parameter read: so many bytes from there, or fewer at the end of the file; nil where it cannot be read.
    static func read(fileBytes: Int64, _ read: (_ offset: Int64, _ count: Int) -> [UInt8]?) throws(Problem) -> ExecutableSections {
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

        var sizes = ExecutableSections(file: fileBytes, code: 0, constants: 0, data: 0, zeros: 0)
        for index in 0..<Int(count) {
            let start = index * Int(size)
            let kind = number(table, start + 4, 4)
            let flags = number(table, start + 8, 8)
            let position = number(table, start + 24, 8)
            let length = number(table, start + 32, 8)
            guard kind != 0, flags & isLoaded != 0 else { continue }
            let hasBytes = kind != noBytes
            if hasBytes, position > UInt64(clamping: fileBytes) || length > UInt64(clamping: fileBytes) - position {
                throw Problem(text: "section \(index) lies beyond its end")
            }
            // Sizes in the file are bounded by it; only zeros can be of any size.
            guard let bytes = Int64(exactly: length), bytes <= Int64.max / Int64(maximumSections + 1) else {
                throw Problem(text: "section \(index) has an impossible size")
            }
            if !hasBytes {
                // Thread-local zeros take no room of the program's own.
                sizes.zeros += flags & isThreadLocal == 0 ? bytes : 0
            } else if flags & isExecutable != 0 {
                sizes.code += bytes
            } else if flags & isWritable != 0 {
                sizes.data += bytes
            } else {
                sizes.constants += bytes
            }
        }
        return sizes
    }

    static func parse(bytes: [UInt8]) throws(Problem) -> ExecutableSections {
        try read(fileBytes: Int64(bytes.count)) { offset, count in
            guard offset >= 0, offset <= Int64(bytes.count) else { return nil }
            return Array(bytes[Int(offset)..<min(bytes.count, Int(offset) + count)])
        }
    }

    private static let isWritable: UInt64 = 1
    private static let isLoaded: UInt64 = 2
    private static let isExecutable: UInt64 = 4
    private static let isThreadLocal: UInt64 = 0x400
    private static let noBytes: UInt64 = 8

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
