/// Reads the patterns of ``TextPattern``: recursive descent, one scalar ahead.
struct TextPatternParser {
    private let pattern: String
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    init(_ pattern: String) {
        self.pattern = pattern
        scalars = Array(pattern.unicodeScalars.prefix(TextPattern.maximumLength + 1))
    }

    private func fail(_ reason: String, _ remedy: String, at place: Int? = nil) -> TextPatternError {
        TextPatternError(pattern: String(pattern.prefix(200)), position: place ?? position, reason: reason, remedy: remedy)
    }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private func follows(_ text: String) -> Bool { scalars[position...].starts(with: text.unicodeScalars) }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        if next != scalar { return false }
        position += 1
        return true
    }

    mutating func parse() throws(TextPatternError) -> TextPattern.Node {
        guard scalars.count <= TextPattern.maximumLength else {
            throw fail("the pattern is longer than \(TextPattern.maximumLength) scalars", "draw its parts one by one", at: 0)
        }
        _ = take("^")
        let node = try alternatives()
        guard next == nil else { throw fail("a ')' without a '('", "write '\\)' for the character") }
        return node
    }

    private mutating func alternatives() throws(TextPatternError) -> TextPattern.Node {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws(TextPatternError) -> TextPattern.Node {
        var parts: [TextPattern.Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            if scalar == "$", position == scalars.count - 1 {
                position += 1
                break
            }
            parts.append(try repetition(of: try atom()))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private mutating func atom() throws(TextPatternError) -> TextPattern.Node {
        let start = position
        guard let scalar = next else { throw fail("the pattern ends too early", "complete it") }
        position += 1
        switch scalar {
        case "(":
            if follows("?:") {
                position += 2
            } else if next == "?" {
                throw fail("look-around, flags and named groups are not supported", "write '(?:…)' or '(…)'")
            }
            depth += 1
            guard depth <= TextPattern.maximumDepth else {
                throw fail("more than \(TextPattern.maximumDepth) groups within one another", "flatten the pattern", at: start)
            }
            let node = try alternatives()
            depth -= 1
            guard take(")") else { throw fail("the group is not closed", "add ')'", at: start) }
            return node
        case "[": return .set(try characterClass(start))
        case ".": return .set(.printableASCII)
        case "\\":
            if let set = shorthand() { return .set(set) }
            return .scalar(try escape(start))
        case "*", "+", "?": throw fail("'\(scalar)' has nothing to repeat", "write '\\\(scalar)' for the character", at: start)
        case "{": throw fail("'{' has nothing to repeat", "write '\\{' for the character", at: start)
        case "^", "$": throw fail("an anchor inside the pattern", "take it out, or write '\\\(scalar)' for the character", at: start)
        default: return .scalar(scalar)
        }
    }

    private mutating func repetition(of part: TextPattern.Node) throws(TextPatternError) -> TextPattern.Node {
        let start = position
        let counts: ClosedRange<Int>
        if take("*") {
            counts = 0...TextPattern.unboundedExtra
        } else if take("+") {
            counts = 1...(1 + TextPattern.unboundedExtra)
        } else if take("?") {
            counts = 0...1
        } else if take("{") {
            guard let least = try number() else { throw fail("a repetition needs its least count", "write {0,n} for 'at most n'") }
            if take(",") {
                let most = try number() ?? least + TextPattern.unboundedExtra
                guard most >= least else { throw fail("{\(least),\(most)} counts backwards", "swap the two", at: start) }
                counts = least...most
            } else {
                counts = least...least
            }
            guard take("}") else { throw fail("the repetition is not closed", "add '}'", at: start) }
        } else {
            return part
        }
        // Lazy and possessive repetitions match the same texts when the whole of them is matched.
        if next == "?" || next == "+" { position += 1 }
        if next == "*" || next == "+" || next == "?" || next == "{" {
            throw fail("a repetition of a repetition", "put the first one in a group")
        }
        return .repetition(part, counts)
    }

    private mutating func number() throws(TextPatternError) -> Int? {
        let start = position
        var value: Int?
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = (value ?? 0) * 10 + Int(scalar.value - 48)
            guard let held = value, held <= TextPattern.maximumRepetitions else {
                throw fail("more than \(TextPattern.maximumRepetitions) repetitions", "ask for fewer", at: start)
            }
            position += 1
        }
        return value
    }

    // MARK: Sets

    private static let word = ScalarSet("a"..."z", "A"..."Z", "0"..."9", "_"..."_")
    private static let space = ScalarSet(" "..." ", "\t"..."\t", "\n"..."\n")

    /// `\d` and its like, after the backslash; nil for anything else.
    private mutating func shorthand() -> ScalarSet? {
        let set: ScalarSet? =
            switch next {
            case "d": .digits
            case "w": Self.word
            case "s": Self.space
            case "D": Self.complement(of: [.digits])
            case "W": Self.complement(of: [Self.word])
            case "S": Self.complement(of: [Self.space])
            default: nil
            }
        if set != nil { position += 1 }
        return set
    }

    private static func complement(of sets: [ScalarSet]) -> ScalarSet? {
        let all = ScalarSet.printableASCII
        let left = (0..<all.count).map { all[$0] }.filter { scalar in !sets.contains { $0.contains(scalar) } }
        return left.isEmpty ? nil : ScalarSet(left.map { $0...$0 })
    }

    private mutating func characterClass(_ start: Int) throws(TextPatternError) -> ScalarSet {
        let isComplement = take("^")
        var sets: [ScalarSet] = []
        while let scalar = next, scalar != "]" || sets.isEmpty {
            if scalar == "]" { throw fail("an empty class", "write '\\]' for the character", at: start) }
            if scalar == "\\" {
                position += 1
                if let set = shorthand() {
                    sets.append(set)
                    continue
                }
                position -= 1
            }
            if follows("[:") || follows("&&") || follows("--") {
                throw fail("named classes and operations on classes are not supported", "list the characters")
            }
            let first = try member()
            if next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                let place = position
                position += 1
                let last = try member()
                guard first <= last else { throw fail("the range \(first)-\(last) runs backwards", "swap its ends", at: place) }
                sets.append(ScalarSet(first...last))
            } else {
                sets.append(ScalarSet(first...first))
            }
        }
        guard take("]") else { throw fail("the class is not closed", "add ']'", at: start) }
        if !isComplement { return sets.dropFirst().reduce(sets[0], +) }
        guard let set = Self.complement(of: sets) else {
            throw fail("the class leaves out all of printable ASCII", "list what it should hold", at: start)
        }
        return set
    }

    private mutating func member() throws(TextPatternError) -> Unicode.Scalar {
        let start = position
        guard let scalar = next else { throw fail("the class is not closed", "add ']'") }
        position += 1
        return scalar == "\\" ? try escape(start) : scalar
    }

    /// A scalar after a backslash.
    private mutating func escape(_ start: Int) throws(TextPatternError) -> Unicode.Scalar {
        guard let scalar = next else { throw fail("the pattern ends in a backslash", "write '\\\\' for the character", at: start) }
        position += 1
        switch scalar {
        case "n": return "\n"
        case "t": return "\t"
        case "r": return "\r"
        case "0": return "\0"
        case "x":
            guard let value = hexadecimal(2...2), let found = Unicode.Scalar(value) else {
                throw fail("'\\x' needs two hexadecimal digits", "write \\x41", at: start)
            }
            return found
        case "u":
            guard take("{"), let value = hexadecimal(1...6), take("}"), let found = Unicode.Scalar(value) else {
                throw fail("'\\u' needs a scalar in braces", "write \\u{1F600}", at: start)
            }
            return found
        case "1"..."9": throw fail("back references are not supported", "draw the part once and join the texts", at: start)
        case "a"..."z", "A"..."Z": throw fail("'\\\(scalar)' is not supported", "list the characters in a class", at: start)
        default: return scalar
        }
    }

    private mutating func hexadecimal(_ counts: ClosedRange<Int>) -> UInt32? {
        var value: UInt32 = 0
        var count = 0
        while count < counts.upperBound, let scalar = next, scalar.isASCII, let digit = Character(scalar).hexDigitValue {
            value = value * 16 + UInt32(digit)
            position += 1
            count += 1
        }
        return counts.contains(count) ? value : nil
    }
}
