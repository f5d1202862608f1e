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
            // For benchmarks: nothing, much, and the end.
            FuzzTarget.borrowing("empty") { _ in },
            FuzzTarget.borrowing("tokenizer") { bytes in _ = Tokenizer.count(bytes) },
            // What it says quotes the input, and is one bug all the same.
            FuzzTarget("quoting") { bytes in
                try expect(
                    bytes.first != 0x21, "the words \(String(decoding: bytes, as: UTF8.self).debugDescription) of \(bytes) are not taken")
            },
            // The same input runs other code each second time.
            FuzzTarget("moody") { bytes in
                Mood.calls += 1
                if Mood.calls % 2 == 0, bytes.count > 1 { Mood.weight &+= Int(bytes[1]) }
            },
            FuzzTarget("fatal") { bytes in shallow(bytes + [0]) },
        ] + ComparedBugs.targets + DeathBugs.targets + TypedBugs.targets + TypedBugsOfOtherShapes.targets + ParallelBugs.targets

    @inline(never) static func shallow(_ bytes: [UInt8]) { precondition(bytes.isEmpty, "a shallow bug") }
    @inline(never) static func deep(_ bytes: [UInt8]) { precondition(bytes.isEmpty, "a deeper bug") }
}

/// What a target must not keep between its calls.
enum Mood {
    nonisolated(unsafe) static var calls = 0
    nonisolated(unsafe) static var weight = 0
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

/// Splits a text into words, numbers, texts in quotes, comments and signs: branches for a benchmark, and no bug.
enum Tokenizer {
    static func count(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var tokens = 0
        var depth = 0
        var at = 0
        while at < bytes.count {
            let byte = bytes[at]
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            case 0x30...0x39:
                while at < bytes.count, (0x30...0x39).contains(bytes[at]) || bytes[at] == 0x2E { at += 1 }
                tokens += 1
            case 0x41...0x5A, 0x61...0x7A, 0x5F:
                let start = at
                while at < bytes.count, isWord(bytes[at]) { at += 1 }
                tokens += at - start == 3 && bytes[start] == 0x6C && bytes[start + 1] == 0x65 && bytes[start + 2] == 0x74 ? 2 : 1
            case 0x22:
                at += 1
                while at < bytes.count, bytes[at] != 0x22 { at += bytes[at] == 0x5C ? 2 : 1 }
                at += 1
                tokens += 1
            case 0x23:
                while at < bytes.count, bytes[at] != 0x0A { at += 1 }
            case 0x28, 0x5B, 0x7B:
                depth += 1
                at += 1
            case 0x29, 0x5D, 0x7D:
                depth = max(0, depth - 1)
                at += 1
            case 0x2B, 0x2D, 0x2A, 0x2F, 0x3D, 0x3C, 0x3E:
                at += at + 1 < bytes.count && bytes[at + 1] == 0x3D ? 2 : 1
                tokens += 1
            default: at += 1
            }
        }
        return tokens + depth
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
    }
}
