/// Text of others inside XML 1.0, attributes and content alike.
///
/// Characters that XML 1.0 cannot hold at all (most control characters, U+FFFE, U+FFFF; section 2.2) become U+FFFD: there is no
/// reference for them.
enum XMLText {
    static let maximumLength = 8192

    static func escaped(_ text: String, limit: Int = maximumLength) -> String {
        var output = ""
        // Lines stay lines; within them the rules of one line hold.
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map {
            PlainText.clean(String($0), limit: limit)
        }
        for scalar in lines.joined(separator: "\n").unicodeScalars.prefix(limit) {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "'": output += "&apos;"
            // An attribute's line end would be read as a space.
            case "\n": output += "&#10;"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }
}
