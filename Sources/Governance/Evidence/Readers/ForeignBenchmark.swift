import StrictDocuments

/// The times of one benchmark that another tool ran, and what they show.
///
/// Such a tool measures one build at a time, in one process or one after the other: what the machine did meanwhile is in the figures,
/// and nothing pairs them with those of another build. The note of each figure says so.
struct ForeignBenchmark {
    /// How far a total may lie from what its elements yield, as a share: totals are computed in floating point.
    static let tolerance = (numerator: Int128(1), denominator: Int128(10_000))

    var name: String
    /// Picoseconds, at least one, each at most ``DecimalTime/maximumPicoseconds``.
    var times: [Int64]

    /// The median as an exact fraction of nanoseconds. O(n log n).
    var median: Quantity {
        let sorted = times.sorted()
        let middle = sorted.count / 2
        // The mean of two picosecond counts may lie between two picoseconds.
        if sorted.count % 2 == 0 { return Quantity(sorted[middle - 1] + sorted[middle], over: 2000, unit: .nanoseconds) }
        return Quantity(sorted[middle], over: 1000, unit: .nanoseconds)
    }

    var mean: Quantity {
        // Rounded up to a whole picosecond; a mean is no larger than the largest, so that it fits.
        let sum = times.reduce(Int128(0)) { $0 + Int128($1) }
        let count = Int128(max(times.count, 1))
        return Quantity(Int64(clamping: (sum + count - 1) / count), over: 1000, unit: .nanoseconds)
    }

    /// Whether a total that the report declares is the one that its elements yield, but for rounding.
    static func agree(_ declared: Int64, _ computed: Quantity) -> Bool {
        // declared / 1000 against numerator / denominator, over a common denominator.
        let left = Int128(declared) * Int128(computed.denominator)
        let right = Int128(computed.numerator) * 1000
        // One picosecond each way for the rounding of each side.
        let slack = max(left, right) * tolerance.numerator / tolerance.denominator + 2 * Int128(computed.denominator)
        return (left < right ? right - left : left - right) <= slack
    }

    static let caveat = "not paired with another build, so that noise of the machine is in it"
}

/// What readers of other tools' JSON ask of a document: known keys are strict in type and range, other keys are the tool's own affair.
struct ForeignReport {
    typealias Members = [String: JSONNode]

    let file: String

    func members(_ node: JSONNode) throws(DocumentError) -> Members {
        guard case .object(let members) = node.content else { throw wrongType(node, "an object") }
        return Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    func required(_ members: Members, _ key: String, _ node: JSONNode, hint: String? = nil) throws(DocumentError) -> JSONNode {
        guard let value = members[key] else { throw error(.missingKey, node, "the key '\(key)' is missing here", hint: hint) }
        return value
    }

    func elements(_ node: JSONNode) throws(DocumentError) -> [JSONNode] {
        guard case .array(let elements) = node.content else { throw wrongType(node, "an array") }
        return elements
    }

    func string(_ node: JSONNode) throws(DocumentError) -> String {
        guard case .string(let text) = node.content else { throw wrongType(node, "a string") }
        return text
    }

    /// A string that names something: not empty, bounded.
    func name(_ node: JSONNode) throws(DocumentError) -> String {
        let text = try string(node)
        guard !text.isEmpty, text.utf8.count <= JUnitXML.maximumIdentifierBytes else {
            throw error(.badValue, node, "a name must have 1 to \(JUnitXML.maximumIdentifierBytes) bytes")
        }
        return text
    }

    /// False where the key is absent.
    func flag(_ node: JSONNode?) throws(DocumentError) -> Bool {
        guard let node else { return false }
        guard case .bool(let value) = node.content else { throw wrongType(node, "a boolean") }
        return value
    }

    func count(_ node: JSONNode) throws(DocumentError) -> Int {
        guard case .number(let number) = node.content else { throw wrongType(node, "an integer") }
        guard let value = number.int64 else {
            throw error(.badValue, node, "expected an integer within 64 bits, found \(ReportText.bounded(number.literal))")
        }
        guard value >= 0 else { throw error(.badValue, node, "a count may not be negative") }
        return Int(value)
    }

    /// A time in whole picoseconds.
    func time(_ node: JSONNode, unit: DecimalTime.Unit) throws(DocumentError) -> Int64 {
        guard case .number(let number) = node.content else { throw wrongType(node, "a number") }
        guard number.literal.utf8.first != UInt8(ascii: "-") else { throw error(.badValue, node, "a time may not be negative") }
        guard let value = DecimalTime.picoseconds(number.literal, unit: unit) else {
            throw error(
                .limit, node,
                "the time \(number.literal.prefix(40)) \(unit.rawValue) is beyond maximumPicoseconds of 46 days, or has more "
                    + "than maximumLength of \(DecimalTime.maximumLength) digits")
        }
        return value
    }

    func wrongType(_ node: JSONNode, _ expected: String) -> DocumentError {
        error(.wrongType, node, "expected \(expected), found \(node.typeName)")
    }

    func error(_ kind: DocumentError.Kind, _ node: JSONNode, _ message: String, hint: String? = nil) -> DocumentError {
        DocumentError(kind, file: file, at: node.position, message, hint: hint)
    }
}
