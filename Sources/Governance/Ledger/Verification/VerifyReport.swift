import ContentDigest

/// What a verification looks at beside the leaves, the tree and the head.
public struct VerifyOptions: Hashable, Sendable {
    /// Compare the bytes of every blob with its digest.
    public var checksBlobs: Bool
    /// Let SQLite look through every page of the file (`PRAGMA quick_check`): finds damage outside the leaves too.
    public var checksStorage: Bool
    /// Threads that read leaves; each has a connection of its own.
    public var threadCount: Int

    public init(checksBlobs: Bool = true, checksStorage: Bool = false, threadCount: Int = 2) {
        self.checksBlobs = checksBlobs
        self.checksStorage = checksStorage
        self.threadCount = threadCount
    }
}

/// How far a verification has come.
public struct VerifyProgress: Hashable, Sendable {
    public let checkedLeaves: Int64
    public let leaves: Int64
}

/// One thing that is wrong with a ledger.
public struct LedgerFault: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The body, or the digest beside it, is not what was recorded.
        case edited
        /// The body is not an envelope, or the type beside it is another.
        case envelope
        /// The leaf stands at another place than its body says: swapped, moved or copied.
        case misplaced
        /// The next leaf (or the head) was written after another leaf than this.
        case replaced
        /// There is no leaf at a place where there was one.
        case missing
        /// There is a leaf behind the end that the head states.
        case beyondHead
        /// A stored node of the tree is not what the leaves give.
        case tree
        /// The row of head is not what the leaves give.
        case head
        /// A published checkpoint is not a prefix of this ledger.
        case anchor
        /// An index names a leaf that does not exist.
        case index
        /// A blob's bytes are not those of its digest.
        case blob
        /// Tables or triggers are not those of this version.
        case schema
        /// SQLite found a damaged page.
        case storage
    }

    public let kind: Kind
    /// The leaves that are concerned: one where it is known which, otherwise the narrowest range that holds it.
    public let leaves: ClosedRange<Int64>?
    public let message: String

    public var description: String {
        guard let leaves else { return message }
        return leaves.count == 1
            ? "leaf #\(leaves.lowerBound): \(message)" : "leaves #\(leaves.lowerBound) to #\(leaves.upperBound): \(message)"
    }
}

/// The outcome of a verification.
public struct VerifyReport: Hashable, Sendable {
    /// What the head row states; nil where there is no such row.
    public let head: LedgerHead?
    /// Leaves that were read.
    public let checkedLeaves: Int64
    /// The root over the leaves that were read; nil where some are missing.
    public let root: Digest?
    public let checkedBlobs: Int64
    /// The size of the newest checkpoint that is a prefix of this ledger; leaves behind it are unanchored.
    public let newestAnchoredSize: Int64?
    /// The first of the faults, by leaf, at most ``LedgerLimits/maximumFaultsListed``.
    public let faults: [LedgerFault]
    public let faultCount: Int64

    public var isIntact: Bool { faultCount == 0 }

    /// The first leaf that is known to be bad, or the first of the narrowest range that holds it.
    public var firstBadLeaf: Int64? { faults.compactMap { $0.leaves?.lowerBound }.min() }
}

/// Faults as they are found: all counted, the first ones kept.
struct FaultList {
    private(set) var faults: [LedgerFault] = []
    private(set) var count: Int64 = 0

    mutating func add(_ kind: LedgerFault.Kind, _ leaves: ClosedRange<Int64>?, _ message: String) {
        count += 1
        if faults.count < LedgerLimits.maximumFaultsListed {
            faults.append(LedgerFault(kind: kind, leaves: leaves, message: message))
        }
    }

    /// Counts those of another list that it did not keep.
    mutating func addUnlisted(_ other: FaultList) { count += other.count - Int64(other.faults.count) }

    mutating func add(_ kind: LedgerFault.Kind, leaf: Int64, _ message: String) { add(kind, leaf...leaf, message) }

    /// Those that concern leaves first, in their order.
    var inOrder: [LedgerFault] {
        faults.enumerated().sorted { a, b in
            let first = a.element.leaves?.lowerBound ?? .max
            let second = b.element.leaves?.lowerBound ?? .max
            return first == second ? a.offset < b.offset : first < second
        }.map(\.element)
    }
}
