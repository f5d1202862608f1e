/// Labels of the spans that generators of values open, 100 to 139; ``Label/firstFree`` and above stay the user's own.
extension Label {
    /// One of several components of a value that are drawn one after the other: a date, then a time of day.
    public static let component: UInt32 = 100
    /// A permutation: one selector for each place.
    public static let permutation: UInt32 = 101
    /// A point in time, a date, a duration.
    public static let time: UInt32 = 102
    /// A piece of a text that is made of pieces: a label of a host name, a grapheme cluster.
    public static let fragment: UInt32 = 103
    /// A JSON value, so that a nested one can take the place of the one around it.
    public static let json: UInt32 = 104
    /// A part of a pattern: a repetition, an alternative.
    public static let pattern: UInt32 = 105
    /// A value that was derived from its type.
    public static let derived: UInt32 = 106
}
