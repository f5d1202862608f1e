import StrictDocuments

extension Draws {
    /// A JSON value; null is simplest, then false, true, numbers, texts, lists, objects.
    ///
    /// - Parameters:
    ///   - maximumDepth: lists and objects within one another; 0 for scalars only.
    ///   - size: choices after which only scalars are drawn.
    public func json(maximumDepth: Int = 4, size: Int = 200) -> JSONValue {
        let end = count + max(0, size)
        // Deeper than spans are recorded, nothing can be shrunk; and the stack is finite.
        let maximumDepth = min(maximumDepth, Self.maximumDepth / 2)
        func value(_ depth: Int) -> JSONValue {
            span(Label.json) {
                let isFull = depth >= maximumDepth || count >= end || isOverrun
                // The same selector everywhere, so that a nested value can be moved up.
                let kind = choose(ChoiceShape(kind: .selector, bound: isFull ? 4 : 6)) { random in
                    // A list or an object in three of eight, one of the scalars' kinds else.
                    let dice = random.next() & 0xF
                    if dice < 6, !isFull { return 5 + dice % 2 }
                    return dice == 6 ? 0 : dice == 7 ? 1 : dice == 8 ? 2 : dice < 12 ? 3 : 4
                }
                switch kind {
                case 0: return .null
                case 1: return .bool(false)
                case 2: return .bool(true)
                case 3: return .int(Int64(int()))
                case 4: return .string(anyText(0...8))
                case 5: return .array(array(0...8) { _ in value(depth + 1) })
                default:
                    return .object(
                        dictionary(
                            0...8, key: { $0.bool(probability: 0.2) ? $0.anyText(0...4) : $0.identifier(1...6) },
                            value: { _ in value(depth + 1) }))
                }
            }
        }
        return journaled { value(0) }
    }

    /// A JSON text (RFC 8259) and the value it stands for: the same value in any of its spellings.
    ///
    /// White space comes and goes, characters are escaped where they need not be, in either case of hexadecimal digits and as pairs of surrogates,
    /// and members stand in any order. The canonical spelling is simplest.
    public func jsonText(maximumDepth: Int = 4, size: Int = 200) -> (text: String, value: JSONValue) {
        journaled {
            let value = json(maximumDepth: maximumDepth, size: size)
            var text = ""
            let isPlain = !bool(probability: 0.75)
            spell(value, isPlain: isPlain, into: &text)
            return (text, value)
        }
    }

    private func spell(_ value: JSONValue, isPlain: Bool, into text: inout String) {
        func blank() {
            if !isPlain, bool(probability: 0.1) { text += element(of: [" ", "\n", "\t", "\r\n", "  "]) }
        }
        blank()
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .int(let number): text += String(number)
        case .string(let string): spell(string, isPlain: isPlain, into: &text)
        case .array(let elements):
            text += "["
            if elements.isEmpty { blank() }
            for (position, element) in elements.enumerated() {
                if position > 0 { text += "," }
                spell(element, isPlain: isPlain, into: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            if members.isEmpty { blank() }
            // Sorted first: the order of a dictionary differs from process to process. By scalars, so that no two keys are alike.
            var keys = members.keys.sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
            if !isPlain { keys = permutation(of: keys) }
            for (position, key) in keys.enumerated() {
                if position > 0 { text += "," }
                blank()
                spell(key, isPlain: isPlain, into: &text)
                blank()
                text += ":"
                spell(members[key] ?? .null, isPlain: isPlain, into: &text)
            }
            text += "}"
        }
        blank()
    }

    private func spell(_ string: String, isPlain: Bool, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            let short: String? =
                switch scalar {
                case "\"": "\\\""
                case "\\": "\\\\"
                case "\u{8}": "\\b"
                case "\t": "\\t"
                case "\n": "\\n"
                case "\u{C}": "\\f"
                case "\r": "\\r"
                case "/": "\\/"
                default: nil
                }
            let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
            let style = isPlain ? 0 : weighted([12, 1, 1, 1])
            if let short, style == 0 && scalar != "/" || style == 1 {
                text += short
            } else if mustEscape || style > 1 {
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16, uppercase: style == 3)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension Gen where Value == JSONValue {
    /// A JSON value; see ``Draws/json(maximumDepth:size:)``.
    public static func json(maximumDepth: Int = 4, size: Int = 200) -> Gen { Gen { $0.json(maximumDepth: maximumDepth, size: size) } }
}

extension Gen where Value == String {
    /// A JSON text; see ``Draws/jsonText(maximumDepth:size:)``.
    public static func jsonText(maximumDepth: Int = 4, size: Int = 200) -> Gen {
        Gen { $0.jsonText(maximumDepth: maximumDepth, size: size).text }
    }
}
