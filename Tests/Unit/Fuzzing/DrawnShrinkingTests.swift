import PropertyTesting
import Testing

@testable import Fuzzing

/// A finding of a typed target is made as small as the property engine makes it.
@Suite struct DrawnShrinkingTests {
    private struct Order: Hashable {
        var quantity: Int
        var notes: [String]
        @Sendable static func draw(_ draws: Draws) -> Order {
            Order(quantity: draws.int(in: 0...1_000_000), notes: draws.array(0...6) { $0.text(0...8) })
        }
    }

    @Sendable private static func isBad(_ orders: [Order]) -> Bool {
        orders.contains { $0.quantity > 90_000 && $0.notes.contains { $0.count > 2 } } && orders.count > 1
    }

    @Sendable private static func orders(_ draws: Draws) -> [Order] { draws.array(0...10, of: Order.draw) }

    private static let target = FuzzTarget("orders", drawing: orders) { try expect(!isBad($0), "order 17 is lost") }

    private func propertyMinimum() throws -> [UInt64] {
        let result = PropertyEngine.run(PropertySettings(cases: 20_000), generate: Self.orders, holds: { !Self.isBad($0) })
        guard case .falsified(_, _, let sequence) = result.outcome else { throw FuzzFailure("the property was not falsified") }
        return sequence.indices
    }

    private func failing(_ number: UInt64) throws -> [UInt8] {
        let drawn = try #require(TargetRunner(target: Self.target).drawn)
        for seed in (number * 100_000)..<(number * 100_000 + 50_000) {
            let indices = try #require(drawn.completed([], seed: seed))
            let bytes = ChoiceBytes.bytes(indices)
            do { try bytes.withUnsafeBufferPointer { try drawn.run($0) } } catch { return bytes }
        }
        throw FuzzFailure("no failing case was drawn")
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func aThrownErrorHasThePropertysMinimum(_ number: UInt64) throws {
        let drawn = try #require(TargetRunner(target: Self.target).drawn)
        let minimum = try #require(drawn.minimised(throwing: try failing(number)))
        #expect(ChoiceBytes.indices(minimum) == (try propertyMinimum()))
    }

    @Test(arguments: 0..<4 as Range<UInt64>) func soHasADeath(_ number: UInt64) throws {
        let drawn = try #require(TargetRunner(target: Self.target).drawn)
        var asked = 0
        let minimum = drawn.minimised(try failing(number)) { candidate in
            asked += 1
            let values = PropertyEngine.replay(ChoiceBytes.indices(candidate), generate: Self.orders)
            return values.isWhole && Self.isBad(values.value)
        }
        #expect(asked > 0)
        #expect(ChoiceBytes.indices(minimum) == (try propertyMinimum()))
    }

    @Test func whatDoesNotFailIsReturnedAsItIs() throws {
        let drawn = try #require(TargetRunner(target: Self.target).drawn)
        #expect(drawn.minimised([1, 2, 3]) { _ in false } == [1, 2, 3])
        #expect(drawn.minimised(throwing: [0]) == nil)
    }

    @Test func anotherErrorIsNotTheSame() throws {
        let target = FuzzTarget(
            "t", drawing: { $0.int(in: 0...1000) },
            { number in
                if number > 500 { throw FuzzFailure("large: \(number)") }
                if number > 10 { throw FuzzFailure("middling: \(number)") }
            })
        let drawn = try #require(TargetRunner(target: target).drawn)
        #expect(drawn.minimised(throwing: ChoiceBytes.bytes([700])) == ChoiceBytes.bytes([501]))
        #expect(drawn.minimised(throwing: ChoiceBytes.bytes([100])) == ChoiceBytes.bytes([11]))
    }
}
