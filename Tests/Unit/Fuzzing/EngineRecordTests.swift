import StrictDocuments
import Testing

@testable import Fuzzing

#if canImport(Glibc)
    import Glibc
#endif

@Suite("what a suite leaves behind and says")
struct EngineRecordTests {
    private func record(
        _ kind: CrashRecord.Kind = .crash, frames: [UInt64] = [0x1000, 0x2000, 0x3000, 0x4000], output: String = ""
    ) -> CrashRecord {
        CrashRecord(kind: kind, signal: 4, frames: frames, output: output, input: [1], execution: 9, parent: 0, operators: 0)
    }

    @Test("the number of a place is fixed: crash folders are named by it")
    func fixedPlace() {
        #expect(record().place == record().place)
        #expect(SuiteOutput.hexadecimal(record().place) == "cf0afeef5990589e")
    }

    @Test("a place is the kind and the three innermost distinct frames, not the input, the output or the caller")
    func place() {
        var other = record(output: "elsewhere")
        other.input = [2, 3]
        other.execution = 77
        #expect(other.place == record().place)
        #expect(record(frames: [0x1000, 0x2000, 0x3000, 0x5000]).place == record().place)
        #expect(record(frames: [0x1000, 0x1000, 0x2000, 0x2000, 0x3000]).place == record().place)
        #expect(record(frames: [0x1000, 0x2000, 0x3001]).place != record().place)
        #expect(record(frames: [0x2000, 0x1000, 0x3000]).place != record().place)
        #expect(record(.timeout).place != record(.stackOverflow).place)
    }

    @Test("a recursion has one place, wherever in it the stack ended")
    func recursion() {
        let one = record(.stackOverflow, frames: [0x1010, 0x1020, 0x1010])
        #expect(one.place == record(.stackOverflow, frames: [0x1020, 0x1010, 0x1020]).place)
        #expect(one.place != record(.stackOverflow, frames: [0x9010, 0x9020]).place)
    }

    @Test("failures differ by their message, not by the numbers in it")
    func messages() {
        let one = record(.failure, output: "FuzzFailure: 12 of 30 are lost")
        #expect(one.place == record(.failure, output: "FuzzFailure: 7 of 9 are lost").place)
        #expect(one.place != record(.failure, output: "FuzzFailure: 12 of 30 are doubled").place)
    }

    @Test("a crash folder holds one input for each place, the shortest that came")
    func crashFolder() throws {
        let root = "/tmp/pulsegate-crashes-\(getpid())"
        mkdir(root, 0o755)
        let table = root + ".deaths"
        unlink(table)
        defer { unlink(table) }
        let folder = CrashFolder(path: root, table: table)
        var one = record()
        one.input = [1, 2, 3]
        let input = "\(root)/\(SuiteOutput.hexadecimal(one.place))/input"
        defer { try? #require(removeAll(root)) }
        #expect(folder.keep(one))
        for _ in 0..<100 { #expect(!folder.keep(one)) }
        #expect(SuiteFiles.read(input, limit: 100) == [1, 2, 3])
        one.input = [4]
        #expect(!folder.keep(one) && SuiteFiles.read(input, limit: 100) == [4])
        one.input = [5, 6]
        #expect(!folder.keep(one) && SuiteFiles.read(input, limit: 100) == [4])
        #expect(folder.keep(record(.timeout)))
        #expect(SuiteFiles.names(root).count == 2)
    }

    private func removeAll(_ root: String) -> Bool {
        for name in SuiteFiles.names(root) {
            for file in SuiteFiles.names("\(root)/\(name)") { unlink("\(root)/\(name)/\(file)") }
            rmdir("\(root)/\(name)")
        }
        return rmdir(root) == 0
    }

    @Test("a line of output is one JSON object whatever is in it")
    func output() throws {
        let text = "quote \" back \\ feed \n tab \t return \r nul \0 escape \u{1B} del \u{7F} é 東 😀 \u{2028}"
        let line = SuiteOutput.line([
            ("text", .text(text)), ("key \"\n", .number(.max)), ("flag", .flag(true)), ("place", .hexadecimal(0xAB)),
            ("list", .list([.text("a"), .nothing])), ("real", .real(1.5)), ("nan", .real(.nan)),
        ])
        #expect(line.utf8.filter { $0 == 0x0A }.count == 1 && line.hasSuffix("}\n"))
        let node = try JSONDocument.parse(Array(line.utf8), file: "line")
        guard case .object(let members) = node.content else { throw FuzzFailure("no object") }
        #expect(members.map(\.key) == ["text", "key \"\n", "flag", "place", "list", "real", "nan"])
        guard case .string(let read) = members[0].value.content, case .number(let number) = members[1].value.content,
            case .string(let place) = members[3].value.content, case .null = members[6].value.content
        else { throw FuzzFailure("other types") }
        #expect(read == text && number.literal == "18446744073709551615" && place == "00000000000000ab")
    }

    @Test("a file is written whole or not at all, and reading stops at the limit")
    func files() {
        let folder = "/tmp/pulsegate-files-\(getpid())/a/b"
        SuiteFiles.makeFolder(folder)
        defer {
            for path in ["x", "y"] { unlink("\(folder)/\(path)") }
            rmdir(folder)
            rmdir("/tmp/pulsegate-files-\(getpid())/a")
            rmdir("/tmp/pulsegate-files-\(getpid())")
        }
        #expect(SuiteFiles.write([1, 2, 3], to: "\(folder)/x") && SuiteFiles.write([4], to: "\(folder)/x"))
        #expect(SuiteFiles.read("\(folder)/x", limit: 10) == [4])
        #expect(SuiteFiles.write([], to: "\(folder)/y") && SuiteFiles.read("\(folder)/y", limit: 10) == [])
        #expect(SuiteFiles.write([1, 2, 3], to: "\(folder)/y") && SuiteFiles.read("\(folder)/y", limit: 2) == [1, 2])
        #expect(!SuiteFiles.write([1], to: "\(folder)/none/x"), "there is no such folder")
        #expect(SuiteFiles.names(folder) == ["x", "y"], "nothing temporary stays")
        #expect(SuiteFiles.read("\(folder)/none", limit: 10) == nil && SuiteFiles.names("\(folder)/none") == [])
    }
}
