import StrictDocuments

/// How far a produced cell may be from the golden one.
///
/// In a manifest it is a text: `"exact"`, or a decimal number such as `"5e-7"`. A column that is rounded to six digits has
/// the tolerance of half a unit in its last place, 5e-7, so that the figure behind it is compared and not its rounding.
public enum GoldenTolerance: Hashable, Sendable {
    /// The cells must be the same text.
    case exact
    /// The cells must be numbers at most this far apart. `literal` is the number as written.
    case absolute(Double, literal: String)

    /// Nil where the text is neither "exact" nor a decimal number of at least 0.
    public init?(_ text: String) {
        if text == "exact" {
            self = .exact
        } else if let value = DecimalText.parse(text), value >= 0 {
            self = .absolute(value, literal: text)
        } else {
            return nil
        }
    }

    public var text: String {
        switch self {
        case .exact: "exact"
        case .absolute(_, let literal): literal
        }
    }
}
