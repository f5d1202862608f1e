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

    // MARK: Deaths

    /// Three at the top in a row, of numbers and of rules: what traps can only be run in a process of its own.
    private static let trapping = FuzzTarget(
        "trap", drawing: { $0.array(0...8) { $0.int(in: 0...100) } }, { precondition($0.max() ?? 0 < 50) })

    private static let trappingMachine = FuzzTarget(
        "trap",
        machine: {
            var machine = StateMachine { 0 }
            machine.rule("add") { number, _ in
                number += 1
                precondition(number < 3)
            }
            machine.rule("look") { _, _ in }
            return machine
        })

    private static func minimum(_ target: FuzzTarget, _ input: [UInt64]) throws -> [UInt64] {
        guard let drawn = TargetRunner(target: target).drawn else { throw FuzzFailure("not typed") }
        let found = drawn.minimised(ChoiceBytes.bytes(input)) { SuiteReplay.end(of: target, on: $0, limits: Zygote.Limits()) != nil }
        return ChoiceBytes.indices(found)
    }

    @Test func aTrapIsMadeSmallInProcessesOfItsOwn() async {
        await #expect(processExitsWith: .success) {
            let found = try Self.minimum(Self.trapping, [1, 7, 1, 99, 1, 3, 0])
            try expect(found == [1, 50, 0], "\(found)")
        }
    }

    @Test func soIsARunOfAMachine() async {
        await #expect(processExitsWith: .success) {
            let found = try Self.minimum(Self.trappingMachine, [1, 1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 0])
            try expect(found == [1, 0, 1, 0, 1, 0], "\(found)")
        }
    }

    @Test func aRunThatDiesIsTold() async {
        await #expect(processExitsWith: .success) {
            let text = Self.trappingMachine.literal(of: [1, 0, 1, 1, 1, 0, 1, 0, 0])
            try expect(text == "add()\nlook()\nadd()\n// the next step ends the process; its choices: 1, 0", text)
            try expect(Self.trappingMachine.literal(of: [1, 0, 1, 1, 0]) == "add()\nlook()", "a run that does not die is told whole")
        }
    }
}
