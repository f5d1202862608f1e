import Testing

@testable import Benchmarking

/// Base and head of a comparison may have been built with different versions of Benchmarking.
@Suite("the words of a side")
struct SideWordsTests {
    @Test(
        "each build that there was is asked in the words that it understands",
        arguments: [
            ("no prepare NAME | run HANDLE ITERATIONS | release HANDLE", ProcessSide.Words.spinsWhereAny),
            ("no prepare NAME | run HANDLE ITERATIONS SPINS | release HANDLE", .spinsAlways),
            ("no prepare NAME | run HANDLE ITERATIONS [SPINS] | release HANDLE", .spinsWhereAny),
        ])
    func words(reply: String, expected: ProcessSide.Words) {
        #expect(ProcessSide.Words(understoodBy: reply) == expected)
        #expect(expected.question(handle: 1, iterations: 20, spins: 300) == "run 1 20 300")
    }

    @Test("what is not added is only written where it must be")
    func nothingAdded() {
        #expect(ProcessSide.Words.spinsWhereAny.question(handle: 1, iterations: 20, spins: 0) == "run 1 20")
        #expect(ProcessSide.Words.spinsAlways.question(handle: 1, iterations: 20, spins: 0) == "run 1 20 0")
    }
}
