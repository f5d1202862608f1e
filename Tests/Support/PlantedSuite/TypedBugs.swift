import Fuzzing
import PropertyTesting

/// Typed bugs of different shapes, each as a typed target and, under `raw.`, as the same body on bytes that are decoded as choices one by one: what
/// changing the choices as choices is worth.
enum TypedBugs {
    static let targets: [FuzzTarget] =
        both("magic-record", { $0.array(0...12) { Record.draw($0) } }, deepMagic)
        + both("text-setting", { $0.array(0...6) { Setting.draw($0) } }, maintenance)
        + both("rare-leaf", Tree.draw, rareLeaf)
        + both("related-numbers", { (price: $0.int(in: 0...1_000_000_000), total: $0.int(in: 0...4_000_000_000)) }, related)
        + both("permutation", { $0.permutation(of: Array(0..<8)) }, secretOrder)
        + [
            FuzzTarget("six-rules", machine: SafeLock.machine),
            FuzzTarget("raw.six-rules") { bytes in try raw(bytes) { draws in try draws.run(SafeLock.machine()) } },
        ]

    private static func both<Value>(
        _ name: String, _ generate: @escaping @Sendable (Draws) -> Value, _ body: @escaping @Sendable (Value) throws -> Void
    ) -> [FuzzTarget] {
        [
            FuzzTarget(name, drawing: generate, body),
            FuzzTarget("raw.\(name)") { bytes in try raw(bytes) { try body(generate($0)) } },
        ]
    }

    /// Bytes as choices, little-endian base 128.
    private static func raw(_ bytes: [UInt8], _ body: (Draws) throws -> Void) rethrows {
        var indices: [UInt64] = []
        var (value, shift): (UInt64, UInt64) = (0, 0)
        for byte in bytes {
            value |= UInt64(byte & 0x7F) &<< shift
            shift += 7
            if byte < 0x80 || shift > 63 {
                indices.append(value)
                (value, shift) = (0, 0)
            }
        }
        input.begin(indices)
        try body(input.draws)
    }

    // A runner has one thread.
    nonisolated(unsafe) private static let input = DrawnInput()

    // MARK: Bodies

    static func deepMagic(_ records: [Record]) throws {
        for (place, record) in records.enumerated() where place >= 3 {
            if record.kind == .correction, record.amount == 918_273_645 { throw FuzzFailure("a correction of that amount is booked twice") }
        }
    }

    static func maintenance(_ settings: [Setting]) throws {
        for setting in settings where setting.isEnabled {
            if setting.name == "maintenance" { throw FuzzFailure("maintenance cannot be enabled") }
        }
    }

    static func rareLeaf(_ tree: Tree) throws {
        if tree.holdsRareLeaf(below: 4) { throw FuzzFailure("a rare leaf so deep is lost") }
    }

    static func related(_ pair: (price: Int, total: Int)) throws {
        if pair.price > 1000, pair.total == pair.price * 3 + 7 { throw FuzzFailure("three pieces and a fee are counted twice") }
    }

    static func secretOrder(_ order: [Int]) throws {
        var place = 0
        while place < order.count {
            if order[place] != (place * 5 + 3) % 8 { return }
            place += 1
        }
        throw FuzzFailure("that order jams the sorter")
    }
}

struct Record {
    enum Kind: CaseIterable { case payment, refund, fee, correction }

    var kind: Kind
    var amount: Int
    var note: String

    static func draw(_ draws: Draws) -> Record {
        Record(kind: draws.element(of: Kind.allCases), amount: draws.int(in: -1_000_000_000...1_000_000_000), note: draws.text(0...3))
    }
}

struct Setting {
    var isEnabled: Bool
    var name: String

    static func draw(_ draws: Draws) -> Setting { Setting(isEnabled: draws.bool(), name: draws.text(0...14)) }
}

indirect enum Tree {
    case leaf(Int)
    case node(Tree, Tree)

    @Sendable static func draw(_ draws: Draws) -> Tree {
        draws.recursive(maximumDepth: 6, leaf: { .leaf($0.element(of: Array(0..<40))) }, node: { _, grow in .node(grow(), grow()) })
    }

    func holdsRareLeaf(below depth: Int) -> Bool {
        switch self {
        case .leaf(let number): depth <= 0 && number == 27
        case .node(let left, let right): left.holdsRareLeaf(below: depth - 1) || right.holdsRareLeaf(below: depth - 1)
        }
    }
}

/// A lock that opens, and breaks, after six presses in one order.
struct SafeLock {
    var stage = 0

    @Sendable static func machine() -> StateMachine<SafeLock> {
        var machine = StateMachine { SafeLock() }
        for number in 0..<9 {
            machine.rule("lock.press\(number)") { lock, _ in
                lock.stage = number == [4, 7, 1, 8, 0, 5][lock.stage] ? lock.stage + 1 : 0
                if lock.stage == 6 { throw FuzzFailure("the lock breaks") }
            }
        }
        machine.fingerprint { lock, print in print.combine(lock.stage) }
        return machine
    }
}
