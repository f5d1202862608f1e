/// Text of others made harmless for one line: what every other escaping starts from.
///
/// Terminal sequences (ECMA-48 CSI, OSC and two-character escapes) are removed; line ends and tabs become a space; other control
/// characters become U+FFFD; marks that reorder or hide text (bidirectional controls, zero-width characters, tags; see
/// Unicode TR 36) are removed. What is longer than the limit is cut and ends in "…". O(length).
public enum PlainText {
    /// Scalars of a name or message that reports show.
    public static let maximumLength = 500

    public static func clean(_ text: String, limit: Int = maximumLength) -> String {
        var output = String.UnicodeScalarView()
        var count = 0
        var scalars = text.unicodeScalars.makeIterator()
        var pending = scalars.next()
        while let scalar = pending {
            pending = scalars.next()
            if scalar == "\u{1B}" || scalar == "\u{9B}" || scalar == "\u{9D}" {
                pending = skipSequence(startedBy: scalar, pending, &scalars)
                continue
            }
            guard let shown = shown(scalar) else { continue }
            guard count < limit else {
                if !output.isEmpty { output.removeLast() }
                output.append("…")
                break
            }
            output.append(shown)
            count += 1
        }
        return String(output)
    }

    /// nil: leave it out.
    private static func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x0B, 0x0C, 0x85, 0x2028, 0x2029: " "
        case 0x00..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: "\u{FFFD}"
        case 0x061C, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xE0000...0xE007F: nil
        default: scalar
        }
    }

    /// Reads on to the end of an escape sequence; returns the scalar behind it.
    private static func skipSequence(
        startedBy first: Unicode.Scalar, _ next: Unicode.Scalar?, _ scalars: inout String.UnicodeScalarView.Iterator
    ) -> Unicode.Scalar? {
        var current = next
        var kind = first
        if first == "\u{1B}" {
            guard let introducer = current else { return nil }
            current = scalars.next()
            if introducer == "[" { kind = "\u{9B}" } else if introducer == "]" { kind = "\u{9D}" } else { return current }
        }
        while let scalar = current {
            if kind == "\u{9B}" {
                // Parameters and intermediates are 0x20 to 0x3F; one final byte ends it; anything else is no part of it.
                if (0x20...0x3F).contains(scalar.value) {
                    current = scalars.next()
                    continue
                }
                return (0x40...0x7E).contains(scalar.value) ? scalars.next() : scalar
            }
            // An unfinished OSC ends with its line, so that it cannot swallow a whole message.
            if scalar == "\u{07}" || scalar == "\u{9C}" { return scalars.next() }
            if scalar == "\u{1B}" || scalar == "\n" { return scalar }
            current = scalars.next()
        }
        return nil
    }
}
