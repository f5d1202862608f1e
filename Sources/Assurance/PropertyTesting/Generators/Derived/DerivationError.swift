/// Why no value of a type can be drawn.
public struct DerivationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a person can do about it depends on this.
    public enum Kind: Hashable, Sendable {
        /// The type refuses every value that was tried.
        case refused
        /// The type asks the decoder for something that draws cannot give.
        case unsupported
        /// Values within values without end.
        case endless
    }

    /// What went wrong.
    public let kind: Kind
    /// The type that was to be drawn.
    public let type: String
    /// The coding path to the part that refused, from the outside in; empty for the value itself.
    public let path: [String]
    /// What the type said, or what it asked for.
    public let message: String

    init(_ kind: Kind, type: String, path: [String], _ message: String) {
        self.kind = kind
        self.type = type
        self.path = path
        self.message = message
    }

    /// What, where, and how to mend it, in one line.
    public var description: String {
        let place = path.isEmpty ? "" : " at \(path.joined(separator: "."))"
        return
            "no value of \(type) can be drawn: \(message)\(place); give a generator for the part that refuses (Derivation), make it CaseIterable, "
            + "or write the generator by hand"
    }
}
