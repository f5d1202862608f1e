/// What ``sanitised(_:newlines:)`` does with line feeds.
public enum NewlineTreatment: Hashable, Sendable {
    /// Written as `\n`, so that the text stays one line.
    case escaped
    /// Kept; `\r\n` becomes `\n`.
    case kept
}

/// A text from somewhere else (a report, a child's output, a branch name) made harmless for a terminal and a reader.
///
/// ```swift
/// sanitised("\u{1B}[31mred\u{1B}[0m")        // "red"
/// sanitised("user\u{202E}nimda")             // "user\u{202E}nimda" with the control written out in ASCII
/// sanitised("1\n2")                          // "1\\n2"
/// ```
///
/// - Well-formed control sequences that only move the cursor or set colours (ECMA-48 CSI: ESC `[` … final byte) and
///   operating system commands (ESC `]` … BEL or ST, as in hyperlinks and window titles) are removed.
/// - Every other control character, C0, DEL, C1 and a lone ESC, is written as `\u{1B}`; a tab becomes one space.
/// - Bidirectional controls and marks ("Trojan Source", CVE-2021-42574), line and paragraph separators, invisible
///   format and tag characters, and noncharacters are written as `\u{202E}`. The joiners U+200C and U+200D stay: emoji
///   and several scripts need them.
///
/// The result holds no control character (but `\n` when kept), and sanitising it again changes nothing. The mapping is
/// for eyes, not reversible: a text that already spells `\u{1B}` looks the same. O(length).
public func sanitised(_ text: String, newlines: NewlineTreatment = .escaped) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    let scalars = text.unicodeScalars
    var index = scalars.startIndex
    while index < scalars.endIndex {
        let scalar = scalars[index]
        let next = scalars.index(after: index)
        index = next
        switch scalar.value {
        case 0x20...0x7E: result.unicodeScalars.append(scalar)
        case 0x09: result.append(" ")
        case 0x0A: result.append(newlines == .kept ? "\n" : "\\n")
        case 0x0D where newlines == .kept && next < scalars.endIndex && scalars[next].value == 0x0A: break
        case 0x0D: result.append("\\r")
        case 0x1B:
            if let end = ControlSequence.end(in: scalars, from: next) { index = end } else { appendEscape(scalar, to: &result) }
        default:
            if isHarmful(scalar) { appendEscape(scalar, to: &result) } else { result.unicodeScalars.append(scalar) }
        }
    }
    return result
}

/// The same for bytes that should be UTF-8; what is not becomes U+FFFD.
public func sanitised(bytes: some Collection<UInt8>, newlines: NewlineTreatment = .escaped) -> String {
    sanitised(String(decoding: bytes, as: UTF8.self), newlines: newlines)
}

private func appendEscape(_ scalar: Unicode.Scalar, to result: inout String) {
    result += "\\u{" + String(scalar.value, radix: 16, uppercase: true) + "}"
}

private func isHarmful(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x200C, 0x200D: return false
    case 0x2028, 0x2029: return true
    case 0x00AD: return true  // soft hyphen: drawn or not, as the terminal likes
    default: break
    }
    if scalar.value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(scalar.value) { return true }
    // Cf holds the bidirectional controls and marks, zero-width spaces, the byte order mark, annotations and tags.
    // Others of its members (Arabic number signs) are visible.
    switch scalar.properties.generalCategory {
    case .control: return true
    // Not yet given to any character and to be drawn as nothing, such as U+2065 amid the bidirectional controls.
    case .unassigned: return scalar.properties.isDefaultIgnorableCodePoint
    case .format: return !(0x0600...0x0605).contains(scalar.value) && scalar.value != 0x06DD && scalar.value != 0x070F
    default: return false
    }
}

/// Recognises the control sequences that are removed as a whole.
private enum ControlSequence {
    /// Longer sequences are no sequences, and are shown: otherwise one that never ends would hide the rest of a text.
    static let parameterLimit = 64
    static let commandLimit = 2048

    /// The index after the sequence whose ESC stands before `start`; `nil` when there is none.
    static func end(in scalars: String.UnicodeScalarView, from start: String.Index) -> String.Index? {
        guard start < scalars.endIndex else { return nil }
        let body = scalars.index(after: start)
        switch scalars[start] {
        case "[": return endOfControl(in: scalars, from: body)
        case "]": return endOfCommand(in: scalars, from: body)
        default: return nil
        }
    }

    /// ECMA-48, 5.4: parameter bytes 30–3F, intermediate bytes 20–2F, one final byte 40–7E.
    private static func endOfControl(in scalars: String.UnicodeScalarView, from start: String.Index) -> String.Index? {
        var index = start
        var intermediate = false
        for _ in 0...parameterLimit {
            guard index < scalars.endIndex else { return nil }
            let value = scalars[index].value
            index = scalars.index(after: index)
            switch value {
            case 0x40...0x7E: return index
            case 0x30...0x3F where !intermediate: break
            case 0x20...0x2F: intermediate = true
            default: return nil
            }
        }
        return nil
    }

    private static func endOfCommand(in scalars: String.UnicodeScalarView, from start: String.Index) -> String.Index? {
        var index = start
        for _ in 0...commandLimit {
            guard index < scalars.endIndex else { return nil }
            let value = scalars[index].value
            index = scalars.index(after: index)
            if value == 0x07 { return index }
            if value == 0x1B {
                guard index < scalars.endIndex, scalars[index] == "\\" else { return nil }
                return scalars.index(after: index)
            }
            // A command is one line of text.
            if value < 0x20 || (0x7F...0x9F).contains(value) { return nil }
        }
        return nil
    }
}
