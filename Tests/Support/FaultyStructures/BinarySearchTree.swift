/// An unbalanced search tree without mutation in place, and its eight mutants.
///
/// Insert and delete are O(height); union is O(n × height). The mutants' numbers are those of ETNA.
public indirect enum BinarySearchTree: Sendable {
    case empty
    case node(BinarySearchTree, Entry, BinarySearchTree)

    public enum Fault: String, CaseIterable, Sendable {
        /// The tree is forgotten, only the new entry remains.
        case insert1 = "insert_1"
        /// A larger key overwrites the node instead of going right.
        case insert2 = "insert_2"
        /// An equal key keeps the old value.
        case insert3 = "insert_3"
        /// The nodes on the way down are lost.
        case delete4 = "delete_4"
        /// Goes left where it should go right.
        case delete5 = "delete_5"
        /// The second tree is hung to the right, whatever its keys.
        case union6 = "union_6"
        /// Roots are compared, the subtrees are not split.
        case union7 = "union_7"
        /// Changing sides also changes whose value counts.
        case union8 = "union_8"
    }

    public init(_ entries: [Entry]) { self = entries.reduce(.empty) { $0.inserting($1) } }

    public func inserting(_ entry: Entry, fault: Fault? = nil) -> BinarySearchTree {
        guard case .node(let left, let own, let right) = self else { return .node(.empty, entry, .empty) }
        if fault == .insert1 { return .node(.empty, entry, .empty) }
        if entry.key < own.key { return .node(left.inserting(entry, fault: fault), own, right) }
        if entry.key > own.key, fault != .insert2 { return .node(left, own, right.inserting(entry, fault: fault)) }
        return .node(left, fault == .insert3 ? own : Entry(key: own.key, value: entry.value), right)
    }

    public func deleting(_ key: Int, fault: Fault? = nil) -> BinarySearchTree {
        guard case .node(let left, let own, let right) = self else { return .empty }
        if key == own.key { return Self.join(left, right) }
        let goesLeft = fault == .delete5 ? key > own.key : key < own.key
        if fault == .delete4 { return (goesLeft ? left : right).deleting(key, fault: fault) }
        return goesLeft ? .node(left.deleting(key, fault: fault), own, right) : .node(left, own, right.deleting(key, fault: fault))
    }

    /// All keys of the left are below all keys of the right.
    private static func join(_ left: BinarySearchTree, _ right: BinarySearchTree) -> BinarySearchTree {
        switch (left, right) {
        case (.empty, _): return right
        case (_, .empty): return left
        case (.node(let a, let x, let b), .node(let c, let y, let d)): return .node(a, x, .node(join(b, c), y, d))
        }
    }

    /// Both trees' entries; this one's value counts where both have a key.
    public func union(_ other: BinarySearchTree, fault: Fault? = nil) -> BinarySearchTree {
        guard case .node(let left, let own, let right) = self else { return other }
        guard case .node(let otherLeft, let entry, let otherRight) = other else { return self }
        switch fault {
        case .union6: return .node(left, own, .node(right.union(otherLeft, fault: fault), entry, otherRight))
        case .union7, .union8:
            if own.key == entry.key {
                return .node(left.union(otherLeft, fault: fault), own, right.union(otherRight, fault: fault))
            }
            if own.key > entry.key { return other.union(self, fault: fault) }
            if fault == .union7 { return .node(left, own, .node(right.union(otherLeft, fault: fault), entry, otherRight)) }
            return .node(
                left.union(otherLeft.part(below: own.key), fault: fault), own,
                right.union(.node(otherLeft.part(above: own.key), entry, otherRight), fault: fault))
        default:
            return .node(left.union(other.part(below: own.key)), own, right.union(other.part(above: own.key)))
        }
    }

    private func part(below key: Int) -> BinarySearchTree {
        guard case .node(let left, let own, let right) = self else { return .empty }
        return own.key < key ? .node(left, own, right.part(below: key)) : left.part(below: key)
    }

    private func part(above key: Int) -> BinarySearchTree {
        guard case .node(let left, let own, let right) = self else { return .empty }
        return own.key > key ? .node(left.part(above: key), own, right) : right.part(above: key)
    }

    public func find(_ key: Int) -> Int? {
        guard case .node(let left, let own, let right) = self else { return nil }
        if key == own.key { return own.value }
        return key < own.key ? left.find(key) : right.find(key)
    }

    /// In order.
    public var entries: [Entry] {
        guard case .node(let left, let own, let right) = self else { return [] }
        return left.entries + [own] + right.entries
    }

    /// Whether every key lies between its neighbours.
    public var isOrdered: Bool { zip(entries, entries.dropFirst()).allSatisfy { $0.key < $1.key } }
}
