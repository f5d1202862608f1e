/// Source text without its comments and string literals, so that searching it finds code only.
///
/// Comments (nested too) and the characters of literals become spaces and line breaks stay, so line numbers hold. What
/// stands in `\( … )` inside a literal is code and is kept. C text works as well. O(n).
struct SwiftText {
    /// One element a line.
    let lines: [String]

    struct Import: Hashable {
        var module: String
        /// From 1.
        var line: Int
    }

    init(_ source: String) {
        var scrubber = Scrubber(scalars: Array(source.unicodeScalars))
        let scrubbed = scrubber.run()
        lines = scrubbed.split(separator: "\n", omittingEmptySubsequences: false).map {
            var line = String.UnicodeScalarView()
            line.append(contentsOf: $0)
            return String(line)
        }
    }

    /// Every import of the text, conditional ones too, in order.
    var imports: [Import] {
        var found: [Import] = []
        for (index, line) in lines.enumerated() {
            for statement in line.split(separator: ";") {
                if let module = Self.importedModule(statement) { found.append(Import(module: module, line: index + 1)) }
            }
        }
        return found
    }

    /// "@testable public import struct Gates.Gate" names "Gates"; nil for any other statement.
    private static func importedModule(_ statement: Substring) -> String? {
        var words = statement.split(whereSeparator: \.isWhitespace)[...]
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
        if words.count > 1, let first = words.first, kinds.contains(first) { words.removeFirst() }
        return words.first?.split(separator: ".").first.map { String($0).filter { $0 != "`" } }
    }
}

/// One pass over the scalars with a stack of what it is in.
private struct Scrubber {
    private enum Place {
        /// Code, with the parentheses open since a literal's `\(` (unused at the bottom of the stack).
        case code(parentheses: Int)
        case literal(hashes: Int, multiline: Bool)
    }

    let scalars: [Unicode.Scalar]
    private var index = 0
    private var places: [Place] = [.code(parentheses: 0)]
    private var output: [Unicode.Scalar] = []

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func run() -> [Unicode.Scalar] {
        output.reserveCapacity(scalars.count)
        while index < scalars.count {
            switch places[places.count - 1] {
            case .code(let parentheses): code(parentheses)
            case .literal(let hashes, let multiline): literal(hashes: hashes, multiline: multiline)
            }
        }
        return output
    }

    private mutating func code(_ parentheses: Int) {
        if at("//") {
            while index < scalars.count, scalars[index] != "\n" { blank() }
        } else if at("/*") {
            blockComment()
        } else if let (hashes, quotes) = opening() {
            places.append(.literal(hashes: hashes, multiline: quotes == 3))
            for _ in 0..<(hashes + quotes) { blank() }
        } else {
            let nested = places.count > 1
            if nested, scalars[index] == "(" {
                places[places.count - 1] = .code(parentheses: parentheses + 1)
            } else if nested, scalars[index] == ")" {
                if parentheses == 0 { places.removeLast() } else { places[places.count - 1] = .code(parentheses: parentheses - 1) }
            }
            output.append(scalars[index])
            index += 1
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if at("/*") {
                depth += 1
                blank()
            } else if at("*/") {
                depth -= 1
                blank()
            }
            blank()
        } while depth > 0 && index < scalars.count
    }

    private mutating func literal(hashes: Int, multiline: Bool) {
        let mark = String(repeating: "#", count: hashes)
        if at("\\" + mark + "(") {
            for _ in 0..<(hashes + 1) { blank() }
            output.append("(")
            index += 1
            places.append(.code(parentheses: 0))
        } else if at("\\" + mark) {
            for _ in 0..<(hashes + 2) { blank() }
        } else if at((multiline ? "\"\"\"" : "\"") + mark) {
            for _ in 0..<(hashes + (multiline ? 3 : 1)) { blank() }
            places.removeLast()
        } else {
            // A one-line literal that is not closed ends with its line, so that one oddity does not hide a whole file.
            if !multiline, scalars[index] == "\n" { places.removeLast() }
            blank()
        }
    }

    /// The hashes and quotes with which a literal opens here.
    private func opening() -> (hashes: Int, quotes: Int)? {
        var end = index
        while end < scalars.count, scalars[end] == "#" { end += 1 }
        guard end < scalars.count, scalars[end] == "\"" else { return nil }
        let triple = end + 2 < scalars.count && scalars[end + 1] == "\"" && scalars[end + 2] == "\""
        return (end - index, triple ? 3 : 1)
    }

    private func at(_ text: String) -> Bool {
        var position = index
        for scalar in text.unicodeScalars {
            guard position < scalars.count, scalars[position] == scalar else { return false }
            position += 1
        }
        return true
    }

    private mutating func blank() {
        guard index < scalars.count else { return }
        output.append(scalars[index] == "\n" ? "\n" : " ")
        index += 1
    }
}
