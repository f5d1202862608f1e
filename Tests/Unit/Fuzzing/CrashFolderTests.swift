import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("findings on the disk")
struct CrashFolderTests {
    @Test("a finding that could not be written is not taken for known: it is kept the next time")
    func unwritten() throws {
        var template = Array("/tmp/pulsegate-crashes-XXXXXX".utf8CString)
        try #require(mkdtemp(&template) != nil)
        let root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { SuiteFiles.removeTree(root) }
        // A file where the folder ought to be: as with a full disk, nothing can be made below it.
        try #require(SuiteFiles.write([], to: "\(root)/crashes"))
        let folder = CrashFolder(path: "\(root)/crashes", table: "\(root)/0.deaths")
        let record = CrashRecord(kind: .crash, signal: 4, frames: [1, 2], output: "", input: [7, 8])
        #expect(!folder.keep(record))
        unlink("\(root)/crashes")
        #expect(folder.keep(record))
        let input = "\(root)/crashes/\(SuiteOutput.hexadecimal(record.place))/input"
        #expect(SuiteFiles.read(input, limit: 9) == [7, 8])
        #expect(!folder.keep(record), "the second time it is known")
        var shorter = record
        shorter.input = [7]
        #expect(!folder.keep(shorter))
        #expect(SuiteFiles.read(input, limit: 9) == [7])
        #expect(DeathTable(path: "\(root)/0.deaths")?.all.map(\.count) == [3])
    }
}
