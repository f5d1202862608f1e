import Evidence
import StrictDocuments
import Testing

private typealias Fixture = EventStreamFixture

@Suite struct EventStreamTests {
    private func run(_ declared: [String], _ events: [String], symbol: String = "pass") -> String {
        Fixture.stream(declared + [Fixture.event("runStarted")] + events + [Fixture.event("runEnded", symbol: symbol, text: "the run")])
    }

    private func read(_ declared: [String], _ events: [String], symbol: String = "pass") throws -> Facts {
        try facts("swift-testing", run(declared, events, symbol: symbol), roots: ["/r"])
    }

    @Test("a passing test has its short id, place and duration")
    func green() throws {
        let report = try facts("swift-testing", Fixture.stream(Fixture.green), roots: ["/r"])
        #expect(
            report.tests == [
                TestFact(id: "A.B/a()", outcome: .passed, durationNanoseconds: 250_000_000, location: "Tests/T.swift:1")
            ])
        #expect(try facts("swift-testing", Fixture.stream(Fixture.green)).tests.first?.location == "A/T.swift:1")
    }

    @Test("failures, known issues, warnings, skips and cancellations are told apart")
    func outcomes() throws {
        let names = ["fails()", "known()", "warns()", "skipped()", "cancelled()"]
        let report = try read(
            [Fixture.test("B", kind: "suite")] + names.map { Fixture.test($0) },
            [
                Fixture.event("testStarted", ""), Fixture.event("testStarted", "fails()"),
                Fixture.event("issueRecorded", "fails()", text: "1 is not 2", issue: Fixture.failure),
                Fixture.event("testEnded", "fails()", symbol: "fail", text: "failed"), Fixture.event("testStarted", "known()"),
                Fixture.event("issueRecorded", "known()", text: "k", issue: Fixture.known), Fixture.event("testEnded", "known()"),
                Fixture.event("testStarted", "warns()"), Fixture.event("issueRecorded", "warns()", text: "w", issue: Fixture.warning),
                Fixture.event("testEnded", "warns()"), Fixture.event("testSkipped", "skipped()", symbol: "skip", text: "why"),
                Fixture.event("testStarted", "cancelled()"), Fixture.event("testCancelled", "cancelled()"),
                Fixture.event("testCaseCancelled", "cancelled()"),
                Fixture.event("testEnded", "cancelled()", symbol: "skip", text: "enough"), Fixture.event("testEnded", ""),
                Fixture.event("somethingNew", "fails()"), #"{"kind":"metadata","payload":{},"version":"6.3.0"}"#,
            ], symbol: "fail")
        #expect(report.tests.count == 5)
        #expect(report.test("A.B/fails()")?.outcome == .failed)
        #expect(report.test("A.B/fails()")?.message == "1 is not 2")
        #expect(report.test("A.B/fails()")?.location == "Tests/T.swift:9")
        #expect(report.test("A.B/known()")?.outcome == .passed)
        #expect(report.test("A.B/known()")?.knownIssues == 1)
        #expect(report.test("A.B/warns()")?.outcome == .passed)
        #expect(report.test("A.B/warns()")?.warnings == 1)
        #expect(report.test("A.B/skipped()")?.outcome == .skipped)
        #expect(report.test("A.B/skipped()")?.message == "why")
        #expect(report.test("A.B/cancelled()")?.outcome == .skipped)
        #expect(report.test("A.B/cancelled()")?.cases == 0)
    }

    @Test("before 6.3 every unknown issue is a failure")
    func versionZero() throws {
        let lines = run(
            [Fixture.test("a()"), Fixture.test("k()")],
            [
                Fixture.event("testStarted", "a()"), Fixture.event("issueRecorded", "a()", text: "no", issue: #"{"isKnown":false}"#),
                Fixture.event("testEnded", "a()"), Fixture.event("testStarted", "k()"),
                Fixture.event("issueRecorded", "k()", text: "no", issue: #"{"isKnown":true}"#), Fixture.event("testEnded", "k()"),
            ])
        let report = try facts(
            "swift-testing", lines.split(separator: "\"6.3.0\"", omittingEmptySubsequences: false).joined(separator: "0"))
        #expect(report.test("A.B/a()")?.outcome == .failed)
        #expect(report.test("A.B/k()")?.outcome == .passed)
    }

    @Test("cases of a parameterised test are counted without the cancelled ones")
    func cases() throws {
        let started = (0..<3).map { _ in Fixture.event("testCaseStarted", "p(_:)") }
        let report = try read(
            [Fixture.test("p(_:)")],
            [Fixture.event("testStarted", "p(_:)")] + started + [
                Fixture.event("testCaseEnded", "p(_:)"), Fixture.event("testCaseCancelled", "p(_:)"), Fixture.event("testEnded", "p(_:)"),
            ])
        #expect(report.tests.first?.cases == 2)
    }

    @Test("a test that runs again keeps its worst outcome")
    func repetitions() throws {
        let report = try read(
            [Fixture.test("a()")],
            [
                Fixture.event("testStarted", "a()", at: "1"), Fixture.event("issueRecorded", "a()", text: "no", issue: Fixture.failure),
                Fixture.event("testEnded", "a()", at: "2"), Fixture.event("testStarted", "a()", at: "3"),
                Fixture.event("testEnded", "a()", at: "5"),
            ], symbol: "fail")
        #expect(report.tests.first?.outcome == .failed)
        #expect(report.tests.first?.cases == 2)
        #expect(report.tests.first?.durationNanoseconds == 3_000_000_000)
    }

    @Test("an issue that comes after its test's end still fails it")
    func lateIssue() throws {
        let report = try read(
            [Fixture.test("a()")],
            [
                Fixture.event("testStarted", "a()"), Fixture.event("testEnded", "a()"),
                Fixture.event("issueRecorded", "a()", text: "late", issue: Fixture.failure),
            ])
        #expect(report.tests.first?.outcome == .failed)
    }

    @Test("issues of a suite, of the run, and a failure that no issue tells are never lost")
    func strayFailures() throws {
        let one = [Fixture.event("testStarted", "a()"), Fixture.event("testEnded", "a()")]
        let suite = try read(
            [Fixture.test("B", kind: "suite"), Fixture.test("a()")],
            one + [Fixture.event("issueRecorded", "", text: "set-up", issue: Fixture.failure)], symbol: "fail")
        #expect(suite.test("A.B")?.outcome == .errored)
        let stray = try read([Fixture.test("a()")], one + [Fixture.event("issueRecorded", text: "stray", issue: Fixture.failure)])
        #expect(stray.test("(run)")?.outcome == .errored)
        let told = try read([Fixture.test("a()")], one, symbol: "fail")
        #expect(told.test("(run)")?.message == "the run")
        let symbol = try read(
            [Fixture.test("a()")], [Fixture.event("testStarted", "a()"), Fixture.event("testEnded", "a()", symbol: "fail", text: "failed")])
        #expect(symbol.test("A.B/a()")?.outcome == .failed)
    }

    @Test("a test that was declared and never spoken of is unfinished")
    func neverStarted() throws {
        let report = try read(
            [Fixture.test("a()"), Fixture.test("b()")], [Fixture.event("testStarted", "a()"), Fixture.event("testEnded", "a()")])
        #expect(report.test("A.B/b()")?.outcome == .unfinished)
        #expect(report.test("A.B/b()")?.cases == 0)
    }

    @Test("two tests whose ids differ in the place alone keep it")
    func collidingIDs() throws {
        let report = try read(
            [Fixture.test("a()", line: 1), Fixture.test("a()", line: 2)],
            [1, 2].flatMap { [Fixture.event("testStarted", "a()", line: $0), Fixture.event("testEnded", "a()", line: $0)] })
        #expect(report.tests.map(\.id) == ["A.B/a()/T.swift:1:6", "A.B/a()/T.swift:2:6"])
    }

    @Test("a stream without the end of its run is refused and names what was running")
    func truncated() {
        let lines = [Fixture.test("hangs()"), Fixture.event("runStarted"), Fixture.event("testStarted", "hangs()")]
        let error = refusal("swift-testing", Fixture.stream(lines))
        #expect(error?.kind == .truncated)
        #expect(error?.message.contains("A.B/hangs()") == true)
    }

    @Test(
        "what is no stream of a known version is refused",
        arguments: [
            ("", DocumentError.Kind.empty), ("\n", .empty), ("{}", .missingKey), ("[]", .wrongType), ("{", .truncated),
            (#"{"kind":"test","payload":{"id":"a","kind":"function"},"version":"7.0"}"#, .newerVersion),
            (#"{"kind":"test","payload":{"id":"a","kind":"function"},"version":7}"#, .newerVersion),
            (#"{"kind":"test","payload":{"id":"a","kind":"function"},"version":"x"}"#, .badValue),
            (#"{"kind":"test","payload":{"id":"a","kind":"function"},"version":-1}"#, .badValue),
            (#"{"kind":"test","payload":{"kind":"function"},"version":0}"#, .missingKey),
            (#"{"kind":"event","payload":{"kind":"runEnded"},"version":0}"#, .contradiction),
            (#"{"kind":"event","payload":{"kind":"testStarted","testID":"x"},"version":0}"#, .contradiction),
            (#"{"kind":"event","kind":"event","payload":{"kind":"runStarted"},"version":0}"#, .duplicate),
        ] as [(String, DocumentError.Kind)])
    func refusals(stream: String, kind: DocumentError.Kind) { #expect(refusal("swift-testing", stream)?.kind == kind) }

    @Test("a run of no test is no evidence")
    func noTest() { #expect(refusal("swift-testing", run([], []))?.kind == .empty) }

    @Test("errors name the line of the stream")
    func positions() {
        let error = refusal("swift-testing", Fixture.stream([Fixture.test("a()"), Fixture.event("runStarted"), "{\"kind\": oops}"]))
        #expect(error?.position?.line == 3)
        #expect(error?.position?.column == 10)
    }

    @Test("a collector sees what is running, however the bytes arrive, and facts when the process dies")
    func incremental() throws {
        let bytes = Array(Fixture.stream([Fixture.test("a()"), Fixture.test("b()")] + Fixture.green.dropFirst().dropLast() + [""]).utf8)
        for size in [1, 7, 1000] {
            var state = EventStreamState(context: ReadingContext(file: "pipe"))
            for start in stride(from: 0, to: bytes.count, by: size) { try state.feed(Array(bytes[start..<min(start + size, bytes.count)])) }
            #expect(state.running == [])
            #expect(state.declaredTests == 2)
            try state.feed(Array((Fixture.event("testStarted", "b()") + "\n{\"kind\":").utf8))
            #expect(state.running == ["A.B/b()"])
            #expect(!state.sawRunEnd)
            let report = state.finish(processEnded: true)
            #expect(report.test("A.B/a()")?.outcome == .passed)
            #expect(report.test("A.B/b()")?.outcome == .unfinished)
            #expect(report.test("(run)") == nil)
        }
    }

    @Test("a run that dies between two tests is unfinished itself")
    func diesBetween() throws {
        var state = EventStreamState(context: ReadingContext(file: "pipe"))
        try state.feed(Array(Fixture.stream(Array(Fixture.green.dropLast()) + [""]).utf8))
        #expect(state.finish().test("(run)")?.outcome == .unfinished)
    }
}
