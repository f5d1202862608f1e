import Evidence
import StrictDocuments
import Testing

@Suite struct XCTestConsoleTests {
    private static let start =
        "Test Suite 'All tests' started at 2026-11-21 11:11:17.286\nTest Suite 'X' started at 2026-11-21 11:11:17.323\n"

    private static func end(_ totals: String) -> String {
        "Test Suite 'X' failed at 2026-11-21 11:11:17.325\n\t Executed 99 tests, with 9 failures (9 unexpected) in 0.002 (0.002) seconds\n"
            + "Test Suite 'All tests' failed at 2026-11-21 11:11:17.325\n\t Executed \(totals) in 0.002 (0.002) seconds\n"
    }

    private static func ran(_ name: String, _ result: String, between: String = "") -> String {
        "Test Case '\(name)' started at 2026-11-21 11:11:17.323\n\(between)Test Case '\(name)' \(result) (0.25 seconds)\n"
    }

    private func read(_ text: String, piece: Int = 10_000) throws -> Facts {
        var state = XCTestConsoleState(context: ReadingContext(file: "swift test", roots: ["/r"]))
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: piece) { state.feed(Array(bytes[start..<min(start + piece, bytes.count)])) }
        return try state.finish()
    }

    private static let usual =
        start + ran("X.testA", "passed")
        + ran("X.testB", "failed", between: "/r/Tests/T.swift:26: error: X.testB : XCTAssertEqual failed: a : b\n")
        + ran("X.testC", "skipped", between: "/r/Tests/T.swift:29: X.testC : Test skipped - later\n")
        + ran("X.testE", "failed", between: "<EXPR>:0: error: X.testE : threw error \"Err()\"\n")
        + "Test Case 'X.testP' started at 2026-11-21 11:11:17.325\npartial lineTest Case 'X.testP' passed (0.0 seconds)\n"
        + end("5 tests, with 1 test skipped and 2 failures (1 unexpected)")

    @Test("outcomes, times, places and messages are read, in pieces of any size", arguments: [1, 13, 10_000])
    func usual(piece: Int) throws {
        let report = try read(Self.usual, piece: piece)
        #expect(report.tests.map(\.id) == ["X.testA", "X.testB", "X.testC", "X.testE", "X.testP"])
        #expect(report.tests.map(\.outcome) == [.passed, .failed, .skipped, .errored, .passed])
        #expect(report.test("X.testA")?.durationNanoseconds == 250_000_000)
        #expect(report.test("X.testB")?.location == "Tests/T.swift:26")
        #expect(report.test("X.testB")?.message == "XCTAssertEqual failed: a : b")
        #expect(report.test("X.testC")?.message == "later")
        #expect(report.test("X.testC")?.cases == 0)
        #expect(report.test("X.testE")?.location == nil)
    }

    @Test("a case that started and never ended is running, then unfinished")
    func crash() throws {
        var state = XCTestConsoleState(context: ReadingContext(file: "swift test"))
        state.feed(
            Array((Self.start + Self.ran("X.testA", "passed") + "Test Case 'X.testZ' started at 2026-11-21 11:11:17.323\nFatal error").utf8)
        )
        #expect(state.running == ["X.testZ"])
        let report = try state.finish()
        #expect(report.test("X.testZ")?.outcome == .unfinished)
        #expect(report.test("X.testA")?.outcome == .passed)
    }

    @Test("a run that dies between two cases is unfinished itself")
    func diesBetween() throws {
        let report = try read(Self.start + Self.ran("X.testA", "passed"))
        #expect(report.test("(run)")?.outcome == .unfinished)
    }

    @Test("a program that prints a pass before it fails gains nothing")
    func fakePass() throws {
        let report = try read(
            Self.start + Self.ran("X.testA", "failed", between: "Test Case 'X.testA' passed (0.0 seconds)\n")
                + Self.end("1 test, with 1 failure (0 unexpected)"))
        #expect(report.test("X.testA")?.outcome == .failed)
    }

    @Test(
        "declared totals that the cases contradict are refused",
        arguments: [
            "2 tests, with 0 failures (0 unexpected)", "1 test, with 1 failure (0 unexpected)",
            "1 test, with 1 test skipped and 0 failures (0 unexpected)",
        ])
    func contradictions(totals: String) {
        #expect(throws: DocumentError.self) { try read(Self.start + Self.ran("X.testA", "passed") + Self.end(totals)) }
    }

    @Test("a result that torn output hides cannot pass")
    func torn() {
        #expect(throws: DocumentError.self) {
            try read(
                Self.start + "Test Case 'X.testA' started at 2026\nTest Case 'X.tes" + "noise\ntA' passed (0.0 seconds)\n"
                    + Self.end("1 test, with 0 failures (0 unexpected)"))
        }
    }

    @Test("a package without XCTest cases yields nothing and no error")
    func none() throws {
        let text =
            "Test Suite 'Selected tests' started at x\nTest Suite 'Selected tests' passed at y\n\t Executed 0 tests, with 0 failures (0 unexpected) in 0.0 (0.0) seconds\n"
        #expect(try read(text).tests.isEmpty)
    }
}
