import PropertyTesting

/// A binary heap with the least item at the root, valid by construction, and a listing with a fault: after the root it gives the merged
/// branches node by node instead of by rank.
///
/// Its choices have no spans and the shape depends on the first of them, so that a shrinker is helped by nothing but the passes for that.
indirect enum MisreadHeap: CustomStringConvertible {
    case empty
    case node(Int, MisreadHeap, MisreadHeap)

    static func draw(_ draws: Draws, size: Int, least: Int?) -> MisreadHeap {
        guard size > 0, !draws.isOverrun, draws.int(in: 1...8) > 1 else { return .empty }
        let key = draws.int(in: (least ?? .min) ... .max)
        return .node(key, draw(draws, size: size / 2, least: key), draw(draws, size: size / 2, least: key))
    }

    var isListedRightly: Bool {
        let listed = listing
        return listed == listed.sorted() && listed == items.sorted()
    }

    private var items: [Int] {
        switch self {
        case .empty: []
        case .node(let key, let left, let right): [key] + right.items + left.items
        }
    }

    private var listing: [Int] {
        switch self {
        case .empty: []
        case .node(let key, let left, let right): [key] + left.merged(with: right).items
        }
    }

    private func merged(with other: MisreadHeap) -> MisreadHeap {
        guard case .node(let x, let left, let right) = self else { return other }
        guard case .node(let y, let otherLeft, let otherRight) = other else { return self }
        return x <= y ? .node(x, right.merged(with: other), left) : .node(y, otherRight.merged(with: self), otherLeft)
    }

    var description: String {
        switch self {
        case .empty: "–"
        case .node(let key, let left, let right): "(\(key),\(left),\(right))"
        }
    }
}
