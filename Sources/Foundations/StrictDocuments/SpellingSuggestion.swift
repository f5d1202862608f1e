/// "Did you mean …?": the known word nearest to one that is not known.
///
/// ```swift
/// SpellingSuggestion.nearest(to: "coverage.lines", among: ["coverage.line", "tests.total"])   // "coverage.line"
/// ```
///
/// Distance is the number of scalars to insert, delete or replace (V. Levenshtein, "Binary codes capable of correcting
/// deletions, insertions and reversals", 1966), with a swap of two neighbours as one edit (restricted Damerau form).
/// Words beyond ``maximumLength`` scalars get no suggestion: hostile input must not buy quadratic work.
///
/// Complexity: O(candidates · length²) with length at most ``maximumLength``.
public enum SpellingSuggestion {
    /// Longest word that is compared, in Unicode scalars.
    public static let maximumLength = 80
    /// Farthest word that is offered.
    public static let maximumDistance = 3

    /// The nearest candidate within ``maximumDistance`` edits and fewer edits than the word has scalars; of equally near
    /// ones the first in the order given.
    public static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let letters = Array(word.unicodeScalars.prefix(maximumLength + 1))
        guard !letters.isEmpty, letters.count <= maximumLength else { return nil }
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.unicodeScalars.prefix(maximumLength + 1))
            guard other.count <= maximumLength, abs(other.count - letters.count) <= maximumDistance else { continue }
            let distance = distance(letters, other)
            guard distance <= maximumDistance, distance < letters.count else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// "did you mean 'x'?" or nil: ready to be the hint of a ``DocumentError``.
    public static func hint(for word: String, among candidates: some Sequence<String>) -> String? {
        nearest(to: word, among: candidates).map { "did you mean '\($0)'?" }
    }

    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1]
            row.reserveCapacity(b.count + 1)
            for j in 0..<b.count {
                var cost = min(last[j] + (a[i] == b[j] ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
