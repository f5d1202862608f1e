/// A case drawn from indices that somebody else made: what a fuzzer's typed targets run on.
///
/// The indices are replayed; what is drawn beyond them is the simplest. A failure of the same draws is therefore reported and shrunk by the property
/// engine as one of its own.
package final class DrawnInput {
    package let draws: Draws

    package init() { draws = Draws() }

    /// Begins a case with the given choices.
    package func begin(_ indices: [UInt64]) { draws.begin(seed: 0, prefix: indices, tail: .simplest) }

    /// The choices as they were drawn: what did not fit is what took its place.
    package var sequence: ChoiceSequence { draws.sequence }

    /// Whether the body should run: the value was whole, nothing refused.
    package var isWhole: Bool { draws.beginBody() }
}
