import StrictDocuments
import Testing

@Suite struct SpellingSuggestionTests {
    @Test(
        "insertions, deletions, replacements and swaps of neighbours count as one edit each",
        arguments: [("jnuit", "junit"), ("junitt", "junit"), ("unit", "junit"), ("lcob", "lcov"), ("lvlm-cvo", "llvm-cov")])
    func nearest(word: String, expected: String) {
        #expect(SpellingSuggestion.nearest(to: word, among: ["lcov", "junit", "llvm-cov"]) == expected)
    }

    @Test("four edits are too many, and a word is never replaced as a whole")
    func tooFar() {
        #expect(SpellingSuggestion.nearest(to: "abcdefgh", among: ["abcdwxyz"]) == nil)
        #expect(SpellingSuggestion.nearest(to: "abcdefgh", among: ["abcdexyz"]) == "abcdexyz")
        #expect(SpellingSuggestion.nearest(to: "xy", among: ["ab"]) == nil)
        #expect(SpellingSuggestion.nearest(to: "", among: ["a"]) == nil)
    }

    @Test("of equally near words the first is offered")
    func ties() { #expect(SpellingSuggestion.nearest(to: "cat", among: ["car", "bat"]) == "car") }

    @Test("hostile lengths get no suggestion")
    func lengths() {
        let long = String(repeating: "a", count: SpellingSuggestion.maximumLength + 1)
        #expect(SpellingSuggestion.nearest(to: long, among: [long]) == nil)
        #expect(SpellingSuggestion.nearest(to: "aaaa", among: [long]) == nil)
        #expect(SpellingSuggestion.hint(for: "junitt", among: ["junit"]) == "did you mean 'junit'?")
    }
}
