/// A regular expression to draw texts from, of a subset that everybody knows.
///
/// ```swift
/// let order = try TextPattern(#"(BUY|SELL) [1-9]\d{0,4} [A-Z]{1,5}"#)
/// draws.text(matching: order)         // BUY 1 A
/// ```
///
/// | written | meaning |
/// |---|---|
/// | `a` `\.` `\n` `\t` `\r` `\0` `\x41` `\u{1F600}` | a scalar; a backslash takes the meaning from a punctuation mark |
/// | `.` | printable ASCII, which leaves out ends of lines |
/// | `[a-z_]` `[^"]` | a class; the complement is taken within printable ASCII |
/// | `\d` `\w` `\s`, `\D` `\W` `\S` | digits; letters, digits and `_`; space, tab, line feed; their complements within printable ASCII; also in a class |
/// | `(…)` `(?:…)` `a|b` | a group, alternatives; the first is simplest |
/// | `*` `+` `?` `{3}` `{2,}` `{2,5}` | repetitions, lazy or possessive alike; `*`, `+` and `{2,}` stop at ``unboundedExtra`` more than the least |
/// | `^` at the start, `$` at the end | ignored: a drawn text is the whole match |
///
/// All else (back references, look-around, flags, named groups, word borders, properties) is an error that says what and where.
///
/// Shrinks to the fewest repetitions, the first alternatives and the first members of classes as they are written. Parsing is O(n) in the pattern.
public struct TextPattern: Sendable {
    /// Repetitions that an open end allows beyond the least.
    public static let unboundedExtra = 16
    /// Repetitions that `{m,n}` may ask for.
    public static let maximumRepetitions = 1000
    /// Groups within one another.
    public static let maximumDepth = 50
    /// Bytes of a pattern.
    public static let maximumLength = 10_000

    /// As it was written.
    public let pattern: String
    let root: Node

    indirect enum Node: Sendable {
        case scalar(Unicode.Scalar)
        case set(ScalarSet)
        case sequence([Node])
        case alternatives([Node])
        case repetition(Node, ClosedRange<Int>)
    }

    /// - Throws: ``TextPatternError`` for anything outside the subset.
    public init(_ pattern: String) throws(TextPatternError) {
        self.pattern = pattern
        var parser = TextPatternParser(pattern)
        root = try parser.parse()
    }
}

/// Why a pattern cannot be drawn from.
public struct TextPatternError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its first 200 characters.
    public let pattern: String
    /// Scalars before the place, from 0.
    public let position: Int
    /// What is wrong there.
    public let reason: String
    /// How to mend it.
    public let remedy: String

    /// Pattern, position from 1, reason and remedy.
    public var description: String { "pattern '\(pattern)', position \(position + 1): \(reason); \(remedy)" }
}

extension Draws {
    /// A text that matches a pattern from its start to its end.
    public func text(matching pattern: TextPattern) -> String {
        journaledSpan(Label.text) {
            var text = String.UnicodeScalarView()
            draw(pattern.root, into: &text)
            return String(text)
        }
    }

    private func draw(_ node: TextPattern.Node, into text: inout String.UnicodeScalarView) {
        switch node {
        case .scalar(let scalar): text.append(scalar)
        case .set(let set): text.append(scalar(of: set))
        case .sequence(let parts): for part in parts { draw(part, into: &text) }
        case .alternatives(let branches):
            span(Label.branch) { draw(branches[Int(uniform(bound: UInt64(branches.count - 1)))], into: &text) }
        case .repetition(let part, let counts):
            // The loop of `array`, without the array.
            let probability = Self.continuation(counts.lowerBound, counts.upperBound)
            span(Label.array) {
                var count = 0
                while count < counts.upperBound {
                    let goesOn = span(Label.element) {
                        // What must be there is drawn also where there are no choices left: the text always matches.
                        if count >= counts.lowerBound, !more(probability: probability) { return false }
                        draw(part, into: &text)
                        return true
                    }
                    if !goesOn { break }
                    count += 1
                }
            }
        }
    }
}

extension Gen where Value == String {
    /// A text that matches a pattern from its start to its end; see ``TextPattern``.
    public static func text(matching pattern: TextPattern) -> Gen { Gen { $0.text(matching: pattern) } }
}
