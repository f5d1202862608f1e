import PropertyTesting

/// Labels of the spans that generators of this target open.
public enum DomainLabel {
    /// A stretch of a price series.
    public static let segment: UInt32 = Label.firstFree + 100
    /// One bar.
    public static let bar: UInt32 = Label.firstFree + 101
    /// One edge of a graph.
    public static let edge: UInt32 = Label.firstFree + 102
    /// A matrix.
    public static let matrix: UInt32 = Label.firstFree + 103
    /// A zone, a year and a moment in it.
    public static let zone: UInt32 = Label.firstFree + 104
}
