/// A dictionary as AFL++ and libFuzzer read it: a word a line, in quotes, with `\xNN` for what is not plain.
///
/// ```swift
/// FuzzDictionary(words: [Array("GET".utf8), [0, 0xFF]]).text   // "GET"   and   "\x00\xFF"
/// ```
///
/// Both read the same syntax and neither the same limits: a word of more than 64 bytes is too long for libFuzzer, one of more than 128 for AFL++, which
/// also grows slow on thousands. Words that were given twice stand once, in the order of their first.
struct FuzzDictionary: Equatable {
    let words: [[UInt8]]

    static let maximumWordBytes = 64
    static let maximumWords = 2048

    init(words: [[UInt8]]) {
        var seen: Set<[UInt8]> = []
        var kept: [[UInt8]] = []
        for word in words where kept.count < Self.maximumWords {
            guard (1...Self.maximumWordBytes).contains(word.count), seen.insert(word).inserted else { continue }
            kept.append(word)
        }
        self.words = kept
    }

    var text: String {
        var text = "# Words that the code under test knows: constants of its machine code.\n"
        for word in words { text += Self.quoted(word) + "\n" }
        return text
    }

    /// The word in a line of a suite's `dictionary`, `{"event":"word","bytes":"474554"}`; nil for a line of another kind.
    static func word(ofLine line: some Sequence<UInt8>) -> [UInt8]? {
        let text = String(decoding: Array(line), as: UTF8.self)
        let opening = "{\"event\":\"word\",\"bytes\":\""
        guard text.hasPrefix(opening), text.hasSuffix("\"}") else { return nil }
        let digits = Array(text.dropFirst(opening.utf8.count).dropLast(2).utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var word: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard digits[index] != UInt8(ascii: "+"),
                let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
            else { return nil }
            word.append(byte)
        }
        return word
    }

    static func quoted(_ word: [UInt8]) -> String {
        var text = "\""
        for byte in word {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(Unicode.Scalar(byte))
            case 0x20...0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return text + "\""
    }
}
