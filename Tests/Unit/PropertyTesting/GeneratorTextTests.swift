import Determinism
import StrictDocuments
import Testing

@testable import PropertyTesting

struct GeneratorTextTests {
    @Test("sets of scalars hold what they say, without surrogates, in their order")
    func scalarSets() {
        #expect(ScalarSet.all.count == 0x110000 - 0x800)
        #expect(ScalarSet.printableASCII.count == 95 && ScalarSet.ascii.count == 128)
        let set = ScalarSet("a"..."c", "\u{D7FE}"..."\u{E001}")
        #expect((0..<set.count).map { set[$0].value } == [97, 98, 99, 0xD7FE, 0xD7FF, 0xE000, 0xE001])
        #expect(set[.max].value == 0xE001)
        #expect(set.contains("b") && !set.contains("d"))
        #expect(Set((0..<ScalarSet.edges.count).map { ScalarSet.edges[$0] }).count == Int(ScalarSet.edges.count))
    }

    @Test("texts of a set consist of it and shrink to its first scalars")
    func sets() {
        for set in [ScalarSet.digits, .cjk, .rightToLeft, .emoji, .edges, .whitespace, .combiningMarks, .invisible, .controls, .latin] {
            #expect(Minima.samples(.text(of: set), 100).allSatisfy { $0.unicodeScalars.allSatisfy(set.contains) })
        }
        #expect(Minima.are("000", .text(of: .alphanumeric)) { $0.count < 3 })
        #expect(Minima.are("b", .text(of: .letters)) { $0.allSatisfy { $0 == "a" } })
        #expect(Minima.replays(.text(of: .all)))
    }

    @Test("a careless text holds every kind of trouble, and shrinks to one piece of it")
    func trouble() {
        let samples = Minima.samples(.anyText(), 6000)
        let kinds: [(String, (String) -> Bool)] = [
            ("NUL", { $0.unicodeScalars.contains("\0") }), ("CRLF", { $0.contains("\r\n") }),
            ("combining mark", { $0.unicodeScalars.contains(where: ScalarSet.combiningMarks.contains) }),
            ("joiner", { $0.unicodeScalars.contains("\u{200D}") }),
            ("right to left", { $0.unicodeScalars.contains(where: ScalarSet.rightToLeft.contains) }),
            ("override", { $0.unicodeScalars.contains("\u{202E}") }), ("next to surrogates", { $0.unicodeScalars.contains("\u{D7FF}") }),
            ("last scalar", { $0.unicodeScalars.contains("\u{10FFFF}") }), ("NaN", { $0 == "NaN" }), ("null", { $0 == "null" }),
            ("CON", { $0 == "CON" }), ("emoji family", { $0.contains(Draws.clusters[3]) }), ("empty", \.isEmpty),
            ("outside the basic plane", { $0.unicodeScalars.contains { $0.value > 0xFFFF } }),
            ("fewer characters than scalars", { $0.count < $0.unicodeScalars.count }),
        ]
        for (name, isKind) in kinds { #expect(samples.contains(where: isKind), "\(name) never came up") }
        #expect(Minima.simplest(.anyText()) == "")
        #expect(Minima.are("\0", Gen.anyText(), seeds: 1...2) { !$0.unicodeScalars.contains("\0") })
        #expect(Minima.of(.anyText(), seeds: 1...2) { $0.count == $0.unicodeScalars.count }.allSatisfy { $0.unicodeScalars.count <= 3 })
        #expect(Minima.replays(.anyText()))
    }

    @Test("characters are single characters, some of them of several scalars")
    func characters() {
        let samples = Minima.samples(.character(), 4000)
        for cluster in Draws.clusters { #expect(samples.contains(cluster)) }
        #expect(samples.filter { $0.isASCII }.count > 1500)
        #expect(Minima.simplest(.character()) == "0")
    }

    @Test("twins are equal, and their bytes are not")
    func twins() {
        for (a, b) in Minima.samples(.normalisationTwins(), 500) { #expect(a == b && Array(a.utf8) != Array(b.utf8)) }
        #expect(Minima.simplest(.normalisationTwins()).0 == "\u{E9}")
    }

    @Test("substrings are slices whose base is longer")
    func substrings() {
        let samples = Minima.samples(.substring(), 1000)
        #expect(samples.contains { $0.startIndex > $0.base.startIndex && $0.endIndex < $0.base.endIndex })
        #expect(Minima.simplest(.substring()) == "")
    }

    // MARK: Names

    private func isWhole(_ text: String, _ pattern: some RegexComponent) -> Bool { text.wholeMatch(of: pattern) != nil }

    @Test("identifiers, hosts, addresses and URLs have the form that the standards ask for")
    func names() {
        #expect(Minima.samples(.identifier(), 500).allSatisfy { isWhole($0, /[a-zA-Z_][a-zA-Z0-9_]*/) && $0.count <= 20 })
        let host = /([a-z0-9]([a-z0-9\-]{0,61}[a-z0-9])?\.){0,3}[a-z]{1,6}/
        let hosts = Minima.samples(.hostName(), 500)
        #expect(hosts.allSatisfy { isWhole($0, host) && $0.count <= 253 })
        #expect(hosts.contains { $0.split(separator: ".").contains { $0.count == 63 } } && hosts.contains { $0.hasPrefix("xn--") })
        let emails = Minima.samples(.emailAddress(), 500)
        for email in emails {
            let parts = email.split(separator: "@", omittingEmptySubsequences: false)
            #expect(parts.count == 2 && (1...64).contains(parts[0].count) && isWhole(String(parts[1]), host))
            #expect(!parts[0].hasPrefix(".") && !parts[0].contains(".."))
        }
        let ipv4 = Minima.samples(.ipv4Address(), 1000)
        #expect(
            ipv4.allSatisfy { address in
                let parts = address.split(separator: ".")
                return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
            })
        #expect(ipv4.contains("127.0.0.1") && ipv4.contains("255.255.255.255"))
        let ipv6 = Minima.samples(.ipv6Address(), 1000)
        #expect(ipv6.allSatisfy { isWhole($0, /[0-9a-f:]{2,39}/) && !$0.contains(":::") && $0.components(of: "::") <= 2 })
        #expect(ipv6.contains { !$0.contains("::") } && ipv6.contains { $0.contains("::") })
        let url =
            /(http|https|ftp|ws):\/\/([a-zA-Z_][a-zA-Z0-9_]*@)?([a-z0-9.\-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?(\/([a-zA-Z0-9\-._~]|%[0-9A-F]{2})*)*(\?[^#]*)?(#.*)?/
        let urls = Minima.samples(.url(), 500)
        #expect(urls.allSatisfy { isWhole($0, url) })
        #expect(urls.contains { $0.contains("%") } && urls.contains { $0.contains("[") } && urls.contains { $0.contains("?") })
    }

    @Test("the simplest names are the shortest, and counterexamples are made of them")
    func simplestNames() {
        #expect(Minima.simplest(.identifier()) == "a" && Minima.simplest(.hostName()) == "a" && Minima.simplest(.emailAddress()) == "a@a")
        #expect(
            Minima.simplest(.ipv4Address()) == "0.0.0.0" && Minima.simplest(.ipv6Address()) == "::" && Minima.simplest(.url()) == "http://a"
        )
        #expect(Minima.are("aaaa", .identifier(), seeds: 1...2) { $0.count < 4 })
        #expect(Minima.are("a.a", .hostName(), seeds: 1...2) { !$0.contains(".") })
        #expect(Minima.are("+@a", .emailAddress(), seeds: 1...2) { !$0.contains("+") })
    }

    @Test("most URLs shrink to the shortest one that fails; the others keep one more part")
    func simplestURLs() {
        // A known shortfall: an optional part in front of what matters is not always dropped, since with its choice lowered and no more the rest
        // is read as something else. Of 40 seeds, 31 and 34 came to the shortest text when this was written. The address needs one choice less
        // than a name, so where it stands in the place of the name nothing is missed by the shrinker's own order.
        let ports = Minima.of(.url(), seeds: 1...40) { !$0.dropFirst(7).contains(":") || $0.contains("[") }
        #expect(ports.count == 40 && ports.count { $0 == "http://a:80" } >= 30)
        let others = ["http://a@a:80", "http://127.0.0.1:80", "http://a@127.0.0.1:80"]
        #expect(ports.allSatisfy { $0 == "http://a:80" || others.contains($0) }, "\(ports)")
        let queries = Minima.of(.url(), seeds: 1...40) { !$0.contains("?") }
        #expect(queries.count == 40 && queries.count { $0 == "http://a?" } >= 28)
        #expect(queries.allSatisfy { ["http://a?", "http://a@a?", "http://a:80?", "http://127.0.0.1?"].contains($0) }, "\(queries)")
    }

    // MARK: JSON

    private func depth(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
        default: 0
        }
    }

    @Test("JSON values are of every kind, keep to their depth and size, and shrink")
    func json() {
        let samples = Minima.samples(.json(maximumDepth: 3), 2000)
        #expect(Set(samples.map(depth)) == [0, 1, 2, 3])
        #expect(samples.contains(.null) && samples.contains(.bool(true)) && samples.contains { $0.intValue != nil })
        #expect(samples.contains { $0.stringValue != nil } && samples.contains { $0.objectValue?.isEmpty == false })
        #expect(Minima.samples(.json(maximumDepth: 0), 200).allSatisfy { depth($0) == 0 })
        #expect(Minima.simplest(.json()) == .null)
        #expect(Minima.are([true], .json(), seeds: 1...2) { value in !(value.arrayValue ?? []).contains(true) })
        #expect(Minima.of(.json(), seeds: 1...2) { depth($0) < 2 }.allSatisfy { $0 == [[]] || $0 == ["a": []] })
        let draws = Draws()
        var longest = 0
        for seed in 0..<500 as Range<UInt64> {
            draws.begin(seed: seed)
            _ = draws.json(maximumDepth: 40, size: 50)
            longest = max(longest, draws.count)
        }
        #expect(longest < 2000)
        #expect(Minima.replays(.json()))
    }

    @Test("every spelling of a JSON value is read as that value")
    func jsonText() throws {
        var others = 0
        for (text, value) in Minima.samples(Gen { $0.jsonText() }, 1500) {
            let node = try JSONDocument.parse(Array(text.utf8), file: "drawn.json")
            #expect(try JSONValue(node, file: "drawn.json").canonicalBytes() == value.canonicalBytes())
            if text != value.canonicalText() { others += 1 }
        }
        #expect(others > 500)
        #expect(Minima.simplest(.jsonText()) == "null")
        #expect(Minima.are("[]", .jsonText(), seeds: 1...2) { !$0.hasPrefix("[") })
    }
}

extension String {
    fileprivate func components(of separator: String) -> Int { split(separator: separator, omittingEmptySubsequences: false).count }
}
