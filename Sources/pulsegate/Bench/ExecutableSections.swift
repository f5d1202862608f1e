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

    /// - Parameter read: so many bytes from there, or fewer at the end of the file; nil where it cannot be read.
    static func read(fileBytes: Int64, _ read: ElfHeaders.Reader) throws(Problem) -> ExecutableSections {
        let headers = try ElfHeaders.read(fileBytes: fileBytes, read)
        var sizes = ExecutableSections(file: fileBytes, code: 0, constants: 0, data: 0, zeros: 0)
        for (index, section) in headers.sections.enumerated() where section.kind != 0 && section.flags & isLoaded != 0 {
            // Sizes in the file are bounded by it; only zeros can be of any size.
            guard let bytes = Int64(exactly: section.bytes), bytes <= Int64.max / Int64(maximumSections + 1) else {
                throw Problem(text: "section \(index) has an impossible size")
            }
            if !section.hasBytes {
                // Thread-local zeros take no room of the program's own.
                sizes.zeros += section.flags & isThreadLocal == 0 ? bytes : 0
            } else if section.flags & isExecutable != 0 {
                sizes.code += bytes
            } else if section.flags & isWritable != 0 {
                sizes.data += bytes
            } else {
                sizes.constants += bytes
            }
        }
        return sizes
    }

    static let maximumSections = 65_535

    /// Of a file, of which only the headers are read.
    static func ofFile(_ path: String) throws(Problem) -> ExecutableSections {
        try ElfHeaders.ofFile(path) { (size, reader) throws(Problem) in try read(fileBytes: size, reader) }
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
}
