import PropertyTesting
import PropertyTestingSwiftTesting
import Testing

#if canImport(Glibc)
    import Glibc
#endif

/// Set by ``ShownReportTests``, which runs this very test program again and reads what it prints: these tests fail on purpose.
let showsFailures = getenv("PULSEGATE_SHOW_PROPERTY_FAILURES") != nil

@Suite(
    "failures on purpose", .serialized, .property(leavesEvidence: false),
    .enabled(if: showsFailures, "run by the tests that read their output"))
struct ShownFailures {
    @Test("a list that is not sorted")
    func unsorted() async throws {
        try await property(seed: 4) { draws in
            let xs = draws.array(0...10) { $0.int(in: 0...100) }
            draws.note("xs = \(xs)")
            #expect(xs.sorted() == xs)
        }
    }

    @Test("a number that is too large, awaited")
    func suspended() async throws {
        let numbers: (Draws) -> Int = { $0.int(in: 0...1000) }
        try await property(of: numbers) { x in
            await Task.yield()
            try #require(x < 123)
        }
    }

    @Test("a trap in a child", .property(isolation: .childProcess(caseLimit: .seconds(10))))
    func trap() async throws {
        try await property { draws in
            let x = draws.int(in: 0...1000)
            draws.note("x = \(x)")
            print("printed by a probe")
            precondition(x < 321, "too large")
            #expect(x >= 0)
        }
    }
}
