import Evidence

/// A figure of one subject, as a condition sees it.
struct Observation: Hashable {
    /// nil for the whole.
    var subject: String?
    var quantity: Quantity
    /// What stands behind it: tests, lines or samples.
    var weight: Int
    /// "14 of 74 lines, first at MACD.swift:41".
    var detail: String?
    /// How many figures of the evidence it sums up.
    var figures = 1
}

/// What came of looking for figures.
enum ObservationResult: Hashable {
    case found([Observation])
    /// There is nothing to ask about, and why: no new coverable line.
    case notApplicable(String)
    /// There should be a figure and there is none, and why.
    case absent(String)
}
