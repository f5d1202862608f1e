import Fuzzing
import PropertyTesting

/// A suite with planted bugs, so that what the fuzzing engine promises can be tested from outside: a process that dies for a reason.
@main struct PlantedSuite: FuzzSuite {
    static let targets =
        [
            FuzzTarget("magic") { bytes in
                if bytes.count >= 4, bytes[0] == 0x50, bytes[1] == 0x47, bytes[2] == 0x46, bytes[3] == 0x5A { shallow(bytes) }
            },
            FuzzTarget("two-bugs") { bytes in
                guard let first = bytes.first else { return }
                if first == 0x21 { shallow(bytes) }
                if first == 0x3F, bytes.count > 6, bytes[1...].starts(with: Array("deeper".utf8)) { deep(bytes) }
            },
            FuzzTarget("order", drawing: Order.draw) { order in
                if order.quantity > 90_000, order.side == .sell { throw FuzzFailure("a large sale is mistaken for a purchase") }
            },
            FuzzTarget("quiet") { bytes in _ = bytes.reduce(0) { $0 &+ Int($1) } },
        ] + TypedBugs.targets + TypedBugsOfOtherShapes.targets

    @inline(never) static func shallow(_ bytes: [UInt8]) { precondition(bytes.isEmpty, "a shallow bug") }
    @inline(never) static func deep(_ bytes: [UInt8]) { precondition(bytes.isEmpty, "a deeper bug") }
}

struct Order {
    enum Side: CaseIterable { case buy, sell }

    var quantity: Int
    var side: Side
    var symbol: String

    static func draw(_ draws: Draws) -> Order {
        Order(
            quantity: draws.int(in: 0...100_000), side: draws.element(of: Side.allCases),
            symbol: draws.text(0...4))
    }
}
