import Testing

@testable import pulsegate

@Suite("dictionaries for other engines")
struct FuzzDictionaryTests {
    @Test(
        "what is not plain is escaped",
        arguments: [
            ("GET /", "\"GET /\""), ("a\"b", #""a\"b""#), (#"c:\x"#, #""c:\\x""#), ("\n\t", #""\x0A\x09""#), ("é", #""\xC3\xA9""#),
            ("\u{7F}\u{0}", #""\x7F\x00""#), ("# no comment", "\"# no comment\""),
        ])
    func escaping(word: String, text: String) {
        #expect(FuzzDictionary.quoted(Array(word.utf8)) == text)
    }

    @Test("every byte comes back when the line is read as libFuzzer reads it")
    func roundTrip() throws {
        for byte in UInt8.min...UInt8.max {
            let word = [byte, 0x41, byte]
            #expect(try Self.read(FuzzDictionary.quoted(word)) == word)
        }
    }

    @Test("words that are empty, too long or known already are left out, and no more than the limit are kept")
    func choice() {
        let long = [UInt8](repeating: 1, count: FuzzDictionary.maximumWordBytes + 1)
        #expect(FuzzDictionary(words: [[2], [], [1], long, [2], Array(long.dropLast())]).words == [[2], [1], Array(long.dropLast())])
        let many = (0..<5000).map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(FuzzDictionary(words: many).words == Array(many.prefix(FuzzDictionary.maximumWords)))
    }

    @Test("each word stands on a line of its own, comments aside")
    func lines() {
        let text = FuzzDictionary(words: [Array("a\nb".utf8), [0]]).text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.filter { !$0.hasPrefix("#") } == [#""a\x0Ab""#, #""\x00""#, ""])
    }

    @Test("a suite's line is read as it was written, and what is no word is none")
    func suiteLines() {
        #expect(FuzzDictionary.word(ofLine: #"{"event":"word","bytes":"00fF7a"}"#.utf8) == [0, 0xFF, 0x7A])
        for other in ["", "{}", #"{"event":"word","bytes":"0"}"#, #"{"event":"word","bytes":"+1"}"#, #"{"event":"word","bytes":"0g"}"#] {
            #expect(FuzzDictionary.word(ofLine: other.utf8) == nil, "\(other)")
        }
    }

    private struct Malformed: Error {}

    /// libFuzzer's rules for one entry: quotes at both ends, `\\`, `\"` and `\xAB` within, and nothing that cannot be printed.
    private static func read(_ line: String) throws -> [UInt8] {
        let bytes = Array(line.utf8)
        guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else { throw Malformed() }
        var rest = bytes.dropFirst().dropLast()
        var word: [UInt8] = []
        while let byte = rest.popFirst() {
            guard (0x20...0x7E).contains(byte), byte != UInt8(ascii: "\"") else { throw Malformed() }
            guard byte == UInt8(ascii: "\\") else {
                word.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\"): word.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "\""): word.append(UInt8(ascii: "\""))
            case UInt8(ascii: "x"):
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                rest = rest.dropFirst(2)
                guard let value = UInt8(digits, radix: 16) else { throw Malformed() }
                word.append(value)
            default: throw Malformed()
            }
        }
        return word
    }
}
