/// Text of others inside GitHub-flavoured Markdown, where it must stay text.
///
/// ```swift
/// "| \(MarkdownText.escaped(message)) |"         // a cell: no pipe, no line end, no markup
/// MarkdownText.code("Sources/Risk/VaR.swift")    // `Sources/Risk/VaR.swift`
/// ```
///
/// Pipes and backslashes become character references, because renderers differ on `\\|` in table cells. A mention, an
/// issue number and an address are split by an empty HTML comment or a reference, since GitHub links them after rendering.
public enum MarkdownText {
    /// For running text and table cells.
    public static func escaped(_ text: String, limit: Int = PlainText.maximumLength) -> String {
        var output = ""
        let scalars = Array(PlainText.clean(text, limit: limit).unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "|": output += "&#124;"
            case "\\": output += "&#92;"
            case "`", "*", "[", "]", "~", "$": output += "\\\(scalar)"
            // Between letters an underscore is no markup.
            case "_": output += index > 0 && isWord(scalars[index - 1]) && isWord(next) ? "_" : "\\_"
            case "@", "#": output += isWord(next) ? "\(scalar)<!-- -->" : "\(scalar)"
            case ":": output += next == "/" ? "&#58;" : ":"
            case ".": output += endsInW(scalars[..<index]) ? "&#46;" : "."
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    /// A code span where the text can stand in one anywhere, also in a table cell; escaped text otherwise.
    public static func code(_ text: String, limit: Int = 200) -> String {
        let clean = PlainText.clean(text, limit: limit)
        let fits =
            !clean.isEmpty && clean.first != " " && clean.last != " "
            && !clean.unicodeScalars.contains { "`|\\".unicodeScalars.contains($0) }
        return fits ? "`\(clean)`" : escaped(clean, limit: limit)
    }

    /// For text inside an HTML element, where Markdown is not read.
    public static func html(_ text: String, limit: Int = 200) -> String {
        var output = ""
        for scalar in PlainText.clean(text, limit: limit).unicodeScalars {
            switch scalar {
            case "&": output += "&amp;"
            case "<": output += "&lt;"
            case ">": output += "&gt;"
            case "\"": output += "&quot;"
            case "|": output += "&#124;"
            case "@", "#": output += "\(scalar)<!-- -->"
            default: output.unicodeScalars.append(scalar)
            }
        }
        return output
    }

    private static func isWord(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic || scalar.properties.numericType != nil }

    /// "www" before a dot starts an address.
    private static func endsInW(_ scalars: ArraySlice<Unicode.Scalar>) -> Bool {
        scalars.count >= 3 && scalars.suffix(3).allSatisfy { $0 == "w" || $0 == "W" }
    }
}
