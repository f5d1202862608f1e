import StrictDocuments
import Testing

@testable import pulsegate

@Suite("which executable is the suite")
struct SuiteDiscoveryTests {
    static func package(_ targets: String...) -> [UInt8] {
        Array(#"{"name":"orders","targets":[\#(targets.joined(separator: ","))],"products":[]}"#.utf8)
    }

    static func target(_ name: String, type: String = "executable", target: [String] = [], product: [String] = []) -> String {
        func list(_ words: [String]) -> String { "[" + words.map { "\"\($0)\"" }.joined(separator: ",") + "]" }
        return
            #"{"name":"\#(name)","type":"\#(type)","path":"Sources/\#(name)","sources":["A.swift"],"target_dependencies":\#(list(target)),"#
            + #""product_dependencies":\#(list(product))}"#
    }

    private func choose(
        _ targets: [String], asked: String? = nil, configured: [String] = [], isSuite: (SuiteDiscovery.Candidate) -> Bool = { _ in true }
    ) throws -> String {
        let json = Array(#"{"name":"orders","targets":[\#(targets.joined(separator: ","))]}"#.utf8)
        return try SuiteDiscovery(json: json).choose(asked: asked, configured: configured, isSuite: isSuite)
    }

    @Test("the only executable that depends on Fuzzing, by target or by product, is it")
    func only() throws {
        #expect(
            try choose([
                Self.target("App"), Self.target("Fuzz", product: ["Fuzzing"]), Self.target("L", type: "library", target: ["Fuzzing"]),
            ]) == "Fuzz")
        #expect(try choose([Self.target("Fuzz", target: ["Orders", "Fuzzing"])]) == "Fuzz")
    }

    @Test("an executable that links Fuzzing and declares no suite is none; its sources are named from the package's root")
    func declared() throws {
        let targets = [Self.target("Driver", target: ["Fuzzing"]), Self.target("Fuzz", target: ["Fuzzing"])]
        #expect(try choose(targets) { $0.sources == ["Sources/Fuzz/A.swift"] } == "Fuzz")
    }

    @Test("what is asked for comes first, then what gates.json names")
    func asked() throws {
        let targets = [Self.target("A", target: ["Fuzzing"]), Self.target("B", target: ["Fuzzing"])]
        #expect(try choose(targets, asked: "C", configured: ["B"]) == "C")
        #expect(try choose(targets, configured: ["B"]) == "B")
    }

    @Test("none and several are errors that teach")
    func errors() {
        func failure(_ targets: [String], configured: [String] = []) -> Failure? {
            do {
                _ = try choose(targets, configured: configured)
                return nil
            } catch { return error as? Failure }
        }
        let none = failure([Self.target("App")])
        #expect(none?.code == .usage)
        #expect(none?.message == "'orders' has no fuzz suite: no executable target that depends on Fuzzing")
        #expect(none?.hint?.contains("FuzzSuite") == true && none?.hint?.contains("PULSEGATE_FUZZ") == true)
        let two = failure([Self.target("A", target: ["Fuzzing"]), Self.target("B", target: ["Fuzzing"])])
        #expect(two?.message == "'orders' has 2 fuzz suites: A, B")
        #expect(two?.hint == "pick one with --suite")
        #expect(failure([], configured: ["A", "B"])?.message == "gates.json names 2 suites: A, B")
    }

    @Test("a description that is none is an error", arguments: ["", "{}", #"{"name":1}"#, #"{"name":"a","targets":[{}]}"#])
    func broken(text: String) {
        #expect(throws: DocumentError.self) { try SuiteDiscovery(json: Array(text.utf8)) }
    }
}

@Suite("what a suite says of its targets")
struct SuiteAccountTests {
    private func account(_ names: String...) throws -> SuiteAccount {
        try SuiteAccount(
            names.map { .target(SuiteTarget(name: $0, isTyped: false, maximumLength: 9)) } + [.build(BlindnessTests.sound)])
    }

    @Test("all targets, some, or those of a pattern, in the suite's order")
    func choice() throws {
        let account = try account("limiter.a", "json", "limiter.b")
        #expect(try account.choose([]).map(\.name) == ["limiter.a", "json", "limiter.b"])
        #expect(try account.choose(["json", "limiter.a"]).map(\.name) == ["limiter.a", "json"])
        #expect(try account.choose(["limiter.*"]).map(\.name) == ["limiter.a", "limiter.b"])
        #expect { try account.choose(["jsn"]) } throws: { ($0 as? Failure)?.hint?.contains("json") == true }
        #expect(throws: Failure.self) { try account.choose(["x*"]) }
    }

    @Test("names that cannot be folders, names given twice and a missing account are refused")
    func refused() {
        for name in ["", "../x", "a/b", ".hidden", "a b", String(repeating: "a", count: 129)] {
            #expect(throws: Failure.self, "\(name)") { try account(name) }
        }
        #expect(throws: Failure.self) { try account("a", "a") }
        #expect(throws: Failure.self) { try SuiteAccount([]) }
    }
}
