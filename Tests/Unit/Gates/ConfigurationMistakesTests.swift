import StrictDocuments
import Testing

@testable import Gates

@Suite("gates.json is read strictly")
struct ConfigurationMistakesTests {
    struct Case: CustomTestStringConvertible, Sendable {
        var what: String
        var text: String
        var kind: DocumentError.Kind
        var says: String
        var testDescription: String { what }

        init(_ what: String, _ kind: DocumentError.Kind, _ says: String, _ text: String) {
            self.what = what
            self.text = text
            self.kind = kind
            self.says = says
        }

        /// The document is refused for one thing alone, at the place that is marked.
        func expectOneMistake(sourceLocation: SourceLocation = #_sourceLocation) throws {
            let document = MarkedDocument(text)
            let mistakes = document.mistakes
            #expect(mistakes.count == 1, "\(mistakes)", sourceLocation: sourceLocation)
            let mistake = try #require(mistakes.first, sourceLocation: sourceLocation)
            #expect(mistake.kind == kind, sourceLocation: sourceLocation)
            #expect(mistake.position?.description == document.marks.first, sourceLocation: sourceLocation)
            #expect(mistake.description.contains(says), "\(mistake)", sourceLocation: sourceLocation)
            #expect(mistake.file == "gates.json", sourceLocation: sourceLocation)
        }
    }

    static let cases: [Case] = [
        Case(
            "a misspelt key", .unknownKey, "did you mean 'pass_when'?",
            document(
                gates:
                    #"{ "id": "a", "title": "t", "from": ["unit"], ⟦"pas_when": {} , \#(rule) }"#
            )),
        Case("an unknown key at the top", .unknownKey, "known keys", document(head: #" ⟦"frobnicate": 1,"#)),
        Case(
            "a count where a share is due", .badValue, "85%",
            document(condition: #"{ "metric": "coverage.line", "op": ">=", "value": ⟦85 }"#)),
        Case(
            "a bare fraction", .badValue, "carries its unit",
            document(condition: #"{ "metric": "coverage.line", "op": ">=", "value": ⟦0.9 }"#)),
        Case(
            "a share where a count is due", .badValue, "whole number",
            document(condition: #"{ "metric": "tests.failed", "op": "==", "value": ⟦"0%" }"#)),
        Case(
            "points as an absolute limit", .badValue, "percentage",
            document(condition: #"{ "metric": "coverage.line", "op": ">=", "value": ⟦"85pp" }"#)),
        Case(
            "an unknown metric", .unknownReference, "did you mean 'coverage.line'?",
            document(condition: #"{ "metric": ⟦"coverage.lines", "op": ">=", "value": "85%" }"#)),
        Case(
            "a metric on a scope that it has not", .badValue, "known on: overall",
            document(condition: #"{ "metric": "tests.failed", "on": ⟦"each_file", "op": "==", "value": 0 }"#)),
        Case("an unknown operator", .badValue, "one of: ==", document(condition: #"{ "metric": "tests.failed", "op": ⟦"=", "value": 0 }"#)),
        Case("neither limit nor baseline", .badValue, "drop_at_most", document(condition: #"{ "metric": ⟦"tests.failed" }"#)),
        Case(
            "limit and baseline", .badValue, "either",
            document(condition: #"{ "metric": ⟦"tests.total", "op": ">=", "value": 1, "against": "baseline", "drop_at_most": 0 }"#)),
        Case("an operator without a value", .missingKey, "value", document(condition: #"⟦{ "metric": "tests.failed", "op": "==" }"#)),
        Case(
            "against something else", .badValue, "baseline",
            document(condition: #"{ "metric": "tests.total", "against": ⟦"best", "drop_at_most": 0 }"#)),
        Case(
            "a drop of a metric without a better direction", .badValue, "cannot drop",
            document(condition: #"{ "metric": "custom.x", "against": "baseline", "drop_at_most": ⟦1 }"#)),
        Case(
            "a drop of new code", .badValue, "no baseline",
            document(condition: #"{ "metric": "coverage.line", "on": "new", "against": "baseline", "drop_at_most": ⟦"1pp" }"#)),
        Case(
            "a negative drop", .badValue, "negative",
            document(condition: #"{ "metric": "tests.total", "against": "baseline", "drop_at_most": ⟦-1 }"#)),
        Case(
            "a condition with two forms", .badValue, "exactly one",
            document(condition: #"⟦{ "all": [{ "metric": "tests.failed", "op": "==", "value": 0 }], "metric": "tests.failed" }"#)),
        Case("a condition of nothing", .badValue, "no question", document(condition: #"{ ⟦"all": [] }"#)),
        Case(
            "a limit beside 'any'", .unknownKey, "belongs",
            document(condition: #"{ "any": [{ "metric": "tests.failed", "op": "==", "value": 0 }], ⟦"op": "==" }"#)),
        Case(
            "paths for a metric of tests", .badValue, "use 'tests'",
            document(condition: #"{ "metric": "tests.failed", "scope": { ⟦"paths": ["a"] }, "op": "==", "value": 0 }"#)),
        Case(
            "tests for a metric of files", .badValue, "use 'paths'",
            document(condition: #"{ "metric": "coverage.line", "scope": { ⟦"tests": ["a"] }, "op": ">=", "value": "1%" }"#)),
        Case("a gate id twice", .duplicate, "twice", document(gates: gate("a") + ",\n" + gate("a", mark: true))),
        Case(
            "a collector id twice", .duplicate, "twice",
            document(collect: #"{ "id": "unit", "kind": "swift-test" }, { "id": ⟦"unit", "kind": "swift-test" }"#)),
        Case("the same key twice", .duplicate, "twice", document(head: #" ⟦"version": 1,"#)),
        Case(
            "one collector twice in 'from'", .duplicate, "twice",
            document(
                gates:
                    #"{ "id": "a", "title": "t", "from": ["unit", ⟦"unit"], \#(rule) }"#
            )),
        Case(
            "an unknown collector", .unknownReference, "did you mean 'unit'?",
            document(
                gates: #"{ "id": "a", "title": "t", "from": [⟦"unti"], \#(rule) }"#
            )),
        Case(
            "an unknown collector in 'after'", .unknownReference, "'after'",
            document(collect: #"{ "id": "unit", "kind": "swift-test", "after": [⟦"nowhere"] }"#)),
        Case(
            "an unknown report format", .unknownReference, "did you mean 'junit'?",
            document(collect: #"{ "id": "unit", "kind": "file", "reads": [{ "path": "a.xml", "format": ⟦"junti" }] }"#)),
        Case(
            "an unknown kind of collector", .badValue, "did you mean 'swift-test'?",
            document(collect: #"{ "id": "unit", "kind": ⟦"swift-tests" }"#)),
        Case(
            "a key of another kind of collector", .unknownKey, "does not take 'run'",
            document(collect: #"{ "id": "unit", "kind": "swift-test", ⟦"run": ["x"] }"#)),
        Case("a command without a command", .missingKey, "run", document(collect: #"⟦{ "id": "unit", "kind": "command" }"#)),
        Case(
            "a file collector that reads nothing", .badValue, "names no file",
            document(collect: #"{ "id": "unit", "kind": "file", ⟦"reads": [] }"#)),
        Case(
            "a folder above the repository", .badValue, "leaves the repository",
            document(collect: #"{ "id": "unit", "kind": "swift-test", "cwd": ⟦"../other" }"#)),
        Case(
            "an absolute folder", .badValue, "leaves the repository",
            document(collect: #"{ "id": "unit", "kind": "swift-test", "scratch_path": ⟦"/tmp/x" }"#)),
        Case(
            "a report above the repository", .badValue, "leaves the repository",
            document(collect: #"{ "id": "unit", "kind": "file", "reads": [{ "path": ⟦"a/../../b", "format": "junit" }] }"#)),
        Case(
            "a report above the repository in braces", .badValue, "leaves the repository",
            document(collect: #"{ "id": "unit", "kind": "file", "reads": [{ "path": ⟦".{.,x}/b", "format": "junit" }] }"#)),
        Case(
            "an absolute report in braces", .badValue, "leaves the repository",
            document(collect: #"{ "id": "unit", "kind": "file", "reads": [{ "path": ⟦"{/etc,a}/b", "format": "junit" }] }"#)),
        Case("a value in 'env'", .badValue, "passed on", document(collect: #"{ "id": "unit", "kind": "swift-test", "env": [⟦"A=1"] }"#)),
        Case(
            "a duration without a unit", .badValue, "15m", document(collect: #"{ "id": "unit", "kind": "swift-test", "timeout": ⟦"90" }"#)),
        Case(
            "a duration beyond the limit", .limit, "24h", document(collect: #"{ "id": "unit", "kind": "swift-test", "timeout": ⟦"25h" }"#)),
        Case(
            "an id that is none", .badValue, "a-z",
            document(collect: #"{ "id": "unit", "kind": "swift-test" }, { "id": ⟦"Unit Tests", "kind": "swift-test" }"#)),
        Case(
            "a missing key", .missingKey, "'title'",
            document(gates: #"⟦{ "id": "a", "from": ["unit"], \#(rule) }"#)),
        Case(
            "a wrong type", .wrongType, "a string",
            document(
                gates: #"{ "id": "a", "title": ⟦7, "from": ["unit"], \#(rule) }"#)),
        Case(
            "minimum evidence of none", .badValue, "1 to",
            document(
                gates:
                    #"{ "id": "a", "title": "t", "from": ["unit"], "min_evidence": { "items": ⟦0 }, \#(rule) }"#
            )),
        Case(
            "no gate", .badValue, "names no gate",
            "{ \"version\": 1, \"project\": { \"name\": \"d\", \"product\": [\"S/**\"] }, ⟦\"gates\": [] }"),
        Case(
            "a profile with an unknown gate", .unknownReference, "did you mean 'tests'?",
            document(head: #" "profiles": { "pr": { "gates": ["*", ⟦"test"] } },"#)),
        Case("a profile that selects nothing", .badValue, "selects no gate", document(head: #" "profiles": { ⟦"pr": {} },"#)),
        Case(
            "an unknown profile", .unknownReference, "did you mean 'pr'?",
            document(head: #" "profiles": { "pr": { "gates": ["*"] }, "x": { "gates": ["*"], "extends": ⟦"pt" } },"#)),
        Case("days without their reference", .contradiction, "no meaning", document(head: #" "baseline": { ⟦"days": 3 },"#)),
        Case("a branch that is an option", .badValue, "branch name", document(head: #" "baseline": { "branch": ⟦"--upload-pack" },"#)),
        Case(
            "a malformed pattern", .badValue, "'{' without '}'",
            document(head: #" "baseline": {},"#).swapping("\"Tests/**\"", "⟦\"Tests/{a\"")),
    ]

    static func gate(_ id: String, mark: Bool = false) -> String {
        #"{ "id": \#(mark ? "⟦" : "")"\#(id)", "title": "t", "from": ["unit"], \#(rule) }"#
    }

    @Test("each mistake is told once, at its place, with a way to mend it", arguments: cases)
    func mistake(_ one: Case) throws { try one.expectOneMistake() }

    @Test("a newer version is said before anything else is judged")
    func newer() {
        let document = MarkedDocument(#"{ "version": ⟦2, "entirely": "new", "gates": 7 }"#)
        #expect(document.mistakes.map(\.kind) == [.newerVersion])
        #expect(document.mistakes.first?.position?.description == document.marks.first)
    }

    @Test("profiles that extend one another in a circle are refused, each at its name")
    func profileCycle() {
        let document = MarkedDocument(
            document(head: #" "profiles": { ⟦"a": { "gates": ["*"], "extends": "b" }, ⟦"b": { "gates": ["*"], "extends": "a" } },"#))
        #expect(document.mistakes.map(\.kind) == [.cycle, .cycle])
        #expect(document.mistakes.compactMap { $0.position?.description } == document.marks)
    }

    @Test("collectors that wait for one another in a circle are refused, also for themselves")
    func collectorCycle() {
        let circle = MarkedDocument(
            document(
                collect:
                    #"{ "id": ⟦"unit", "kind": "swift-test", "after": ["b"] }, { "id": ⟦"b", "kind": "swift-test", "after": ["unit"] }"#))
        #expect(circle.mistakes.map(\.kind) == [.cycle, .cycle])
        #expect(circle.mistakes.compactMap { $0.position?.description } == circle.marks)
        let alone = MarkedDocument(document(collect: #"{ "id": ⟦"unit", "kind": "swift-test", "after": ["unit"] }"#))
        #expect(alone.mistakes.map(\.kind) == [.cycle])
    }

    @Test("several mistakes are told at once, in the order of the document")
    func several() {
        let document = MarkedDocument(
            document(
                head: #" "baseline": { "on_missing": ⟦"pass" },"#, collect: #"{ "id": "unit", "kind": ⟦"swift" }"#,
                condition:
                    #"{ "all": [{ "metric": ⟦"tests.fialed", "op": "==", "value": 0 }, { "metric": "coverage.line", "op": ">=", "value": ⟦85 }] }"#
            ))
        #expect(document.mistakes.map(\.kind) == [.badValue, .badValue, .unknownReference, .badValue])
        #expect(document.mistakes.compactMap { $0.position?.description } == document.marks)
    }

    @Test("a mistake within a gate is not told again as an unknown gate of a profile")
    func noEcho() {
        let document = MarkedDocument(
            document(
                head: #" "profiles": { "pr": { "gates": ["tests"] } },"#,
                condition: #"{ "metric": ⟦"tests.faild", "op": "==", "value": 0 }"#))
        #expect(document.mistakes.count == 1)
    }

    @Test("every proper prefix of a valid document is refused")
    func prefixes() throws {
        let bytes = MarkedDocument(document(head: #" "profiles": { "pr": { "gates": ["*"] } },"#)).bytes
        _ = try GatesConfiguration(json: bytes, file: "gates.json")
        for length in bytes.indices {
            #expect(throws: DocumentErrors.self) { try GatesConfiguration(json: Array(bytes[..<length]), file: "gates.json") }
        }
    }

    @Test("more gates than the limit are refused by its name")
    func tooMany() {
        let gates = (0...GatesConfiguration.maximumGates).map { Self.gate("g\($0)") }.joined(separator: ",\n")
        let mistakes = MarkedDocument(document(gates: gates)).mistakes
        #expect(mistakes.map(\.kind) == [.limit])
        #expect(mistakes.first?.message.contains("maximumGates") == true)
    }

    @Test("what is not written has its documented default")
    func defaults() throws {
        let configuration = try GatesConfiguration(json: MarkedDocument(document()).bytes, file: "gates.json")
        #expect(configuration.profiles.map(\.name) == ["pr"])
        #expect(configuration.profiles[0].gates == ["tests"])
        #expect(configuration.profiles[0].onInconclusive == .block)
        #expect(configuration.baseline.onMissing == .fail)
        #expect(configuration.baseline.reference == .committed)
        #expect(configuration.collectors[0].timeoutNanoseconds == 600_000_000_000)
        #expect(configuration.collectors[0].coverage)
        #expect(configuration.gates[0].blocking)
        #expect(configuration.gates[0].onAbsent == .fail)
    }

    @Test("a profile has its own gates and those it extends, in the order of the file, and may answer differently to statistics")
    func extending() throws {
        let text = document(
            head:
                #" "profiles": { "release": { "extends": "pr", "gates": ["z-*"] }, "pr": { "gates": ["b"], "on_inconclusive": "report" } },"#,
            gates: ["z-1", "b", "z-2", "other"].map { Self.gate($0) }.joined(separator: ",\n"))
        let configuration = try GatesConfiguration(json: MarkedDocument(text).bytes, file: "gates.json")
        #expect(configuration.profiles[0].gates == ["z-1", "b", "z-2"])
        #expect(configuration.profiles[0].onInconclusive == .report)
        #expect(configuration.profiles[1].gates == ["b"])
    }
}
