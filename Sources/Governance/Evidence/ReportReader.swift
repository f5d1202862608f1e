import StrictDocuments

/// What a reader may need to know beside the bytes.
public struct ReadingContext: Sendable {
    /// The name of the file for messages.
    public var file: String
    /// Absolute folders; a path in the report that begins with one of them is made relative to it, others stay.
    public var roots: [String]
    /// Removed from the front of paths in the report, as `strip_prefix` in gates.json says.
    public var stripPrefix: String?

    public init(file: String, roots: [String] = [], stripPrefix: String? = nil) {
        self.file = file
        self.roots = roots
        self.stripPrefix = stripPrefix
    }
}

/// A strict reader of one report format.
///
/// The contract that every reader keeps, and that `Tests/Property/Evidence` holds all of them to:
///
/// 1. **Whole or not at all.** A document that is empty, cut short at any byte that removes meaning, or whose declared totals
///    contradict its elements throws; it never yields fewer facts in silence.
/// 2. **Nothing found is said.** A well-formed report without a single test, line or measure throws
///    ``DocumentError/Kind/empty``: it is no evidence.
/// 3. **Hostile input is normal input.** Depth, size, length and number are bounded, every bound has a name, and reaching
///    one throws ``DocumentError/Kind/limit``. No reader traps, recurses without bound, or opens anything.
/// 4. **Pure.** Same bytes, same context: same facts.
///
/// A new format is one file in `Readers/` and one line in ``ReportFormats``.
public protocol ReportReader: Sendable {
    /// The word for it in gates.json, such as "junit".
    static var format: String { get }
    /// Raised when the same bytes may yield other facts; recorded with the evidence.
    static var parserVersion: Int { get }
    /// One line for `pulsegate doctor` and the documentation.
    static var summary: String { get }

    static func read(_ bytes: [UInt8], _ context: ReadingContext) throws(DocumentError) -> Facts
}
