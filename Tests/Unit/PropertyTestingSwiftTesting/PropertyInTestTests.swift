import PropertyTesting
import PropertyTestingSwiftTesting
import Synchronization
import Testing

/// Keeps the issues that a piece of a test would show, and shows none.
private func shown(_ body: @Sendable () async throws -> Void) async throws -> [Issue] {
    let kept = Kept()
    guard let test = Test.current else { return [] }
    try await IssueHandlingTrait.compactMapIssues { issue in
        kept.issues.withLock { $0.append(issue) }
        return nil
    }.provideScope(for: test, testCase: Test.Case.current, performing: body)
    return kept.issues.withLock { $0 }
}

private final class Kept: Sendable {
    let issues = Mutex<[Issue]>([])
}

private final class Counter: Sendable {
    let value = Mutex(0)
    func add() { value.withLock { $0 += 1 } }
}

private struct Refused: Error {}

// Many of them fail on purpose.
@Suite("properties in Swift Testing", .property(leavesEvidence: false))
struct PropertyInTestTests {
    @Test("a property that holds records nothing and says what it ran")
    func holds() async throws {
        let issues = try await shown {
            let report = try await property { draws in
                let xs = draws.array { $0.int() }
                #expect(Array(xs.reversed().reversed()) == xs)
            }
            #expect(report.outcome == .passed && report.cases == 100)
        }
        #expect(issues.isEmpty)
    }

    @Test("a failed expectation is reported once, where it stands, with the simplest values")
    func fails() async throws {
        let line = #line + 5
        let issues = try await shown {
            try await property(seed: 4) { draws in
                let xs = draws.array(0...10) { $0.int(in: 0...100) }
                draws.note("xs = \(xs)")
                #expect(xs.sorted() == xs)
            }
        }
        #expect(issues.count == 1)
        let text = issues.first?.comments.first?.rawValue ?? ""
        #expect(issues.first?.sourceLocation?.line == line)
        #expect(text.contains("xs = [1, 0]"))
        #expect(text.contains("Expectation failed: (xs.sorted() → [0, 1]) == (xs → [1, 0])"))
        #expect(text.contains("replay: pt1-"))
        #expect(text.contains("of seed 4"))
    }

    @Test("a requirement that is not met, and a thrown error, falsify")
    func requireAndThrow() async throws {
        let required = try await shown {
            try await property(of: { $0.int(in: 0...100) }) { x in try #require(x < 31) }
        }
        #expect(required.count == 1)
        #expect(required.first?.comments.first?.rawValue.contains("\n  31  // a >= 31\n") == true)
        let thrown = try await shown {
            try await property(of: { $0.int(in: 0...100) }) { x in if x > 40 { throw Refused() } }
        }
        #expect(thrown.count == 1)
        #expect(thrown.first?.comments.first?.rawValue.contains("Refused") == true)
        #expect(thrown.first?.comments.first?.rawValue.contains("\n  41  // a >= 41\n") == true)
    }

    @Test("shrinking stays with the expectation that failed first")
    func twoExpectations() async throws {
        let issues = try await shown {
            try await property(of: { $0.int(in: 0...1000) }) { x in
                #expect(x < 500)
                if x < 500 { #expect(x < 100) }
            }
        }
        let text = issues.first?.comments.first?.rawValue ?? ""
        #expect(text.contains("x → 500") ? text.contains("\n  500\n") : text.contains("\n  100\n"))
    }

    @Test("a rejected case says nothing, and too many of them give up")
    func assumptions() async throws {
        let issues = try await shown {
            try await property { draws in
                let x = draws.int(in: 0...9)
                guard draws.assume(x % 2 == 0) else {
                    Issue.record("must not be seen")
                    return
                }
                #expect(x % 2 == 0)
            }
        }
        #expect(issues.isEmpty)
        let none = try await shown {
            try await property { draws in
                _ = draws.int()
                draws.assume(false)
            }
        }
        #expect(none.filter(\.isFailure).count == 1)
        #expect(none.first { $0.isFailure }?.comments.first?.rawValue.contains("gave up") == true)
        // The health check says how to mend it, as a warning.
        #expect(none.contains { !$0.isFailure && $0.comments.first?.rawValue.contains("tooManyDiscards") == true })
    }

    @Test("a known issue and a warning do not falsify")
    func knownIssues() async throws {
        let issues = try await shown {
            let report = try await property(cases: 20) { draws in
                _ = draws.int()
                withKnownIssue { Issue.record("known") }
                Issue.record("only a warning", severity: .warning)
            }
            #expect(report.outcome == .passed)
        }
        #expect(issues.isEmpty)
    }

    @Test("a body may suspend, and throw")
    func suspends() async throws {
        let issues = try await shown {
            try await property(cases: 60, seed: 2) { draws in
                let x = draws.int(in: 0...100)
                await Task.yield()
                draws.note("x = \(x)")
                #expect(x < 31)
            }
        }
        #expect(issues.count == 1)
        #expect(issues.first?.comments.first?.rawValue.contains("x = 31") == true)
    }

    /// Not Sendable, on purpose.
    private final class Tally {
        var bodies = 0
    }

    @MainActor
    @Test("a body stays in its caller's isolation and may use what is not Sendable")
    func isolated() async throws {
        let tally = Tally()
        try await property(cases: 10) { draws in
            _ = draws.int()
            MainActor.assertIsolated()
            tally.bodies += 1
        }
        try await property(cases: 10) { draws in
            _ = draws.int()
            await Task.yield()
            MainActor.assertIsolated()
            tally.bodies += 1
        }
        #expect(tally.bodies >= 20)
    }

    @Test("the trait sets cases and seed", .property(cases: 37, seed: 11))
    func trait() async throws {
        let report = try await property { draws in _ = draws.int() }
        #expect(report.cases == 37)
        let own = try await property(cases: 5) { draws in _ = draws.int() }
        #expect(own.cases == 5)
    }

    @Suite("of which the suite says how they run", .property(cases: 12))
    struct Inherited {
        @Test("a test inherits what its own trait leaves open", .property(seed: 3))
        func inherited() async throws {
            let report = try await property { draws in _ = draws.int() }
            #expect(report.cases == 12)
        }
    }

    @Test("a token replays one case, and one that fits no more is refused")
    func replay() async throws {
        let report = Mutex<PropertyReport?>(nil)
        _ = try await shown {
            let found = try await property(of: { $0.int(in: 0...100) }) { x in #expect(x < 31) }
            report.withLock { $0 = found }
        }
        let token = try #require(report.withLock { $0 }?.failures.first?.token.description)
        let bodies = Counter()
        let again = try await shown {
            try await property(of: { $0.int(in: 0...100) }, replay: token) { x in
                bodies.add()
                #expect(x < 31)
            }
        }
        #expect(bodies.value.withLock { $0 } == 1)
        #expect(again.first?.comments.first?.rawValue.contains("\n  31\n") == true)
        let stale = try await shown {
            try await property(of: { [$0.int(), $0.int()] }, replay: token) { _ in }
        }
        #expect(stale.count == 1)
        #expect(stale.first?.comments.first?.rawValue.contains("does not fit") == true)
    }

    @Test("a token that cannot be read and a property without cases are refused", .property(replay: "pt1-"))
    func refused() async throws {
        let unread = try await shown { try await property { _ in Issue.record("must not run") } }
        #expect(unread.count == 1)
        #expect(unread.first?.comments.first?.rawValue.contains("cannot be read: pt1-;") == true)
        let none = try await shown { try await property(cases: 0) { _ in Issue.record("must not run") } }
        #expect(none.count == 1)
        #expect(none.first?.comments.first?.rawValue.contains("at least 1") == true)
    }

    @Test("a failure that does not come again is reported as flaky, with both observations")
    func flaky() async throws {
        let issues = try await shown {
            let calls = Counter()
            try await property(cases: 20) { draws in
                let x = draws.int()
                calls.add()
                #expect(calls.value.withLock { $0 } != 7, "\(x)")
            }
        }
        #expect(issues.count == 1)
        let text = issues.first?.comments.first?.rawValue ?? ""
        #expect(text.contains("flaky") && text.contains("first: expectation") && text.contains("again: it passed"))
    }

    @Test("a trap is a failure that is shrunk", .property(isolation: .childProcess(caseLimit: .seconds(10))))
    func trap() async throws {
        let issues = try await shown {
            try await property { draws in
                let x = draws.int(in: 0...100)
                draws.note("x = \(x)")
                precondition(x < 31, "too large")
                #expect(x < 31)
            }
        }
        #expect(issues.count == 1)
        let text = issues.first?.comments.first?.rawValue ?? ""
        #expect(text.contains("x = 31") && text.contains("Precondition failed: too large"))
    }

    @Test("a failed expectation in a child is shown as one in this process", .property(isolation: .childProcess(caseLimit: .seconds(10))))
    func expectationInChild() async throws {
        let issues = try await shown {
            try await property(of: { $0.int(in: 0...100) }) { x in #expect(x < 31) }
        }
        #expect(issues.count == 1)
        #expect(issues.first?.comments.first?.rawValue.contains("x → 31") == true)
    }

    @Test("a body that suspends is refused in a child", .property(isolation: .childProcess(caseLimit: .seconds(10))))
    func suspendingInChild() async throws {
        let issues = try await shown {
            try await property { draws in
                _ = draws.int()
                await Task.yield()
            }
        }
        #expect(issues.first?.comments.first?.rawValue.contains("cannot run in a child process") == true)
    }

    @Test("a cancelled test throws and reports nothing")
    func cancelled() async throws {
        let issues = try await shown {
            let task = Task {
                try await property(cases: 10_000) { draws in
                    let x = draws.int()
                    withUnsafeCurrentTask { $0?.cancel() }
                    await Task.yield()
                    #expect(x != x)
                }
            }
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(issues.isEmpty)
    }

    @Test("a property outside of a test's task says so")
    func outside() async {
        await #expect(throws: PropertyOutsideTest.self) {
            try await Task.detached { try await property { draws in _ = draws.int() } }.value
        }
    }
}
