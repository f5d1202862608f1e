/// Finds the word a misspelt one was probably meant to be.
public enum SpellingSuggestion {
    /// Words longer than this are not compared.
    public static let maximumLength = 64

    /// The nearest of `words` within an edit distance (insertions, deletions, substitutions, swapped neighbours) of a third of
    /// the length, at most 3; the earlier word wins a tie. O(words × length²).
    public static func nearest(to word: String, among words: some Sequence<String>) -> String? {
        let target = Array(word.lowercased().utf8)
        guard !target.isEmpty, target.count <= maximumLength else { return nil }
        let allowed = min(3, max(1, target.count / 3))
        var best: (word: String, distance: Int)?
        for candidate in words {
            let bytes = Array(candidate.lowercased().utf8)
            guard bytes.count <= maximumLength, abs(bytes.count - target.count) <= allowed else { continue }
            let distance = editDistance(target, bytes)
            if distance <= allowed, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Damerau–Levenshtein distance (optimal string alignment).
    static func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i] + [Int](repeating: 0, count: b.count)
            for j in 1...b.count {
                var value = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { value = min(value, beforeLast[j - 2] + 1) }
                row[j] = value
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
