/// What matters in a counterexample and what does not, and how its numbers hang together.
///
/// Ranges are those of the choices in the failing sequence: a drawn value that was made of the choices of a range gets the comment of the
/// range. Everything stated was tried: see ``Explainer``.
public struct Explanation: Hashable, Sendable {
    /// A comment on a part of the counterexample.
    public struct Note: Hashable, Sendable {
        /// The choices that it speaks of. A relation is noted at the last value that takes part in it.
        public var choices: Range<Int>
        /// "any value fails", "b = a + 1".
        public var text: String
    }

    /// A condition on whole numbers that separates what fails from what passes, near the counterexample and far from it.
    public struct Relation: Hashable, Sendable {
        /// The choices that are the numbers, in the order in which their names appear first: a, b, c …
        public var positions: [Int]
        public var text: String
    }

    /// Parts that may have any value, each on its own; the outermost ones, in order.
    public var irrelevant: [Range<Int>] = []
    /// Whether it fails as well when all of them have other values at once.
    public var isIrrelevantTogether = true
    public var relations: [Relation] = []
    /// The names of the whole numbers, by the position of the choice.
    public var names: [Int: String] = [:]
    /// Cases that were run to find this out.
    public var tries = 0

    public init() {}

    /// In the order of the choices.
    public var notes: [Note] {
        var notes = irrelevant.map {
            Note(choices: $0, text: isIrrelevantTogether ? "any value fails" : "any value fails, the others unchanged")
        }
        for relation in relations {
            guard let last = relation.positions.max() else { continue }
            notes.append(Note(choices: last..<last + 1, text: relation.text))
        }
        return notes.sorted {
            ($0.choices.lowerBound, $0.choices.upperBound, $0.text) < ($1.choices.lowerBound, $1.choices.upperBound, $1.text)
        }
    }

    /// The comments on a value that was made of these choices, for the line on which it is shown: `// any value fails`.
    public func comment(on choices: Range<Int>) -> String? {
        let texts = notes.filter {
            !$0.choices.isEmpty && choices.lowerBound <= $0.choices.lowerBound && $0.choices.upperBound <= choices.upperBound
        }
        // A part of the value may vary, which is not said as if it were the whole.
        let shown = texts.map { $0.text.hasPrefix("any value") && $0.choices != choices ? "in part: \($0.text)" : $0.text }
        var told: Set<String> = []
        let distinct = shown.filter { told.insert($0).inserted }
        return distinct.isEmpty ? nil : "// " + distinct.joined(separator: "; ")
    }

    /// A relation, with what its names stand for in this sequence: "b != a (a is 0, b is 1)".
    func told(_ relation: Relation, in sequence: ChoiceSequence) -> String {
        let meanings = relation.positions.sorted().compactMap { position -> String? in
            guard let name = names[position], sequence.indices.indices.contains(position),
                let value = sequence.shapes[position].value(of: sequence.indices[position])
            else { return nil }
            return "\(name) is \(value)"
        }
        return meanings.isEmpty ? relation.text : "\(relation.text) (\(meanings.joined(separator: ", ")))"
    }

    static func name(_ number: Int) -> String {
        number < 26 ? String(UnicodeScalar(UInt8(97 + number))) : "v\(number + 1)"
    }
}
