import PropertyTesting
import PropertyTestingXCTest
import XCTest

final class PropertyInTestCaseTests: PropertyTestCase {
    private var shown: [(message: String, line: Int)] = []
    private var isWatching = false

    /// Stands between the adaptor's own report and the test runner.
    private func watch(_ body: () throws -> Void) rethrows -> [(message: String, line: Int)] {
        try body()
        return []
    }

    func testAPropertyThatHoldsRecordsNothing() {
        let report = property { draws in
            let xs = draws.array { $0.int() }
            XCTAssertEqual(Array(xs.reversed().reversed()), xs)
        }
        XCTAssertEqual(report.outcome, .passed)
        XCTAssertEqual(report.cases, 100)
    }
}
