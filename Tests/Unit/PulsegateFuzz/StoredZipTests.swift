import Testing

@testable import pulsegate

@Suite("archives of seed corpora")
struct StoredZipTests {
    @Test("the checksum is CRC-32's: that of the digits 1 to 9 is its published check value")
    func checksum() {
        #expect(StoredZip.checksum("123456789".utf8) == 0xCBF4_3926)
        #expect(StoredZip.checksum([]) == 0)
    }

    @Test("an archive of one file has the bytes that the format prescribes")
    func bytes() throws {
        let archive = try StoredZip.archive([("a", [0x68, 0x69])])
        var expected: [UInt8] = [
            0x50, 0x4B, 3, 4, 20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0, 0xAC, 0x2A, 0x93, 0xD8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0x61, 0x68,
            0x69,
        ]
        expected += [
            0x50, 0x4B, 1, 2, 20, 3, 20, 0, 0, 8, 0, 0, 0, 0, 0x21, 0, 0xAC, 0x2A, 0x93, 0xD8, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
            0,
            0, 0, 0, 0, 0xA4, 0x81, 0, 0, 0, 0, 0x61,
        ]
        expected += [0x50, 0x4B, 5, 6, 0, 0, 0, 0, 1, 0, 1, 0, 47, 0, 0, 0, 33, 0, 0, 0, 0, 0]
        #expect(archive == expected)
    }

    @Test("files in another order make the same archive")
    func order() throws {
        let files: [(name: String, bytes: [UInt8])] = [("b", [1, 2]), ("a", []), ("c", [3])]
        let archive = try StoredZip.archive(files)
        #expect(archive == (try StoredZip.archive(files.reversed())))
        #expect(archive[30] == UInt8(ascii: "a"))
    }

    @Test("no files make an archive that is only its end")
    func empty() throws {
        #expect(try StoredZip.archive([]).count == 22)
    }

    @Test("more files than the format can count are refused by the name of the limit")
    func limits() {
        let many = (0...StoredZip.maximumFiles).map { (name: String($0), bytes: [UInt8]()) }
        #expect { try StoredZip.archive(many) } throws: { "\($0)".contains("maximumFiles") }
    }
}
