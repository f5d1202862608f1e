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

/// The same for a piece of a test that stands under a trait of its own.
private func shownUnder(_ trait: PropertyTrait, _ body: @escaping @Sendable () async throws -> Void) async throws -> [Issue] {
    let test = try #require(Test.current)
    return try await shown { try await trait.provideScope(for: test, testCase: Test.Case.current, performing: body) }
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

    @Test("the trait's token runs the case of the property that it fits and leaves the others out; where it fits none, the test fails")
    func traitReplay() async throws {
        // Two choices, within one property only.
        let token = ReplayToken(indices: [2, 31]).description
        let (ran, other) = (Counter(), Counter())
        let issues = try await shownUnder(.property(replay: token)) {
            try await property(of: { $0.int(in: 0...100) }) { _ in other.add() }
            try await property(of: { ($0.int(in: 0...3), $0.int(in: 0...100)) }) { _, x in
                ran.add()
                #expect(x < 31)
            }
            try await property { draws in
                let xs = [draws.int(), draws.int(), draws.int()]
                await Task.yield()
                #expect(xs.count > 3)
            }
        }
        #expect(ran.value.withLock { $0 } == 1)
        #expect(issues.count == 1)
        #expect(issues.first?.comments.first?.rawValue.contains("replay: \(token)") == true)
        let stale = try await shownUnder(.property(replay: token)) {
            try await property(of: { $0.int(in: 0...100) }) { _ in }
            try await property(of: { [$0.int(), $0.int(), $0.int()] }) { _ in }
        }
        #expect(stale.count == 2)
        #expect(stale.allSatisfy { $0.comments.first?.rawValue.contains("does not fit") == true })
    }

    @Test("the trait sets the budget, what is borne of rejected cases, and how many bugs are looked for")
    func limits() async throws {
        let overrun = try await shownUnder(.property(budget: 3, discardLimit: 7)) {
            let report = try await property { draws in for _ in 0..<4 { _ = draws.int() } }
            #expect(report.outcome == .gaveUp && report.discarded == 8)
        }
        #expect(overrun.contains { $0.comments.first?.rawValue.contains("gave up") == true })
        let found = Mutex<[PropertyReport]>([])
        func bugs(_ trait: PropertyTrait) async throws -> [Issue] {
            try await shownUnder(trait) {
                let report = try await property { draws in
                    switch draws.int(in: 0...3) {
                    case 1: Issue.record("one")
                    case 2: Issue.record("two")
                    case 3: Issue.record("three")
                    default: break
                    }
                }
                found.withLock { $0.append(report) }
            }
        }
        #expect(try await bugs(.property()).count == 3)
        #expect(try await bugs(.property(maximumFailures: 2)).count == 2)
        #expect(try await bugs(.property(searchOn: 0)).count == 1)
    }

    @Test("an inner trait goes before an outer one, setting by setting")
    func inheritedLimits() async throws {
        let issues = try await shownUnder(.property(budget: 2, discardLimit: 5)) {
            let test = try #require(Test.current)
            try await PropertyTrait.property(budget: 4).provideScope(for: test, testCase: Test.Case.current) {
                let fits = try await property(cases: 10) { draws in for _ in 0..<4 { _ = draws.int() } }
                #expect(fits.outcome == .passed)
                let refused = try await property(cases: 10) { draws in for _ in 0..<5 { _ = draws.int() } }
                #expect(refused.discarded == 6)
            }
        }
        #expect(issues.filter(\.isFailure).count == 1)
    }

    @Test(
        "settings that mean nothing are refused by name",
        arguments: [
            (PropertyTrait.property(cases: 0), "at least 1"), (.property(budget: 0), "budget of 1 to"),
            (.property(budget: .max), "budget of 1 to"),
            (.property(discardLimit: -1), "discard limit"), (.property(searchOn: -1), "search on"),
            (.property(maximumFailures: 0), "hide every bug"),
        ])
    func meaningless(_ trait: PropertyTrait, _ words: String) async throws {
        let issues = try await shownUnder(trait) { try await property { _ in Issue.record("must not run") } }
        #expect(issues.count == 1)
        #expect(issues.first?.comments.first?.rawValue.contains(words) == true)
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
