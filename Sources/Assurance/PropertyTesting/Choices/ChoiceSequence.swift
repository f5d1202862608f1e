/// What a generated value was made of: the choices, in the order in which they were drawn, and the spans that group them.
///
/// Every choice, whatever it decides, is an *index* from 0 to a *bound*, and 0 is the simplest: an integer counts outwards from the value it
/// shrinks towards, a boolean is false before true, a double is a small whole number before a large or fractional one. There is one order
/// of sequences and no other notion of "simpler": **shortlex**, the number of choices first, then the indices from left to right.
///
/// Stored flat, structure of arrays: a test case of a hundred choices touches three short arrays and allocates nothing once they have grown.
public struct ChoiceSequence: Hashable, Sendable {
    /// What was chosen.
    public internal(set) var indices: [UInt64] = []
    /// The largest index that was allowed at each place.
    public internal(set) var bounds: [UInt64] = []
    /// The spans in the order in which they were opened.
    public internal(set) var spans: [Span] = []

    /// A part of the sequence that one generator drew: an element of a list, a branch, a retry.
    public struct Span: Hashable, Sendable {
        /// Spans with the same label mean the same and may replace one another.
        public var label: UInt32
        public var start: Int32
        /// Exclusive.
        public var end: Int32
        /// How many spans it lies in.
        public var depth: Int32
        /// Its choices did not contribute to the value: a filter refused them.
        public var isDiscarded: Bool

        var range: Range<Int> { Int(start)..<Int(end) }
    }

    public init() {}

    public var count: Int { indices.count }

    mutating func removeAll() {
        indices.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
    }
}

/// Shortlex: shorter first, then smaller from the left.
@inline(__always)
func isSimpler(_ a: [UInt64], than b: [UInt64]) -> Bool {
    if a.count != b.count { return a.count < b.count }
    for position in a.indices where a[position] != b[position] { return a[position] < b[position] }
    return false
}
