import ContentDigest
import GRDB

/// Reads a range of leaves once and holds every one against its digest, its envelope, the leaf before it and the tree.
///
/// **Whom to accuse.** Each leaf has up to three witnesses: R, the digest made from its body now; D, the digest in its row; P,
/// the `prev` in the body of the next leaf.
///
/// - R ≠ D: the leaf was edited (where R = P, only the digest beside it was).
/// - R = D ≠ P: either this leaf was replaced together with its digest, or the next one was. The leaf after that, or the
///   head's digest at the end, bears witness for the next: if it does, this leaf is accused, otherwise the next.
/// - A leaf that is at fault by itself accuses nobody else.
///
/// **The tree** is made anew from R, and every complete node that is stored is compared. Leaves at fault necessarily give
/// other nodes; those say nothing new and are dropped by the caller (``nodeFaults`` are kept apart).
///
/// Several scanners can share the work: a range begins at a multiple of ``blockSize``, and hands up the roots of its blocks.
/// Faults at the seam of two ranges may be missed in *naming*, never in *finding*: whoever finds anything scans again
/// from 1 to the end with one scanner.
///
/// Complexity: one pass, two hashes a leaf; no allocation per leaf.
struct LeafScanner {
    /// Leaves in a block: a complete subtree of this level.
    static let blockLevel = 12
    static let blockSize: Int64 = 1 << Int64(blockLevel)
    /// Leaves between two reports of progress.
    static let progressInterval: Int64 = 65_536

    let first: Int64
    let last: Int64
    let head: LedgerHead?
    let db: Database
    /// Told the number of leaves read since the last call.
    let progress: (Int64) -> Void

    var leafFaults = FaultList()
    var nodeFaults = FaultList()
    private(set) var checked: Int64 = 0
    private(set) var blockRoots: [Digest] = []
    private(set) var frontier = MerkleFrontier()
    private(set) var lastDigest = Digest.zero
    /// False once a leaf is missing: what follows stands at other places of the tree.
    private(set) var isTreeWhole = true

    private var previous: Link?
    private var pending: Link?

    /// What is known of a leaf already read.
    private struct Link {
        let seq: Int64
        let digest: Digest
        let isAtFault: Bool
    }

    init(first: Int64, last: Int64, head: LedgerHead?, db: Database, progress: @escaping (Int64) -> Void) {
        self.first = first
        self.last = last
        self.head = head
        self.db = db
        self.progress = progress
    }

    /// Reads the range. Throws what SQLite throws on a damaged file.
    mutating func scan() throws {
        guard first <= last else { return }
        try readPredecessor()
        var nodes = try (LedgerSchema.lowestStoredLevel...Self.blockLevel).map { try NodeCursor(level: $0, firstLeaf: first - 1, db) }
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: EnvelopeSuffix.maximumBytes, alignment: 8)
        defer { scratch.deallocate() }
        let rows = try RawStatement(
            fresh: "SELECT seq, type, body, digest FROM leaf WHERE seq >= ? AND seq <= ? ORDER BY seq", in: db)
        try rows.bind([.int(first), .int(last)])
        var expected = first
        while try rows.step() {
            guard let seq = rows.int(0), seq >= expected else {
                leafFaults.add(.misplaced, leaf: expected, "the table gives its rows out of order")
                isTreeWhole = false
                break
            }
            if seq > expected {
                missing(expected...seq - 1)
                expected = seq
            }
            let digest = check(rows, seq: seq, scratch)
            lastDigest = digest
            checked += 1
            if isTreeWhole { try append(digest, &nodes) }
            if checked % Self.progressInterval == 0 { progress(Self.progressInterval) }
            guard expected < last else { break }
            expected = seq + 1
        }
        let reached = previous.map(\.seq) ?? first - 1
        if reached < last { missing(max(reached + 1, first)...last) }
        progress(checked % Self.progressInterval)
    }

    /// To be called by the one scanner that has read the whole ledger: the head bears witness for the last leaf.
    mutating func finish() {
        if let link = pending, let last = previous { accuse(link, or: last.seq, nextIsConfirmed: head?.digest == last.digest) }
        pending = nil
    }

    // MARK: One leaf

    private mutating func check(_ row: RawStatement, seq: Int64, _ scratch: UnsafeMutableRawBufferPointer) -> Digest {
        let body = row.bytes(2)
        let digest = MerkleTree.leaf(body)
        let isGenuine = row.isBlob(2) && row.isText(1) && row.isBlob(3) && digest.withBytes { row.bytes(3).elementsEqualBytes($0) }
        let before = previous?.seq == seq - 1 ? previous : nil
        let expectedPrevious = seq == 1 ? Digest.zero : before?.digest
        if isGenuine, let expectedPrevious, pending == nil,
            EnvelopeSuffix.matches(body, previous: expectedPrevious, seq: seq, type: row.bytes(1), scratch: scratch)
        {
            previous = Link(seq: seq, digest: digest, isAtFault: false)
            return digest
        }
        explain(row, seq: seq, digest: digest, isGenuine: isGenuine, before: before)
        return digest
    }

    /// The slow path: something differs, or there is no leaf before to compare with.
    private mutating func explain(_ row: RawStatement, seq: Int64, digest: Digest, isGenuine: Bool, before: Link?) {
        var isAtFault = false
        fault(!isGenuine, .edited, seq, "the body does not give the digest that was recorded", &isAtFault)
        let suffix = EnvelopeSuffix(of: row.bytes(2))
        if let suffix {
            fault(suffix.seq != seq && !isAtFault, .misplaced, seq, "the body is that of leaf #\(suffix.seq)", &isAtFault)
            fault(
                suffix.type != row.text(1) && !isAtFault, .envelope, seq,
                "the table says type '\(row.text(1)?.prefix(80) ?? "none")', the body '\(suffix.type)'", &isAtFault)
            fault(
                !isAtFault && seq == 1 && suffix.previous != .zero, .replaced, seq, "the first leaf names one before it", &isAtFault)
            fault(
                !isAtFault && !row.bytes(2).starts(with: "{\"at\":\"".utf8), .envelope, seq, "the body does not begin as an envelope does",
                &isAtFault)
        } else {
            fault(!isAtFault, .envelope, seq, "the body does not end as an envelope does", &isAtFault)
        }
        let follows = before.map { !$0.isAtFault && suffix?.previous == $0.digest } ?? false
        if let link = pending {
            // `before` is the leaf that did not follow `link`. Does this one confirm it?
            let isConfirmed = !isAtFault && suffix?.previous == before?.digest && before != nil
            accuse(link, or: link.seq + 1, nextIsConfirmed: isConfirmed)
            pending = nil
        } else if let before, !before.isAtFault, !isAtFault, !follows {
            pending = before
        }
        previous = Link(seq: seq, digest: digest, isAtFault: isAtFault)
    }

    private mutating func fault(
        _ condition: Bool, _ kind: LedgerFault.Kind, _ seq: Int64, _ message: @autoclosure () -> String, _ isAtFault: inout Bool
    ) {
        guard condition else { return }
        leafFaults.add(kind, leaf: seq, message())
        isAtFault = true
    }

    private mutating func accuse(_ link: Link, or next: Int64, nextIsConfirmed: Bool) {
        if nextIsConfirmed {
            leafFaults.add(.replaced, leaf: link.seq, "leaf #\(link.seq + 1) was written after another leaf than this")
        } else {
            leafFaults.add(.replaced, leaf: next, "it was not written after leaf #\(link.seq), and what follows does not know it")
        }
    }

    private mutating func missing(_ range: ClosedRange<Int64>) {
        if let link = pending { accuse(link, or: link.seq + 1, nextIsConfirmed: false) }
        pending = nil
        leafFaults.add(.missing, range, range.count == 1 ? "it is missing" : "they are missing")
        isTreeWhole = false
        previous = nil
    }

    private mutating func readPredecessor() throws {
        guard first > 1 else { return }
        try db.rows("SELECT body FROM leaf WHERE seq = ?", .int(first - 1)) { row in
            previous = Link(seq: first - 1, digest: MerkleTree.leaf(row.bytes(0)), isAtFault: false)
        }
    }

    // MARK: The tree

    private mutating func append(_ digest: Digest, _ nodes: inout [NodeCursor]) throws {
        var bad: [(level: Int, index: UInt64)] = []
        // The frontier begins anew with every block.
        let offset = UInt64(first - 1) + UInt64(blockRoots.count) << UInt64(Self.blockLevel)
        try frontier.append(digest) { level, index, node in
            guard level >= LedgerSchema.lowestStoredLevel, level <= Self.blockLevel else { return }
            let place = (offset >> UInt64(level)) + index
            if try nodes[level - LedgerSchema.lowestStoredLevel].next(place) != node { bad.append((level, place)) }
        }
        for node in bad { nodeFault(level: node.level, index: node.index) }
        // A block that is complete becomes one digest; the frontier starts again.
        if frontier.size == UInt64(Self.blockSize), let root = frontier.subtrees.first {
            blockRoots.append(root)
            frontier = MerkleFrontier()
        }
    }

    mutating func nodeFault(level: Int, index: UInt64) {
        let first = Int64(index << UInt64(level)) + 1
        nodeFaults.add(
            .tree, first...first + (1 << Int64(level)) - 1, "the node at level \(level), index \(index) is not what these leaves give")
    }
}

/// The stored nodes of one level in their order.
private struct NodeCursor {
    private let rows: RawStatement
    private var isDone = false
    private var ahead: Int64?

    init(level: Int, firstLeaf: Int64, _ db: Database) throws {
        rows = try RawStatement(fresh: "SELECT idx, hash FROM node WHERE level = ? AND idx >= ? ORDER BY idx", in: db)
        try rows.bind([.int(Int64(level)), .int(firstLeaf >> Int64(level))])
    }

    /// The node at an index; indexes are asked for in rising order. Nil where there is none.
    mutating func next(_ index: UInt64) throws -> Digest? {
        guard let wanted = Int64(exactly: index) else { return nil }
        while !isDone, ahead ?? -1 < wanted {
            guard try rows.step() else {
                isDone = true
                return nil
            }
            ahead = rows.int(0) ?? -1
        }
        return !isDone && ahead == wanted ? rows.digest(1) : nil
    }
}

extension UnsafeRawBufferPointer {
    @inline(__always)
    fileprivate func elementsEqualBytes(_ other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, count == Digest.byteCount else { return false }
        return Digest(buffer: self) == Digest(buffer: other)
    }
}
