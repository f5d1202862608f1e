/// How many cells of a terminal a text takes: 2 for a wide East Asian character or an emoji, 0 for a combining mark,
/// 1 for most others.
///
/// ```swift
/// TextWidth.cells(in: "naïve")       // 5, precomposed or not
/// TextWidth.cells(in: "東京")         // 4
/// TextWidth.truncated("东京 tower", to: 6)   // "东京 …"
/// ```
///
/// Source: Unicode Standard Annex #11 (East Asian Width: classes W and F are wide, A is narrow as outside of East Asian
/// locales), and the general categories Mn, Me and Cf for what takes no cell. The unit is the extended grapheme cluster,
/// as wide as its widest scalar; with U+FE0F (emoji presentation), or as a pair of regional indicators, it is wide.
/// Terminals differ on rare clusters. Control characters count 0: ``sanitised(_:newlines:)`` removes them first.
/// All functions are O(length).
public enum TextWidth {
    /// What stands for the text that was cut off.
    public static let ellipsis = "…"

    public static func cells(in text: String) -> Int {
        // ASCII is nearly everything, and needs no clusters; "\r\n" counts 0 either way.
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count { $0 >= 0x20 && $0 != 0x7F } }
        return text.reduce(0) { $0 + cells(of: $1) }
    }

    public static func cells(of character: Character) -> Int {
        var widest = 0
        var isEmoji = false
        var regionalIndicators = 0
        for scalar in character.unicodeScalars {
            widest = max(widest, cells(of: scalar))
            if scalar.value == 0xFE0F { isEmoji = true }
            if (0x1F1E6...0x1F1FF).contains(scalar.value) { regionalIndicators += 1 }
        }
        return widest > 0 && (isEmoji || regionalIndicators == 2) ? 2 : widest
    }

    /// `text`, or as much of its beginning as fits into `limit` cells together with an ellipsis.
    public static func truncated(_ text: String, to limit: Int) -> String {
        if limit <= 0 { return "" }
        if cells(in: text) <= limit { return text }
        return prefix(of: text, cells: limit - 1).kept + ellipsis
    }

    /// The longest beginning of at most `limit` cells, and the rest.
    static func prefix(of text: String, cells limit: Int) -> (kept: String, rest: Substring) {
        var used = 0
        var end = text.startIndex
        while end < text.endIndex {
            used += cells(of: text[end])
            if used > limit { break }
            end = text.index(after: end)
        }
        return (String(text[..<end]), text[end...])
    }

    private static func cells(of scalar: Unicode.Scalar) -> Int {
        if scalar.value < 0x300 {
            // The soft hyphen (U+00AD) is Cf, but terminals draw it.
            return scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? 0 : 1
        }
        // Vowels and final consonants of Hangul join the syllable's first cell pair.
        if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return 0 }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control, .lineSeparator, .paragraphSeparator: return 0
        default: return scalar.properties.isEmojiPresentation && !isRegionalIndicator(scalar) || isWide(scalar.value) ? 2 : 1
        }
    }

    private static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool { (0x1F1E6...0x1F1FF).contains(scalar.value) }

    private static func isWide(_ value: UInt32) -> Bool {
        guard value >= 0x1100 else { return false }
        return wideBlocks.contains { $0.contains(value) }
    }

    /// Classes W and F of EastAsianWidth.txt, but for emoji (known by their property), with small gaps of unassigned
    /// code points closed.
    private static let wideBlocks: [ClosedRange<UInt32>] = [
        0x1100...0x115F,  // Hangul initial consonants
        0x2329...0x232A,  // angle brackets
        0x2E80...0x303E,  // radicals, CJK punctuation
        0x3041...0x4DBF,  // kana, compatibility, extension A
        0x4E00...0xA4CF,  // unified ideographs, Yi
        0xA960...0xA97C,  // Hangul extended A
        0xAC00...0xD7A3,  // Hangul syllables
        0xF900...0xFAFF,  // compatibility ideographs
        0xFE10...0xFE19, 0xFE30...0xFE6B,  // vertical and small forms
        0xFF01...0xFF60, 0xFFE0...0xFFE6,  // fullwidth forms
        0x16FE0...0x18DFF,  // Tangut, Khitan
        0x1AFF0...0x1B2FF,  // kana supplement, Nüshu
        0x1F200...0x1F2FF,  // enclosed ideographs
        0x20000...0x2FFFD, 0x30000...0x3FFFD,  // extensions B and later
    ]
}
