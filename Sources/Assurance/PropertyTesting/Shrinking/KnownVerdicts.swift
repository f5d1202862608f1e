/// What is known of sequences without running them again: a trie of everything that was really drawn.
///
/// Many candidates are drawn as the same sequence, since a replay ignores what is left over and takes the simplest index for one that does
/// not fit. So a verdict belongs to what was *drawn*. From the trie follow, at no cost:
///
/// - the verdict on any candidate that would be drawn as something known;
/// - that a candidate which ends where a known case went on is overrun;
/// - exhaustion: below a node all of whose choices are known there is nothing new.
///
/// Flat: nodes are rows of arrays, and one open-addressed table leads from (node, index) to the child. Lookup and insertion take O(length).
struct KnownVerdicts {
    enum Answer: Equatable {
        /// A known case with this many choices, or one of an exhausted part.
        case settled(length: Int)
        case overrun
        case unknown
    }

    private static let root: Int32 = 0
    private static let none: Int32 = -1

    /// What is drawn at the node; meaningful where `isOpen`.
    private var shapes: [ChoiceShape] = []
    private var parents: [Int32] = []
    private var settledChildren: [UInt64] = []
    private var states: [State] = []
    /// (parent, index) of each slot's child, and the child.
    private var keys: [(parent: Int32, index: UInt64)] = []
    private var children: [Int32] = []

    private enum State: UInt8 {
        case unseen
        /// Something more is drawn here.
        case open
        /// The case ends here, or everything below is known.
        case settled
    }

    init() {
        keys = Array(repeating: (0, 0), count: 1024)
        children = Array(repeating: Self.none, count: 1024)
        _ = addNode(parent: Self.none)
    }

    // MARK: Asking

    func answer(_ candidate: [UInt64]) -> Answer {
        var node = Self.root
        var position = 0
        while true {
            switch states[Int(node)] {
            case .unseen: return .unknown
            case .settled: return .settled(length: position)
            case .open: break
            }
            if position == candidate.count { return .overrun }
            var index = candidate[position]
            if index > shapes[Int(node)].bound { index = 0 }
            node = child(of: node, index)
            if node == Self.none { return .unknown }
            position += 1
        }
    }

    /// A prefix, of which something is known or may be.
    struct Place { fileprivate let node: Int32 }

    var beginning: Place { Place(node: Self.root) }

    /// - Parameter index: within the bound of what is drawn at `place`.
    func place(behind place: Place, _ index: UInt64) -> Place? {
        let node = child(of: place.node, index)
        return node == Self.none ? nil : Place(node: node)
    }

    func isUnseen(_ place: Place) -> Bool { states[Int(place.node)] == .unseen }
    func isSettled(_ place: Place) -> Bool { states[Int(place.node)] == .settled }
    /// What is drawn there, where that is known.
    func shape(at place: Place) -> ChoiceShape? { states[Int(place.node)] == .open ? shapes[Int(place.node)] : nil }

    /// What is drawn after this prefix, where that is known.
    func shape(after prefix: ArraySlice<UInt64>) -> ChoiceShape? {
        var node = Self.root
        for index in prefix {
            if states[Int(node)] == .unseen { return nil }
            node = child(of: node, index)
            if node == Self.none { return nil }
        }
        return states[Int(node)] == .open ? shapes[Int(node)] : nil
    }

    /// How many of the choices after this prefix are settled.
    func settledCount(after prefix: ArraySlice<UInt64>) -> UInt64 {
        var node = Self.root
        for index in prefix {
            node = child(of: node, index)
            if node == Self.none { return 0 }
        }
        return settledChildren[Int(node)]
    }

    // MARK: Learning

    /// - Parameter next: what was asked for behind the last choice when there was none left; nil where the case came to its end.
    mutating func learn(_ indices: UnsafeBufferPointer<UInt64>, _ drawn: UnsafeBufferPointer<ChoiceShape>, next: ChoiceShape?) {
        var node = Self.root
        for position in indices.indices {
            if states[Int(node)] == .settled { return }
            states[Int(node)] = .open
            shapes[Int(node)] = drawn[position]
            node = childOrNew(of: node, indices[position])
        }
        if states[Int(node)] == .settled { return }
        if let next {
            states[Int(node)] = .open
            shapes[Int(node)] = next
        } else {
            settle(node)
        }
    }

    private mutating func settle(_ leaf: Int32) {
        var node = leaf
        while node != Self.none {
            states[Int(node)] = .settled
            node = parents[Int(node)]
            guard node != Self.none else { return }
            settledChildren[Int(node)] += 1
            // The bound is inclusive; all 2^64 children are never seen.
            guard settledChildren[Int(node)] > shapes[Int(node)].bound else { return }
        }
    }

    // MARK: The table

    private mutating func addNode(parent: Int32) -> Int32 {
        shapes.append(ChoiceShape(kind: .selector, bound: 0))
        parents.append(parent)
        settledChildren.append(0)
        states.append(.unseen)
        return Int32(truncatingIfNeeded: states.count - 1)
    }

    private func slot(_ parent: Int32, _ index: UInt64) -> Int {
        var hash = (UInt64(truncatingIfNeeded: parent) &+ 1) &* 0x9E37_79B9_7F4A_7C15 ^ index &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        hash ^= hash >> 29
        var slot = Int(truncatingIfNeeded: hash) & (children.count - 1)
        // At most half of the slots are taken, so that a free one comes.
        while children[slot] != Self.none, keys[slot].parent != parent || keys[slot].index != index {
            slot = (slot + 1) & (children.count - 1)
        }
        return slot
    }

    private func child(of node: Int32, _ index: UInt64) -> Int32 { children[slot(node, index)] }

    private mutating func childOrNew(of node: Int32, _ index: UInt64) -> Int32 {
        let found = slot(node, index)
        if children[found] != Self.none { return children[found] }
        let added = addNode(parent: node)
        keys[found] = (node, index)
        children[found] = added
        if states.count * 2 > children.count { grow() }
        return added
    }

    private mutating func grow() {
        let (oldKeys, oldChildren) = (keys, children)
        keys = Array(repeating: (0, 0), count: oldKeys.count * 2)
        children = Array(repeating: Self.none, count: oldChildren.count * 2)
        for old in oldChildren.indices where oldChildren[old] != Self.none {
            let new = slot(oldKeys[old].parent, oldKeys[old].index)
            keys[new] = oldKeys[old]
            children[new] = oldChildren[old]
        }
    }
}
