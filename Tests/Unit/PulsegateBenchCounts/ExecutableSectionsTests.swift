import Determinism
import Testing

@testable import pulsegate

/// The reader of section headers, on made-up files and on the program of these tests.
struct ExecutableSectionsTests {
    private struct Section {
        var kind: UInt64
        var flags: UInt64
        var offset: UInt64
        var size: UInt64
    }

    private static let sections = [
        Section(kind: 0, flags: 0, offset: 0, size: 0),
        Section(kind: 1, flags: 6, offset: 64, size: 40),  // code
        Section(kind: 1, flags: 2, offset: 104, size: 20),  // constants
        Section(kind: 1, flags: 3, offset: 124, size: 8),  // data
        Section(kind: 8, flags: 3, offset: 132, size: 4096),  // zeros
        Section(kind: 8, flags: 0x403, offset: 132, size: 512),  // zeros of threads
        Section(kind: 1, flags: 0, offset: 64, size: 60),  // debug information
    ]

    private static func file(_ sections: [Section] = sections) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 160)
        func put(_ value: UInt64, _ offset: Int, _ count: Int) {
            for index in 0..<count { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index))) }
        }
        bytes.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        put(160, 40, 8)
        put(64, 58, 2)
        put(UInt64(sections.count), 60, 2)
        for section in sections {
            let start = bytes.count
            bytes += [UInt8](repeating: 0, count: 64)
            put(section.kind, start + 4, 4)
            put(section.flags, start + 8, 8)
            put(section.offset, start + 24, 8)
            put(section.size, start + 32, 8)
        }
        return bytes
    }

    @Test("sections are added up by what they are for")
    func sizes() throws {
        let bytes = Self.file()
        let sizes = try ExecutableSections.parse(bytes: bytes)
        #expect(sizes == ExecutableSections(file: Int64(bytes.count), code: 40, constants: 20, data: 8, zeros: 4096))
    }

    @Test("a file cut at any byte is refused")
    func cuts() {
        let bytes = Self.file()
        for length in bytes.indices {
            #expect(throws: ExecutableSections.Problem.self) { try ExecutableSections.parse(bytes: Array(bytes[..<length])) }
        }
    }

    @Test("a section that points beyond the file, or is of an impossible size, is refused")
    func lies() {
        for (offset, size) in [(500, 500), (UInt64.max, 2), (0, .max), (1 << 63, 1)] as [(UInt64, UInt64)] {
            let bytes = Self.file([Section(kind: 1, flags: 6, offset: offset, size: size)])
            #expect(throws: ExecutableSections.Problem.self) { try ExecutableSections.parse(bytes: bytes) }
        }
        let zeros = Self.file([Section(kind: 8, flags: 3, offset: 0, size: .max)])
        #expect(throws: ExecutableSections.Problem.self) { try ExecutableSections.parse(bytes: zeros) }
    }

    @Test("other machines' and other files are refused by name")
    func others() {
        var bytes = Self.file()
        bytes[4] = 1
        #expect(throws: ExecutableSections.Problem(text: "only 64 bits, little-endian, are known")) {
            try ExecutableSections.parse(bytes: bytes)
        }
        bytes[0] = 0
        #expect(throws: ExecutableSections.Problem(text: "it is no ELF file")) { try ExecutableSections.parse(bytes: bytes) }
    }

    @Test("bytes changed at random never trap")
    func mutations() {
        var generator = SeededGenerator(seed: 9)
        let bytes = Self.file()
        for _ in 0..<2000 {
            var mutated = bytes
            for _ in 0...2 { mutated[Int.random(in: mutated.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            guard let sizes = try? ExecutableSections.parse(bytes: mutated) else { continue }
            #expect(sizes.code >= 0 && sizes.data >= 0 && sizes.constants >= 0 && sizes.zeros >= 0)
        }
    }

    @Test("the program of these tests has code and constants")
    func own() throws {
        let sizes = try ExecutableSections.ofFile("/proc/self/exe")
        #expect(sizes.code > 1000)
        #expect(sizes.constants > 1000)
        #expect(sizes.file > sizes.code)
    }
}
