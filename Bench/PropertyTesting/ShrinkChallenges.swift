import PropertyTesting

/// The public shrinking challenge of the field, and *replacement* from the evaluation of Hypothesis' reducer.
enum ShrinkChallenges {
    static var all: [Challenge] { bounds + pairs + lists + structures }

    private static func wrappedSum(_ values: [Int16]) -> Int16 { values.reduce(0, &+) }

    private static func bound(_ name: String, lengths: ClosedRange<Int>, peerBodies: Int?) -> Challenge {
        Challenge(name, minima: ["[[], [], [], [-1], [-32768]]"], peerBodies: peerBodies) { draws in
            (0..<5).map { _ in draws.filtered({ wrappedSum($0) < 256 }) { $0.array(lengths) { $0.integer(Int16.self) } } }
        } holds: {
            wrappedSum($0.flatMap { $0 }) < 1280
        }
    }

    private static var bounds: [Challenge] {
        [bound("bound5", lengths: 0...10, peerBodies: nil), bound("bound5_maxlen1", lengths: 0...1, peerBodies: 117)]
    }

    private static var pairs: [Challenge] {
        func pair(_ draws: Draws) -> [Int] { [draws.int(in: 1...(1 << 31 - 1)), draws.int(in: 1...(1 << 31 - 1))] }
        func difference(_ pair: [Int]) -> Int { abs(pair[0] - pair[1]) }
        return [
            Challenge("difference_not_zero", minima: ["[10, 10]"], peerBodies: 24, generate: pair) { $0[0] < 10 || difference($0) != 0 },
            Challenge("difference_not_small", minima: ["[10, 6]"], peerBodies: 39, generate: pair) {
                $0[0] < 10 || !(1...4).contains(difference($0))
            },
            Challenge("difference_not_one", minima: ["[10, 9]"], peerBodies: 35, generate: pair) { $0[0] < 10 || difference($0) != 1 },
            Challenge("replacement", minima: ["(1000000, [])"]) { draws -> (Int, [Int]) in
                (draws.int(in: 0...1_000_000), draws.array { $0.int(in: 2...10) })
            } holds: { start, factors in
                factors.reduce(Double(start)) { $0 * Double($1) } < 1e6
            },
        ]
    }

    private static var lists: [Challenge] {
        [
            Challenge("large_union_list", minima: ["[[0, 1, -1, 2, -2]]"], peerBodies: 151) {
                $0.array { $0.array { $0.int() } }
            } holds: {
                Set($0.flatMap { $0 }).count < 5
            },
            Challenge("reverse", minima: ["[0, 1]"], peerBodies: 7) {
                $0.array { $0.int() }
            } holds: {
                $0 == $0.reversed()
            },
            Challenge("distinct", minima: ["[0, 1, -1]", "[0, 1, 2]"], peerBodies: 34) {
                $0.array { $0.int() }
            } holds: {
                Set($0).count < 3
            },
            Challenge("nestedlists", minima: ["[\([Int](repeating: 0, count: 11))]"], peerBodies: 21) {
                $0.array { $0.array { _ in 0 } }
            } holds: {
                $0.reduce(0) { $0 + $1.count } <= 10
            },
            Challenge("lengthlist", minima: ["[900]"], peerBodies: 86) { draws -> [Int] in
                let count = draws.int(in: 1...100)
                return (0..<count).map { _ in draws.int(in: 0...1000) }
            } holds: {
                ($0.max() ?? 0) < 900
            },
            Challenge("coupling", minima: ["[1, 0]"]) {
                $0.array { $0.int(in: 0...10) }
            } holdsAssuming: { draws, values in
                guard draws.assume(values.allSatisfy { $0 < values.count }) else { return true }
                return values.indices.allSatisfy { values[$0] == $0 || values[values[$0]] != $0 }
            },
            Challenge("deletion", minima: ["([0, 0], 0)"], peerBodies: 5) { draws -> ([Int], Int) in
                (draws.array { $0.int() }, draws.int(in: 0...10))
            } holdsAssuming: { draws, value in
                let (values, index) = value
                guard draws.assume(index < values.count) else { return true }
                var rest = values
                if let first = rest.firstIndex(of: values[index]) { rest.remove(at: first) }
                return !rest.contains(values[index])
            },
        ]
    }

    // MARK: Structures

    private static var structures: [Challenge] {
        [
            Challenge("calculator", minima: ["/(0, +(0, 0))"], peerBodies: 39) { draws in
                draws.recursive(
                    leaf: { Expression.literal($0.int()) },
                    node: { draws, inner in draws.bool() ? .quotient(inner(), inner()) : .sum(inner(), inner()) })
            } holds: {
                $0.dividesByLiteralZero || $0.value != nil
            },
            Challenge("binheap", minima: ["(0,–,(0,(0,–,–),(1,–,–)))"], peerBodies: 106) { draws in
                Heap.draw(draws, size: draws.int(in: 0...20), least: nil)
            } holds: { heap in
                let listed = heap.wronglySorted
                return listed == listed.sorted() && listed == heap.items.sorted()
            },
        ]
    }

    private indirect enum Expression: CustomStringConvertible {
        case literal(Int)
        case sum(Expression, Expression)
        case quotient(Expression, Expression)

        /// nil where it divides by zero.
        var value: Int? {
            switch self {
            case .literal(let value): return value
            case .sum(let a, let b):
                guard let x = a.value, let y = b.value else { return nil }
                return x &+ y
            case .quotient(let a, let b):
                guard let x = a.value, let y = b.value, y != 0 else { return nil }
                return x.dividedReportingOverflow(by: y).partialValue
            }
        }

        var dividesByLiteralZero: Bool {
            switch self {
            case .literal: return false
            case .sum(let a, let b): return a.dividesByLiteralZero || b.dividesByLiteralZero
            case .quotient(let a, let b):
                if case .literal(0) = b { return true }
                return a.dividesByLiteralZero || b.dividesByLiteralZero
            }
        }

        var description: String {
            switch self {
            case .literal(let value): "\(value)"
            case .sum(let a, let b): "+(\(a), \(b))"
            case .quotient(let a, let b): "/(\(a), \(b))"
            }
        }
    }

    /// A binary heap with the least item at the root, valid by construction.
    private indirect enum Heap: CustomStringConvertible {
        case empty
        case node(Int, Heap, Heap)

        static func draw(_ draws: Draws, size: Int, least: Int?) -> Heap {
            guard size > 0, !draws.isOverrun, draws.int(in: 1...8) > 1 else { return .empty }
            let key = draws.int(in: (least ?? .min) ... .max)
            return .node(key, draw(draws, size: size / 2, least: key), draw(draws, size: size / 2, least: key))
        }

        var items: [Int] {
            switch self {
            case .empty: []
            case .node(let key, let left, let right): [key] + right.items + left.items
            }
        }

        static func merge(_ a: Heap, _ b: Heap) -> Heap {
            switch (a, b) {
            case (.empty, let other), (let other, .empty): return other
            case (.node(let x, let xLeft, let xRight), .node(let y, let yLeft, let yRight)):
                return x <= y ? .node(x, merge(xRight, b), xLeft) : .node(y, merge(yRight, a), yLeft)
            }
        }

        /// The fault under test: after the root it lists the merged children in preorder, the right one first.
        var wronglySorted: [Int] {
            switch self {
            case .empty: []
            case .node(let key, let left, let right): [key] + Self.merge(left, right).items
            }
        }

        var description: String {
            switch self {
            case .empty: "–"
            case .node(let key, let left, let right): "(\(key),\(left),\(right))"
            }
        }
    }
}
