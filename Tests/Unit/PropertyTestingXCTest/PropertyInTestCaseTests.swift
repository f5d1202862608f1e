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
