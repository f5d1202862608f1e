import ContentDigest
import Dispatch
import GRDB
import Synchronization

extension Ledger {
    /// Reads the whole ledger and says whether it is what was recorded, and if not, which leaf is the first that is not.
    ///
    /// Found is every leaf that was edited, deleted, moved, copied or cut off, with or without its digest; a stored node or head
    /// that the leaves do not give; `sqlite_sequence` telling of a removed tail; an index row of no leaf; a blob with other
    /// bytes; missing triggers; and, against `anchors`, a ledger that was rewritten from some leaf on with everything made to
    /// fit. What no anchor covers, its owner can rewrite unseen: ``VerifyReport/newestAnchoredSize`` says how far that is not so.
    ///
    /// Complexity: two hashes a leaf, shared by the threads; a million leaves of 300 bytes take about a second on two cores.
    ///
    /// - Parameters:
    ///   - anchors: checkpoints that were published, in any order.
    ///   - progress: called now and then, from several threads.
    /// - Throws: `damaged` where SQLite cannot read on; whatever is *wrong* but readable is in the report.
    public func verify(
        _ options: VerifyOptions = VerifyOptions(), anchors: [Checkpoint] = [],
        progress: (@Sendable (VerifyProgress) -> Void)? = nil
    ) throws(LedgerError) -> VerifyReport {
        // The first connection's view is the one that is verified; the others see it or a later one, and leaves only come on.
        try read { db in try Verification(ledger: self, options: options, anchors: anchors, progress: progress, db: db).report() }
    }
}

/// One run of a verification, on one view of the file.
private struct Verification {
    let ledger: Ledger
    let options: VerifyOptions
    let anchors: [Checkpoint]
    let progress: (@Sendable (VerifyProgress) -> Void)?
    let db: Database

    func report() throws -> VerifyReport {
        var faults = FaultList()
        if options.checksStorage { try checkStorage(&faults) }
        try checkSchema(&faults)
        let head = try? ledger.head(db)
        if head == nil { faults.add(.head, nil, "the row of head is missing or malformed") }
        let tableEnd = try db.first("SELECT max(seq) FROM leaf") { $0.int(0) } ?? 0
        let sequence = try db.first("SELECT seq FROM sqlite_sequence WHERE name = 'leaf'") { $0.int(0) } ?? 0
        let stated = head?.size ?? tableEnd

        var result = try scanLeaves(upTo: min(stated, tableEnd), head: head)
        if result.hasFaults(head: head, tableEnd: tableEnd) {
            // Something is wrong: one scanner reads it all again and says what.
            result = try diagnose(upTo: tableEnd, head: head)
        }
        for fault in result.leafFaults.faults { faults.add(fault.kind, fault.leaves, fault.message) }
        var unlisted = result.leafFaults.count - Int64(result.leafFaults.faults.count)
        if tableEnd > stated {
            faults.add(.beyondHead, stated + 1...tableEnd, "behind the end that the head states (\(stated))")
        }
        // Numbers begin with 1; what was put in front of them is in no tree, so only looking for it finds it.
        let (strays, least) =
            try db.first("SELECT count(*), min(seq) FROM leaf WHERE seq < 1") { ($0.int(0) ?? 0, $0.int(1) ?? 0) } ?? (0, 0)
        if strays > 0 {
            faults.add(.misplaced, nil, "rows numbered below 1 stand in front of the first leaf: \(strays), the first #\(least)")
        }
        let claimed = max(stated, sequence)
        if tableEnd < claimed, claimed < .max {
            faults.add(
                .missing, tableEnd + 1...claimed,
                "cut off: the \(stated >= sequence ? "head states \(stated) leaves" : "table's sequence reached \(sequence)")")
        } else if sequence < tableEnd, tableEnd > 0 {
            faults.add(.schema, nil, "sqlite_sequence is at \(sequence), the last leaf at \(tableEnd)")
        }
        let leavesAreBad = faults.faults.contains { $0.leaves != nil }
        checkHead(head, result, leavesAreBad: leavesAreBad, &faults)
        // Leaves at fault give other nodes; that says nothing new. With good leaves and a good root, the node itself was edited.
        if !leavesAreBad {
            let rootIsRight = head.map { $0.root == result.root } ?? false
            for fault in result.nodeFaults.faults { faults.add(.tree, rootIsRight ? nil : fault.leaves, fault.message) }
            unlisted += result.nodeFaults.count - Int64(result.nodeFaults.faults.count)
            try checkNodeCount(upTo: min(stated, tableEnd), &faults)
        }
        let newest = try checkAnchors(result, size: min(stated, tableEnd), &faults)
        try checkIndexReferences(upTo: tableEnd, &faults)
        let blobs = options.checksBlobs ? try checkBlobs(&faults) : 0
        return VerifyReport(
            head: head, checkedLeaves: result.checked, root: result.root, checkedBlobs: blobs, newestAnchoredSize: newest,
            faults: faults.inOrder, faultCount: faults.count + unlisted)
    }

    // MARK: Leaves and tree

    private struct ScanResult: Sendable {
        var leafFaults = FaultList()
        var nodeFaults = FaultList()
        var checked: Int64 = 0
        var root: Digest?
        var lastDigest = Digest.zero

        func hasFaults(head: LedgerHead?, tableEnd: Int64) -> Bool {
            leafFaults.count > 0 || nodeFaults.count > 0 || head == nil || head?.size != tableEnd || head?.root != root
                || head?.digest != lastDigest
        }
    }

    /// What one thread hands up.
    private struct Part: Sendable {
        let leafFaults: FaultList
        let nodeFaults: FaultList
        let checked: Int64
        let blockRoots: [Digest]
        let edge: MerkleFrontier
        let lastDigest: Digest
        let isTreeWhole: Bool

        init(_ scanner: LeafScanner) {
            leafFaults = scanner.leafFaults
            nodeFaults = scanner.nodeFaults
            checked = scanner.checked
            blockRoots = scanner.blockRoots
            edge = scanner.frontier
            lastDigest = scanner.lastDigest
            isTreeWhole = scanner.isTreeWhole
        }
    }

    private func scanLeaves(upTo last: Int64, head: LedgerHead?) throws -> ScanResult {
        guard last > 0 else { return try combine([], head: head) }
        let threads = Int64(max(1, min(options.threadCount, Self.maximumThreads)))
        let blocks = (last + LeafScanner.blockSize - 1) / LeafScanner.blockSize
        let share = (blocks + threads - 1) / threads * LeafScanner.blockSize
        let ranges = stride(from: Int64(0), to: last, by: Int(share)).map { (first: $0 + 1, last: min($0 + share, last)) }
        let counter = progressCounter(last)
        guard ranges.count > 1, !ledger.path.isEmpty else {
            var scanner = LeafScanner(first: 1, last: last, head: head, db: db, progress: counter)
            try scanner.scan()
            return try combine([Part(scanner)], head: head)
        }
        let path = ledger.path
        let parts = Mutex<[Int: Result<Part, LedgerError>]>([:])
        DispatchQueue.concurrentPerform(iterations: ranges.count) { index in
            let range = ranges[index]
            let result = Result { () throws(LedgerError) -> Part in
                try Ledger.convert(path) {
                    let queue = try DatabaseQueue(path: path, configuration: Ledger.configuration(readOnly: true))
                    return try queue.read { db in
                        var scanner = LeafScanner(first: range.first, last: range.last, head: head, db: db, progress: counter)
                        try scanner.scan()
                        return Part(scanner)
                    }
                }
            }
            parts.withLock { $0[index] = result }
        }
        let found = parts.withLock { $0 }
        return try combine(ranges.indices.map { try found[$0]?.get() }.compactMap(\.self), head: head)
    }

    private func diagnose(upTo last: Int64, head: LedgerHead?) throws -> ScanResult {
        var scanner = LeafScanner(first: 1, last: last, head: head, db: db, progress: progressCounter(last))
        try scanner.scan()
        scanner.finish()
        return try combine([Part(scanner)], head: head)
    }

    /// Joins the parts' blocks into one tree and compares the nodes above them.
    private func combine(_ parts: [Part], head: LedgerHead?) throws -> ScanResult {
        var result = ScanResult()
        var blocks = MerkleFrontier()
        var edge = MerkleFrontier()
        var isWhole = true
        for part in parts {
            for fault in part.leafFaults.faults { result.leafFaults.add(fault.kind, fault.leaves, fault.message) }
            result.leafFaults.addUnlisted(part.leafFaults)
            for fault in part.nodeFaults.faults { result.nodeFaults.add(fault.kind, fault.leaves, fault.message) }
            result.nodeFaults.addUnlisted(part.nodeFaults)
            result.checked += part.checked
            result.lastDigest = part.lastDigest
            isWhole = isWhole && part.isTreeWhole
            for root in part.blockRoots {
                try blocks.append(root) { height, index, node in
                    let level = height + LeafScanner.blockLevel
                    let stored = try db.first("SELECT hash FROM node WHERE level = ? AND idx = ?", .int(Int64(level)), .int(Int64(index))) {
                        $0.digest(0)
                    }
                    guard stored != node else { return }
                    let first = Int64(index << UInt64(level)) + 1
                    result.nodeFaults.add(
                        .tree, first...first + (1 << Int64(level)) - 1,
                        "the node at level \(level), index \(index) is not what these leaves give")
                }
            }
            edge = part.edge
        }
        let size = (blocks.size << UInt64(LeafScanner.blockLevel)) + edge.size
        result.root = isWhole ? MerkleFrontier(size: size, subtrees: blocks.subtrees + edge.subtrees)?.root : nil
        return result
    }

    private func progressCounter(_ total: Int64) -> @Sendable (Int64) -> Void {
        guard let progress else { return { _ in } }
        let counter = Counter()
        return { more in progress(VerifyProgress(checkedLeaves: counter.add(more), leaves: total)) }
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int64>(0)
        func add(_ more: Int64) -> Int64 { value.add(more, ordering: .relaxed).newValue }
    }

    private static let maximumThreads = 16

    // MARK: Around the leaves

    private func checkHead(_ head: LedgerHead?, _ result: ScanResult, leavesAreBad: Bool, _ faults: inout FaultList) {
        guard let head, !leavesAreBad, let root = result.root else { return }
        if head.root != root, head.digest != result.lastDigest, head.size > 0 {
            faults.add(.replaced, leaf: head.size, "the head states another last leaf, and another root")
        } else if head.digest != result.lastDigest {
            faults.add(.head, nil, "the head states another digest than the last leaf has")
        } else if head.root != root, result.nodeFaults.count == 0 {
            faults.add(.head, nil, "the head states another root than the leaves give")
        } else if head.root != root {
            faults.add(.head, nil, "the head's root and the stored nodes know other leaves than these")
        }
    }

    private func checkNodeCount(upTo size: Int64, _ faults: inout FaultList) throws {
        var expected: Int64 = 0
        for level in LedgerSchema.lowestStoredLevel..<63 { expected += size >> Int64(level) }
        let count = try db.first("SELECT count(*) FROM node") { $0.int(0) } ?? 0
        if count != expected { faults.add(.tree, nil, "\(count) nodes of the tree are stored; \(size) leaves have \(expected)") }
    }

    /// Returns the size of the newest checkpoint that holds.
    private func checkAnchors(_ result: ScanResult, size: Int64, _ faults: inout FaultList) throws -> Int64? {
        var newest: Int64?
        for anchor in anchors.sorted(by: { ($0.size, $0.root) < ($1.size, $1.root) }) {
            let start = (newest ?? 0) + 1
            guard anchor.size <= size else {
                faults.add(
                    .anchor, size + 1...max(anchor.size, size + 1),
                    "cut off: the checkpoint of \(anchor.origin) states \(anchor.size) leaves")
                continue
            }
            // Stored nodes were compared with the leaves by now; where they differ, there is a fault already.
            let root = try? MerkleTree.root(size: UInt64(max(0, anchor.size))) { level, index in
                try ledger.node(level: level, index: index, db)
            }
            if root == anchor.root {
                newest = anchor.size
            } else {
                faults.add(
                    .anchor, start <= anchor.size ? start...anchor.size : nil,
                    "rewritten: the checkpoint of \(anchor.origin) for \(anchor.size) leaves has another root")
            }
        }
        return newest
    }

    private func checkIndexReferences(upTo last: Int64, _ faults: inout FaultList) throws {
        for table in IndexTable.allCases.map(\.name) + ["committed"] {
            let (least, most) = try db.first("SELECT min(seq), max(seq) FROM \(table)") { ($0.int(0), $0.int(1)) } ?? (nil, nil)
            if let least, let most, least < 1 || most > last {
                faults.add(.index, nil, "the table \(table) names leaf #\(least < 1 ? least : most), which does not exist")
            }
        }
    }

    private func checkBlobs(_ faults: inout FaultList) throws -> Int64 {
        var count: Int64 = 0
        let sql = """
            SELECT sha256, size, bytes, bytes IS NULL AND EXISTS(SELECT 1 FROM redaction r WHERE r.sha256 = lower(hex(blob.sha256)))
            FROM blob ORDER BY sha256
            """
        try db.rows(sql) { row in
            count += 1
            guard let digest = row.digest(0), let size = row.int(1) else {
                return faults.add(.blob, nil, "blob number \(count) has no digest or no size")
            }
            if row.isNull(2) {
                if size <= Int64(LedgerLimits.maximumBlobBytes), row.int(3) != 1 {
                    faults.add(.blob, nil, "the bytes of blob \(digest) are gone, and no redaction says why")
                }
            } else if SHA256Digest.of(row.bytes(2)) != digest {
                faults.add(.blob, nil, "blob \(digest) has other bytes than were recorded")
            } else if Int64(row.bytes(2).count) != size {
                faults.add(.blob, nil, "blob \(digest) has \(row.bytes(2).count) bytes, its row says \(size)")
            }
        }
        return count
    }

    private func checkSchema(_ faults: inout FaultList) throws {
        let version = try db.first("PRAGMA user_version") { $0.int(0) } ?? 0
        // Opened read-only, a ledger of an older version keeps its older tables.
        guard version == LedgerSchema.current.version else { return }
        let expected = try LedgerSchema.currentObjects.get()
        let found = try LedgerSchema.objects(db)
        for name in Set(expected.keys).union(found.keys).sorted() where expected[name] != found[name] {
            let problem = found[name] == nil ? "is missing" : expected[name] == nil ? "does not belong here" : "was altered"
            faults.add(.schema, nil, "the \(name) \(problem)")
        }
    }

    private func checkStorage(_ faults: inout FaultList) throws {
        try db.rows("PRAGMA quick_check(20)") { row in
            if let text = row.text(0), text != "ok" { faults.add(.storage, nil, "SQLite: \(text)") }
        }
    }
}
