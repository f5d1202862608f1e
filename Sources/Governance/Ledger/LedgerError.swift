/// Why the ledger did not do what was asked: what, in which file, and how to mend it.
///
/// ```swift
/// do { ledger = try Ledger.open(path: path, create: false) } catch {
///     if error.kind == .newerVersion { … }          // typed: callers act on the kind, people read the description
/// }
/// ```
public struct LedgerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The class of the trouble.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// There is no file at the path.
        case missing
        /// The file cannot be opened or written: permissions, a folder in its place, a read-only disk.
        case cannotOpen
        /// The file is a database or something else, but no ledger.
        case notALedger
        /// A ledger of a later version of this program.
        case newerVersion
        /// SQLite found the file malformed, cut short or without its tables.
        case damaged
        /// Leaves, tree and head contradict one another; nothing is appended to such a ledger.
        case broken
        /// Another process held the ledger longer than the busy timeout.
        case busy
        /// The disk is full or failing.
        case storage
        /// A named limit is exceeded.
        case limit
        /// A draft, an identifier or a query that cannot be right.
        case invalid
        /// Nothing matches.
        case notFound
        /// More than one thing matches.
        case ambiguous
        /// Something would have been changed or removed; a ledger only grows.
        case appendOnly
    }

    public let kind: Kind
    /// The ledger's path as given to ``Ledger/open(path:create:readOnly:)``; empty where no file is concerned.
    public let path: String
    public let message: String
    /// How to mend it; nil where the message says it all.
    public let hint: String?

    public init(_ kind: Kind, path: String, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.path = path
        self.message = message
        self.hint = hint
    }

    public var description: String {
        (path.isEmpty ? "" : "\(path): ") + message + (hint.map { " (\($0))" } ?? "")
    }
}
