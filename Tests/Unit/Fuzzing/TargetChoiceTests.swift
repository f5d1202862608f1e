import Testing

@testable import Fuzzing

@Suite("which target another engine drives")
struct TargetChoiceTests {
    private func outcome(_ names: [String], environment: String? = nil, program: String) -> TargetChoice.Outcome {
        TargetChoice(names: names, environment: environment, program: program).outcome
    }

    @Test("the environment decides before the program's name, and a name it does not know is refused with those there are")
    func environment() {
        #expect(outcome(["json", "csv"], environment: "csv", program: "/out/Suite-json") == .chosen(1))
        guard case .refused(let reason) = outcome(["json", "csv"], environment: "xml", program: "/out/Suite-json") else {
            Issue.record("chosen")
            return
        }
        #expect(reason.contains("xml") && reason.contains("csv") && reason.contains("json"))
    }

    @Test("the end of the program's name decides, the longest name that fits first, a point written as a line below")
    func program() {
        let names = ["lines", "json-lines", "limiter.headers"]
        #expect(outcome(names, program: "/out/Suite-json-lines") == .chosen(1))
        #expect(outcome(names, program: "Suite-lines") == .chosen(0))
        #expect(outcome(names, program: "./Suite-limiter_headers") == .chosen(2))
        #expect(outcome(names, environment: "", program: "lines") == .chosen(0))
    }

    @Test("a name that fits two targets or none is refused, unless there is but one")
    func refusals() {
        guard case .refused = outcome(["a.b", "a_b"], program: "Suite-a_b") else {
            Issue.record("chosen of two")
            return
        }
        guard case .refused(let reason) = outcome(["json", "csv"], program: "/bin/Suitejson") else {
            Issue.record("chosen by a part of a word")
            return
        }
        #expect(reason.contains("PULSEGATE_FUZZ_TARGET"))
        #expect(outcome(["json"], program: "/bin/Suite") == .chosen(0))
    }

    @Test("libFuzzer is told what it cannot know of a target, and nothing that was said already")
    func options() {
        let bytes = FuzzTarget("a", maximumLength: 77) { (_: [UInt8]) in }
        #expect(ForeignEngine.options(for: bytes, isTyped: false, given: ["-runs=1"]) == ["-max_len=77", "-len_control=100"])
        #expect(ForeignEngine.options(for: bytes, isTyped: true, given: []) == ["-max_len=77"])
        #expect(ForeignEngine.options(for: bytes, isTyped: false, given: ["-max_len=5", "-len_control=0"]) == [])
    }
}
