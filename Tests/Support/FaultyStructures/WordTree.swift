import PropertyTesting

/// Words by their common beginnings; and two mutants. O(length of a word) an operation.
public final class WordTree {
    public enum Fault: String, CaseIterable, Sendable {
        /// Removing a word prunes shorter words that stand on its way.
        case prunesWords = "prunes_words"
        /// A beginning of a word passes for a word.
        case beginningsAreWords = "prefix_is_word"
    }

    private var children: [Character: WordTree] = [:]
    private var isWord = false

    func insert(_ word: Substring) {
        guard let first = word.first else {
            isWord = true
            return
        }
        let child = children[first] ?? WordTree()
        children[first] = child
        child.insert(word.dropFirst())
    }

    /// Whether nothing is left here afterwards.
    @discardableResult
    func remove(_ word: Substring, fault: Fault? = nil) -> Bool {
        guard let first = word.first else {
            isWord = false
            return children.isEmpty
        }
        guard let child = children[first] else { return false }
        if child.remove(word.dropFirst(), fault: fault) { children[first] = nil }
        return children.isEmpty && (fault == .prunesWords || !isWord)
    }

    func contains(_ word: Substring, fault: Fault? = nil) -> Bool {
        guard let first = word.first else { return isWord || fault == .beginningsAreWords }
        return children[first]?.contains(word.dropFirst(), fault: fault) ?? false
    }

    private static let letters = Array("abcdefghijklmnopqrstuvwxyz")

    static var properties: [FaultyProperty] {
        [
            FaultyProperty("words", "Model", noticing: [Fault.prunesWords, .beginningsAreWords]) {
                draws -> ([String], [String], [String]) in
                func words() -> [String] { draws.array { $0.text(0...10, alphabet: letters) } }
                return (words(), words(), words())
            } holds: { sample, fault in
                let (inserted, removed, asked) = sample
                let tree = WordTree()
                var model: Set<String> = []
                for word in inserted {
                    tree.insert(word[...])
                    model.insert(word)
                }
                for word in removed {
                    tree.remove(word[...], fault: fault)
                    model.remove(word)
                }
                return (inserted + asked).allSatisfy { tree.contains($0[...], fault: fault) == model.contains($0) }
            }
        ]
    }
}
