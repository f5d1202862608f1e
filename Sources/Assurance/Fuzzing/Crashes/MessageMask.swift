/// A message of a failure without what it quotes of the input: one bug has one message.
///
/// ```
/// MessageMask.masked(#"line 12: "a\"b" is not [3, -4.5]"#)   // line #: "" is not [#]
/// ```
///
/// Numbers become `#`, whatever stands between quotation marks is left out, and lists of such are as long as one. A mark that is not closed reaches to the
/// end: the message was cut there. Apostrophes within words quote nothing. O(length of the text).
enum MessageMask {
    static func masked(_ text: String) -> String { String(decoding: masked(Array(text.utf8)), as: UTF8.self) }

    static func masked(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var at = 0
        while at < text.count {
            let byte = text[at]
            if opens(text, at) {
                at = end(ofQuote: text, at)
                add([byte, byte], &result)
            } else if isDigit(byte) {
                at = end(ofNumber: text, at)
                if result.last == UInt8(ascii: "-"), result.dropLast().last.map({ !isWord($0) }) ?? true { result.removeLast() }
                add([UInt8(ascii: "#")], &result)
            } else {
                result.append(byte)
                at += 1
            }
        }
        return result
    }

    /// Adds what stands for a value, unless it follows one of its kind in a list.
    private static func add(_ mark: [UInt8], _ result: inout [UInt8]) {
        for separator in [", ", ",", " "].map({ Array($0.utf8) })
        where result.suffix(mark.count + separator.count) == (mark + separator)[...] {
            result.removeLast(separator.count)
            return
        }
        if mark.count == 1, result.last == mark[0] { return }
        result += mark
    }

    private static func opens(_ text: [UInt8], _ at: Int) -> Bool {
        switch text[at] {
        case UInt8(ascii: "\""), UInt8(ascii: "`"): true
        case UInt8(ascii: "'"): at == 0 || !isWord(text[at - 1])
        default: false
        }
    }

    /// Behind the closing mark, or the end of the text. A mark behind a backslash closes nothing, nor does an apostrophe within a word.
    private static func end(ofQuote text: [UInt8], _ start: Int) -> Int {
        var at = start + 1
        while at < text.count {
            if text[at] == UInt8(ascii: "\\") {
                at += 2
                continue
            }
            if text[at] == text[start], text[start] != UInt8(ascii: "'") || at + 1 == text.count || !isWord(text[at + 1]) { return at + 1 }
            at += 1
        }
        return text.count
    }

    /// Digits with a radix, a fraction, an exponent.
    private static func end(ofNumber text: [UInt8], _ start: Int) -> Int {
        var at = start
        while at < text.count {
            let byte = text[at]
            let isSign = (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")) && text[at - 1] | 0x20 == UInt8(ascii: "e")
            let isPoint = byte == UInt8(ascii: ".") && at + 1 < text.count && isDigit(text[at + 1])
            guard isDigit(byte) || isHexadecimalLetter(byte) || byte | 0x20 == UInt8(ascii: "x") || byte == 0x5F || isSign || isPoint else {
                break
            }
            at += 1
        }
        return at
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isHexadecimalLetter(_ byte: UInt8) -> Bool { (0x61...0x66).contains(byte | 0x20) }
    private static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) || byte >= 0x80 || byte == 0x5F
    }
}
