import Determinism

/// Every sequence of choices that a run has drawn, so that none is run twice, and so that the run notices when there is no other left.
///
/// A radix tree: a node holds the run of choices that all sequences through it have in common, and ends in a *branch*, from which they
/// part, or in the end of the one sequence that it stands for. Sequences part early (a list of integers mostly at its first element), so
/// inserting one costs a walk over one or two branches and the copying of the rest: O(length), and no allocation but for the growth of
/// the flat arrays.
///
/// A node is *exhausted* when nothing else can be drawn below it: each of its choices had one outcome only, or all outcomes of its branch are
/// exhausted. When the root is, every case of the property has been tried, and passing is a proof.
///
/// In a long run the trie outgrows the caches, and what a case costs is the number of places of memory that it looks at. So a node holds the
/// first index of its run, which mostly differs, and the branch that ends it; the children of a branch of two outcomes stand with it; and the
/// table of the others stands behind a filter of a few bits for each entry (B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable
/// Errors", CACM 1970; here with one hash), which answers "not there" from the cache. Where it says "perhaps", the table is asked, so what is
/// known stays exact. A case that was followed while it was drawn is learnt from where it left the trie (``Exit``), without a second walk.
///
/// The trie holds at most ``maximumChoices`` choices; when it is full it goes on recognising what it knows, and learns nothing new.
@usableFromInline
final class ChoiceTrie {
    /// 64 MiB of indices and bounds.
    static let maximumChoices = 4 << 20
    /// A case of one choice adds a node and no step.
    static let maximumNodes = 4 << 20

    private struct Node {
        /// Where its run stands in `steps`.
        var start: UInt32
        var length: UInt32
        /// The number of the branch that ends it; -1 where a sequence ends.
        var branch: Int32
        /// Choices of the run that could have gone otherwise and have not been seen to.
        var free: Int32
        /// The first index of the run, if there is one.
        var first: UInt64
        /// The largest index of the branch.
        var bound: UInt64 = 0
        /// How many outcomes of the branch lead to nothing new.
        var exhausted: UInt32 = 0
        /// The children of a branch of two outcomes; -1 where there is none yet. Those of a wider one stand in the table.
        var low: Int32 = -1
        var high: Int32 = -1

        init(start: Int, length: Int, branch: Int32, free: Int32, first: UInt64) {
            // Both are held by `maximumChoices`, far below 2^32.
            (self.start, self.length) = (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: length))
            (self.branch, self.free, self.first) = (branch, free, first)
        }

        @inline(__always) var begin: Int { Int(truncatingIfNeeded: start) }
        @inline(__always) var count: Int { Int(truncatingIfNeeded: length) }
        /// Whether every outcome of the branch leads to nothing new; there is none where a sequence ends.
        @inline(__always) var isBranchExhausted: Bool { branch < 0 || (bound != .max && UInt64(exhausted) == bound + 1) }
        @inline(__always) var isExhausted: Bool { free == 0 && isBranchExhausted }
    }

    /// One choice of a run: what was taken, and the largest index there was.
    private struct Step {
        var index: UInt64
        var bound: UInt64
    }

    /// Behind a pointer for the reason that ``DrawState`` gives.
    private struct Store {
        var nodes = FlatBuffer<Node>(capacity: 128, maximum: ChoiceTrie.maximumNodes)
        var steps = FlatBuffer<Step>(capacity: 1024, maximum: ChoiceTrie.maximumChoices)
        var children = ChildTable()
        /// How many branches there are.
        var branches: Int32 = 0
        /// The nodes on the way of one insertion whose branches it took; kept to be used again.
        var path = FlatBuffer<Int32>(capacity: 64)
    }

    private let store = UnsafeMutablePointer<Store>.allocate(capacity: 1)

    init() { store.initialize(to: Store()) }

    deinit {
        store.pointee.nodes.deallocate()
        store.pointee.steps.deallocate()
        store.pointee.children.deallocate()
        store.pointee.path.deallocate()
        store.deinitialize(count: 1)
        store.deallocate()
    }

    private var nodes: FlatBuffer<Node> {
        get { store.pointee.nodes }
        _modify { yield &store.pointee.nodes }
    }
    private var steps: FlatBuffer<Step> {
        get { store.pointee.steps }
        _modify { yield &store.pointee.steps }
    }
    private var children: ChildTable {
        get { store.pointee.children }
        _modify { yield &store.pointee.children }
    }

    /// How many different sequences it holds.
    @exclusivity(unchecked) private(set) var count = 0
    /// Whether some sequence could not be learnt any more.
    private(set) var isFull = false
    /// Whether one sequence had another bound than one that began with the same choices: what is drawn depends on more than the draws.
    private(set) var isInconsistent = false

    /// Whether nothing new can be drawn.
    var isExhausted: Bool { nodes.count > 0 && isExhausted(node: 0) }

    @inline(__always)
    private func isExhausted(node number: Int) -> Bool { nodes[number].isExhausted }

    /// What an outcome of a node's branch leads to, if it was seen.
    @inline(__always)
    private func child(of node: Node, _ index: UInt64) -> Int32? {
        if node.bound > 1 { return children.find(node.branch, index) }
        let child = index == 0 ? node.low : node.high
        return child >= 0 ? child : nil
    }

    private func setChild(of number: Int, _ index: UInt64, _ child: Int32) {
        if nodes[number].bound > 1 {
            children.insert(nodes[number].branch, index, child)
        } else if index == 0 {
            nodes.base[number].low = child
        } else {
            nodes.base[number].high = child
        }
    }

    // MARK: Learning

    /// Learns a sequence; false when it was known.
    func insert(_ newIndices: UnsafePointer<UInt64>, _ newShapes: UnsafePointer<ChoiceShape>, count length: Int) -> Bool {
        insert(length: length, index: { newIndices[$0] }, bound: { newShapes[$0].bound })
    }

    /// Learns a sequence that was followed while it was drawn, and left the trie there; nothing was learnt since.
    func insert(_ newIndices: UnsafePointer<UInt64>, _ newShapes: UnsafePointer<ChoiceShape>, count length: Int, from exit: Exit) -> Bool {
        let position = Int(exit.position)
        // The way upwards is wanted where what is new leaves nothing open: then all of it is walked.
        var open = position + 1
        while open < length, newShapes[open].bound == 0 { open += 1 }
        guard exit.isKnown, open < length else { return insert(newIndices, newShapes, count: length) }
        let number = Int(exit.node)
        let offset = Int(exit.offset)
        let node = nodes[number]
        let isWithin = offset < node.count
        // Where the bounds differ, what is drawn depends on more than the draws: the whole walk says what to make of that.
        guard isWithin || node.branch >= 0, (isWithin ? steps[node.begin + offset].bound : node.bound) == newShapes[position].bound else {
            return insert(newIndices, newShapes, count: length)
        }
        guard hasRoom(length - position) else { return true }
        if isWithin { split(number, at: offset) }
        grow(
            index: newIndices[position], from: position + 1, length, { newIndices[$0] }, { newShapes[$0].bound }, number)
        return true
    }

    @inline(__always)
    func insert(length: Int, index: (Int) -> UInt64, bound: (Int) -> UInt64) -> Bool {
        if nodes.count == 0 {
            _ = append(from: 0, length: length, index: index, bound: bound)
            count = 1
            return true
        }
        store.pointee.path.removeAll()
        var position = 0
        var number = 0
        while true {
            let node = nodes[number]
            var offset = 0
            while offset < node.count {
                if position == length {
                    // The known one went on: what is drawn depends on more than the draws.
                    isInconsistent = true
                    return false
                }
                if (offset == 0 ? node.first : steps[node.begin + offset].index) != index(position) { break }
                offset += 1
                position += 1
            }
            if offset < node.count {
                // The sequences part within the run.
                guard steps[node.begin + offset].bound == bound(position) else {
                    isInconsistent = true
                    return true
                }
                guard hasRoom(length - position) else { return true }
                split(number, at: offset)
                grow(index: index(position), from: position + 1, length, index, bound, number)
                return true
            }
            guard node.branch >= 0 else {
                if position < length { isInconsistent = true }
                return false
            }
            guard position < length else {
                isInconsistent = true
                return false
            }
            if node.bound != bound(position) {
                isInconsistent = true
                return true
            }
            guard let child = child(of: node, index(position)) else {
                guard hasRoom(length - position) else { return true }
                grow(index: index(position), from: position + 1, length, index, bound, number)
                return true
            }
            store.pointee.path.append(Int32(truncatingIfNeeded: number))
            position += 1
            number = Int(child)
        }
    }

    private func hasRoom(_ length: Int) -> Bool {
        if steps.count + length > Self.maximumChoices || nodes.count > Self.maximumNodes - 2 {
            isFull = true
            return false
        }
        return true
    }

    /// A new child of a node's branch; then whoever is exhausted by it says so upwards.
    @inline(__always)
    private func grow(
        index value: UInt64, from position: Int, _ length: Int, _ index: (Int) -> UInt64, _ bound: (Int) -> UInt64, _ parent: Int
    ) {
        let child = append(from: position, length: length, index: index, bound: bound)
        setChild(of: parent, value, Int32(truncatingIfNeeded: child))
        count += 1
        guard isExhausted(node: child) else { return }
        nodes.base[parent].exhausted += 1
        var below = parent
        var place = store.pointee.path.count - 1
        while place >= 0, isExhausted(node: below) {
            below = Int(store.pointee.path[place])
            nodes.base[below].exhausted += 1
            place -= 1
        }
    }

    @inline(__always)
    private func append(from position: Int, length: Int, index: (Int) -> UInt64, bound: (Int) -> UInt64) -> Int {
        let start = steps.count
        var free: Int32 = 0
        for place in position..<max(position, length) {
            let limit = bound(place)
            steps.append(Step(index: index(place), bound: limit))
            if limit > 0 { free += 1 }
        }
        nodes.append(
            Node(
                start: start, length: max(0, length - position), branch: -1, free: free, first: position < length ? index(position) : 0))
        return nodes.count - 1
    }

    /// Cuts a node's run: what stands behind `offset` becomes the first child of a new branch there.
    private func split(_ number: Int, at offset: Int) {
        let node = nodes[number]
        let place = node.begin + offset
        let end = node.begin + node.count
        // Mostly every choice is free: then nothing needs counting.
        var free = Int32(truncatingIfNeeded: end - place - 1)
        if Int(node.free) != node.count {
            free = 0
            for later in (place + 1)..<max(place + 1, end) where steps[later].bound > 0 { free += 1 }
        }
        var rest = node
        (rest.start, rest.length) = (UInt32(truncatingIfNeeded: place + 1), UInt32(truncatingIfNeeded: end - place - 1))
        (rest.free, rest.first) = (free, place + 1 < end ? steps[place + 1].index : 0)
        nodes.append(rest)
        let step = steps[place]
        var beginning = Node(
            start: node.begin, length: offset, branch: store.pointee.branches, free: node.free - free - (step.bound > 0 ? 1 : 0),
            first: node.first)
        beginning.bound = step.bound
        beginning.exhausted = rest.isExhausted ? 1 : 0
        store.pointee.branches += 1
        nodes[number] = beginning
        setChild(of: number, step.index, Int32(truncatingIfNeeded: nodes.count - 1))
    }

    // MARK: Following a case while it draws

    /// Where a case that is being drawn stands in the trie.
    @usableFromInline
    struct Cursor: Sendable {
        var node: Int32 = -1
        var offset: Int32 = 0

        /// Off the trie: whatever is drawn from here on is new.
        static let away = Cursor()

        var isOn: Bool { node >= 0 }
    }

    /// Where a case that was followed left the trie: at which choice, and from which place of which node.
    @usableFromInline
    struct Exit: Sendable {
        var node: Int32 = -1
        var offset: Int32 = 0
        var position: Int32 = 0

        var isKnown: Bool { node >= 0 }
    }

    var root: Cursor { nodes.count == 0 ? .away : Cursor(node: 0, offset: 0) }

    /// Takes one choice along the trie. With `mayChange` an index that leads only to what is known is replaced by one that does not.
    func follow(_ cursor: inout Cursor, index: UInt64, bound: UInt64, mayChange: Bool, random: inout SeededGenerator) -> UInt64 {
        let node = nodes.base + Int(cursor.node)
        if Int(cursor.offset) < node.pointee.count {
            if cursor.offset == 0, index != node.pointee.first {
                cursor = .away
                return index
            }
            let step = steps[node.pointee.begin + Int(cursor.offset)]
            if step.bound != bound {
                cursor = .away
                return index
            }
            var taken = index
            if taken == step.index, mayChange, bound > 0, isDeadEnd(node.pointee, behind: Int(cursor.offset)) {
                // Any other outcome of this choice is new.
                let other = bound == .max ? random.next() : random.next().multipliedFullWidth(by: bound + 1).high
                taken = other != taken ? other : taken == bound ? 0 : taken + 1
            }
            if taken == step.index { cursor.offset += 1 } else { cursor = .away }
            return taken
        }
        guard node.pointee.branch >= 0, node.pointee.bound == bound else {
            cursor = .away
            return index
        }
        var taken = index
        var child = child(of: node.pointee, taken)
        if mayChange, let known = child, isExhausted(node: Int(known)) {
            for attempt in 0..<(bound < 64 ? 4 : 64) {
                let other = bound == .max ? random.next() : random.next().multipliedFullWidth(by: bound + 1).high
                child = self.child(of: node.pointee, other)
                if child.map({ !isExhausted(node: Int($0)) }) ?? true {
                    taken = other
                    break
                }
                // The branch has an outcome that is not exhausted, or its node would be: look for the first.
                if attempt == (bound < 64 ? 3 : 63) { taken = firstOpen(node.pointee, bound, fallback: index) }
            }
            child = self.child(of: node.pointee, taken)
        }
        cursor = child.map { Cursor(node: $0, offset: 0) } ?? .away
        return taken
    }

    private func firstOpen(_ node: Node, _ bound: UInt64, fallback: UInt64) -> UInt64 {
        // At most as many are exhausted as were learnt, so this ends within count + 1 steps.
        var index: UInt64 = 0
        while index <= bound {
            guard let child = child(of: node, index), isExhausted(node: Int(child)) else { return index }
            if index == bound { break }
            index += 1
        }
        return fallback
    }

    /// Whether behind this place of a node's run there is nothing that could go otherwise.
    private func isDeadEnd(_ node: Node, behind offset: Int) -> Bool {
        let (next, end) = (node.begin + offset + 1, node.begin + node.count)
        for later in next..<max(next, end) where steps[later].bound > 0 { return false }
        return node.isBranchExhausted
    }
}

/// Open addressing: (branch, index) to a node; behind a filter that says for most absent ones that they are.
private struct ChildTable {
    private struct Entry {
        var index: UInt64
        var branch: Int32
        /// -1 where the entry is free.
        var node: Int32
    }

    /// The table is at most half full, so this is at least eight bits for each child: one absent child of eight is looked for in vain.
    private static let filterBitsOfEntry = 4

    private var entries = FlatBuffer.repeating(Entry(index: 0, branch: 0, node: -1), count: 256)
    private var filter = FlatBuffer.repeating(0 as UInt64, count: 256 * filterBitsOfEntry / 64)
    private var used = 0

    func deallocate() {
        entries.deallocate()
        filter.deallocate()
    }

    @inline(__always)
    private static func hash(_ branch: Int32, _ index: UInt64) -> UInt64 {
        var hash = (index ^ UInt64(UInt32(bitPattern: branch)) &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9
        hash ^= hash >> 32
        return hash &* 0x94D0_49BB_1331_11EB
    }

    @inline(__always)
    private static func slot(_ hash: UInt64, _ mask: Int) -> Int { Int(truncatingIfNeeded: hash >> 20) & mask }

    /// The filter's word and bit.
    @inline(__always)
    private func place(ofBit hash: UInt64) -> (word: Int, bit: UInt64) {
        // Bits that the slot of a table of usual size does not use.
        let number = Int(truncatingIfNeeded: hash >> 39) & (filter.count * 64 - 1)
        return (number >> 6, 1 << UInt64(truncatingIfNeeded: number & 63))
    }

    @inline(__always)
    func find(_ branch: Int32, _ index: UInt64) -> Int32? {
        let hash = Self.hash(branch, index)
        let (word, bit) = place(ofBit: hash)
        if filter[word] & bit == 0 { return nil }
        let mask = entries.count - 1
        var slot = Self.slot(hash, mask)
        while true {
            let entry = entries[slot]
            if entry.node < 0 { return nil }
            if entry.index == index, entry.branch == branch { return entry.node }
            slot = (slot + 1) & mask
        }
    }

    mutating func insert(_ branch: Int32, _ index: UInt64, _ node: Int32) {
        if used * 2 >= entries.count { enlarge() }
        place(Entry(index: index, branch: branch, node: node))
        used += 1
    }

    private func place(_ entry: Entry) {
        let hash = Self.hash(entry.branch, entry.index)
        let (word, bit) = place(ofBit: hash)
        filter[word] |= bit
        let mask = entries.count - 1
        var slot = Self.slot(hash, mask)
        while entries[slot].node >= 0 { slot = (slot + 1) & mask }
        entries[slot] = entry
    }

    private mutating func enlarge() {
        let old = entries
        filter.deallocate()
        entries = .repeating(Entry(index: 0, branch: 0, node: -1), count: old.count * 2)
        filter = .repeating(0, count: entries.count * Self.filterBitsOfEntry / 64)
        for slot in 0..<old.count where old[slot].node >= 0 { place(old[slot]) }
        old.deallocate()
    }
}
