/// A red-black tree without mutation in place, and its fifteen mutants.
///
/// Insertion after C. Okasaki, "Red-Black Trees in a Functional Setting" (JFP 1999), deletion after S. Kahrs, "Red-Black Trees with Types"
/// (JFP 2001); both O(log n). The mutants' names are those of ETNA.
public indirect enum RedBlackTree: Sendable {
    case empty
    case node(Colour, RedBlackTree, Entry, RedBlackTree)

    public enum Colour: Sendable {
        case red
        case black
    }

    public enum Fault: String, CaseIterable, Sendable {
        /// A new node is black.
        case miscolourInsert = "miscolor_insert"
        /// The way to the left is not balanced.
        case noBalanceInsert1 = "no_balance_insert_1"
        /// The way to the right is not balanced.
        case noBalanceInsert2 = "no_balance_insert_2"
        /// A rotation swaps two subtrees; which two.
        case swapCD = "swap_cd"
        case swapBC = "swap_bc"
        /// The tree is forgotten.
        case insert1 = "insert_1"
        /// A larger key overwrites the node.
        case insert2 = "insert_2"
        /// An equal key keeps the old value.
        case insert3 = "insert_3"
        /// The root is not blackened after a deletion.
        case miscolourDelete = "miscolor_delete"
        /// A subtree is not reddened when weight moves over it.
        case miscolourBalanceLeft = "miscolor_balLeft"
        case miscolourBalanceRight = "miscolor_balRight"
        /// The halves of a joint get the other colour.
        case miscolourJoin1 = "miscolor_join_1"
        case miscolourJoin2 = "miscolor_join_2"
        /// The nodes on the way down are lost.
        case delete4 = "delete_4"
        /// Goes left where it should go right.
        case delete5 = "delete_5"
    }

    public init(_ entries: [Entry]) { self = entries.reduce(.empty) { $0.inserting($1) } }

    // MARK: Inserting

    public func inserting(_ entry: Entry, fault: Fault? = nil) -> RedBlackTree { inserted(entry, fault).blackened }

    private func inserted(_ entry: Entry, _ fault: Fault?) -> RedBlackTree {
        guard case .node(let colour, let left, let own, let right) = self else {
            return .node(fault == .miscolourInsert ? .black : .red, .empty, entry, .empty)
        }
        if fault == .insert1 { return .node(.red, .empty, entry, .empty) }
        if entry.key < own.key {
            let grown = left.inserted(entry, fault)
            return fault == .noBalanceInsert1 ? .node(colour, grown, own, right) : Self.balanced(colour, grown, own, right, fault)
        }
        if entry.key > own.key, fault != .insert2 {
            let grown = right.inserted(entry, fault)
            return fault == .noBalanceInsert2 ? .node(colour, left, own, grown) : Self.balanced(colour, left, own, grown, fault)
        }
        return .node(colour, left, fault == .insert3 ? own : Entry(key: own.key, value: entry.value), right)
    }

    private static func balanced(_ colour: Colour, _ left: RedBlackTree, _ own: Entry, _ right: RedBlackTree, _ fault: Fault?)
        -> RedBlackTree
    {
        guard colour == .black else { return .node(colour, left, own, right) }
        if case .node(.red, .node(.red, let a, let x, let b), let y, let c) = left {
            return .node(.red, .node(.black, a, x, b), y, .node(.black, c, own, right))
        }
        if case .node(.red, let a, let x, .node(.red, let b, let y, let c)) = left {
            if fault == .swapCD { return .node(.red, .node(.black, a, x, b), y, .node(.black, right, own, c)) }
            return .node(.red, .node(.black, a, x, b), y, .node(.black, c, own, right))
        }
        if case .node(.red, .node(.red, let b, let y, let c), let z, let d) = right {
            if fault == .swapBC { return .node(.red, .node(.black, left, own, c), y, .node(.black, b, z, d)) }
            return .node(.red, .node(.black, left, own, b), y, .node(.black, c, z, d))
        }
        if case .node(.red, let b, let y, .node(.red, let c, let z, let d)) = right {
            return .node(.red, .node(.black, left, own, b), y, .node(.black, c, z, d))
        }
        return .node(colour, left, own, right)
    }

    // MARK: Deleting

    public func deleting(_ key: Int, fault: Fault? = nil) -> RedBlackTree {
        let rest = deleted(key, fault)
        return fault == .miscolourDelete ? rest : rest.blackened
    }

    private func deleted(_ key: Int, _ fault: Fault?) -> RedBlackTree {
        guard case .node(_, let left, let own, let right) = self else { return .empty }
        if key == own.key { return Self.join(left, right, fault) }
        let goesLeft = fault == .delete5 ? key > own.key : key < own.key
        if fault == .delete4 { return (goesLeft ? left : right).deleted(key, fault) }
        if goesLeft {
            let rest = left.deleted(key, fault)
            return left.isBlack ? Self.balancedLeft(rest, own, right, fault) : .node(.red, rest, own, right)
        }
        let rest = right.deleted(key, fault)
        return right.isBlack ? Self.balancedRight(left, own, rest, fault) : .node(.red, left, own, rest)
    }

    /// The left is one black node lower than the right.
    private static func balancedLeft(_ left: RedBlackTree, _ own: Entry, _ right: RedBlackTree, _ fault: Fault?) -> RedBlackTree {
        if case .node(.red, let a, let x, let b) = left { return .node(.red, .node(.black, a, x, b), own, right) }
        if case .node(.black, let a, let y, let b) = right { return balanced(.black, left, own, .node(.red, a, y, b), fault) }
        if case .node(.red, .node(.black, let a, let y, let b), let z, let c) = right {
            let outer = fault == .miscolourBalanceLeft ? c : c.reddened
            return .node(.red, .node(.black, left, own, a), y, balanced(.black, b, z, outer, fault))
        }
        return .node(.red, left, own, right)
    }

    /// The right is one black node lower than the left.
    private static func balancedRight(_ left: RedBlackTree, _ own: Entry, _ right: RedBlackTree, _ fault: Fault?) -> RedBlackTree {
        if case .node(.red, let b, let y, let c) = right { return .node(.red, left, own, .node(.black, b, y, c)) }
        if case .node(.black, let a, let x, let b) = left { return balanced(.black, .node(.red, a, x, b), own, right, fault) }
        if case .node(.red, let a, let x, .node(.black, let b, let y, let c)) = left {
            let outer = fault == .miscolourBalanceRight ? a : a.reddened
            return .node(.red, balanced(.black, outer, x, b, fault), y, .node(.black, c, own, right))
        }
        return .node(.red, left, own, right)
    }

    /// All keys of the left are below all keys of the right, and their black heights are equal.
    private static func join(_ left: RedBlackTree, _ right: RedBlackTree, _ fault: Fault?) -> RedBlackTree {
        switch (left, right) {
        case (.empty, _): return right
        case (_, .empty): return left
        case (.node(.red, let a, let x, let b), .node(.red, let c, let y, let d)):
            let middle = join(b, c, fault)
            guard case .node(.red, let e, let z, let f) = middle else { return .node(.red, a, x, .node(.red, middle, y, d)) }
            let colour: Colour = fault == .miscolourJoin1 ? .black : .red
            return .node(.red, .node(colour, a, x, e), z, .node(colour, f, y, d))
        case (.node(.black, let a, let x, let b), .node(.black, let c, let y, let d)):
            let middle = join(b, c, fault)
            guard case .node(.red, let e, let z, let f) = middle else { return balancedLeft(a, x, .node(.black, middle, y, d), fault) }
            let colour: Colour = fault == .miscolourJoin2 ? .red : .black
            return .node(.red, .node(colour, a, x, e), z, .node(colour, f, y, d))
        case (_, .node(.red, let b, let x, let c)): return .node(.red, join(left, b, fault), x, c)
        case (.node(.red, let a, let x, let b), _): return .node(.red, a, x, join(b, right, fault))
        }
    }

    private var blackened: RedBlackTree {
        guard case .node(_, let left, let own, let right) = self else { return .empty }
        return .node(.black, left, own, right)
    }

    private var reddened: RedBlackTree {
        guard case .node(_, let left, let own, let right) = self else { return .empty }
        return .node(.red, left, own, right)
    }

    private var isBlack: Bool {
        if case .node(.black, _, _, _) = self { return true }
        return false
    }

    // MARK: Reading

    public func find(_ key: Int) -> Int? {
        guard case .node(_, let left, let own, let right) = self else { return nil }
        if key == own.key { return own.value }
        return key < own.key ? left.find(key) : right.find(key)
    }

    /// In order.
    public var entries: [Entry] {
        guard case .node(_, let left, let own, let right) = self else { return [] }
        return left.entries + [own] + right.entries
    }

    /// Ordered, no red node under a red one, the same number of black nodes on every way down. The root's colour is free.
    public var isValid: Bool { zip(entries, entries.dropFirst()).allSatisfy { $0.key < $1.key } && blackHeight != nil }

    /// nil where a law of colours is broken.
    private var blackHeight: Int? {
        guard case .node(let colour, let left, _, let right) = self else { return 0 }
        guard let height = left.blackHeight, height == right.blackHeight else { return nil }
        if colour == .red, left.isRed || right.isRed { return nil }
        return colour == .black ? height + 1 : height
    }

    private var isRed: Bool {
        if case .node(.red, _, _, _) = self { return true }
        return false
    }
}
