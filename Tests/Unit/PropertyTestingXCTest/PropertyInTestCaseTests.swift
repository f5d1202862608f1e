import PropertyTesting
import PropertyTestingXCTest
import XCTest

final class PropertyInTestCaseTests: PropertyTestCase {
    private struct Shown {
        var report: String
        var failure: CaseFailure
        var file: String
        var line: Int
    }

    private struct Refused: Error {}

    private static func number(_ draws: Draws) -> Int { draws.int(in: 0...100) }

    private var shown: [Shown] = []
    private var keepsReports = false

    override func record(_ report: String, of failure: CaseFailure, file: String, line: Int) {
        if keepsReports {
            shown.append(Shown(report: report, failure: failure, file: file, line: line))
        } else {
            super.record(report, of: failure, file: file, line: line)
        }
    }

    private var warnings: [String] = []

    override func warn(_ warning: String, file: String, line: Int) {
        if keepsReports { warnings.append(warning) } else { super.warn(warning, file: file, line: line) }
    }

    override func setUp() {
        super.setUp()
        shown = []
        keepsReports = false
    }

    func testAPropertyThatHoldsRecordsNothing() {
        let report = property { draws in
            let xs = draws.array { $0.int() }
            XCTAssertEqual(Array(xs.reversed().reversed()), xs)
        }
        XCTAssertEqual(report.outcome, .passed)
        XCTAssertEqual(report.cases, 100)
    }

    func testAFailedAssertionIsReportedOnceWhereItStands() {
        keepsReports = true
        let line = #line + 4
        property(cases: 200, seed: 3) { draws in
            let xs = draws.array(0...10) { $0.int(in: 0...100) }
            draws.note("xs = \(xs)")
            XCTAssertEqual(xs.sorted(), xs, "sorted")
        }
        keepsReports = false
        XCTAssertEqual(shown.count, 1)
        XCTAssertEqual(shown.first?.line, line)
        XCTAssertEqual(shown.first?.file.hasSuffix("PropertyInTestCaseTests.swift"), true)
        XCTAssertEqual(shown.first?.report.contains("xs = [1, 0]"), true)
        XCTAssertEqual(shown.first?.report.contains("replay: pt1-"), true)
    }

    func testAThrownErrorFalsifiesAndIsNamed() {
        keepsReports = true
        property(of: Self.number) { x in
            if x > 30 { throw Refused() }
        }
        keepsReports = false
        XCTAssertEqual(shown.count, 1)
        XCTAssertEqual(shown.first?.failure.origin.reason.hasSuffix("Refused"), true)
        XCTAssertEqual(shown.first?.report.contains("\n  31  // a >= 31\n"), true)
    }

    func testATokenReplaysOneCase() throws {
        keepsReports = true
        let failing = property(of: Self.number) { x in XCTAssertLessThan(x, 31) }
        let token = try XCTUnwrap(failing.failures.first?.token)
        shown = []
        var bodies = 0
        property(of: Self.number, replay: token.description) { x in
            bodies += 1
            XCTAssertLessThan(x, 31)
        }
        keepsReports = false
        XCTAssertEqual(bodies, 1)
        XCTAssertEqual(shown.count, 1)
    }

    func testATokenThatCannotBeReadAndNoCasesAreRefused() {
        keepsReports = true
        property(of: Self.number, replay: "pt1-00") { _ in XCTFail("must not run") }
        property(of: Self.number, cases: 0) { _ in XCTFail("must not run") }
        keepsReports = false
        XCTAssertEqual(shown.count, 2)
        XCTAssertEqual(shown.first?.report.contains("cannot be read: pt1-00"), true)
        XCTAssertEqual(shown.last?.report.contains("at least 1"), true)
    }

    func testTheSessionSaysHowPropertiesAreRunAndIsCheckedFirst() {
        keepsReports = true
        session.settings.budget = 3
        session.settings.discardLimit = 30
        let report = property { draws in for _ in 0..<4 { _ = draws.int() } }
        XCTAssertEqual(report.outcome, .gaveUp)
        XCTAssertEqual(report.discarded, 31)
        XCTAssertEqual(warnings.count, 1)
        XCTAssertEqual(warnings.first?.contains("tooLarge"), true)
        session.settings.budget = 0
        property { _ in XCTFail("must not run") }
        keepsReports = false
        XCTAssertEqual(shown.count, 2)
        XCTAssertEqual(shown.last?.report.contains("budget of 1 to"), true)
    }

    func testWhatFailsIsRememberedUnderTheNameOfTheTest() {
        let store = TransientExamples()
        session.store = store
        keepsReports = true
        property(of: Self.number) { x in XCTAssertLessThan(x, 31) }
        property(of: Self.number) { x in XCTAssertLessThan(x, 41) }
        keepsReports = false
        XCTAssertEqual(store.load("\(name)+1").examples.map(\.token), [ReplayToken(indices: [31])])
        XCTAssertEqual(store.load("\(name)+2").examples.map(\.token), [ReplayToken(indices: [41])])
    }

    /// A test with two properties, run by the next one and by itself.
    final class TwoProperties: PropertyTestCase {
        var shown: [String] = []
        override func record(_ report: String, of failure: CaseFailure, file: String, line: Int) { shown.append(report) }
        func both() {
            property(of: { $0.int(in: 0...100) }, { _ in })
            property(of: { [$0.int(in: 0...3), $0.int(in: 0...100)] }, { _ in })
        }
    }

    func testTheSessionsTokenRunsTheCaseOfThePropertyThatItFits() {
        func run(_ token: [UInt64]) -> TwoProperties {
            let test = TwoProperties(name: "both") { test in (test as? TwoProperties)?.both() }
            test.session.replay = ReplayToken(indices: token)
            test.invokeTest()
            return test
        }
        let fitting = run([2, 31])
        XCTAssertEqual(fitting.shown, [])
        let stale = run([2, 3, 4])
        XCTAssertEqual(stale.shown.count, 2)
        XCTAssertEqual(stale.shown.allSatisfy { $0.contains("does not fit") }, true)
    }

    func testABodyMaySuspend() async {
        keepsReports = true
        let report = await property(cases: 50) { draws in
            let x = draws.int(in: 0...100)
            await Task.yield()
            draws.note("x = \(x)")
            XCTAssertLessThan(x, 31)
        }
        keepsReports = false
        XCTAssertEqual(report.outcome, .falsified)
        XCTAssertEqual(shown.count, 1)
        XCTAssertEqual(shown.first?.report.contains("x = 31"), true)
    }
}
