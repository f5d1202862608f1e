/// The limits of a ledger; reaching one is a ``LedgerError`` of kind `limit` that names it.
public enum LedgerLimits {
    /// Bytes of one leaf's body.
    public static let maximumLeafBytes = 1 << 20
    /// Bytes of one blob that are kept; of a larger one only the digest and the size are.
    public static let maximumBlobBytes = 8 << 20
    /// Leaves in one ``Ledger/append(_:blobs:)``.
    public static let maximumLeavesPerAppend = 100_000
    /// Nesting of a payload. The envelope adds one level; readers allow 64.
    public static let maximumPayloadDepth = 60
    /// Characters of a leaf's type.
    public static let maximumTypeLength = 64
    /// Rows that one query returns.
    public static let maximumRowsPerQuery = 100_000
    /// Faults that a verification lists; all are counted.
    public static let maximumFaultsListed = 100
    /// Seconds to wait for another process that is writing.
    public static let busyTimeoutSeconds = 30
    /// Attempts to switch a new file to write-ahead logging while another process does the same.
    static let maximumJournalAttempts = 200
    /// Microseconds between two such attempts.
    static let journalAttemptPauseMicroseconds: UInt32 = 5000
}
