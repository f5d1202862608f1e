import Hello
import XCTest

/// The older framework beside the newer one, as in many packages; a gate counts the tests of both.
final class OrderQuantityXCTests: XCTestCase {
    func testTheLimitItselfIsAllowed() throws {
        XCTAssertEqual(try OrderQuantity("1,000m").units, OrderQuantity.limit)
    }

    func testOneMoreThanTheLimitIsRefused() {
        XCTAssertThrowsError(try OrderQuantity("1,000,000,001")) { error in
            XCTAssertEqual(error as? OrderQuantity.Mistake, .tooLarge(limit: OrderQuantity.limit))
        }
    }
}
