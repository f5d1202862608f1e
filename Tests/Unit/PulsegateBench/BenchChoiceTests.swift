import Testing

@testable import pulsegate

/// Which benchmarks are measured, which are tested, and which are missing.
@Suite("which benchmarks")
struct BenchChoiceTests {
    private typealias Entry = BenchDriver.Account.Entry

    private static func entry(_ name: String, _ tags: [String] = [], cold: [String]? = nil) -> Entry {
        Entry(name: name, tags: tags, clock: "thread-cpu", cold: cold)
    }

    private let head = [entry("parse", ["pr"]), entry("parse.long"), entry("start", ["pr"], cold: []), entry("sort", ["slow"])]

    @Test("names, beginnings and tags choose, together; what chooses nothing is an error that names what there is")
    func choose() throws {
        func names(_ names: [String] = [], _ tags: [String] = []) throws -> [String] {
            try BenchSession.choose(head, names: names, tags: tags).map(\.name)
        }
        #expect(try names() == ["parse", "parse.long", "start", "sort"])
        #expect(try names(["parse*"]) == ["parse", "parse.long"] && names(["parse"]) == ["parse"])
        #expect(try names(["parse*", "sort"], ["pr", "slow"]) == ["parse", "sort"])
        let unknown = try #require(throws: Failure.self) { try BenchSession.choose(head, names: ["pars"], tags: []) }
        #expect(unknown.code == .usage && unknown.message.contains("'pars'") && unknown.hint?.contains("parse.long") == true)
        let none = try #require(throws: Failure.self) { try BenchSession.choose(head, names: [], tags: ["absent"]) }
        #expect(none.code == .cannotEvaluate)
    }

    @Test("what base has of the chosen ones and head has not is missing, with tags and names too")
    func missing() {
        let base = [Self.entry("gone", ["pr"]), Self.entry("gone.slow", ["slow"]), Self.entry("parse.long", ["pr"]), Self.entry("sort")]
        func missing(_ names: [String] = [], _ tags: [String] = []) -> [String] {
            BenchSession.missing(of: base, in: head, names: names, tags: tags)
        }
        #expect(missing() == ["gone", "gone.slow"])
        #expect(missing([], ["pr"]) == ["gone"], "one that only lost its tag is there")
        #expect(missing(["gone.*"]) == ["gone.slow"] && missing(["sort"]).isEmpty)
    }

    @Test("self-tests are of hot benchmarks")
    func selfTest() throws {
        #expect(try SelfTest.choose(head, names: [], tags: ["pr"]) == ["parse"])
        let cold = try #require(throws: Failure.self) { try SelfTest.choose(head, names: ["start"], tags: []) }
        #expect(cold.code == .usage && cold.message.contains("cold"))
    }
}
