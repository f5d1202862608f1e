extension Draws {
    /// A scalar of a set, evenly; the first is simplest.
    public func scalar(of set: ScalarSet) -> Unicode.Scalar { journaled { set[uniform(bound: set.count - 1)] } }

    /// A text of so many scalars of a set; the empty one is simplest. Several scalars may form one `Character`.
    public func text(_ counts: ClosedRange<Int> = 0...20, of set: ScalarSet) -> String {
        journaledSpan(Label.text) {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: array(counts) { $0.scalar(of: set) })
            return String(text)
        }
    }

    /// A `Character`, as people see it; a printable one of ASCII is simplest.
    ///
    /// Three of four are one scalar; the others letters with marks upon marks, emoji that are joined or toned, flags, conjoined jamo, "\r\n".
    public func character() -> Character {
        journaledSpan(Label.fragment) {
            switch weighted([8, 2, 2, 1, 1, 2]) {
            case 0: return Character(scalar(of: .printableASCII))
            case 1: return Character(scalar(of: .latin))
            case 2: return Character(scalar(of: Self.foreign))
            case 3:
                var text = String(Character(scalar(of: .lowercase)))
                for mark in array(1...3, of: { $0.scalar(of: .combiningMarks) }) { text.unicodeScalars.append(mark) }
                return text.first ?? "a"
            case 4: return Character(scalar(of: .edges))
            default: return element(of: Self.clusters)
            }
        }
    }

    /// A text that breaks what handles text carelessly; the empty one is simplest, then printable ASCII.
    ///
    /// Made of pieces: plain characters, characters of several scalars, white space and invisible scalars of all kinds, NUL and other control
    /// characters, right-to-left text, scalars at the borders of encodings, and, alone, a constant that some program takes for something
    /// else ("NaN", "null", "CON", "../..", "'; --").
    ///
    /// - Parameter counts: pieces, not scalars.
    public func anyText(_ counts: ClosedRange<Int> = 0...20) -> String {
        journaledSpan(Label.text) {
            if counts.contains(1), bool(probability: 0.1) { return element(of: Self.awkwardConstants) }
            var text = ""
            for piece in array(counts, of: { $0.fragment() }) { text += piece }
            return text
        }
    }

    private func fragment() -> String {
        switch weighted([12, 4, 2, 1, 1, 1, 1, 1]) {
        case 0: String(Character(scalar(of: .printableASCII)))
        case 1: String(character())
        case 2: String(Character(scalar(of: .whitespace)))
        case 3: String(Character(scalar(of: .combiningMarks)))
        case 4: String(Character(scalar(of: .invisible)))
        case 5: String(Character(scalar(of: .controls)))
        case 6: text(1...4, of: .rightToLeft)
        default: String(Character(scalar(of: .all)))
        }
    }

    /// Two texts that are canonically equal and made of different scalars: `==` holds, their bytes differ.
    ///
    /// The simplest is "é" as one scalar and as two.
    public func normalisationTwins() -> (String, String) {
        journaledSpan(Label.text) {
            let (start, end) = (text(0...5, of: .letters), text(0...5, of: .letters))
            let twin = element(of: Self.twins)
            return (start + twin.0 + end, start + twin.1 + end)
        }
    }

    /// A slice of a longer text, whose indices do not begin at 0; an empty slice of an empty text is simplest.
    public func substring(_ counts: ClosedRange<Int> = 0...20) -> Substring {
        journaled { slice(counts) }
    }

    private func slice(_ counts: ClosedRange<Int>) -> Substring {
        let (before, text, after) = span(Label.text) { (anyText(0...3), anyText(counts), anyText(0...3)) }
        let whole = before + text + after
        // Pieces may grow together where they meet: cut by scalars, which do not.
        let scalars = whole.unicodeScalars
        let start = scalars.index(scalars.startIndex, offsetBy: before.unicodeScalars.count)
        return whole[start..<scalars.index(start, offsetBy: text.unicodeScalars.count)]
    }

    static let clusters: [Character] =
        ([
            "\r\n", "e\u{301}", "\u{1F44D}\u{1F3FD}", "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}", "\u{1F1FA}\u{1F1F3}",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}", "\u{1112}\u{1161}\u{11AB}", "\u{2764}\u{FE0F}",
            "1\u{FE0F}\u{20E3}",
            "\u{0B95}\u{0BCD}\u{0BB7}", "\u{1F3F3}\u{FE0F}\u{200D}\u{1F308}", "a\u{301}\u{302}\u{303}\u{304}\u{305}",
        ] as [String]).compactMap(\.first)

    private static let foreign = ScalarSet.cjk + .rightToLeft + .emoji

    static let twins: [(String, String)] = [
        ("\u{E9}", "e\u{301}"), ("\u{C5}", "A\u{30A}"), ("\u{C5}", "\u{212B}"), ("\u{3A9}", "\u{2126}"), ("\u{AC00}", "\u{1100}\u{1161}"),
        ("\u{1E69}", "s\u{323}\u{307}"), ("\u{1E69}", "s\u{307}\u{323}"), ("\u{F1}", "n\u{303}"), ("\u{4B}", "\u{212A}"),
    ]

    /// Texts that some program takes for something else. All of them are short, and harmless on their own.
    static let awkwardConstants: [String] = [
        "0", "-0", "-1", "1e9", "0x10", "1_000", "١", "½", "NaN", "nan", "inf", "Infinity", "-Infinity", "null", "NULL", "nil", "None",
        "undefined",
        "true", "false", "yes", "no", "on", "off", "[]", "{}", "\"\"", "''", " ", "\0", "\r\n", "\n", "\u{FEFF}", ".", "..", "../..", "/",
        "\\", "~", "-", "--", "-rf",
        "CON", "NUL", "COM1", "con.txt", "a b", "a\u{A0}b", "%s", "%n", "%00", "%2e%2e", "${x}", "$(x)", "`x`", "{{x}}", "<b>", "&amp;",
        "<!--", "]]>",
        "'; --", "\" OR 1=1", "=1+1", "@x", "#", "?", "*", "(", ")", "[", "\\u0000", "ß", "İ", "ı", "ﬀ", "Σ", "ς", "\u{202E}abc",
        "9007199254740993",
        "9223372036854775808", "-9223372036854775809", "1.7976931348623159e308", "2024-02-30", "24:00", "0000-00-00",
    ]
}

extension Gen where Value == String {
    /// A text over an alphabet, whose first character is the simplest.
    public static func text(_ counts: ClosedRange<Int> = 0...20, alphabet: [Character] = Draws.printable) -> Gen {
        Gen { $0.text(counts, alphabet: alphabet) }
    }

    /// A text of scalars of a set; see ``Draws/text(_:of:)``.
    public static func text(_ counts: ClosedRange<Int> = 0...20, of set: ScalarSet) -> Gen { Gen { $0.text(counts, of: set) } }

    /// A text that breaks what handles text carelessly; see ``Draws/anyText(_:)``.
    public static func anyText(_ counts: ClosedRange<Int> = 0...20) -> Gen { Gen { $0.anyText(counts) } }

    /// A text that some program takes for something else: "NaN", "null", "CON".
    public static func awkwardConstant() -> Gen { Gen { $0.element(of: Draws.awkwardConstants) } }
}

extension Gen where Value == (String, String) {
    /// Two texts that are canonically equal and made of different scalars; see ``Draws/normalisationTwins()``.
    public static func normalisationTwins() -> Gen { Gen { $0.normalisationTwins() } }
}

extension Gen where Value == Character {
    /// A `Character`; see ``Draws/character()``.
    public static func character() -> Gen { Gen { $0.character() } }
}

extension Gen where Value == Unicode.Scalar {
    /// A scalar of a set, evenly; the first is simplest.
    public static func scalar(of set: ScalarSet = .all) -> Gen { Gen { $0.scalar(of: set) } }
}

extension Gen where Value == Substring {
    /// A slice of a longer text; see ``Draws/substring(_:)``.
    public static func substring(_ counts: ClosedRange<Int> = 0...20) -> Gen { Gen { $0.substring(counts) } }
}
