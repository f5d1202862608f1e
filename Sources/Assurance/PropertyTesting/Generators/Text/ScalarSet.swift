/// An ordered set of Unicode scalars to draw texts from; the first is the simplest.
///
/// ```swift
/// let greek = ScalarSet("a"..."c", "α"..."ω")
/// draws.text(0...10, of: greek)
/// ```
///
/// Membership is counted once, at construction; drawing is O(log n) in the number of ranges.
public struct ScalarSet: Sendable, Hashable {
    private let ranges: [ClosedRange<UInt32>]
    /// How many scalars the ranges before each one hold.
    private let starts: [UInt64]
    /// How many scalars there are to choose from; a scalar in two ranges counts twice.
    public let count: UInt64

    /// - Parameter ranges: from simple to complex. Surrogates (U+D800…U+DFFF), which are no scalars, cannot lie within.
    public init(_ ranges: ClosedRange<Unicode.Scalar>...) { self.init(ranges) }

    /// - Precondition: there is a range.
    public init(_ ranges: [ClosedRange<Unicode.Scalar>]) {
        precondition(!ranges.isEmpty, "a set of scalars needs a range")
        self.init(values: ranges.map { $0.lowerBound.value...$0.upperBound.value })
    }

    private init(values: [ClosedRange<UInt32>]) {
        var split: [ClosedRange<UInt32>] = []
        for range in values {
            let (lower, upper) = (range.lowerBound, range.upperBound)
            if lower < 0xD800, upper > 0xDFFF {
                split += [lower...0xD7FF, 0xE000...upper]
            } else {
                split.append(lower...upper)
            }
        }
        var starts: [UInt64] = []
        var count: UInt64 = 0
        for range in split {
            starts.append(count)
            count += UInt64(range.count)
        }
        self.ranges = split
        self.starts = starts
        self.count = count
    }

    /// Both, the scalars of `a` simpler.
    public static func + (a: ScalarSet, b: ScalarSet) -> ScalarSet { ScalarSet(values: a.ranges + b.ranges) }

    /// The scalar at a place of the order, held to the last one.
    public subscript(index: UInt64) -> Unicode.Scalar {
        var (low, high) = (0, ranges.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if starts[middle] <= index { low = middle } else { high = middle }
        }
        let offset = min(index - starts[low], UInt64(ranges[low].count - 1))
        // The initialiser took out the surrogates, so there always is one.
        return Unicode.Scalar(ranges[low].lowerBound + UInt32(offset)) ?? "\u{FFFD}"
    }

    /// O(n) in the number of ranges.
    public func contains(_ scalar: Unicode.Scalar) -> Bool { ranges.contains { $0.contains(scalar.value) } }

    // MARK: Presets

    /// 0 to 9.
    public static let digits = ScalarSet("0"..."9")
    /// a to z.
    public static let lowercase = ScalarSet("a"..."z")
    /// a to z, then A to Z.
    public static let letters = ScalarSet("a"..."z", "A"..."Z")
    /// 0 to 9, a to z, A to Z.
    public static let alphanumeric = ScalarSet("0"..."9", "a"..."z", "A"..."Z")
    /// 0 to 9, a to f.
    public static let hexadecimal = ScalarSet("0"..."9", "a"..."f")
    /// Printable ASCII: digits and letters, the space, then punctuation.
    public static let printableASCII = ScalarSet(
        "0"..."9", "a"..."z", "A"..."Z", " "..."/", ":"..."@", "["..."`", "{"..."~")
    /// All 128, control characters last.
    public static let ascii = printableASCII + ScalarSet("\0"..."\u{1F}", "\u{7F}"..."\u{7F}")
    /// ASCII letters, then those with marks, up to U+024F.
    public static let latin = ScalarSet("a"..."z", "A"..."Z", "\u{C0}"..."\u{24F}")
    /// Tab, line ends of all kinds, spaces of all widths, and those that look like nothing.
    public static let whitespace = ScalarSet(
        " "..." ", "\t"..."\r", "\u{85}"..."\u{85}", "\u{A0}"..."\u{A0}", "\u{1680}"..."\u{1680}", "\u{2000}"..."\u{200A}",
        "\u{2028}"..."\u{2029}",
        "\u{202F}"..."\u{202F}", "\u{205F}"..."\u{205F}", "\u{3000}"..."\u{3000}")
    /// Scalars of no width and no looks: joiners, direction marks, the byte order mark, tags.
    public static let invisible = ScalarSet(
        "\u{200B}"..."\u{200F}", "\u{202A}"..."\u{202E}", "\u{2060}"..."\u{2069}", "\u{FEFF}"..."\u{FEFF}", "\u{E0061}"..."\u{E007F}")
    /// C0 and C1 control characters, NUL first.
    public static let controls = ScalarSet("\0"..."\u{1F}", "\u{7F}"..."\u{9F}")
    /// Marks that join the character before them.
    public static let combiningMarks = ScalarSet(
        "\u{300}"..."\u{36F}", "\u{1AB0}"..."\u{1ACE}", "\u{20D0}"..."\u{20DC}", "\u{FE20}"..."\u{FE2F}")
    /// Hebrew and Arabic letters: written from right to left.
    public static let rightToLeft = ScalarSet("\u{5D0}"..."\u{5EA}", "\u{621}"..."\u{63A}", "\u{641}"..."\u{64A}")
    /// Han, Hiragana and Hangul, some of it outside the basic plane.
    public static let cjk = ScalarSet("\u{4E00}"..."\u{9FFF}", "\u{3041}"..."\u{3096}", "\u{AC00}"..."\u{D7A3}", "\u{20000}"..."\u{2A6DF}")
    /// Emoji and symbols of one scalar.
    public static let emoji = ScalarSet(
        "\u{1F600}"..."\u{1F64F}", "\u{1F680}"..."\u{1F6C5}", "\u{1F300}"..."\u{1F5FF}", "\u{2600}"..."\u{26FF}")
    /// Next to the surrogates, to the ends of the planes and of Unicode, noncharacters among them: where UTF-8 and UTF-16 change their lengths.
    public static let edges = ScalarSet(values: [
        // Swift takes no noncharacters in literals.
        0x7F...0x80, 0x7FF...0x800, 0xD7FF...0xD7FF, 0xE000...0xE000, 0xFDD0...0xFDD1, 0xFFFC...0x10001, 0x1FFFE...0x20000,
        0x10FFFE...0x10FFFF,
    ])
    /// Every scalar of Unicode, ASCII first.
    public static let all = printableASCII + ScalarSet("\0"..."\u{1F}", "\u{7F}"..."\u{10FFFF}")
}
