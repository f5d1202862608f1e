/// What a generated value was made of: the choices, in the order in which they were drawn, and the spans that group them.
///
/// Every choice, whatever it decides, is an *index* from 0 to a *bound*, and 0 is the simplest: an integer counts outwards from the value it
/// shrinks towards, a boolean is false before true, a double is a small whole number before a large or fractional one. There is one order
/// of sequences and no other notion of "simpler": **shortlex**, the number of choices first, then the indices from left to right.
///
/// Stored flat, structure of arrays. While a case draws, its choices stand in the buffers of ``Draws``; this is the copy that outlives it.
public struct ChoiceSequence: Hashable, Sendable {
    /// What was chosen.
    public internal(set) var indices: [UInt64] = []
    /// What could have been chosen at each place, and what it means.
    public internal(set) var shapes: [ChoiceShape] = []
    /// The spans in the order in which they were opened.
    public internal(set) var spans: [Span] = []

    /// A part of the sequence that one generator drew: an element of a list, a branch, a retry.
    public struct Span: Hashable, Sendable {
        /// Spans with the same label mean the same and may replace one another.
        public var label: UInt32
        /// How many spans it lies in.
        public var depth: UInt16
        /// Its choices did not contribute to the value: a filter refused them.
        public var isDiscarded: Bool
        public var start: Int32
        /// Exclusive; -1 while it is open.
        public var end: Int32

        @inlinable
        init(label: UInt32, depth: UInt16, start: Int32) {
            self.label = label
            self.depth = depth
            self.isDiscarded = false
            self.start = start
            self.end = -1
        }

        public var range: Range<Int> { Int(start)..<max(Int(start), Int(end)) }
    }

    public init() {}

    public var count: Int { indices.count }

    /// The largest index that was allowed at each place.
    public var bounds: [UInt64] { shapes.map(\.bound) }
}

/// What one choice decides: how many values it has, and what an index means.
///
/// The shape lets a shrinker do arithmetic on *values* where indices count zigzag, and a fuzzer mutate a double as a double.
public struct ChoiceShape: Hashable, Sendable, BitwiseCopyable {
    public enum Kind: UInt8, Hashable, Sendable, BitwiseCopyable {
        /// A whole number: index 0 is `origin`, odd indices lie above and even ones below it while both sides last.
        case integer
        /// False or true.
        case boolean
        /// "One more?" of a collection.
        case more
        /// Which of several branches or values.
        case selector
        /// The magnitude of a double, in the order of `DoubleOrder`.
        case magnitude
    }

    /// The largest index.
    public var bound: UInt64
    /// For integers: how many values lie below the origin.
    public var below: UInt64
    /// For integers: the value of index 0.
    public var origin: Int64
    public var kind: Kind

    @inlinable
    public init(kind: Kind, bound: UInt64, below: UInt64 = 0, origin: Int64 = 0) {
        self.kind = kind
        self.bound = bound
        self.below = below
        self.origin = origin
    }
}

/// Shortlex: shorter first, then smaller from the left.
@inline(__always)
func isSimpler(_ a: [UInt64], than b: [UInt64]) -> Bool {
    if a.count != b.count { return a.count < b.count }
    for position in a.indices where a[position] != b[position] { return a[position] < b[position] }
    return false
}
