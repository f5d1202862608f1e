import Testing

@testable import pulsegate

/// The reader of symbols, on made-up files and on the program of these tests.
struct ExecutableFunctionsTests {
    /// A file with a table of symbols at 128 and their names behind it.
    private static func file(_ symbols: [(name: String, info: UInt8, section: UInt64, address: UInt64, size: UInt64)]) -> [UInt8] {
        var names: [UInt8] = [0]
        var table = [UInt8](repeating: 0, count: 24)
        func bytes(_ value: UInt64, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) } }
        for symbol in symbols {
            table +=
                bytes(UInt64(names.count), 4) + [symbol.info, 0] + bytes(symbol.section, 2) + bytes(symbol.address, 8)
                + bytes(symbol.size, 8)
            names += Array(symbol.name.utf8) + [0]
        }
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<6, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1])
        let sectionsAt = 64 + table.count + names.count
        header.replaceSubrange(40..<48, with: bytes(UInt64(sectionsAt), 8))
        header.replaceSubrange(58..<60, with: bytes(64, 2))
        header.replaceSubrange(60..<62, with: bytes(3, 2))
        func section(_ kind: UInt64, _ offset: Int, _ size: Int, link: UInt64) -> [UInt8] {
            bytes(0, 4) + bytes(kind, 4) + bytes(0, 16) + bytes(UInt64(offset), 8) + bytes(UInt64(size), 8) + bytes(link, 4) + bytes(0, 20)
        }
        return header + table + names + section(0, 0, 0, link: 0) + section(2, 64, table.count, link: 2)
            + section(3, 64 + table.count, names.count, link: 0)
    }

    private static func parse(_ bytes: [UInt8]) throws -> [String: ExecutableFunctions.Extent] {
        try ExecutableFunctions.read(fileBytes: Int64(bytes.count)) { offset, count in
            guard offset >= 0, offset <= Int64(bytes.count) else { return nil }
            return Array(bytes[Int(offset)..<min(bytes.count, Int(offset) + count)])
        }.functions
    }

    private static let sample = file([
        ("alpha", 0x12, 1, 0x1000, 40), ("data", 0x11, 1, 0x2000, 8), ("elsewhere", 0x12, 0, 0, 0), ("twice", 0x02, 1, 0x1100, 8),
        ("twice", 0x02, 1, 0x1200, 8), ("same", 0x12, 1, 0x1300, 8), ("same", 0x12, 1, 0x1300, 8),
    ])

    @Test("functions that are defined here are found by name; what several have is left out")
    func finds() throws {
        #expect(try Self.parse(Self.sample) == ["alpha": .init(address: 0x1000, bytes: 40), "same": .init(address: 0x1300, bytes: 8)])
    }

    @Test("a file cut at any byte is refused, and one that is changed at any byte is read or refused")
    func hostile() {
        for length in Self.sample.indices {
            #expect(throws: ExecutableSections.Problem.self) { try Self.parse(Array(Self.sample[..<length])) }
        }
        for index in Self.sample.indices {
            for value: UInt8 in [0, 1, 8, 0x7F, 0xFF] {
                var bytes = Self.sample
                bytes[index] = value
                _ = try? Self.parse(bytes)
            }
        }
    }

    @Test("the program of these tests has functions")
    func own() throws {
        #expect(try ExecutableFunctions.ofFile("/proc/self/exe").functions.count > 1000)
        #expect(throws: ExecutableSections.Problem.self) { try ExecutableFunctions.ofFile("/proc/self/nothing") }
    }
}
