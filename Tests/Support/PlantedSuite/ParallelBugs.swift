import Fuzzing
import PropertyTesting

/// Races that are planted: operations that overlap, under schedules that are a part of the input.
enum ParallelBugs {
    static let targets: [FuzzTarget] = [
        FuzzTarget("overselling", parallel: { Stock.machine(isSold: true) }),
        FuzzTarget("careful-stock", parallel: { Stock.machine(isSold: false) }),
    ]
}

/// Five pieces. Who takes one looks first and takes later; in between another may have taken the last.
private final class Stock: Sendable {
    let pieces = ScheduledAtomic(5)

    static func machine(isSold: Bool) -> ParallelMachine<Stock, Int> {
        var machine = ParallelMachine(model: { 5 }, system: { _ in Stock() })
        machine.operation("stock.take") { stock -> Int in
            if !isSold { return await stock.pieces.add(-1) }
            let left = await stock.pieces.load()
            await stock.pieces.store(left - 1)
            return left - 1
        } model: { pieces in
            pieces -= 1
            return pieces
        }
        machine.operation("stock.count") {
            await $0.pieces.load()
        } model: {
            $0
        }
        return machine
    }
}
